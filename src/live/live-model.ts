import type { ManagerConnection } from '../ami/client/manager-connection.js'
import { type ConnectionStatus, isUsable } from '../ami/client/status.js'
import { ClosedError, ConnectionLostError, StreamOverflowError } from '../ami/messages/errors.js'
import type { AMIEvent } from '../ami/messages/event.js'
import { unlisted } from '../ami/messages/typed-names.js'
import type { Call } from '../calls/call.js'
import type { CallManager } from '../calls/call-manager.js'
import type { Clock } from '../core/clock.js'
import { type Deferred, deferred } from '../core/deferred.js'
import { asError } from '../core/errors.js'
import type { EventStream } from '../core/event-stream.js'
import { amount, checkOptions, line, milliseconds, oneOf, required, unknownName } from '../core/options.js'
import { systemClock } from '../core/system-clock.js'
import type { Bridge } from './bridge.js'
import { ChangeBuffer } from './change-buffer.js'
import type { Conference } from './conference.js'
import { DelayedSet } from './delayed-set.js'
import type { Endpoint } from './endpoint.js'
import { FollowedCalls } from './followed-calls.js'
import { isShuttingDown, ListReader } from './list-reader.js'
import type { Mailbox } from './mailbox.js'
import { LIVE_SHAPE, type LiveModelOptions } from './options.js'
import type { ParkingLot } from './parking-lot.js'
import type { Queue } from './queue.js'
import { missingClasses, readRights } from './read-rights.js'
import type { Stale } from './state/area-state.js'
import { LiveState } from './state/live-state.js'
import { AREAS, type Area, type DeviceStateRecord, type LiveChange, type LiveSnapshot } from './state/records.js'
import type { ViewHost } from './view.js'
import { Views } from './views.js'
import { wrapUpTimes } from './wrap-up-times.js'

/** How changes are waited for. */
export interface ChangesOptions {
  /** How many may wait for the reader. @default 10_000 */
  readonly maxBuffered?: number | undefined
  /**
   * What becomes of more: those of one key become one (`coalesce`), or the stream throws StreamOverflowError. @default coalesce
   */
  readonly overflow?: 'coalesce' | 'error' | undefined
}

/** Who listens to whom. */
export interface ListenOptions {
  /** The device of who listens, as in `PJSIP/300`: it is called, and listens when it answers. */
  readonly by: string
  /** `whisper`: the device that is listened to hears who listens; `barge`: both hear. @default listen */
  readonly mode?: 'listen' | 'whisper' | 'barge' | undefined
  /** How long the device rings. @default 30_000 */
  readonly timeoutMs?: number | undefined
}

const CHANGES_SHAPE = { maxBuffered: amount, overflow: oneOf('coalesce', 'error') }
const LISTEN_SHAPE = { by: required(line), mode: oneOf('listen', 'whisper', 'barge'), timeoutMs: milliseconds() }
/** ChanSpy: quiet, ends with the channel, and whether it is heard. */
const SPY_OPTIONS = { listen: 'qES', whisper: 'qESw', barge: 'qESB' } as const
/** What events cannot tell is read so long after one that hints at it, and once more for what Asterisk does a little later. */
const SOON_MS = 100
const LATER_MS = 400
/** What could not be read is read again so long after. */
const AGAIN_MS = 5_000
const WRAP_UP_UNKNOWN =
  'The live model does not know how long members of queues have after a call: give wrapUpMs, or an account with write = config, for GetConfig of queues.conf'

/**
 * The whole PBX as it is now: queues, members, callers, endpoints, bridges, parking, conferences, mailboxes. It is read from the server's lists,
 * followed by its events, and read again after each hole; the objects are the same ones meanwhile.
 */
export class LiveModel implements Disposable, AsyncDisposable {
  readonly #ami: ManagerConnection
  readonly #clock: Clock
  readonly #state: LiveState
  readonly #reader: ListReader
  readonly #views: Views
  readonly #calls: CallManager | undefined
  readonly #givenWrapUpMs: LiveModelOptions['wrapUpMs']
  #configuredWrapUps: ReadonlyMap<string, number> | undefined
  readonly #soon: DelayedSet<Stale>
  readonly #later: DelayedSet<Stale>
  readonly #again: DelayedSet<Stale>
  readonly #streams = new Map<ChangeBuffer, ReadonlySet<Area> | undefined>()
  readonly #subscriptions: (() => void)[]
  readonly #ready: Deferred<void> = deferred()
  readonly #followsQueues: boolean
  #cancelTick: (() => void) | undefined
  #tickAt = Number.POSITIVE_INFINITY
  /** Counts what makes it incomplete: a reading that began before is not all of it. */
  #holes = 0
  readonly #unread: Stale[] = []
  #isReading = false
  #wasRefused = false
  #isConnected = false
  #isComplete = false
  #completeUntil: number
  #isClosed = false
  #hasWarned = false
  #hasAskedRights = false

  /** @throws TypeError or RangeError that names a wrong option; ClosedError when the client is closed. */
  constructor(ami: ManagerConnection, options: LiveModelOptions = {}) {
    checkOptions(options, LIVE_SHAPE)
    const { queues = true, endpoints = true, bridges = true, parking = true, conferences = true, mailboxes = [] } = options
    const areas = { queues, endpoints, bridges, parking, conferences, mailboxes }
    this.#ami = ami
    this.#clock = options.clock ?? systemClock
    this.#calls = options.calls
    this.#givenWrapUpMs = options.wrapUpMs
    this.#followsQueues = queues
    this.#completeUntil = this.#clock.now()
    this.#state = new LiveState(areas, (queue) => this.#wrapUpOf(queue), {
      changed: (change) => this.#changed(change),
      stale: (what) => this.#stale(what),
    })
    this.#reader = new ListReader(ami, this.#state, areas, () => this.#clock.now())
    this.#views = new Views(this.#host())
    this.#soon = new DelayedSet(this.#clock, SOON_MS, (stale) => void this.#read(stale))
    this.#later = new DelayedSet(this.#clock, LATER_MS, (stale) => void this.#read(stale))
    this.#again = new DelayedSet(this.#clock, AGAIN_MS, (stale) => void this.#read(stale))
    this.#ready.promise.catch(() => undefined)
    this.#subscriptions = [
      ami.onEvent(this.#state.eventNames.map(unlisted), (event) => this.#eventReceived(event)),
      ami.on('status', (status) => this.#statusChanged(status)),
    ]
    this.#statusChanged(ami.status)
    if (this.#calls !== undefined) {
      const followed = new FollowedCalls(this.#calls, (id, record, cause) => {
        if (record === undefined) this.#state.store.delete('calls', id, cause)
        else this.#state.store.set('calls', id, record, cause)
      })
      this.#subscriptions.push(() => followed.close())
    }
  }

  /**
   * Resolves when everything is read for the first time.
   *
   * @throws what `login()` throws when the client gives up; what `sendAction` throws when the first reading fails, which is tried again all the
   * same; ClosedError when the client, or the model, is closed.
   */
  ready(): Promise<void> {
    return this.#ready.promise
  }

  /** Whether the model is what the server is now: false until it is read, while there is no connection, and while it is read again. */
  get isComplete(): boolean {
    return this.#isComplete
  }

  /** As of when it is right: now, or when it was complete last. */
  get asOf(): Date {
    return new Date(this.#isComplete ? this.#clock.now() : this.#completeUntil)
  }

  /** Counts the changes. */
  get version(): number {
    return this.#state.store.version
  }

  /** The queues, by name. */
  get queues(): ReadonlyMap<string, Queue> {
    return this.#views.queues.byKey
  }

  /** The PJSIP endpoints, by name. */
  get endpoints(): ReadonlyMap<string, Endpoint> {
    return this.#views.endpoints.byKey
  }

  /** The states of all devices that Asterisk knows, by device, as `PJSIP/200` or `Custom:night`. */
  get deviceStates(): ReadonlyMap<string, DeviceStateRecord> {
    return this.#state.store.records('deviceStates')
  }

  /** The bridges, by id. */
  get bridges(): ReadonlyMap<string, Bridge> {
    return this.#views.bridges.byKey
  }

  /** The parking lots, by name. */
  get parkingLots(): ReadonlyMap<string, ParkingLot> {
    return this.#views.parkingLots.byKey
  }

  /** The conferences, by name. */
  get conferences(): ReadonlyMap<string, Conference> {
    return this.#views.conferences.byKey
  }

  /** The mailboxes that were asked for, by name. */
  get mailboxes(): ReadonlyMap<string, Mailbox> {
    return this.#views.mailboxes.byKey
  }

  /** The CallManager that was given. */
  get calls(): CallManager | undefined {
    return this.#calls
  }

  /**
   * The changes from now on, of one area, of several, or of all. With a snapshot taken at the same moment they give every later one exactly. Ends when
   * the model is closed.
   *
   * The stream throws StreamOverflowError when its reader falls behind and `overflow` says so.
   *
   * @throws TypeError or RangeError for an area that there is not, or a wrong option.
   */
  changes<const Name extends Area = Area>(
    areas?: Name | readonly Name[],
    options: ChangesOptions = {},
  ): EventStream<LiveChange<Name>> {
    checkOptions(options, CHANGES_SHAPE)
    const names: readonly Area[] | undefined = typeof areas === 'string' ? [areas] : areas
    for (const name of names ?? []) if (!AREAS.includes(name)) throw unknownName('area', name, AREAS)
    const { maxBuffered = 10_000, overflow = 'coalesce' } = options
    const buffer: ChangeBuffer = new ChangeBuffer({
      maxBuffered,
      overflow,
      overflowError: (limit) => new StreamOverflowError(limit),
      ended: () => this.#streams.delete(buffer),
    })
    if (this.#isClosed) buffer.end()
    else this.#streams.set(buffer, names && new Set(names))
    return buffer.stream as EventStream<LiveChange<Name>>
  }

  /** Everything it knows, as plain JSON. Changes with a higher version apply to it exactly. */
  snapshot(): LiveSnapshot {
    return this.#state.snapshot()
  }

  /**
   * Has a device listen to another: calls `by`, and when it answers runs ChanSpy on the channels of `target`, as in `PJSIP/200`; or on one channel, by
   * its whole name. It ends when the channel does. Resolves when the call is under way.
   *
   * @throws TypeError or RangeError for a wrong option, or a target with a comma; what `sendAction` throws.
   */
  async listen(target: string, options: ListenOptions): Promise<void> {
    checkOptions({ target, ...options }, { ...LISTEN_SHAPE, target: required(line) })
    if (!/^[^,/]+\/[^,]+$/.test(target))
      throw new TypeError(`target must be a device or a channel, as in PJSIP/200, not "${target}"`)
    const { by, mode = 'listen', timeoutMs = 30_000 } = options
    // ChanSpy takes what a channel's name begins with: without the dash, PJSIP/20 would be PJSIP/200 too.
    const isChannel = /-[0-9a-f]{8}(?:;[12])?$/.test(target)
    const data = `${isChannel ? target : `${target}-`},${SPY_OPTIONS[mode]}`
    await this.#ami.sendAction('Originate', { Channel: by, Application: 'ChanSpy', Data: data, Timeout: timeoutMs, Async: true })
  }

  /**
   * Has Asterisk send only the events that the model and its CallManager need, those named, and those that others on the same connection asked
   * for, from now on and after each reconnect. Then everything is read again, as a filter keeps events back before all are set. Asterisk cannot
   * take filters back from a session.
   *
   * @throws ActionError when the account may not set filters (it needs `system`); what `sendAction` throws.
   */
  async setupFilters(also: readonly string[] = []): Promise<void> {
    await (this.#calls ?? this.#ami).setupFilters([...this.#state.eventNames, ...also])
    this.#stale({ area: 'everything' })
  }

  /** Follows nothing any more; its objects keep what was known last. Its CallManager lives on. Idempotent. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#disconnected()
    for (const stop of this.#subscriptions) stop()
    this.#cancelTick?.()
    this.#ready.reject(new ClosedError('The LiveModel was closed before it was complete'))
    for (const stream of [...this.#streams.keys()]) stream.end()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  #host(): ViewHost {
    return {
      ami: this.#ami,
      clock: this.#clock,
      callOf: (uniqueId) => this.#calls?.of(uniqueId),
      callAt: (device) => this.#callAt(device),
      callerWith: (queue, device) => this.#state.queues.callerWith(queue, device),
      conferencesChanged: () => this.#stale({ area: 'conferences' }),
    }
  }

  #callAt(device: string): Call | undefined {
    const isThere = ({ parties }: Call) => parties.some((party) => party.endpoint === device && party.endedAt === undefined)
    return this.#calls?.trackedCalls.find(isThere)
  }

  #eventReceived(event: AMIEvent): void {
    this.#state.eventReceived(event.name, event, this.#clock.now())
    this.#watchTime()
  }

  #changed(change: LiveChange): void {
    this.#views.changed(change)
    for (const [stream, areas] of this.#streams) if (areas === undefined || areas.has(change.area)) stream.push(change)
  }

  #statusChanged(status: ConnectionStatus): void {
    const isConnected = isUsable(status)
    const isServingAgain = status.state === 'online' && this.#wasRefused
    if (isConnected && (!this.#isConnected || isServingAgain)) {
      this.#isConnected = true
      this.#wasRefused = false
      void this.#read([{ area: 'everything' }])
    } else if (!isConnected && this.#isConnected) {
      this.#disconnected()
    }
    if (status.state === 'failed') this.#ready.reject(status.reason)
    if (status.state === 'closed') this.close()
  }

  #disconnected(): void {
    this.#isConnected = false
    this.#incomplete()
    this.#unread.length = 0
    this.#soon.clear()
    this.#later.clear()
    this.#again.clear()
    this.#state.queues.forgetTalks()
  }

  #incomplete(): void {
    if (this.#isComplete) this.#completeUntil = this.#clock.now()
    this.#isComplete = false
    this.#holes += 1
  }

  #stale(what: Stale): void {
    if (!this.#isConnected) return
    if (what.area === 'everything') this.#incomplete()
    this.#soon.add(what)
    this.#later.add(what)
  }

  /** Reads what is stale, one reading after the other: what was read is told before the next one begins. */
  async #read(stale: readonly Stale[]): Promise<void> {
    this.#unread.push(...stale)
    if (this.#isReading) return
    this.#isReading = true
    while (this.#unread.length > 0) {
      const batch = this.#unread.splice(0)
      if (batch.some(({ area }) => area === 'everything')) await this.#readEverything()
      else await this.#inReading(() => this.#readSome(batch))
    }
    this.#isReading = false
  }

  async #readEverything(): Promise<void> {
    const hole = this.#holes
    await this.#inReading(async () => {
      if (this.#followsQueues) await this.#readWrapUps()
      await this.#reader.everything()
      if (hole === this.#holes) this.#isComplete = true
    })
    if (!this.#isComplete) return
    this.#ready.resolve()
    if (!this.#hasAskedRights) await this.#tellMissingRights()
  }

  /** Lists say when they are refused; events do not come, and nothing says so. */
  async #tellMissingRights(): Promise<void> {
    this.#hasAskedRights = true
    const rights = await readRights(this.#ami)
    if (rights === undefined) return
    for (const [area, events] of this.#state.eventsOf) {
      const missing = missingClasses(events, rights)
      if (missing.length > 0)
        this.#ami.warn(
          `The live model does not hear all that changes in ${area}: the account needs read = ${missing.join(',')} in manager.conf`,
        )
    }
  }

  async #readSome(stale: readonly Stale[]): Promise<void> {
    const queues = new Map<string, Set<string>>()
    for (const what of stale) {
      if (what.area !== 'queue') continue
      const members = queues.get(what.queue) ?? new Set()
      queues.set(what.queue, what.member === undefined ? members : members.add(what.member))
    }
    const has = (area: Stale['area']) => stale.some((what) => what.area === area)
    await Promise.all([
      this.#reader.someQueues(queues),
      has('endpoints') && this.#reader.endpoints(),
      has('conferences') && this.#reader.conferences(),
    ])
    await this.#reader.flush()
  }

  /** Keeps changes back meanwhile. Without a connection, the next one reads everything. */
  async #inReading(read: () => Promise<void>): Promise<void> {
    const tell = this.#state.store.hold()
    try {
      await read()
    } catch (error) {
      if (!(error instanceof ConnectionLostError || error instanceof ClosedError)) this.#failed(error)
    } finally {
      tell()
      this.#watchTime()
    }
  }

  /** The server refuses everything while it shuts down, and is read when it is back or goes on; anything else somebody must know, and is tried again. */
  #failed(error: unknown): void {
    this.#incomplete()
    if (isShuttingDown(error)) {
      this.#wasRefused = true
      this.#statusChanged(this.#ami.status)
      return
    }
    this.#ready.reject(asError(error))
    this.#ami.report(error)
    if (this.#isConnected) this.#again.add({ area: 'everything' })
  }

  async #readWrapUps(): Promise<void> {
    if (typeof this.#givenWrapUpMs === 'number') return
    this.#configuredWrapUps = await wrapUpTimes(this.#ami)
    if (this.#configuredWrapUps !== undefined || this.#givenWrapUpMs !== undefined || this.#hasWarned) return
    this.#hasWarned = true
    this.#ami.warn(WRAP_UP_UNKNOWN)
  }

  #wrapUpOf(queue: string): number | undefined {
    const given = this.#givenWrapUpMs
    if (typeof given === 'number') return given
    return given?.[queue] ?? this.#configuredWrapUps?.get(queue)
  }

  /** Has time told of when it changes something next. */
  #watchTime(): void {
    const next = this.#state.queues.nextTick ?? Number.POSITIVE_INFINITY
    if (next === this.#tickAt || this.#isClosed) return
    this.#cancelTick?.()
    this.#tickAt = next
    if (next === Number.POSITIVE_INFINITY) return
    this.#cancelTick = this.#clock.after(Math.max(0, next - this.#clock.now()), () => {
      this.#tickAt = Number.POSITIVE_INFINITY
      this.#state.queues.tick(this.#clock.now())
      this.#watchTime()
    })
  }
}
