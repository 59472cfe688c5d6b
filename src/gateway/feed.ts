import { randomBytes } from 'node:crypto'
import type { Call } from '../calls/call.js'
import type { CallManager } from '../calls/call-manager.js'
import type { LiveModel } from '../live/live-model.js'
import { AREAS } from '../live/state/records.js'
import type { GatewayArea, Scope } from './scope.js'

/** One thing as it is now; null if it is gone. */
export interface FeedChange {
  readonly area: GatewayArea
  readonly key: string
  readonly now: unknown
  /** As it was for those who could read it then. */
  readonly before: unknown
}

/** What a reader may see of everything: areas, and in them things by their keys. */
export type GatewayState = { readonly version: string; readonly isComplete: boolean } & {
  readonly [area: string]: unknown
}

interface Patch {
  readonly number: number
  readonly isComplete: boolean
  readonly changes: readonly FeedChange[]
  /** Encoded once for all readers of a scope. */
  readonly texts: Map<string, string>
}

/** At most 20 patches a second. */
const PATCH_MS = 50
/** Patches that a reader who comes back can still have: a minute of a busy PBX. */
const MOST_PATCHES = 1_200

/** What the model and the calls tell, joined into patches for readers. */
export class Feed {
  readonly #live: LiveModel
  /** Another one is another program: its numbers are none of ours. */
  readonly #epoch = randomBytes(6).toString('hex')
  readonly #patches: Patch[] = []
  readonly #dirty = new Map<string, FeedChange>()
  readonly #callRecords = new Map<string, unknown>()
  readonly #listeners = new Set<() => void>()
  readonly #stops: (() => void)[] = []
  /** The state as text, by scope, until something changes: many readers who come back at once cost one encoding. */
  readonly #states = new Map<string, string>()
  #number = 0
  #isClosed = false
  #wasComplete: boolean
  #timer: NodeJS.Timeout | undefined

  constructor(live: LiveModel, calls: CallManager | undefined) {
    this.#live = live
    this.#wasComplete = live.isComplete
    const changes = live.changes()
    void (async () => {
      for await (const { area, key, now, before } of changes)
        this.#changed({ area, key, now: now ?? null, before: before ?? null })
    })()
    this.#stops.push(() => changes.close())
    // A model that follows calls has them among its areas.
    if (calls !== undefined && live.calls === undefined) this.#followCalls(calls)
  }

  /** The number of the last patch, with what tells this feed from others: the id of server-sent events. */
  get version(): string {
    return `${this.#epoch}-${this.#number}`
  }

  /** Everything that the scope may read. */
  state(scope: Scope): GatewayState {
    const { version: _, ...areas } = this.#live.snapshot()
    const state: Record<string, unknown> = { version: this.version, isComplete: this.#live.isComplete, calls: {} }
    for (const area of AREAS) state[area] = readable(scope, area, Object.entries(areas[area]))
    if (this.#live.calls === undefined) state.calls = readable(scope, 'calls', this.#callRecords)
    return state as GatewayState
  }

  /** The same as JSON. */
  stateText(scope: Scope): string {
    const known = this.#states.get(scope.key)
    if (known !== undefined) return known
    const text = JSON.stringify(this.state(scope))
    this.#states.set(scope.key, text)
    return text
  }

  /** The patches behind a version, as texts for the scope; undefined if they are not known any more. */
  since(version: string, scope: Scope): { readonly number: number; readonly id: string; readonly text: string }[] | undefined {
    const [epoch, digits = ''] = version.split('-')
    const number = /^\d{1,15}$/.test(digits) ? Number(digits) : Number.NaN
    const oldest = this.#patches[0]?.number ?? this.#number + 1
    if (epoch !== this.#epoch || !(number >= oldest - 1 && number <= this.#number)) return undefined
    return this.#patches
      .slice(number + 1 - oldest)
      .map((patch) => ({ number: patch.number, id: `${this.#epoch}-${patch.number}`, text: textOf(patch, scope) }))
  }

  /** Calls back after each patch, until the returned function is called. */
  onPatch(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    for (const stop of this.#stops) stop()
  }

  #followCalls(calls: CallManager): void {
    const all = calls.all()
    this.#stops.push(() => all.close())
    for (const call of calls.trackedCalls) void this.#follow(call)
    void (async () => {
      for await (const call of all) void this.#follow(call)
    })()
  }

  async #follow(call: Call): Promise<void> {
    const tell = (now: unknown) => {
      const before = this.#callRecords.get(call.id) ?? null
      if (now === null) this.#callRecords.delete(call.id)
      else this.#callRecords.set(call.id, now)
      this.#changed({ area: 'calls', key: call.id, now, before })
    }
    for await (const _ of call) {
      if (this.#isClosed) return
      tell(call.toJSON())
    }
    tell(null)
  }

  /** Joined with what came before of the same thing: `before` is what readers have. */
  #changed(change: FeedChange): void {
    if (this.#isClosed) return
    this.#states.clear()
    const key = `${change.area} ${change.key}`
    const earlier = this.#dirty.get(key)
    this.#dirty.set(key, earlier === undefined ? change : { ...change, before: earlier.before })
    this.#timer ??= setTimeout(() => this.#flush(), PATCH_MS)
  }

  /** Completeness is looked at with each patch, and at each question of a reader. */
  #flush(): void {
    this.#timer = undefined
    this.#number += 1
    this.#states.clear()
    const changes = [...this.#dirty.values()]
    this.#dirty.clear()
    this.#wasComplete = this.#live.isComplete
    this.#patches.push({ number: this.#number, isComplete: this.#wasComplete, changes, texts: new Map() })
    if (this.#patches.length > MOST_PATCHES) this.#patches.shift()
    for (const listener of this.#listeners) listener()
  }

  /** Tells readers that the model is complete now, or is not any more, which no change says. */
  checkComplete(): void {
    if (this.#live.isComplete === this.#wasComplete) return
    this.#states.clear()
    this.#timer ??= setTimeout(() => this.#flush(), PATCH_MS)
  }
}

function readable(scope: Scope, area: GatewayArea, records: Iterable<readonly [string, unknown]>): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [key, record] of records) if (scope.reads(area, key, record)) result[key] = record
  return result
}

function textOf(patch: Patch, scope: Scope): string {
  const known = patch.texts.get(scope.key)
  if (known !== undefined) return known
  const changes = patch.changes.flatMap(({ area, key, now, before }) =>
    scope.reads(area, key, now ?? before) ? [{ area, key, now }] : [],
  )
  const text = JSON.stringify({ isComplete: patch.isComplete, changes })
  patch.texts.set(scope.key, text)
  return text
}
