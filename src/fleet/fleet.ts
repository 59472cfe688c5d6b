import type { ManagerConnection } from '../ami/client/manager-connection.js'
import type { ConnectionStatus } from '../ami/client/status.js'
import { type EventNames, type EventStreamOptions, isEventNames } from '../ami/client/subscriptions.js'
import { ClosedError } from '../ami/messages/errors.js'
import type { AMIEvent, EventOf } from '../ami/messages/event.js'
import type { EventName, Unlisted } from '../ami/messages/typed-names.js'
import type { CallManagerOptions } from '../calls/call-manager.js'
import { onAbort } from '../core/abort.js'
import { quote } from '../core/checks.js'
import type { Clock } from '../core/clock.js'
import type { Gap } from '../core/gap.js'
import { checkOptions, clock, milliseconds, type OptionsShape } from '../core/options.js'
import { systemClock } from '../core/system-clock.js'
import { eventSource, type FleetEvent } from './event-source.js'
import { FleetCalls } from './fleet-calls.js'
import { type FleetEvents, FleetListeners } from './fleet-events.js'
import { type FleetFeed, type FleetFollower, mergedOver } from './fleet-feed.js'
import { FleetLive, type FleetLiveOptions } from './fleet-live.js'
import { FleetMember, type FleetTarget } from './fleet-member.js'
import type { FleetStream } from './fleet-stream.js'
import { checkName } from './pbx-name.js'

export interface FleetOptions {
  /** After how long a PBX is tried again that refused the login, in milliseconds. Lost connections are made anew by their clients. @default 30_000 */
  readonly retryMs?: number | undefined
  /** Time, for tests. @default the runtime's */
  readonly clock?: Clock | undefined
}

const SHAPE: OptionsShape<FleetOptions> = { retryMs: milliseconds(), clock }

/** As `EventStreamOptions`, each PBX by itself; `overflow` is `'drop-oldest'` unless it is given, so that one that floods ends nothing. */
export type FleetEventOptions<Event = AMIEvent> = EventStreamOptions<Event>

/**
 * Several PBXs as one. Each has a connection of its own, which is kept logged in; one that is away, floods or refuses harms no other. PBXs can be added and
 * removed while it runs.
 */
export class Fleet implements AsyncDisposable, FleetFeed {
  readonly #members = new Map<string, FleetMember>()
  readonly #stops = new Map<string, readonly (() => void)[]>()
  readonly #followers = new Set<FleetFollower>()
  readonly #listeners = new FleetListeners()
  readonly #clock: Clock
  readonly #retryMs: number
  #isClosed = false

  /**
   * @param targets each PBX by a name of 1 to 32 of a-z, 0-9 and `-`: a URL, the options of an `AMIClient`, or a connection that is somebody else's to log in
   * and to close. The others are logged in to at once.
   * @throws TypeError or RangeError that names a wrong name or option.
   */
  constructor(targets: Readonly<Record<string, FleetTarget>> = {}, options: FleetOptions = {}) {
    checkOptions(options, SHAPE)
    const { retryMs = 30_000, clock: time = systemClock } = options
    this.#clock = time
    this.#retryMs = retryMs
    for (const name of Object.keys(targets)) checkName(name)
    for (const [name, target] of Object.entries(targets)) this.add(name, target)
  }

  /** The names of the PBXs, in the order in which they came. */
  get names(): readonly string[] {
    return [...this.#members.keys()]
  }

  /**
   * The connection to a PBX.
   *
   * @throws RangeError when there is none of that name.
   */
  get(name: string): ManagerConnection {
    const member = this.#members.get(name)
    if (member === undefined) throw new RangeError(`There is no PBX ${quote(name)}; known are ${this.names.join(', ')}`)
    return member.ami
  }

  has(name: string): boolean {
    return this.#members.has(name)
  }

  /** Where each connection stands now, by the PBX's name. */
  statuses(): Readonly<Record<string, ConnectionStatus>> {
    return Object.fromEntries([...this.#members].map(([name, { status }]) => [name, status]))
  }

  /**
   * Adds a PBX. Streams, calls and the model have it from now on.
   *
   * @throws TypeError or RangeError for a wrong name, one that is taken, or a wrong option; ClosedError when the fleet is closed.
   */
  add(name: string, target: FleetTarget): void {
    if (this.#isClosed) throw closed()
    checkName(name)
    if (this.has(name)) throw new RangeError(`There is a PBX ${quote(name)} already; remove it first`)
    const member = new FleetMember(name, target, this.#clock, this.#retryMs, (error) => this.#listeners.report(error, name))
    this.#members.set(name, member)
    const { ami } = member
    this.#stops.set(name, [
      ami.on('status', (status) => this.#listeners.status(status, name)),
      ami.on('gap', (gap) => this.#listeners.gap(gap, name)),
      ...(member.isOwn ? [ami.on('error', (error) => this.#listeners.report(error, name))] : []),
    ])
    for (const follower of this.#followers) follower.added(name, ami)
  }

  /** Takes a PBX out, and closes its connection if that is the fleet's own. Does nothing when there is none of that name. */
  async remove(name: string): Promise<void> {
    const member = this.#members.get(name)
    if (member === undefined) return
    this.#members.delete(name)
    for (const stop of this.#stops.get(name) ?? []) stop()
    this.#stops.delete(name)
    for (const follower of this.#followers) follower.removed(name)
    await member.close()
  }

  /**
   * Resolves when each PBX is online, or has failed once: `statuses()` tells. Later it is at once. Never rejects.
   */
  async ready(): Promise<void> {
    await Promise.all([...this.#members.values()].map((member) => member.tried()))
  }

  /**
   * Calls `listener` whenever this is told, until the returned function is called.
   *
   * @throws TypeError for a name that there is not, and for a listener that is not a function.
   */
  on<Name extends keyof FleetEvents>(name: Name, listener: FleetEvents[Name]): () => void {
    return this.#listeners.on(name, listener)
  }

  /**
   * The events of these names, or all, of all PBXs from now on. In order for each PBX; between PBXs in turn, so that each is heard. It ends when the fleet is
   * closed.
   *
   * It throws StreamOverflowError when its reader falls behind and `overflow` is `'error'`; the signal's reason; what `where` throws.
   *
   * @throws ClosedError when the fleet is closed; TypeError or RangeError for a wrong option.
   */
  events<const Gaps extends boolean = false>(
    options: FleetEventOptions & { readonly withGaps?: Gaps | undefined },
  ): FleetStream<FleetEvent<Gaps extends true ? AMIEvent | Gap : AMIEvent>>
  events<const Name extends EventName | Unlisted | '*' = '*', const Gaps extends boolean = false>(
    names?: Name | readonly Name[],
    options?: FleetEventOptions<EventOf<Name>> & { readonly withGaps?: Gaps | undefined },
  ): FleetStream<FleetEvent<Gaps extends true ? EventOf<Name> | Gap : EventOf<Name>>>
  events(names?: EventNames | FleetEventOptions, options?: FleetEventOptions): FleetStream<FleetEvent<AMIEvent | Gap>> {
    const [wanted, { signal, ...rest }] = isEventNames(names) ? [names, options ?? {}] : [undefined, names]
    const stream = mergedOver<FleetEvent<AMIEvent | Gap>>(this, (pbx, ami) => eventSource(pbx, ami, wanted, rest))
    const fail = () => stream.fail(signal?.reason)
    if (signal?.aborted) fail()
    else onAbort(signal, fail)
    return stream
  }

  /**
   * The calls of all PBXs, by a CallManager each.
   *
   * @param options of each CallManager.
   * @throws as CallManager.
   */
  calls(options: CallManagerOptions = {}): FleetCalls {
    return new FleetCalls(this, { clock: this.#clock, ...options })
  }

  /**
   * All PBXs as one model, whose keys begin with the PBX's name.
   *
   * @param options of each LiveModel.
   * @throws as LiveModel.
   */
  live(options: FleetLiveOptions = {}): FleetLive {
    return new FleetLive(this, { clock: this.#clock, ...options })
  }

  /** Closes all of its own connections and ends its streams. Idempotent; never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const follower of [...this.#followers]) follower.closed()
    await Promise.all(this.names.map((name) => this.remove(name)))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /**
   * Tells of the PBXs that are there, that come and that go, until the returned function is called; for what is built on a fleet.
   *
   * @throws ClosedError when the fleet is closed.
   */
  follow(follower: FleetFollower): () => void {
    if (this.#isClosed) throw closed()
    this.#followers.add(follower)
    for (const [name, { ami }] of this.#members) follower.added(name, ami)
    return () => this.#followers.delete(follower)
  }
}

function closed(): ClosedError {
  return new ClosedError('The Fleet is closed; make a new one')
}
