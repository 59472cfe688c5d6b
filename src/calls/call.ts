import type { ManagerConnection } from '../ami/client/manager-connection.js'
import { ActionError, InvalidActionError, StreamOverflowError, WaitTimeoutError } from '../ami/messages/errors.js'
import { losesItsStart } from '../ami/protocol/field-rules.js'
import { isVariableName, VARIABLE_NAME_RULE, variablePairs } from '../ami/protocol/variables.js'
import { onAbort } from '../core/abort.js'
import type { Clock } from '../core/clock.js'
import { deferred } from '../core/deferred.js'
import { escapeArgument } from '../core/escape-argument.js'
import type { EventStream } from '../core/event-stream.js'
import { EventWriter } from '../core/event-writer.js'
import { abortSignal, anObject, checkOptions, either, flag, milliseconds, required, text, wholeNumber } from '../core/options.js'
import { type CallRecord, callRecord } from './call-record.js'
import type { CallOrigin, CallState } from './call-state.js'
import type { CallChannel } from './channel.js'
import { CallCancelledError, CallEndedError, CallFailedError, NoChannelError } from './errors.js'
import {
  type Dialing,
  dialingsOf,
  type Parking,
  parkingOf,
  type QueueStay,
  queueStayOf,
  type Recording,
  recordingsOf,
  type Transfer,
  transfersOf,
} from './happenings.js'
import { checkedPriority } from './originate-request.js'
import type { CallDirection } from './outside.js'
import type { Party } from './party.js'
import { PROGRESS } from './status-table.js'
import type { CallOutcome, CallStatus, CallTransition } from './transition.js'

/** What a call needs from its manager. */
export interface CallHost {
  readonly ami: ManagerConnection
  readonly clock: Clock
  /** Ends a call that is not written yet, for this reason. False if it is written. */
  takeBack(call: CallState, reason: Error): boolean
  /** The other parties that a party is connected with. */
  talkingWith(party: Party): readonly Party[]
}

declare module './party.js' {
  // A party leads to its call; a call has its parties. This is where the two meet.
  interface PartyCall extends Call {}
}

/** How a call is handed on. */
export interface TransferOptions {
  /**
   * Whether the one who hands on talks with the new party first: they are connected, and the others when they hang up. Asterisk does it only
   * where `atxfer` is set in features.conf.
   *
   * @default false
   */
  readonly attended?: boolean | undefined
  /** The context of the extension. @default the server's: the channel's own */
  readonly context?: string | undefined
  /** Who hands on. @default `answeredBy` while they talk, else whoever talks and is not the caller */
  readonly by?: Party | undefined
}

/** What a call can be waited for. */
export type CallProgress = 'dialing' | 'ringing' | 'up' | 'bridged'

const WAIT_SHAPE = { timeoutMs: milliseconds(), signal: abortSignal }
const PLACE_SHAPE = { context: required(text), exten: required(text), priority: either(wholeNumber(1), text) }
const PARK_SHAPE = { parkinglot: text, timeoutMs: milliseconds() }
const TRANSFER_SHAPE = { attended: flag, context: text, by: anObject }
const MAX_BUFFERED = 10_000

/**
 * One call, with all its channels. `for await (const transition of call)` yields what happens to it, from its beginning to its end, which is
 * exactly one of `ended`, `failed` and `lost`, and always comes.
 */
export class Call implements AsyncIterable<CallTransition> {
  readonly #record: CallState
  readonly #host: CallHost

  private constructor(record: CallState, host: CallHost) {
    this.#record = record
    record.facade = this
    this.#host = host
  }

  /** @internal */
  static of(record: CallState, host: CallHost): Call {
    return new Call(record, host)
  }

  /** Unique. A call of ours has it as the `Uniqueid` of its channel, where the server lets us choose; an incoming one has its channel's. */
  get id(): string {
    return this.#record.id
  }

  get direction(): CallDirection {
    return this.#record.direction
  }

  get status(): CallStatus {
    return this.#record.status
  }

  /** What became of it; undefined while it lives. */
  get outcome(): CallOutcome | undefined {
    return this.#record.outcome
  }

  /** Whether one of its channels is on hold. */
  get isHeld(): boolean {
    return this.#record.isHeld
  }

  /** The `Uniqueid`s of all channels it has or had. */
  get uniqueIds(): readonly string[] {
    return this.#record.uniqueIds
  }

  /** The `Linkedid` of its first channel; empty before there is one. */
  get linkedId(): string {
    return this.#record.linkedIds[0] ?? ''
  }

  /** Its channels that are alive, the one that stands for the call first. */
  get channels(): readonly CallChannel[] {
    return this.#record.channels
  }

  /** Who began it. */
  get origin(): CallOrigin {
    return this.#record.origin
  }

  /** The devices in it, in the order of their appearance; of very many only the first and the last ones. */
  get parties(): readonly Party[] {
    return [...this.#record.parties]
  }

  /**
   * Who began the call. Of a click-to-call it is the first leg; of another originated call undefined until a second leg is dialled, then whoever
   * answered the first one.
   */
  get caller(): Party | undefined {
    return this.#record.caller
  }

  /** The first called party that was connected with the caller. */
  get answeredBy(): Party | undefined {
    return this.#record.answeredBy
  }

  /** Who asked first for the hangup among those in the last talk; undefined where a program hung up, or nobody talked. */
  get hungUpBy(): Party | undefined {
    return this.#record.hungUpBy
  }

  /**
   * Whether all of it was seen. It is not if nobody saw it begin, or if the connection was down while it lived: then what is told is what was seen,
   * and times that were not seen are undefined.
   */
  get isComplete(): boolean {
    return this.#record.isComplete
  }

  /** When it began: of a call of ours, when its first channel was made; undefined if nobody saw it begin. */
  get startedAt(): Date | undefined {
    return this.origin === 'unknown' ? undefined : new Date(this.#record.beganMs)
  }

  /** When its own channel went Up: the originated one (of a Local channel its first half), or the caller's; undefined if nobody saw when. */
  get answeredAt(): Date | undefined {
    return dateOf(this.#record.answeredMs)
  }

  /** When it ended; undefined while it lives, and if nobody saw when. */
  get endedAt(): Date | undefined {
    return dateOf(this.#record.endedMs)
  }

  /** From the start to `answeredAt`, else to the end, else to now; undefined if one of them was not seen. */
  get ringMs(): number | undefined {
    return this.#record.ringMs
  }

  /** How long two devices were connected, all talks together; undefined if not all of it was seen. */
  get talkMs(): number | undefined {
    return this.#record.talkMs
  }

  /** The channels that were dialled, in order. */
  get dialed(): readonly Dialing[] {
    return dialingsOf(this.#record.happenings)
  }

  get transfers(): readonly Transfer[] {
    return transfersOf(this.#record.happenings)
  }

  get recordings(): readonly Recording[] {
    return recordingsOf(this.#record.happenings)
  }

  /** The last queue of the PBX that the caller waited in. */
  get queue(): QueueStay | undefined {
    return queueStayOf(this.#record.happenings)
  }

  /** The last time that it was parked. */
  get parking(): Parking | undefined {
    return parkingOf(this.#record.happenings)
  }

  /** The call that goes on with the parties of this one, which ended when they became one. */
  get mergedInto(): Call | undefined {
    return this.#record.mergedInto?.facade as Call | undefined
  }

  /** The caller's number as it was at first; empty if there was none, undefined if nobody saw the call begin. A party has what it is now. */
  get callerNumber(): string | undefined {
    return this.#record.facts.callerNumber
  }

  /** The same as `callerNumber`. */
  get callerId(): string | undefined {
    return this.callerNumber
  }

  /** The caller's name as it was at first, like `callerNumber`. */
  get callerName(): string | undefined {
    return this.#record.facts.callerName
  }

  /** What was called; undefined if nobody saw the call begin. */
  get exten(): string | undefined {
    return this.#record.facts.exten
  }

  get context(): string | undefined {
    return this.#record.facts.context
  }

  /** Of a call of ours, those that were given; of others, those that the server adds to events (`channelvars` in manager.conf). */
  get variables(): ReadonlyMap<string, string> {
    return this.#record.facts.variables
  }

  /** The other parties that a party is connected with now, through any chain of bridges and Local channels; who is on hold counts. */
  talkingWith(party: Party): readonly Party[] {
    return this.#host.talkingWith(party)
  }

  /**
   * What happened so far and what happens from now on, up to the end. Each loop has its own. A call keeps at least its last 10,000 transitions, and
   * a loop may fall 10,000 behind: what is longer ago is left out, and counted in the stream's `dropped`. What happened before the loop has its
   * `event` if it is one of the manager's last 10,000 transitions.
   */
  [Symbol.asyncIterator](): EventStream<CallTransition> {
    let stop: () => void = () => undefined
    const { history, forgotten } = this.#record
    const writer = new EventWriter<CallTransition>({
      maxBuffered: history.length + MAX_BUFFERED,
      overflow: 'drop-oldest',
      dropped: forgotten,
      withGaps: false,
      now: () => new Date(this.#host.clock.now()),
      overflowError: (maxBuffered) => new StreamOverflowError(maxBuffered),
      ended: () => stop(),
    })
    for (const transition of this.#past()) writer.push(transition)
    if (this.outcome !== undefined) writer.end()
    else {
      stop = this.#record.listen((transition) => {
        writer.push(transition)
        if (this.outcome !== undefined) writer.end()
      })
    }
    return writer.stream
  }

  /** @internal Calls back with what happened so far, at once, and with what happens from now on. */
  follow(listener: (transition: CallTransition) => void): void {
    for (const transition of this.#past()) listener(transition)
    this.#record.listen(listener)
  }

  *#past(): Generator<CallTransition> {
    const { startedMs, history } = this.#record
    for (const remembered of history) {
      const { facts, afterMs, status } = remembered
      const event = this.#record.eventOf(remembered)
      yield { ...facts, at: new Date(startedMs + afterMs), status, event } as CallTransition
    }
  }

  /** Resolves with what became of the call when it has ended, failed or was lost. Never rejects. */
  async ended(): Promise<CallOutcome> {
    const { outcome } = this
    if (outcome !== undefined) return outcome
    const over = deferred<CallOutcome>()
    this.#record.listen(() => {
      if (this.outcome !== undefined) over.resolve(this.outcome)
    })
    return over.promise
  }

  /**
   * Resolves when the call is as far as this or further, or was: also when it has left the bridge or has ended since.
   *
   * @throws CallFailedError or CallEndedError when it ended before it came so far; WaitTimeoutError when it takes longer than `timeoutMs` (default:
   * no limit); the signal's reason.
   */
  async waitFor(
    progress: CallProgress,
    options: { readonly timeoutMs?: number | undefined; readonly signal?: AbortSignal | undefined } = {},
  ): Promise<void> {
    checkOptions(options, WAIT_SHAPE)
    const { timeoutMs = Number.POSITIVE_INFINITY, signal } = options
    const wanted = PROGRESS[progress]
    if (!(wanted > 0))
      throw new TypeError(`a call can be waited for until it is dialing, ringing, up or bridged, not ${String(progress)}`)
    signal?.throwIfAborted()
    const reached = deferred<void>()
    const look = () => {
      if (this.#record.progress >= wanted) reached.resolve()
      else if (this.outcome !== undefined) reached.reject(this.#overError(`be ${progress}`))
    }
    const stop = this.#record.listen(look)
    const late = () =>
      reached.reject(
        new WaitTimeoutError(`The call was not ${progress} within ${timeoutMs} ms; it is ${this.status}`, { timeoutMs }),
      )
    const cancel = timeoutMs === Number.POSITIVE_INFINITY ? () => undefined : this.#host.clock.after(timeoutMs, late)
    const forgetSignal = onAbort(signal, () => reached.reject(signal?.reason))
    look()
    try {
      await reached.promise
    } finally {
      stop()
      cancel()
      forgetSignal()
    }
  }

  /**
   * Hangs up all its channels, with a Q.850 cause if one is given. A call that is not written yet is taken back: it ends as `failed`, with a
   * CallCancelledError. One that has no channel yet is hung up as soon as it has one. Resolves when Asterisk has hung up, or the call has ended by
   * itself; `ended()` when it is over.
   *
   * @throws CallEndedError or CallFailedError when the call is over already; what `sendAction` throws.
   */
  async hangup(cause?: number): Promise<void> {
    this.#requireAlive('be hung up')
    this.#record.givenUp()
    if (this.#host.takeBack(this.#record, new CallCancelledError('The call was hung up before it was sent'))) return
    await this.#record.hasChannel()
    await Promise.all(this.#record.channels.map(({ name }) => this.#hangUp(name, cause)))
  }

  /**
   * Sends the call's channel to another place in the dialplan. Asterisk does not say when there is no such extension: the channel hangs up.
   *
   * @throws as all actions on a call: CallEndedError or CallFailedError when it is over, NoChannelError before it has a channel, and what
   * `sendAction` throws; TypeError for a priority that is neither a number above 0 nor a label.
   */
  async redirect(to: {
    readonly context: string
    readonly exten: string
    readonly priority?: number | string | undefined
  }): Promise<void> {
    checkOptions(to, PLACE_SHAPE)
    const { context, exten } = to
    const priority = checkedPriority(to.priority ?? 1)
    await this.#onChannel('be redirected', (Channel) =>
      this.#host.ami.sendAction('Redirect', { Channel, Context: context, Exten: exten, Priority: priority }),
    )
  }

  /**
   * Hands the call on to an extension: `by` goes, the other stays. While nobody talks, the call's channel is sent there. Resolves when Asterisk
   * accepted it; `transferred` is told when it is done.
   *
   * @throws as `redirect`; TypeError for a wrong option; NoChannelError if nobody talks who could hand it on with `attended`.
   */
  async transfer(exten: string, options: TransferOptions = {}): Promise<void> {
    checkOptions(options, TRANSFER_SHAPE)
    const { attended = false, context } = options
    this.#requireAlive('be transferred')
    const by = options.by ?? this.#transferer()
    if (by !== undefined) {
      const action = attended ? 'Atxfer' : 'BlindTransfer'
      await this.#act('be transferred', () =>
        this.#host.ami.sendAction(action, { Channel: by.channel, Context: context, Exten: exten }),
      )
    } else if (attended) throw new NoChannelError('The call cannot be handed on after a talk: nobody talks')
    else await this.redirect({ context: context ?? this.context ?? 'default', exten })
  }

  /** Connects the channels of two calls; each leaves what it did. @throws as `redirect`, for either call. */
  async bridgeWith(other: Call): Promise<void> {
    const Channel2 = other.#channelName('be bridged')
    await this.#onChannel('be bridged', (Channel1) => this.#host.ami.sendAction('Bridge', { Channel1, Channel2 }))
  }

  /** Parks the call, in Asterisk's default lot unless one is named. @throws as `redirect`. */
  async park(options: { readonly parkinglot?: string | undefined; readonly timeoutMs?: number | undefined } = {}): Promise<void> {
    checkOptions(options, PARK_SHAPE)
    const { parkinglot, timeoutMs } = options
    await this.#onChannel('be parked', (Channel) =>
      this.#host.ami.sendAction('Park', { Channel, Parkinglot: parkinglot, Timeout: timeoutMs }),
    )
  }

  /**
   * Sets a variable of the call's channel to exactly this value. With `_` before the name, channels that it calls inherit it; with `__`, also those
   * that they call. A name that ends in `)`, such as `CHANNEL(language)`, is a dialplan function that Asterisk runs: do not build names from the
   * text of others.
   *
   * @throws as `redirect`; InvalidActionError for a name that is empty, begins with a space or control character, or holds a colon; TypeError for a
   * value that is not text, a finite number or a boolean.
   */
  async setVariable(name: string, value: string | number | boolean): Promise<void> {
    const [[, text] = ['', '']] = variablePairs([[name, value]])
    if (!isVariableName(name)) throw new InvalidActionError(`No variable was set: ${VARIABLE_NAME_RULE}`)
    await this.#onChannel('have a variable set', (Channel) =>
      this.#host.ami.sendAction('Setvar', { Channel, ...variableFields(name, text) }),
    )
  }

  /**
   * A variable of the call's channel, or what a dialplan function says of it; empty if it is not set. A name that ends in `)` is a dialplan function
   * that Asterisk runs, as far as it lets managers (`live_dangerously` in asterisk.conf): do not build names from the text of others.
   *
   * @throws as `redirect`.
   */
  async getVariable(name: string): Promise<string> {
    const response = await this.#onChannel('have a variable read', (Channel) =>
      this.#host.ami.sendAction('Getvar', { Channel, Variable: name }),
    )
    return response.get('Value') ?? ''
  }

  /** Sends digits (0-9, *, #, A-D) to the call's channel, one after the other. @throws TypeError for others; as `redirect`. */
  async sendDTMF(digits: string): Promise<void> {
    // Digits can be a PIN or the number of a card: no error shows them.
    if (typeof digits !== 'string' || !/^[0-9*#A-D]+$/i.test(digits))
      throw new TypeError('digits must be text of one or more of 0-9, *, # and A-D')
    for (const Digit of digits) {
      await this.#onChannel('take digits', (Channel) => this.#host.ami.sendAction('PlayDTMF', { Channel, Digit }))
    }
  }

  /**
   * Records both sides into a file on the server (MixMonitor). `options` are those of Asterisk's application MixMonitor, such as `b`; some name
   * other files, and `i(NAME)` sets a variable.
   *
   * @throws as `redirect`; InvalidActionError for a file or options that Asterisk would read as another field: with a comma, a quote, a backslash,
   * or a parenthesis that is not closed. Its third field is a command that it runs, which `sendAction('MixMonitor', …)` takes.
   */
  async startRecording(file: string, options?: string): Promise<void> {
    await this.#onChannel('be recorded', (Channel) =>
      this.#host.ami.sendAction('MixMonitor', { Channel, File: file, Options: options }),
    )
  }

  /** Ends what `startRecording` began. @throws as `redirect`. */
  async stopRecording(): Promise<void> {
    await this.#onChannel('be recorded', (Channel) => this.#host.ami.sendAction('StopMixMonitor', { Channel }))
  }

  /** Silences what comes from the channel (`in`), what goes to it (`out`), or both; `on` false undoes it. @throws as `redirect`. */
  async mute(direction: 'in' | 'out' | 'all' = 'all', on = true): Promise<void> {
    await this.#onChannel('be muted', (Channel) =>
      this.#host.ami.sendAction('MuteAudio', { Channel, Direction: direction, State: on ? 'on' : 'off' }),
    )
  }

  /** The call's record: plain, in the shape of `CALL_RECORD_SCHEMA`. */
  toJSON(): CallRecord {
    return callRecord(this)
  }

  /** Who hands on: the one who answered, or another who talks and did not begin the call. */
  #transferer(): Party | undefined {
    const talking = this.#record.channels.filter(({ isConnected }) => isConnected).map(({ party }) => party)
    if (talking.includes(this.#record.answeredBy)) return this.#record.answeredBy
    return talking.find((party) => party !== this.#record.caller)
  }

  async #hangUp(Channel: string, cause: number | undefined): Promise<void> {
    try {
      await this.#host.ami.sendAction('Hangup', { Channel, Cause: cause })
    } catch (error) {
      // One channel takes others along: what is gone needs no hangup.
      if (!(error instanceof ActionError) || !/no such channel/i.test(error.response.message)) throw error
    }
  }

  #onChannel<T>(what: string, send: (channel: string) => Promise<T>): Promise<T> {
    try {
      const channel = this.#channelName(what)
      return this.#act(what, () => send(channel))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #channelName(what: string): string {
    this.#requireAlive(what)
    const { channel } = this.#record
    if (channel === undefined) throw new NoChannelError(`The call cannot ${what}: it is ${this.status} and has no channel yet`)
    return channel.name
  }

  async #act<T>(what: string, send: () => Promise<T>): Promise<T> {
    try {
      return await send()
    } catch (error) {
      // Asterisk's "No such channel" comes when the call ended on the way.
      if (error instanceof ActionError) this.#requireAlive(what)
      throw error
    }
  }

  #requireAlive(what: string): void {
    if (this.outcome !== undefined) throw this.#overError(what)
  }

  #overError(what: string): CallFailedError | CallEndedError {
    const outcome = this.outcome as CallOutcome
    const { result, causeText, dialStatus, error } = outcome
    const why = [error?.message, causeText, dialStatus].find((each) => each)
    const message = `The call cannot ${what}: it has ${result === 'lost' ? 'been lost' : result}${why === undefined ? '' : ` (${why})`}`
    return result === 'failed' ? new CallFailedError(message, outcome) : new CallEndedError(message, outcome)
  }
}

function dateOf(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(ms)
}

/**
 * The fields of Setvar. Asterisk leaves out the start of a field that is a blank, so such a value goes through the dialplan function ARRAY, which
 * reads escapes (tried on 16.28 and 22.10).
 */
function variableFields(name: string, value: string): { readonly Variable: string; readonly Value: string } {
  if (!losesItsStart(value)) return { Variable: name, Value: value }
  return { Variable: `ARRAY(${escapeArgument(name)})`, Value: `\\${escapeArgument(value)}` }
}
