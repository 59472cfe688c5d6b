import { EventEmitter } from 'eventemitter3'
import { onAbort } from '../../core/abort.js'
import type { Clock } from '../../core/clock.js'
import { asError } from '../../core/errors.js'
import { EventStream } from '../../core/event-stream.js'
import type { Gap } from '../../core/gap.js'
import { checkListener, guarded } from '../../core/listeners.js'
import {
  abortSignal,
  anyObject,
  callback,
  checkOptions,
  milliseconds,
  number,
  type OptionKind,
  type OptionsShape,
} from '../../core/options.js'
import { systemRandomBytes } from '../../core/random-bytes.js'
import { systemClock } from '../../core/system-clock.js'
import { type TextCodec, textCodec } from '../../core/text-codec.js'
import type { Connector } from '../../core/transport.js'
import { ClosedError, ConnectionError, ConnectionLostError, StreamOverflowError } from '../messages/errors.js'
import type { AMIEvent, EventOf } from '../messages/event.js'
import type { AMIResponse, ListItem } from '../messages/response.js'
import type {
  ActionArguments,
  ActionHeaders,
  ActionName,
  EventName,
  ListActionName,
  PlainName,
  Unlisted,
} from '../messages/typed-names.js'
import { type PreparedAction, prepareAction } from '../protocol/action.js'
import { actionIdSource } from '../protocol/action-id.js'
import type { Variables } from '../protocol/variables.js'
import { ActionQueue, type RunOptions } from './action-queue.js'
import { blockingMs } from './blocking-action.js'
import { Connection } from './connection.js'
import { EventHub } from './event-hub.js'
import { type AMIClientOptions, type ResolvedOptions, resolveOptions } from './options.js'
import type { ConnectionStatus } from './status.js'
import {
  type EventNames,
  type EventStreamOptions,
  isEventNames,
  type StreamItem,
  Subscriptions,
  streamDefaults,
  type WaitForOptions,
} from './subscriptions.js'

/** What a blocking action may take beyond the time it asked for. */
const BLOCKING_MARGIN_MS = 5_000
const ACTION_SHAPE: OptionsShape<ActionOptions> = {
  variables: anyObject,
  signal: abortSignal,
  timeoutMs: milliseconds(),
  priority: number,
  onWritten: callback,
}
const LOGIN_SHAPE: OptionsShape<LoginOptions> = { signal: abortSignal, timeoutMs: milliseconds() }
/** How many changes of the status may wait for a reader of `statusChanges()`. */
const MAX_BUFFERED_STATUSES = 1_000

/** What the client needs from its runtime. */
export interface Platform {
  /** The options that its client takes besides. */
  readonly options: Readonly<Record<string, OptionKind>>
  /** What makes links, unless the options bring a connector. Called when the options are checked. */
  readonly connector: () => Connector
  /** Told of an error that a user's listener threw, when nobody listens to `error`. */
  readonly unheardError: (error: Error) => void
}

/** How one action is sent. */
export interface ActionOptions {
  /** Channel variables to set (Originate); escaped so that Asterisk reads back exactly what is given. */
  readonly variables?: Variables | undefined
  /** Stops waiting: rejects with the signal's reason. An action that was written is not unsent. */
  readonly signal?: AbortSignal | undefined
  /**
   * The most it may take, waiting in the queue included.
   * @default the client's `actionTimeoutMs`; for an Originate without `Async` and a WaitEvent with `Timeout`, the time that they ask for and 5 s, if
   * that is more
   */
  readonly timeoutMs?: number | undefined
  /** Among actions that wait, higher ones go first. @default 0 */
  readonly priority?: number | undefined
  /** Called when the action is written: from now on Asterisk may do it. */
  readonly onWritten?: (() => void) | undefined
}

/** How `login()` waits. */
export interface LoginOptions {
  /** Gives the login up: rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** The most it may take, all attempts included; Infinity: no limit. @default the client's `actionTimeoutMs` */
  readonly timeoutMs?: number | undefined
}

/** What `on` tells of. */
export interface ClientNotices {
  /** A listener of yours threw or rejected. */
  error: (error: Error) => void
  /** Something odd that harmed nothing: a response that nobody waits for, a line that is none, an action that blocks the connection. */
  warning: (message: string) => void
  status: (status: ConnectionStatus) => void
  /** Events were missed, as while there was no link; told before the first event after the hole. What a stream drops is told by that stream only. */
  gap: (gap: Gap) => void
}

const NOTICES: Readonly<Record<keyof ClientNotices, true>> = { error: true, warning: true, status: true, gap: true }

/**
 * A client of Asterisk's Manager Interface that stays logged in: it reconnects by itself, and streams, listeners and actions that wait
 * survive that. An action that was written is never written again.
 */
export class AMIClient implements AsyncDisposable {
  readonly #options: ResolvedOptions
  readonly #platform: Platform
  readonly #clock: Clock
  readonly #codec: TextCodec
  readonly #newActionId = actionIdSource(systemRandomBytes)
  readonly #notices = new EventEmitter<ClientNotices>()
  readonly #statusStreams = new Set<EventStream<ConnectionStatus>>()
  readonly #queue: ActionQueue
  readonly #hub: EventHub
  readonly #subscriptions: Subscriptions
  readonly #connection: Connection
  #closing: Promise<void> | undefined
  #lateAnswers = 0

  /** @throws TypeError or RangeError that names a wrong option and quotes its value (but never the secret). */
  constructor(options: AMIClientOptions, platform: Platform) {
    this.#options = resolveOptions(options, platform.options)
    this.#platform = platform
    this.#clock = options.clock ?? systemClock
    this.#codec = textCodec(this.#options.encoding)
    this.#hub = new EventHub((error) => this.report(error))
    this.#subscriptions = new Subscriptions(this.#hub, this.#clock)
    this.#queue = new ActionQueue(this.#options.maxInFlight, this.#clock, {
      written: (action) => this.#written(action),
      answered: (response) => this.#connection.answered(response),
    })
    this.#connection = new Connection(this.#options, options.connect ?? platform.connector(), this.#clock, this.#hub, {
      status: (status) => this.#tellStatus(status),
      online: (protocol) => this.#queue.resume(protocol),
      offline: () => this.#queue.pause(),
      gap: (gap) => {
        this.#subscriptions.pushGap(gap)
        this.#notices.emit('gap', gap)
      },
      gaveUp: (reason) => this.#gaveUp(reason),
      lateAnswer: () => {
        this.#lateAnswers += 1
      },
      watchesWarnings: () => this.#notices.listenerCount('warning') > 0,
      warning: (message) => this.#notices.emit('warning', message),
      callbackFailed: (error) => this.report(error),
    })
  }

  /**
   * Puts something between the client and the links that it makes from now on, such as a trace or faults: `wrap` is given what makes links, and
   * returns what does in its place.
   */
  wrapConnector(wrap: (connector: Connector) => Connector): void {
    this.#connection.wrapConnector(wrap)
  }

  /** Where the client stands now. */
  get status(): ConnectionStatus {
    return this.#connection.status
  }

  /** How many answers came to actions that had been given up; they were dropped. */
  get lateAnswers(): number {
    return this.#lateAnswers
  }

  /**
   * Connects, authenticates, and resolves when Asterisk can serve. What may pass (no link, a shutdown, a single-login account in
   * use) is tried again as `reconnect` says. May be called again while it runs, when online, and after it failed. When a call's time is up,
   * the attempts end with it, unless another call waits or the client has been online: then it goes on trying.
   *
   * @throws AuthenticationError when Asterisk refuses the login; it is not tried again.
   * @throws ConnectionError, ConnectionLostError or ProtocolError when attempts or time are used up, or the peer is no Asterisk. When time is
   * up, it says what the attempt under way waits for and what the one before came to.
   * @throws ClosedError when the client is or gets closed; the signal's reason when it aborts; TypeError or RangeError for a wrong option.
   */
  async login(options: LoginOptions = {}): Promise<void> {
    checkOptions(options, LOGIN_SHAPE)
    const { signal, timeoutMs = this.#options.actionTimeoutMs } = options
    signal?.throwIfAborted()
    this.#refuseClosed()
    await this.#connection.login(timeoutMs, signal)
  }

  /**
   * Sends an action and resolves with its answer; for an action that answers with a list, when the list is complete. While the link
   * is down the action waits for it.
   *
   * @throws InvalidActionError when Asterisk would read something else; nothing is written then.
   * @throws ActionError when Asterisk refuses it, or cancels its list.
   * @throws ActionTimeoutError, ConnectionLostError or ClosedError when no answer comes; `sent` says whether it was written.
   * @throws ConnectionError when `login()` was not called; ProtocolError when its answer or list is beyond one of `limits`: the connection lives.
   * @throws TypeError or RangeError for a wrong option.
   */
  sendAction<const Name extends ActionName | Unlisted>(
    name: Name,
    ...[headers, options]: ActionArguments<Name, ActionOptions>
  ): Promise<AMIResponse<PlainName<Name>>> {
    return this.#send(name, headers as ActionHeaders | undefined, options, undefined) as Promise<AMIResponse<PlainName<Name>>>
  }

  /**
   * Runs a command of Asterisk's console and resolves with the lines it printed, the same on every version; up to `limits.maxOutputBytes` of
   * them, 64 MiB by default.
   *
   * @throws what `sendAction` throws; the `response.output` of an `ActionError` says why the command failed.
   */
  async command(command: string, options: ActionOptions = {}): Promise<string[]> {
    const response = await this.sendAction('Command', { Command: command }, options)
    // Nobody else has the response: its lines need not be copied.
    return response.output as string[]
  }

  /**
   * Sends an action that answers with a list and yields the list's events as they come, keeping none. Leaving the loop early ends the
   * wait. The reader may fall behind by `limits.maxListEvents`.
   *
   * The stream throws what `sendAction` throws, and StreamOverflowError when the reader falls further behind.
   *
   * @throws TypeError or RangeError for a wrong option.
   */
  listAction<const Name extends ListActionName | Unlisted>(
    name: Name,
    ...[headers, options = {}]: ActionArguments<Name, ActionOptions>
  ): EventStream<ListItem<PlainName<Name>>> {
    checkOptions(options, ACTION_SHAPE)
    const left = new AbortController()
    const stream = new EventStream<AMIEvent>({
      ...streamDefaults(this.#clock),
      maxBuffered: this.#options.limits.maxListEvents,
      overflowError: (maxBuffered) =>
        new StreamOverflowError(
          maxBuffered,
          `The reader of the list of ${name} fell ${maxBuffered} events behind (limits.maxListEvents). Read faster, or raise it.`,
        ),
      ended: () => left.abort(),
    })
    const { signal } = options
    const forgetSignal = onAbort(signal, () => left.abort(signal?.reason))
    if (signal?.aborted) left.abort(signal.reason)
    const own = { ...options, signal: left.signal }
    this.#send(name, headers as ActionHeaders | undefined, own, (event) => stream.push(event))
      .then(
        () => stream.end(),
        (error) => stream.end(error),
      )
      .finally(forgetSignal)
    return stream as EventStream<unknown> as EventStream<ListItem<PlainName<Name>>>
  }

  /**
   * The events of these names (in any case), or all, from now on; `events({ signal })` is all of them too. The stream survives reconnects and ends
   * when the client closes.
   *
   * It throws StreamOverflowError when its reader falls behind, unless `overflow` says otherwise; the reason why the client gave up, if it
   * does; the signal's reason; and what `where` throws.
   *
   * @throws ClosedError when the client is closed; TypeError or RangeError for a wrong option.
   */
  events<const Gaps extends boolean = false>(
    options: EventStreamOptions & { readonly withGaps?: Gaps | undefined },
  ): EventStream<StreamItem<'*', Gaps>>
  events<const Name extends EventName | Unlisted | '*' = '*', const Gaps extends boolean = false>(
    names?: Name | readonly Name[],
    options?: EventStreamOptions<EventOf<Name>> & { readonly withGaps?: Gaps | undefined },
  ): EventStream<StreamItem<Name, Gaps>>
  events(names?: EventNames | EventStreamOptions, options?: EventStreamOptions): EventStream<AMIEvent | Gap> {
    this.#refuseClosed()
    return isEventNames(names) ? this.#subscriptions.stream(names, options) : this.#subscriptions.stream(undefined, names)
  }

  /**
   * The next event of one of these names (in any case) that `where` is true for. It waits across reconnects.
   *
   * @throws WaitTimeoutError when none comes in time, which says in how many `gaps` it may have been missed; ClosedError when the client
   * closes; the reason why the client gave up, if it does; the signal's reason; what `where` throws; TypeError or RangeError for a wrong option.
   */
  async waitFor<const Name extends EventName | Unlisted | '*'>(
    names: Name | readonly Name[],
    options: WaitForOptions<EventOf<Name>> = {},
  ): Promise<EventOf<Name>> {
    this.#refuseClosed()
    return this.#subscriptions.waitFor(names, options, this.#options.actionTimeoutMs)
  }

  /**
   * Calls `listener` for each event of these names (in any case), `'*'` for all, until the returned function is called. A listener that
   * throws or rejects is reported to `on('error')` and harms nobody else. Events that were missed are told by `on('gap')`.
   *
   * @throws ClosedError when the client is closed; TypeError for a name that is not text and a listener that is no function.
   */
  onEvent<const Name extends EventName | Unlisted | '*'>(
    names: Name | readonly Name[],
    listener: (event: EventOf<Name>) => unknown,
  ): () => void {
    this.#refuseClosed()
    return this.#subscriptions.listen(names, listener as (event: AMIEvent) => unknown)
  }

  /** The status from now on, each change of it; ends after `closed`. */
  statusChanges(): EventStream<ConnectionStatus> {
    const stream = new EventStream<ConnectionStatus>({
      ...streamDefaults(this.#clock),
      maxBuffered: MAX_BUFFERED_STATUSES,
      overflow: 'drop-oldest',
      ended: () => this.#statusStreams.delete(stream),
    })
    if (this.status.state === 'closed') stream.end()
    else this.#statusStreams.add(stream)
    return stream
  }

  /**
   * Tells of the client itself: listeners' errors, warnings, the status, gaps. Returns the function that stops it.
   *
   * @throws TypeError for a name that there is not, and for a listener that is no function.
   */
  on<Notice extends keyof ClientNotices>(notice: Notice, listener: ClientNotices[Notice]): () => void {
    checkListener(notice, NOTICES, "; Asterisk's events are heard by onEvent()")
    // What a listener of errors throws has nobody else to go to.
    const report = notice === 'error' ? this.#platform.unheardError : (error: Error) => this.report(error)
    const safe = guarded(listener as (fact: never) => unknown, report)
    this.#notices.on(notice, safe as never)
    return () => {
      this.#notices.off(notice, safe as never)
    }
  }

  /** The same as `close`. */
  logoff(): Promise<void> {
    return this.close()
  }

  /**
   * Ends in order: nothing new is taken, what was not written is rejected with `ClosedError`, what was gets a moment to be answered,
   * Logoff, the link, the streams. Takes 1 s at the most, can be called at any time and again, and never rejects.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    const closed = (what: string, sent: 'no' | 'maybe' = 'no') =>
      new ClosedError(`The client of ${this.#options.peer} was closed before ${what}`, { sent })
    const saidGoodbye = this.#connection.logoff(closed('it was logged in'))
    this.#queue.rejectAll(false, (action) => closed(`${action.name} was sent`))
    await saidGoodbye
    this.#queue.rejectAll(true, (action, sent) => closed(`${action.name} was answered`, sent))
    this.#connection.end(closed('it was done'))
    this.#subscriptions.end(closed('the event came'))
    for (const stream of [...this.#statusStreams]) stream.end()
  }

  /** No more attempts: everything that waits is settled, streams end with the reason. */
  #gaveUp(reason: Error): void {
    this.#queue.rejectAll(
      false,
      ({ name }) =>
        new ConnectionLostError(`Action ${name} was not sent: the client gave up, ${reason.message}`, {
          sent: 'no',
          cause: reason,
        }),
    )
    this.#subscriptions.fail(reason)
  }

  #send(
    name: string,
    headers: ActionHeaders = {},
    options: ActionOptions | undefined,
    onItem: RunOptions['onItem'],
  ): Promise<AMIResponse> {
    try {
      this.#refuseClosed()
      if (this.status.state === 'idle' || this.status.state === 'failed') {
        throw new ConnectionError(
          `Action ${name} cannot be sent: there is no connection to ${this.#options.peer}; await login() first`,
        )
      }
      if (options !== undefined) checkOptions(options, ACTION_SHAPE)
      const { variables, priority = 0, signal, onWritten } = options ?? {}
      const action = prepareAction(name, headers, variables, this.#codec, this.#newActionId)
      const timeoutMs = options?.timeoutMs ?? this.#defaultTimeout(action)
      return this.#queue.run(action, {
        timeoutMs,
        priority,
        signal,
        onItem,
        onWritten: onWritten && guarded(onWritten, (error) => this.report(error)),
      })
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #defaultTimeout(action: PreparedAction): number {
    const blocks = blockingMs(action.name, action.headers)
    const { actionTimeoutMs } = this.#options
    return blocks > 0 && Number.isFinite(blocks) ? Math.max(actionTimeoutMs, blocks + BLOCKING_MARGIN_MS) : actionTimeoutMs
  }

  #written(action: PreparedAction): (() => void) | undefined {
    const blocks = blockingMs(action.name, action.headers)
    if (blocks === 0) return undefined
    const done = this.#connection.excuseSilence(blocks)
    const forHowLong = Number.isFinite(blocks) ? `for up to ${blocks} ms` : 'until something happens'
    const advice = action.name.toLowerCase() === 'originate' ? '; add Async: true' : ''
    this.#notices.emit(
      'warning',
      `${action.name} holds up the connection ${forHowLong}: no other action is answered and no event comes${advice}`,
    )
    return done
  }

  #tellStatus(status: ConnectionStatus): void {
    for (const stream of this.#statusStreams) stream.push(status)
    this.#notices.emit('status', status)
  }

  /** Tells an error to those who listen by `on('error')`: for what is built on the client and has nobody else to tell. */
  report(error: unknown): void {
    const reported = asError(error)
    if (!this.#notices.emit('error', reported)) this.#platform.unheardError(reported)
  }

  #refuseClosed(): void {
    if (this.#connection.isClosing) throw new ClosedError(`The client of ${this.#options.peer} is closed; make a new one`)
  }
}
