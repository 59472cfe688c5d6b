import { onAbort } from '../../core/abort.js'
import type { Clock } from '../../core/clock.js'
import type { EventStream } from '../../core/event-stream.js'
import { EventWriter } from '../../core/event-writer.js'
import type { Gap } from '../../core/gap.js'
import { guarded } from '../../core/listeners.js'
import type { Observer } from '../../core/observer.js'
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
import { systemClock } from '../../core/system-clock.js'
import { type TextCodec, textCodec } from '../../core/text-codec.js'
import type { Connector } from '../../core/transport.js'
import { ActionError, ClosedError, ConnectionError, ConnectionLostError, StreamOverflowError } from '../messages/errors.js'
import type { AMIEvent, EventOf } from '../messages/event.js'
import type { AMIResponse, ListItem } from '../messages/response.js'
import type {
  ActionArguments,
  ActionHeaders,
  ActionName,
  ActionParameters,
  EventName,
  ListActionName,
  PlainName,
  Unlisted,
} from '../messages/typed-names.js'
import { type PreparedAction, prepareAction } from '../protocol/action.js'
import { actionIdSource } from '../protocol/action-id.js'
import { actionFacts } from './action-observation.js'
import { ActionQueue } from './action-queue.js'
import { blockingMs } from './blocking-action.js'
import { type ClientDiagnostics, type ClientEvents, clientDiagnostics, type SettledAction } from './client-events.js'
import { Connection } from './connection.js'
import { filterActions } from './event-filters.js'
import { EventHub } from './event-hub.js'
import { Keeper } from './keeper.js'
import type { ActionOptions, ManagerConnection } from './manager-connection.js'
import { type AMIClientOptions, type ResolvedOptions, resolveOptions } from './options.js'
import type { RunOptions } from './queued-action.js'
import { type ConnectionStatus, isUsable } from './status.js'
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
  onAnswer: callback,
}
const LOGIN_SHAPE: OptionsShape<LoginOptions> = { signal: abortSignal, timeoutMs: milliseconds() }
/** How many changes of the status may wait for a reader of `statusChanges()`. */
const MAX_BUFFERED_STATUSES = 1_000

/** What the client needs from its runtime. */
export interface Platform {
  /** The options that its client takes besides. */
  readonly options: Readonly<Record<string, OptionKind>>
  /** What makes connections, unless the options bring a connector. Called when the options are checked. */
  readonly connector: () => Connector
  /** Told of an error that a user's listener threw, when nobody listens to `error`. */
  readonly unheardError: (error: Error) => void
  /** Who watches the program, if the runtime has a place for that. */
  readonly observer?: Observer | undefined
}

/** How `login()` waits. */
export interface LoginOptions {
  /** Gives the login up: rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** The most it may take, all attempts included; Infinity: no limit. @default the client's `actionTimeoutMs` */
  readonly timeoutMs?: number | undefined
}

/**
 * A client of Asterisk's Manager Interface that stays logged in: it reconnects by itself, and streams, listeners and actions that
 * wait survive that. An action that was written is never written again.
 */
export class AMIClient implements ManagerConnection, AsyncDisposable {
  readonly #options: ResolvedOptions
  /** For what is built on the client. */
  readonly observer: Observer | undefined
  readonly #clock: Clock
  readonly #codec: TextCodec
  readonly #newActionId: () => string
  readonly #diagnostics: ClientDiagnostics
  readonly #queue: ActionQueue
  readonly #subscriptions: Subscriptions
  readonly #connection: Connection
  /** The keeper's session, where one is wanted. */
  readonly #quiet: AMIClient | undefined
  #closing: Promise<void> | undefined
  #lateAnswers = 0

  /** @throws TypeError or RangeError that names a wrong option and quotes its value (but never the secret). */
  constructor(options: AMIClientOptions, platform: Platform) {
    this.#options = resolveOptions(options, platform.options)
    this.observer = platform.observer
    this.#clock = options.clock ?? systemClock
    this.#codec = textCodec(this.#options.encoding)
    this.#diagnostics = clientDiagnostics(platform.unheardError)
    const hub = new EventHub(this.#diagnostics)
    this.#subscriptions = new Subscriptions(hub, this.#clock, this.#diagnostics)
    this.#newActionId = actionIdSource(this.#options.randomBytes)
    this.#queue = new ActionQueue(this.#options.maxInFlight, this.#clock, {
      written: (action) => this.#connection.written(action),
      answered: (response) => this.#connection.answered(response),
    })
    this.#quiet = options.keeper ? new AMIClient(quietOptions(options), platform) : undefined
    const parts = {
      clock: this.#clock,
      hub,
      queue: this.#queue,
      diagnostics: this.#diagnostics,
      observer: this.observer,
      keeper: this.#quiet && new Keeper(this.#quiet),
    }
    this.#connection = new Connection(this.#options, options.connect ?? platform.connector(), parts)
    this.#diagnostics.on('status', (status) => {
      if (status.state === 'failed') this.#gaveUp(status.reason)
    })
    this.#diagnostics.on('lateAnswer', () => {
      this.#lateAnswers += 1
    })
    if (platform.observer !== undefined) this.#tellObserver(platform.observer)
  }

  /**
   * Puts something between the client and the connections that it makes from now on, such as a trace or faults: `wrap` is given
   * what makes them, and returns what does in its place.
   */
  wrapConnector(wrap: (connector: Connector) => Connector): void {
    this.#connection.wrapConnector(wrap)
  }

  /** The name of the account. */
  get username(): string {
    return this.#options.username
  }

  /** Where the keeper's session stands; undefined without the option `keeper`. */
  get keeperStatus(): ConnectionStatus | undefined {
    return this.#quiet?.status
  }

  /** How many actions were written and have no answer yet. */
  get actionsInFlight(): number {
    return this.#queue.inFlight
  }

  get status(): ConnectionStatus {
    return this.#connection.status
  }

  /** How many answers came to actions that had been given up; they were dropped. */
  get lateAnswers(): number {
    return this.#lateAnswers
  }

  /**
   * Connects, authenticates, and resolves when Asterisk can serve. What may pass (no connection, a shutdown, a single-login
   * account in use) is tried again as `reconnect` says. May be called again while it runs, when online, and after it failed. When
   * a call's time is up, the attempts end with it, unless another call waits or the client has been online: then it goes on
   * trying.
   *
   * @throws AuthenticationError when Asterisk refuses the login; it is not tried again.
   * @throws ConnectionError, ConnectionLostError or ProtocolError when attempts or time are used up, or the peer is no Asterisk.
   * When time is up, it says what the attempt under way waits for and what the one before came to.
   * @throws ClosedError when the client is or gets closed; the signal's reason when it aborts; TypeError or RangeError for a
   * wrong option.
   */
  async login(options: LoginOptions = {}): Promise<void> {
    checkOptions(options, LOGIN_SHAPE)
    const { signal, timeoutMs = this.#options.actionTimeoutMs } = options
    signal?.throwIfAborted()
    this.#refuseClosed()
    this.#loginKeeper()
    await this.#connection.login(timeoutMs, signal)
  }

  sendAction<const Name extends ActionName | Unlisted>(
    name: Name,
    ...[headers, options]: ActionArguments<Name, ActionOptions>
  ): Promise<AMIResponse<PlainName<Name>>> {
    return this.#send(name, headers as ActionHeaders | undefined, options, undefined) as Promise<AMIResponse<PlainName<Name>>>
  }

  async command(command: string, options: ActionOptions = {}): Promise<string[]> {
    const response = await this.sendAction('Command', { Command: command }, options)
    // Nobody else has the response: its lines need not be copied.
    return response.output as string[]
  }

  listAction<const Name extends ListActionName | Unlisted>(
    name: Name,
    ...[headers, options = {}]: ActionArguments<Name, ActionOptions>
  ): EventStream<ListItem<PlainName<Name>>> {
    checkOptions(options, ACTION_SHAPE)
    const left = new AbortController()
    const writer = new EventWriter<AMIEvent>({
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
    this.#send(name, headers as ActionHeaders | undefined, own, (event) => writer.push(event))
      .then(
        () => writer.end(),
        (error) => writer.end(error),
      )
      .finally(forgetSignal)
    return writer.stream as EventStream<unknown> as EventStream<ListItem<PlainName<Name>>>
  }

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

  async waitFor<const Name extends EventName | Unlisted | '*'>(
    names: Name | readonly Name[],
    options: WaitForOptions<EventOf<Name>> = {},
  ): Promise<EventOf<Name>> {
    this.#refuseClosed()
    return this.#subscriptions.waitFor(names, options, this.#options.actionTimeoutMs)
  }

  onEvent<const Name extends EventName | Unlisted | '*'>(
    names: Name | readonly Name[],
    listener: (event: EventOf<Name>) => unknown,
  ): () => void {
    this.#refuseClosed()
    return this.#subscriptions.listen(names, listener as (event: AMIEvent) => unknown)
  }

  statusChanges(): EventStream<ConnectionStatus> {
    const writer = new EventWriter<ConnectionStatus>({
      ...streamDefaults(this.#clock),
      maxBuffered: MAX_BUFFERED_STATUSES,
      overflow: 'drop-oldest',
      ended: () => stop(),
    })
    const stop = this.#diagnostics.on('status', (status) => {
      writer.push(status)
      if (status.state === 'closed') writer.end()
    })
    if (this.status.state === 'closed') writer.end()
    return writer.stream
  }

  on<Name extends keyof ClientEvents>(name: Name, listener: ClientEvents[Name]): () => void {
    return this.#diagnostics.on(name, listener)
  }

  async setupFilters(names: readonly string[]): Promise<void> {
    const { status } = this
    const [first, ...others] = filterActions(names, isUsable(status) ? status.apiVersion : '')
    const request = [...names]
    // It waits for the connection if there is none: what is asked for after that is in time for the next one.
    await this.sendAction('Filter', first as ActionParameters<'Filter'>)
    const forget = this.#connection.filters.add(request)
    try {
      await Promise.all(others.map((filter) => this.sendAction('Filter', filter)))
    } catch (error) {
      forget()
      throw error
    }
  }

  report(error: unknown): void {
    this.#diagnostics.report(error)
  }

  warn(message: string): void {
    this.#diagnostics.tell('warning', message)
  }

  /** The same as `close`. */
  logoff(): Promise<void> {
    return this.close()
  }

  /**
   * Ends in order: nothing new is taken, what was not written is rejected with `ClosedError`, what was gets a moment to be
   * answered, Logoff, the connection, the streams. Takes 1 s at the most, can be called at any time and again, and never rejects.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Its absence harms nothing but that holes are not exact. */
  #loginKeeper(): void {
    const state = this.#quiet?.status.state
    if (state !== 'idle' && state !== 'failed') return
    const failed = ({ message }: Error) => this.#diagnostics.tell('warning', `The keeper has no session: ${message}`)
    this.#quiet?.login({ timeoutMs: Number.POSITIVE_INFINITY }).catch((error: Error) => {
      if (!this.#connection.isClosing) failed(error)
    })
  }

  async #close(): Promise<void> {
    const quietClosed = this.#quiet?.close()
    const closed = (what: string, sent: 'no' | 'maybe' = 'no') =>
      new ClosedError(`The client of ${this.#options.peer} was closed before ${what}`, { sent })
    const saidGoodbye = this.#connection.logoff(closed('it was logged in'))
    this.#queue.rejectAll(false, (action) => closed(`${action.name} was sent`))
    await saidGoodbye
    this.#queue.rejectAll(true, (action, sent) => closed(`${action.name} was answered`, sent))
    this.#connection.end(closed('it was done'))
    this.#subscriptions.end(closed('the event came'))
    await quietClosed
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
      const { variables, priority = 0, signal, onWritten, onAnswer } = options ?? {}
      const action = prepareAction(name, headers, variables, this.#codec, this.#newActionId)
      const timeoutMs = options?.timeoutMs ?? this.#defaultTimeout(action)
      const run = () =>
        this.#queue.run(action, {
          timeoutMs,
          priority,
          signal,
          onItem,
          onWritten: onWritten && guarded(onWritten, (error) => this.report(error)),
          onAnswer: onAnswer && guarded(onAnswer, (error) => this.report(error)),
        })
      const told = this.#diagnostics.has('action') ? () => this.#tellEnd(action, run()) : run
      const watched = this.observer?.action
      if (!watched?.isWatched) return told()
      return watched.watch(actionFacts(this.#options.peer, action), told)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #tellEnd({ name }: PreparedAction, answer: Promise<AMIResponse>): Promise<AMIResponse> {
    const began = this.#clock.now()
    const tell = (outcome: SettledAction['outcome']) =>
      this.#diagnostics.tell('action', { name, durationMs: this.#clock.now() - began, outcome })
    answer.then(
      () => tell('success'),
      (error) => tell(error instanceof ActionError ? 'refused' : 'failed'),
    )
    return answer
  }

  #tellObserver({ status, gap }: Observer): void {
    const { peer } = this.#options
    this.#diagnostics.on('status', (now) => {
      if (status.isWatched) status.tell({ peer, status: now })
    })
    this.#diagnostics.on('gap', (hole) => {
      if (gap.isWatched) gap.tell({ peer, gap: hole })
    })
  }

  #defaultTimeout(action: PreparedAction): number {
    const blocks = blockingMs(action.name, action.headers)
    const { actionTimeoutMs } = this.#options
    return blocks > 0 && Number.isFinite(blocks) ? Math.max(actionTimeoutMs, blocks + BLOCKING_MARGIN_MS) : actionTimeoutMs
  }

  #refuseClosed(): void {
    if (this.#connection.isClosing) throw new ClosedError(`The client of ${this.#options.peer} is closed; make a new one`)
  }
}

/** Of a session that only stands. It gets no FullyBooted, and needs not wait for it. */
function quietOptions(options: AMIClientOptions): AMIClientOptions {
  return { ...options, events: false, bootTimeoutMs: 0, numbered: false, keeper: false }
}
