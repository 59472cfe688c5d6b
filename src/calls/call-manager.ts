import type { ManagerConnection } from '../ami/client/manager-connection.js'
import { type ConnectionStatus, isUsable } from '../ami/client/status.js'
import { ActionTimeoutError, ClosedError, ConnectionLostError, StreamOverflowError } from '../ami/messages/errors.js'
import type { AMIEvent } from '../ami/messages/event.js'
import { unlisted } from '../ami/messages/typed-names.js'
import { actionIdSource } from '../ami/protocol/action-id.js'
import { variablePairs } from '../ami/protocol/variables.js'
import { onAbort } from '../core/abort.js'
import { parseCallerId } from '../core/caller-id.js'
import { quote } from '../core/checks.js'
import type { Clock } from '../core/clock.js'
import { deferred } from '../core/deferred.js'
import { asError } from '../core/errors.js'
import type { EventStream } from '../core/event-stream.js'
import { EventWriter } from '../core/event-writer.js'
import type { MediaConnection } from '../core/media-server.js'
import { amount, callback, checkOptions, clock as clockKind, type OptionKind, type OptionsShape } from '../core/options.js'
import { type RandomBytes, systemRandomBytes } from '../core/random-bytes.js'
import { systemClock } from '../core/system-clock.js'
import { Call, type CallHost } from './call.js'
import { CallContext } from './call-context.js'
import { type CallFacts, CallState } from './call-state.js'
import { EndedCalls } from './ended-calls.js'
import { CallCancelledError } from './errors.js'
import { TRACKING_VARIABLE } from './old-releases.js'
import { ORIGINATE_TIMEOUT_MS, type OriginateRequest, originateParameters } from './originate-request.js'
import { type AwaitedSound, awaitSound, hasSound, type OriginateWithSound } from './originate-with-sound.js'
import { OutgoingQueue } from './outgoing-queue.js'
import { OUTSIDE_SHAPE, Outside, type OutsideOptions } from './outside.js'
import type { PartyRecord } from './party.js'
import { Resynchronization } from './resynchronization.js'
import { type Channel, chosenIds, type Fields, Switchboard } from './switchboard.js'
import { TRACKED_EVENTS, Tracker } from './tracker.js'
import { whyUnreachable } from './unreachable.js'

/** What is outside the PBX, how calls are paced, and on what clock. */
export interface CallManagerOptions extends OutsideOptions {
  /** How many calls of ours there may be at a time; more wait. @default Infinity */
  readonly maxConcurrentCalls?: number | undefined
  /** How many calls may be started in a second: between two there is always this part of it, also after an outage. @default Infinity */
  readonly callsPerSecond?: number | undefined
  /** Time, for tests. @default the runtime's */
  readonly clock?: Clock | undefined
  /** Source of the chance in the ids of calls, which are their ChannelIds; a test gives one that repeats itself. @default the runtime's */
  readonly randomBytes?: RandomBytes | undefined
}

const rate: OptionKind = { expected: 'above 0', accepts: (value) => typeof value === 'number' && value > 0, hasRange: true }
const SHAPE: OptionsShape<CallManagerOptions> = {
  ...OUTSIDE_SHAPE,
  maxConcurrentCalls: amount,
  callsPerSecond: rate,
  clock: clockKind,
  randomBytes: callback,
}

/** How long Asterisk may take to say what it must say: OriginateResponse after the last Hangup, or after the time of a call is up. */
const SILENCE_MS = 5_000
const MAX_BUFFERED = 10_000
/** How many transitions, of all calls together, remember the event that caused them; some 7 MB. */
const RECENT_EVENTS = 10_000
/** How many live channels are followed; they take some 100 MB, or 500 MB where each is a call of its own. */
const MAX_CHANNELS = 250_000
/** How many calls that are over can still be asked for by an event or an id. */
const ENDED_CALLS = 200
const OLD_SERVER =
  'This server (AMI 1.0: Asterisk 1.4 or 1.6.0) tells too little of calls: those of others are not followed, those of ours by OriginateResponse and Hangup only'

/** While the client makes a connection, calls wait for it. In other states without one they are refused, as all actions are. */
const ON_THE_WAY: readonly ConnectionStatus['state'][] = ['waiting', 'connecting', 'authenticating', 'booting']

type VariablePairs = ReturnType<typeof variablePairs>

/** What a click-to-call may have besides the two it connects. */
export type ClickToCallOptions = Omit<OriginateRequest, 'channel' | 'exten' | 'application' | 'data' | 'context'> & {
  /** The dialplan context in which the second number is dialled. */
  readonly context: string
}

/**
 * Originates calls, and follows them and every other call of the PBX to their end, also when the connection breaks meanwhile. A call is what a
 * person would call one: see the guide beside this file.
 */
export class CallManager implements Disposable, AsyncDisposable {
  readonly #ami: ManagerConnection
  readonly #clock: Clock
  readonly #newId: () => string
  readonly #queue: OutgoingQueue
  readonly #outside: Outside
  readonly #board: Switchboard
  readonly #tracker: Tracker
  readonly #host: CallHost
  /** The calls that have not ended, by their records. */
  readonly #calls = new Map<CallState, Call>()
  readonly #timers = new Map<CallState, () => void>()
  readonly #all = new Set<EventWriter<Call>>()
  readonly #incoming = new Set<EventWriter<Call>>()
  /** Calls whose sound a server of sound has, or waits for, by its UUID. */
  readonly #bySound = new Map<string, Call>()
  readonly #ended = new EndedCalls<Call>(ENDED_CALLS)
  readonly #unexplained = new Set<CallState>()
  readonly #subscriptions: (() => void)[]
  #variableFeed: (() => void) | undefined
  #isConnected = false
  #isSeeded = false
  readonly #seeded = deferred<void>()
  #hasWarned = false
  #closed = false

  /** @throws TypeError or RangeError that names a wrong option. */
  constructor(ami: ManagerConnection, options: CallManagerOptions = {}) {
    checkOptions(options, SHAPE)
    const {
      maxConcurrentCalls = Number.POSITIVE_INFINITY,
      callsPerSecond = Number.POSITIVE_INFINITY,
      clock = systemClock,
      randomBytes = systemRandomBytes,
    } = options
    this.#ami = ami
    this.#clock = clock
    this.#newId = actionIdSource(randomBytes)
    this.#queue = new OutgoingQueue({ maxConcurrentCalls, callsPerSecond }, clock)
    this.#outside = new Outside(options)
    this.#host = {
      ami,
      clock,
      takeBack: (call, reason) => this.#takeBack(call, reason),
      talkingWith: (party) => this.#talkingWith(party as PartyRecord),
    }
    this.#board = new Switchboard(new CallContext(() => clock.now(), RECENT_EVENTS), this.#outside, MAX_CHANNELS, {
      began: (call) => this.#began(call),
      joined: (call) => this.#timers.get(call)?.(),
      silent: (call) => this.#watch(call, SILENCE_MS, () => this.#conclude(call)),
      unexplained: (call) => void this.#explain(call),
      over: (call) => this.#over(call),
    })
    this.#tracker = new Tracker(this.#board)
    const track = TRACKED_EVENTS.map((name) => ami.onEvent(unlisted(name), (event) => this.#eventReceived(event)))
    this.#subscriptions = [...track, ami.on('status', (status) => this.#statusChanged(status))]
    this.#statusChanged(ami.status)
  }

  /** Calls of ours that are not written yet: they wait for the connection or their turn. */
  get queuedCalls(): readonly Call[] {
    return this.#queue.calls.map((record) => this.#calls.get(record) as Call)
  }

  /** Calls that have not ended and do not wait for their turn: ours and all others. */
  get trackedCalls(): readonly Call[] {
    return [...this.#calls].filter(([record]) => !this.#queue.has(record)).map(([, call]) => call)
  }

  /**
   * Resolves when the calls that lived before this manager are known: `trackedCalls` has them. That is once the client is connected and Asterisk has
   * listed its channels, or has refused to; also when the manager is closed before. Never rejects.
   */
  ready(): Promise<void> {
    return this.#seeded.promise
  }

  /**
   * Every call: those that live now, then each as it begins or is found. Ours, those of telephones and trunks, those that other programs and call
   * files begin, and those that lived before this manager (`origin` is `unknown`). Ends when the manager is closed.
   */
  all(): EventStream<Call> {
    const live = [...this.#calls.values()]
    const writer = this.#writer(this.#all, live.length + MAX_BUFFERED)
    for (const call of live) writer.push(call)
    return writer.stream
  }

  /**
   * The calls that come in, from now on, each as soon as it rings: with `trunks` or `inboundContexts` those from outside, without them all that a
   * telephone or a trunk began, also within the house. Calls that began while the connection was down are among them, with `origin` `unknown`, if
   * they look so: another program's call that was answered meanwhile looks the same. Ends when the manager is closed.
   */
  incoming(): EventStream<Call> {
    return this.#writer(this.#incoming, MAX_BUFFERED).stream
  }

  /**
   * The call of an event, or of a channel's `Uniqueid`, or of a `Linkedid`, or of the UUID of its sound; also one of the last 200 that ended. Undefined if there is none. An event
   * with two channels counts for its first one.
   */
  of(what: AMIEvent | string): Call | undefined {
    if (typeof what === 'string') return this.#callOf(what)
    const fields = what as Fields
    for (const name of ['Uniqueid', 'DestUniqueid', 'Linkedid', 'DestLinkedid', 'ActionID']) {
      const call = this.#callOf(fields.get(name) ?? '')
      if (call !== undefined) return call
    }
    return undefined
  }

  /**
   * Starts a call, or puts it in the line if it must wait. The call is returned at once; what goes wrong is in its transitions.
   *
   * With `media` and `use`, a server of sound has the call when it is answered; `of(sound.uuid)` leads from the sound to the call.
   *
   * @throws TypeError or RangeError for a request that cannot be; ClosedError when the manager is closed.
   */
  originate<Connection extends MediaConnection>(request: OriginateRequest | OriginateWithSound<Connection>): Call {
    return hasSound(request) ? this.#originateWithSound(awaitSound(request)) : this.#originate(request, false)
  }

  #originateWithSound({ request, uuid, serve, cancel }: AwaitedSound): Call {
    try {
      const call = this.#originate(request, false)
      this.#bySound.set(uuid, call)
      const ended = call.ended().then(() => this.#bySound.delete(uuid))
      serve(ended, (error) => this.#ami.report(asError(error)))
      return call
    } catch (error) {
      cancel()
      throw error
    }
  }

  /**
   * Calls `from` (technology and resource, as in `PJSIP/100`) and, when it answers, has the dialplan dial `to` in `context`. What became of each
   * is in `legs` of the outcome: `a` is who clicked, `b` whom they wanted. The second number is shown to the first telephone, unless `callerId` says
   * otherwise.
   *
   * @throws as `originate`.
   */
  clickToCall(from: string, to: string, options: ClickToCallOptions): Call {
    return this.#originate({ callerId: to, ...options, channel: from, exten: to }, true)
  }

  #originate(request: OriginateRequest, callerIsFirst: boolean): Call {
    if (this.#closed) throw new ClosedError('The CallManager is closed; make a new one')
    const parameters = originateParameters(request)
    // Once only: they may be an iterator.
    const variables = variablePairs(request.variables ?? {})
    const record = new CallState(this.#newId(), 'ours', factsOf(request, variables), this.#board.context, {
      callerIsFirst,
      dialString: request.channel,
    })
    const call = Call.of(record, this.#host)
    this.#calls.set(record, call)
    this.#board.expect(record)
    this.#tell(call)
    const { signal } = request
    if (signal?.aborted) {
      this.#board.giveUp(record, 'failed', cancellation(signal.reason))
      return call
    }
    const forgetSignal = onAbort(signal, () => this.#takeBack(record, cancellation(signal?.reason)))
    void call.ended().then(forgetSignal)
    this.#queue.add(record, async (waiting, written) => {
      await this.#send(record, parameters, { ...request, variables }, waiting, written)
      await call.ended()
    })
    return call
  }

  /**
   * Has Asterisk send only the events that tracking needs, and those named, from now on and after each reconnect. It concerns the whole
   * client: its streams and listeners do not get other events any more. Asterisk cannot take filters back from a session.
   *
   * @throws TypeError for a wrong name; ActionError when the account may not set filters (it needs `system`); what `sendAction` throws.
   */
  async setupFilters(also: readonly string[] = []): Promise<void> {
    await this.#ami.setupFilters([...TRACKED_EVENTS, ...(this.#takesIds ? [] : ['VarSet']), ...also])
  }

  /** Follows no call any more: those that wait fail, those that live are lost. They go on in Asterisk. Idempotent. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#queue.close()
    for (const stop of this.#subscriptions) stop()
    this.#variableFeed?.()
    this.#abandonAll(new ClosedError('The CallManager was closed'))
    this.#seeded.resolve()
    for (const writer of [...this.#all, ...this.#incoming]) writer.end()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  async #send(
    record: CallState,
    parameters: ReturnType<typeof originateParameters>,
    { timeoutMs = ORIGINATE_TIMEOUT_MS, variables, channel }: OriginateRequest & { readonly variables: VariablePairs },
    waiting: AbortSignal,
    written: () => void,
  ): Promise<void> {
    const [channelId, otherId] = chosenIds(record)
    const ids = this.#takesIds ? { ChannelId: channelId, OtherChannelId: /^local\//i.test(channel) ? otherId : undefined } : {}
    const tracked = this.#takesIds ? variables : [...variables, [`__${TRACKING_VARIABLE}`, record.id] as const]
    const headers = { ...parameters, ActionID: record.id, ...ids }
    // The client lets an action wait for so long only; what was not written can be sent again.
    while (this.#queue.has(record)) {
      try {
        await this.#ami.sendAction('Originate', headers, { variables: tracked, signal: waiting, onWritten: written })
        written()
        this.#accepted(record)
      } catch (error) {
        if (record.outcome === undefined) this.#notAccepted(record, error, written)
      }
    }
    if (record.outcome !== undefined || record.channel !== undefined) return
    this.#watch(record, timeoutMs + SILENCE_MS, () => {
      if (record.channel === undefined) this.#board.giveUp(record, 'lost')
    })
  }

  #accepted(record: CallState): void {
    record.heard = this.#board.connection
    if (record.originate === 'queued') record.originate = 'accepted'
    this.#board.settle(record)
  }

  #notAccepted(record: CallState, error: unknown, written: () => void): void {
    if (!(error instanceof ConnectionLostError || error instanceof ActionTimeoutError)) {
      this.#board.giveUp(record, 'failed', asError(error))
    } else if (error.sent === 'maybe') {
      // What was written Asterisk may do; the channel has an id of ours, and will show it.
      written()
      if (record.originate === 'queued') record.originate = 'sent'
      this.#board.settle(record)
    }
  }

  #eventReceived(event: AMIEvent): void {
    if (!this.#board.followsOthers && !this.#hasWarned) {
      this.#hasWarned = true
      this.#ami.warn(OLD_SERVER)
    }
    this.#tracker.eventReceived(event)
  }

  /** AMI 1 is Asterisk before 12, which has neither `ChannelId` nor `Linkedid`s that can be relied upon. */
  get #takesIds(): boolean {
    return !this.#apiVersion.startsWith('1.')
  }

  get #apiVersion(): string {
    const { status } = this.#ami
    return 'apiVersion' in status ? status.apiVersion : ''
  }

  /** Ends a call that is not written yet. False if it is. */
  #takeBack(record: CallState, reason: Error): boolean {
    if (!this.#queue.has(record)) return false
    this.#board.giveUp(record, 'failed', reason)
    return true
  }

  #began(record: CallState): void {
    const call = Call.of(record, this.#host)
    this.#calls.set(record, call)
    this.#tell(call)
    if (this.#isIncoming(record)) this.#push(this.#incoming, call)
  }

  /** Of calls that lived before this manager nobody knows how they began; of those that began in a hole it is known who seems to have begun them. */
  #isIncoming({ origin, caller, direction }: CallState): boolean {
    if (caller === undefined || (origin === 'unknown' && !this.#isSeeded)) return false
    return this.#outside.isKnown ? direction === 'inbound' : true
  }

  /** To those who asked for all calls, and those who watch the program. */
  #tell(call: Call): void {
    this.#push(this.#all, call)
    const watched = this.#ami.observer?.call
    if (watched?.isWatched) call.follow((transition) => watched.tell({ call, transition }))
  }

  #push(writers: ReadonlySet<EventWriter<Call>>, call: Call): void {
    for (const writer of writers) writer.push(call)
  }

  #writer(writers: Set<EventWriter<Call>>, maxBuffered: number): EventWriter<Call> {
    const writer: EventWriter<Call> = new EventWriter<Call>({
      maxBuffered,
      overflow: 'error',
      withGaps: false,
      now: () => this.#now(),
      overflowError: (limit) => new StreamOverflowError(limit),
      ended: () => writers.delete(writer),
    })
    if (this.#closed) writer.end()
    else writers.add(writer)
    return writer
  }

  #callOf(id: string): Call | undefined {
    const record = id === '' ? undefined : this.#board.callOf(id)
    return record === undefined ? (this.#ended.get(id) ?? this.#bySound.get(id)) : this.#calls.get(record)
  }

  #talkingWith(party: PartyRecord): PartyRecord[] {
    const channel: Channel | undefined = this.#board.known(party.uniqueId)
    if (channel === undefined) return []
    return this.#board.connectedness.connectedWith(channel).flatMap((other) => other.party ?? [])
  }

  #conclude(record: CallState): void {
    if (!record.isSilent) return
    record.conclude()
    this.#board.settle(record)
  }

  /** Asterisk says nothing of a call to an endpoint that is unknown, or has no contact: its lists do. */
  async #explain(record: CallState): Promise<void> {
    if (this.#unexplained.has(record)) return
    this.#unexplained.add(record)
    const reason = await whyUnreachable(this.#ami, record.dialString)
    this.#unexplained.delete(record)
    record.explain(reason)
    this.#board.settle(record)
  }

  #over(record: CallState): void {
    const call = this.#calls.get(record)
    if (call !== undefined) this.#ended.keep(call, [record.id, ...record.uniqueIds, ...record.linkedIds])
    this.#calls.delete(record)
    this.#timers.get(record)?.()
    this.#timers.delete(record)
    this.#queue.remove(record)
  }

  #watch(record: CallState, afterMs: number, then: () => void): void {
    this.#timers.get(record)?.()
    this.#timers.set(record, this.#clock.after(afterMs, then))
  }

  #statusChanged(status: ConnectionStatus): void {
    const isConnected = isUsable(status)
    if (isConnected && !this.#isConnected) {
      if (!this.#isSeeded) this.#board.disconnected()
      this.#board.isOld = !this.#takesIds
      this.#board.followsOthers = this.#apiVersion !== '1.0'
      this.#trackByVariable(!this.#takesIds)
      void this.#resynchronize()
    } else if (!isConnected && this.#isConnected) {
      this.#board.disconnected()
    }
    this.#isConnected = isConnected
    if (ON_THE_WAY.includes(status.state)) this.#queue.close()
    else this.#queue.open()
    if (status.state === 'failed') this.#abandonAll(status.reason)
    if (status.state === 'closed') this.close()
  }

  /** VarSet is the most frequent event of all: it is asked for only where calls cannot be told otherwise. */
  #trackByVariable(wanted: boolean): void {
    if (wanted === (this.#variableFeed !== undefined)) return
    if (!wanted) this.#variableFeed?.()
    this.#variableFeed = wanted ? this.#ami.onEvent('VarSet', (event) => this.#tracker.eventReceived(event)) : undefined
  }

  /** Reads the server's live channels, and compares. */
  async #resynchronize(): Promise<void> {
    const resynchronization = new Resynchronization(this.#board)
    try {
      const { events } = await this.#ami.sendAction('CoreShowChannels')
      const holdingBridges = await this.#holdingBridges(events)
      resynchronization.listed({ channels: events, holdingBridges })
      // Events that happened before the list may still be behind it; the answer to another action comes after them.
      await this.#ami.sendAction('Ping')
    } catch (error) {
      // Without a connection, the next one tries again.
      if (error instanceof ConnectionLostError || error instanceof ClosedError) return
    }
    if (this.#closed) return
    resynchronization.completed()
    this.#isSeeded = true
    this.#seeded.resolve()
  }

  /** The list of channels names their bridges, and not what kind they are of. */
  async #holdingBridges(channels: readonly AMIEvent[]): Promise<ReadonlySet<string>> {
    const ids = new Set(channels.map((channel) => (channel as Fields).get('BridgeId') ?? ''))
    ids.delete('')
    if ([...ids].every((id) => this.#board.connectedness.membersOf(id).length > 0)) return new Set()
    const { events } = await this.#ami.sendAction('BridgeList')
    const holding = (events as readonly Fields[]).filter((bridge) => bridge.get('BridgeTechnology') === 'holding_bridge')
    return new Set(holding.map((bridge) => bridge.get('BridgeUniqueid') ?? ''))
  }

  #abandonAll(reason: Error): void {
    for (const record of [...this.#calls.keys()]) {
      this.#board.giveUp(record, this.#queue.has(record) ? 'failed' : 'lost', reason)
    }
  }

  #now(): Date {
    return new Date(this.#clock.now())
  }
}

function factsOf({ callerId = '', context = '', exten = '' }: OriginateRequest, variables: VariablePairs): CallFacts {
  const caller = parseCallerId(callerId)
  return { callerNumber: caller.number, callerName: caller.name, context, exten, variables: new Map(variables) }
}

function cancellation(value: unknown): Error {
  if (value instanceof Error) return value
  return new CallCancelledError(`The call was taken back: ${typeof value === 'string' ? value : quote(value)}`)
}
