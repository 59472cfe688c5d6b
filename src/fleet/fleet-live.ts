import { quote } from '../core/checks.js'
import { type ChangesOptions, LiveModel } from '../live/live-model.js'
import type { LiveModelOptions } from '../live/options.js'
import type { Area, AreaRecords, LiveChange, LiveSnapshot } from '../live/state/records.js'
import type { FleetCalls } from './fleet-calls.js'
import { type FleetFeed, mergedOver } from './fleet-feed.js'
import type { FleetStream, MergedStream } from './fleet-stream.js'

/** What each model follows; `calls` are those of the fleet. */
export type FleetLiveOptions = Omit<LiveModelOptions, 'calls'> & { readonly calls?: FleetCalls | undefined }

/** A change of one PBX; its `key` begins with the PBX's name, its `version` is of that PBX. */
export type FleetChange<Name extends Area = Area> = LiveChange<Name> & { readonly pbx: string }

/** Everything that is known of all PBXs, as plain JSON; each key begins with the PBX's name and a slash. */
export type FleetSnapshot = { readonly versions: Readonly<Record<string, number>> } & {
  readonly [Name in Area]: Readonly<Record<string, AreaRecords[Name]>>
}

type Objects = 'queues' | 'endpoints' | 'bridges' | 'parkingLots' | 'conferences' | 'mailboxes' | 'deviceStates'

/** Several PBXs as one model: a LiveModel for each, whose keys begin with its name, as in `berlin/support`. */
export class FleetLive implements Disposable {
  readonly #fleet: FleetFeed
  readonly #models = new Map<string, LiveModel>()
  readonly #streams = new Set<MergedStream<FleetChange>>()
  readonly #stop: () => void

  /** @internal */
  constructor(fleet: FleetFeed, { calls, ...options }: FleetLiveOptions) {
    this.#fleet = fleet
    this.#stop = fleet.follow({
      added: (name, ami) => {
        const own = calls === undefined ? {} : { calls: calls.get(name) }
        const model = new LiveModel(ami, { ...options, ...own })
        // Whoever waits for it, waits by `ready`.
        model.ready().catch(() => undefined)
        this.#models.set(name, model)
      },
      removed: (name) => {
        this.#models.get(name)?.close()
        this.#models.delete(name)
      },
      closed: () => this.close(),
    })
  }

  /**
   * The model of a PBX.
   *
   * @throws RangeError when there is none of that name.
   */
  get(pbx: string): LiveModel {
    const model = this.#models.get(pbx)
    if (model === undefined)
      throw new RangeError(`There is no PBX ${quote(pbx)}; known are ${[...this.#models.keys()].join(', ')}`)
    return model
  }

  /** Resolves when the models of all PBXs that are there now are complete. @throws as `LiveModel.ready`. */
  async ready(): Promise<void> {
    await Promise.all([...this.#models.values()].map((model) => model.ready()))
  }

  /** Whether all of it is as it is now. False while any of the PBXs is away: `get(name).isComplete` tells which. */
  get isComplete(): boolean {
    return [...this.#models.values()].every(({ isComplete }) => isComplete)
  }

  /** By `<pbx>/<name>`; so are the others below. */
  get queues(): LiveModel['queues'] {
    return this.#objects('queues')
  }

  get endpoints(): LiveModel['endpoints'] {
    return this.#objects('endpoints')
  }

  get bridges(): LiveModel['bridges'] {
    return this.#objects('bridges')
  }

  get parkingLots(): LiveModel['parkingLots'] {
    return this.#objects('parkingLots')
  }

  get conferences(): LiveModel['conferences'] {
    return this.#objects('conferences')
  }

  get mailboxes(): LiveModel['mailboxes'] {
    return this.#objects('mailboxes')
  }

  get deviceStates(): LiveModel['deviceStates'] {
    return this.#objects('deviceStates')
  }

  /** Everything, as plain JSON. */
  snapshot(): FleetSnapshot {
    const snapshot: Record<string, Record<string, unknown>> = { versions: {} }
    for (const [pbx, model] of this.#models) {
      const { version, ...areas }: LiveSnapshot = model.snapshot()
      ;(snapshot.versions as Record<string, number>)[pbx] = version
      for (const [area, records] of Object.entries(areas)) {
        const all = snapshot[area] ?? {}
        snapshot[area] = all
        for (const [key, record] of Object.entries(records)) all[keyOf(pbx, key)] = record
      }
    }
    return snapshot as unknown as FleetSnapshot
  }

  /**
   * The changes from now on, of one area, of several, or of all, in turn from each PBX. Those of a PBX that comes later begin with all that it has.
   *
   * @throws as `LiveModel.changes`.
   */
  changes<const Name extends Area = Area>(
    areas?: Name | readonly Name[],
    options: ChangesOptions = {},
  ): FleetStream<FleetChange<Name>> {
    const stream = mergedOver<FleetChange>(this.#fleet, (pbx) => {
      const changes = this.get(pbx).changes(areas, options)
      return {
        next: async () => {
          const result = await changes.next()
          if (result.done) return result
          const change = result.value as LiveChange
          return { value: { ...change, pbx, key: keyOf(pbx, change.key) } as FleetChange, done: false }
        },
        close: () => changes.close(),
      }
    })
    this.#streams.add(stream)
    return stream as unknown as FleetStream<FleetChange<Name>>
  }

  /** Follows nothing any more. The PBXs and the calls' managers live on. Idempotent. */
  close(): void {
    this.#stop()
    for (const stream of [...this.#streams]) stream.close()
    for (const model of this.#models.values()) model.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #objects<Name extends Objects>(name: Name): LiveModel[Name] {
    const all = new Map<string, unknown>()
    for (const [pbx, model] of this.#models) for (const [key, each] of model[name]) all.set(keyOf(pbx, key), each)
    return all as unknown as LiveModel[Name]
  }
}

function keyOf(pbx: string, key: string): string {
  return `${pbx}/${key}`
}
