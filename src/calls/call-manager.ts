import type { ManagerConnection } from '../ami/client/manager-connection.js'
import { type ConnectionStatus, isUsable } from '../ami/client/status.js'
import { ActionTimeoutError, ClosedError, ConnectionLostError, StreamOverflowError } from '../ami/messages/errors.js'
import { unlisted } from '../ami/messages/typed-names.js'
import { actionIdSource } from '../ami/protocol/action-id.js'
import { variablePairs } from '../ami/protocol/variables.js'
import { onAbort } from '../core/abort.js'
import { parseCallerId } from '../core/caller-id.js'
import type { Clock } from '../core/clock.js'
import { asError } from '../core/errors.js'
import type { EventStream } from '../core/event-stream.js'
import { EventWriter } from '../core/event-writer.js'
import { amount, checkOptions, clock as clockKind, type OptionKind, type OptionsShape } from '../core/options.js'
import { systemRandomBytes } from '../core/random-bytes.js'
import { systemClock } from '../core/system-clock.js'
import { Call, type CallHost } from './call.js'
import { type CallContext, type CallFacts, CallRecord } from './call-record.js'
import { CallCancelledError } from './errors.js'
import { ORIGINATE_TIMEOUT_MS, type OriginateRequest, originateParameters } from './originate-request.js'
import { OutgoingQueue } from './outgoing-queue.js'
import { RecentEvents } from './recent-events.js'
import { chosenIds, TRACKED_EVENTS, TRACKING_VARIABLE, Tracker } from './tracker.js'

/** How calls are paced, and on what clock. */
export interface CallManagerOptions {
  /** How many calls of ours there may be at a time; more wait. @default Infinity */
  readonly maxConcurrentCalls?: number | undefined
  /** How many calls may be started in a second: between two there is always this part of it, also after an outage. @default Infinity */
  readonly callsPerSecond?: number | undefined
  /** Time, for tests. @default the runtime's */
  readonly clock?: Clock | undefined
}

const rate: OptionKind = { expected: 'above 0', accepts: (value) => typeof value === 'number' && value > 0, hasRange: true }
const SHAPE: OptionsShape<CallManagerOptions> = { maxConcurrentCalls: amount, callsPerSecond: rate, clock: clockKind }

/** How long Asterisk may take to say what it must say: OriginateResponse after the last Hangup, or after the time of a call is up. */
const SILENCE_MS = 5_000
const MAX_BUFFERED = 10_000
/** How many transitions, of all calls together, remember the event that caused them; some 7 MB. */
const RECENT_EVENTS = 10_000
/** How many live channels are followed; they take some 100 MB, or 500 MB where each is a call of its own. */
const MAX_CHANNELS = 250_000

/** While the client makes a connection, calls wait for it. In other states without one they are refused, as all actions are. */
const ON_THE_WAY: readonly ConnectionStatus['state'][] = ['waiting', 'connecting', 'authenticating', 'booting']

type VariablePairs = ReturnType<typeof variablePairs>

/** Originates calls and follows them, and those that come in, to their end, also when the link breaks meanwhile. */
export class CallManager implements Disposable, AsyncDisposable {
  readonly #ami: ManagerConnection
  readonly #clock: Clock
  readonly #newId = actionIdSource(systemRandomBytes)
  readonly #queue: OutgoingQueue
  readonly #context: CallContext = { now: () => this.#now(), recentEvents: new RecentEvents(RECENT_EVENTS) }
  readonly #tracker: Tracker
  readonly #host: CallHost
  /** The calls that have not ended, by their records. */
  readonly #calls = new Map<CallRecord, Call>()
  readonly #timers = new Map<CallRecord, () => void>()
  readonly #incoming = new Set<EventWriter<Call>>()
  readonly #subscriptions: (() => void)[]
  #variableFeed: (() => void) | undefined
  #linked = false
  #seeded = false
  #closed = false

  /** @throws TypeError or RangeError that names a wrong option. */
  constructor(ami: ManagerConnection, options: CallManagerOptions = {}) {
    checkOptions(options, SHAPE)
    const {
      maxConcurrentCalls = Number.POSITIVE_INFINITY,
      callsPerSecond = Number.POSITIVE_INFINITY,
      clock = systemClock,
    } = options
    this.#ami = ami
    this.#clock = clock
    this.#queue = new OutgoingQueue({ maxConcurrentCalls, callsPerSecond }, clock)
    this.#host = { ami, clock, takeBack: (call, reason) => this.#takeBack(call, reason) }
    this.#tracker = new Tracker(this.#context, MAX_CHANNELS, {
      incoming: (record) => this.#cameIn(record),
      joined: (record) => this.#timers.get(record)?.(),
      silent: (record) => this.#watch(record, SILENCE_MS, () => this.#tracker.conclude(record)),
      over: (record) => this.#over(record),
    })
    const track = TRACKED_EVENTS.map((name) => ami.onEvent(unlisted(name), (event) => this.#tracker.eventReceived(event)))
    this.#subscriptions = [...track, ami.on('status', (status) => this.#statusChanged(status))]
    this.#statusChanged(ami.status)
  }

  /** Calls of ours that are not written yet: they wait for the connection or their turn. */
  get queuedCalls(): readonly Call[] {
    return this.#queue.calls.map((record) => this.#calls.get(record) as Call)
  }

  /** Calls that have not ended and do not wait: ours and those that came in. */
  get trackedCalls(): readonly Call[] {
    return [...this.#calls].filter(([record]) => !this.#queue.has(record)).map(([, call]) => call)
  }

  /**
   * Starts a call, or puts it in the line if it must wait. The call is returned at once; what goes wrong is in its transitions.
   *
   * @throws TypeError or RangeError for a request that cannot be; ClosedError when the manager is closed.
   */
  originate(request: OriginateRequest): Call {
    if (this.#closed) throw new ClosedError('The CallManager is closed; make a new one')
    const parameters = originateParameters(request)
    // Once only: they may be an iterator.
    const variables = variablePairs(request.variables ?? {})
    const record = new CallRecord(this.#newId(), 'outgoing', factsOf(request, variables), this.#context)
    const call = new Call(record, this.#host)
    this.#calls.set(record, call)
    this.#tracker.expect(record)
    const { signal } = request
    if (signal?.aborted) {
      this.#tracker.giveUp(record, 'failed', cancellation(signal.reason))
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

  /** The calls that come in from outside, from now on, each as soon as it rings. Ends when the manager is closed. */
  incoming(): EventStream<Call> {
    const writer: EventWriter<Call> = new EventWriter<Call>({
      maxBuffered: MAX_BUFFERED,
      overflow: 'error',
      withGaps: false,
      now: () => this.#now(),
      overflowError: (maxBuffered) => new StreamOverflowError(maxBuffered),
      ended: () => this.#incoming.delete(writer),
    })
    if (this.#closed) writer.end()
    else this.#incoming.add(writer)
    return writer.stream
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
    for (const writer of [...this.#incoming]) writer.end()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  async #send(
    record: CallRecord,
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
        this.#tracker.accepted(record)
      } catch (error) {
        if (record.outcome === undefined) this.#notAccepted(record, error, written)
      }
    }
    if (record.outcome !== undefined || record.channel !== undefined) return
    this.#watch(record, timeoutMs + SILENCE_MS, () => {
      if (record.channel === undefined) this.#tracker.giveUp(record, 'lost')
    })
  }

  #notAccepted(record: CallRecord, error: unknown, written: () => void): void {
    if (!(error instanceof ConnectionLostError || error instanceof ActionTimeoutError)) {
      this.#tracker.giveUp(record, 'failed', asError(error))
    } else if (error.sent === 'maybe') {
      // What was written Asterisk may do; the channel has an id of ours, and will show it.
      written()
      this.#tracker.uncertain(record)
    }
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
  #takeBack(record: CallRecord, reason: Error): boolean {
    if (!this.#queue.has(record)) return false
    this.#tracker.giveUp(record, 'failed', reason)
    return true
  }

  #cameIn(record: CallRecord): void {
    const call = new Call(record, this.#host)
    this.#calls.set(record, call)
    for (const writer of this.#incoming) writer.push(call)
  }

  #over(record: CallRecord): void {
    this.#calls.delete(record)
    this.#timers.get(record)?.()
    this.#timers.delete(record)
    this.#queue.remove(record)
  }

  #watch(record: CallRecord, afterMs: number, then: () => void): void {
    this.#timers.get(record)?.()
    this.#timers.set(record, this.#clock.after(afterMs, then))
  }

  #statusChanged(status: ConnectionStatus): void {
    const linked = isUsable(status)
    if (linked && !this.#linked) {
      if (!this.#seeded) this.#tracker.disconnected()
      this.#trackByVariable(!this.#takesIds)
      void this.#resynchronize()
    } else if (!linked && this.#linked) {
      this.#tracker.disconnected()
    }
    this.#linked = linked
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

  /** Reads the server's live channels. Of those that were there before this manager, nobody knows how they began: they are not incoming. */
  async #resynchronize(): Promise<void> {
    const asCalls = this.#seeded
    this.#seeded = true
    try {
      const { events } = await this.#ami.sendAction('CoreShowChannels')
      for (const item of events) this.#tracker.channelListed(item, asCalls)
      // Events that happened before the list may still be behind it; the answer to another action comes after them.
      await this.#ami.sendAction('Ping')
    } catch (error) {
      // Without a link, the next connection tries again.
      if (error instanceof ConnectionLostError || error instanceof ClosedError) return
    }
    if (!this.#closed) this.#tracker.resynchronized()
  }

  #abandonAll(reason: Error): void {
    for (const record of [...this.#calls.keys()]) {
      this.#tracker.giveUp(record, this.#queue.has(record) ? 'failed' : 'lost', reason)
    }
  }

  #now(): Date {
    return new Date(this.#clock.now())
  }
}

function factsOf({ callerId = '', context = '', exten = '' }: OriginateRequest, variables: VariablePairs): CallFacts {
  const caller = parseCallerId(callerId)
  return { callerId: caller.number, callerName: caller.name, context, exten, variables: new Map(variables) }
}

function cancellation(value: unknown): Error {
  return value instanceof Error ? value : new CallCancelledError(`The call was taken back: ${String(value)}`)
}
