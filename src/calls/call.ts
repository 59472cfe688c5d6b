import type { ManagerConnection } from '../ami/client/manager-connection.js'
import { ActionError, InvalidActionError, StreamOverflowError, WaitTimeoutError } from '../ami/messages/errors.js'
import { losesItsStart } from '../ami/protocol/field-rules.js'
import { escapeArgument, isVariableName, VARIABLE_NAME_RULE } from '../ami/protocol/variables.js'
import { onAbort } from '../core/abort.js'
import type { Clock } from '../core/clock.js'
import { deferred } from '../core/deferred.js'
import type { EventStream } from '../core/event-stream.js'
import { EventWriter } from '../core/event-writer.js'
import { abortSignal, checkOptions, either, milliseconds, required, text, wholeNumber } from '../core/options.js'
import type { CallDirection, CallRecord } from './call-record.js'
import type { CallChannel } from './channel.js'
import { CallCancelledError, CallEndedError, CallFailedError, NoChannelError } from './errors.js'
import { checkedPriority } from './originate-request.js'
import { PROGRESS } from './status-table.js'
import type { CallOutcome, CallStatus, CallTransition } from './transition.js'

/** What a call needs from its manager. */
export interface CallHost {
  readonly ami: ManagerConnection
  readonly clock: Clock
  /** Ends a call that is not written yet, for this reason. False if it is written. */
  takeBack(call: CallRecord, reason: Error): boolean
}

/** What a call can be waited for. */
export type CallProgress = 'dialing' | 'ringing' | 'up' | 'bridged'

const WAIT_SHAPE = { timeoutMs: milliseconds(), signal: abortSignal }
const PLACE_SHAPE = { context: required(text), exten: required(text), priority: either(wholeNumber(1), text) }
const PARK_SHAPE = { parkinglot: text, timeoutMs: milliseconds() }
const MAX_BUFFERED = 10_000

/**
 * One call, with all its channels. `for await (const transition of call)` yields what happens to it, from its beginning to its end, which is
 * exactly one of `ended`, `failed` and `lost`, and always comes.
 */
export class Call implements AsyncIterable<CallTransition> {
  readonly #record: CallRecord
  readonly #host: CallHost

  /** @internal */
  constructor(record: CallRecord, host: CallHost) {
    this.#record = record
    this.#host = host
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

  /** The caller's number; empty if it is withheld. */
  get callerId(): string {
    return this.#record.facts.callerId
  }

  get callerName(): string {
    return this.#record.facts.callerName
  }

  /** What was called. */
  get exten(): string {
    return this.#record.facts.exten
  }

  get context(): string {
    return this.#record.facts.context
  }

  /** Of a call of ours, those that were given; of an incoming one, those that the server adds to events (`channelvars` in manager.conf). */
  get variables(): ReadonlyMap<string, string> {
    return this.#record.facts.variables
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
    for (const { atMs, ...transition } of history) writer.push({ ...transition, at: new Date(atMs) } as CallTransition)
    if (this.outcome !== undefined) writer.end()
    else {
      stop = this.#record.listen((transition) => {
        writer.push(transition)
        if (this.outcome !== undefined) writer.end()
      })
    }
    return writer.stream
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
   * @throws as `redirect`; InvalidActionError for a name that is empty, begins with a space or control character, or holds a colon.
   */
  async setVariable(name: string, value: string | number | boolean): Promise<void> {
    if (!isVariableName(name)) throw new InvalidActionError(`No variable was set: ${VARIABLE_NAME_RULE}`)
    await this.#onChannel('have a variable set', (Channel) =>
      this.#host.ami.sendAction('Setvar', { Channel, ...variableFields(name, String(value)) }),
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
    if (!/^[0-9*#A-D]+$/i.test(digits)) throw new TypeError(`digits must be of 0-9, *, # and A-D, not ${JSON.stringify(digits)}`)
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

  toJSON(): object {
    const { id, direction, status, callerId, exten, context, channels, outcome } = this
    return {
      id,
      direction,
      status,
      callerId,
      exten,
      context,
      channels,
      outcome: outcome && { ...outcome, error: outcome.error?.message },
    }
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

/**
 * The fields of Setvar. Asterisk leaves out the start of a field that is a blank, so such a value goes through the dialplan function ARRAY, which
 * reads escapes (tried on 16.28 and 22.10).
 */
function variableFields(name: string, value: string): { readonly Variable: string; readonly Value: string } {
  if (!losesItsStart(value)) return { Variable: name, Value: value }
  return { Variable: `ARRAY(${escapeArgument(name)})`, Value: `\\${escapeArgument(value)}` }
}
