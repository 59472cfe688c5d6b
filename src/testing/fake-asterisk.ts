import type { ActionName, EventName, Unlisted } from '../ami/messages/typed-names.js'
import type { AMIAction } from '../ami/protocol/action-reader.js'
import type { Clock } from '../core/clock.js'
import { checkOptions } from '../core/options.js'
import { systemClock } from '../core/system-clock.js'
import type { Connector } from '../core/transport.js'
import type { ListenOptions } from '../node/tcp-listener.js'
import { Account } from './account.js'
import type { AGICaller, AGICallOptions } from './agi/agi-caller.js'
import { AGICalls } from './agi/agi-calls.js'
import { builtInHandlers, KEEP_ALIVES } from './built-in-handlers.js'
import type { Caller, IncomingCall } from './dialplan/caller.js'
import { DialplanCalls } from './dialplan/dialplan-calls.js'
import type { Dialplan } from './dialplan/plan.js'
import { FakeCallbackError, FakeStateError, UnusedHandlersError } from './errors.js'
import { type FakeAsteriskEvents, FakeAsteriskListeners } from './fake-asterisk-events.js'
import type { FakeServer, FakeSession } from './fake-session.js'
import { FakeSessions } from './fake-sessions.js'
import { HandlerStack } from './handler-stack.js'
import { type ActionHandler, type FakeClient, type FakeEventHeaders, failure, noSuchCommand, type Reply } from './handlers.js'
import { fullyBooted, successfulAuth } from './login-events.js'
import { checkFakeOptions, FAKE_SHAPE, type FakeAsteriskOptions, VERSIONS } from './options.js'
import type { FakeQueueOptions } from './queues/queue-options.js'
import { ReceivedActions } from './received-actions.js'
import { PLAYBACK_SHAPE, type PlaybackOptions } from './recording/playback.js'
import { PlayedRecording } from './recording/played-recording.js'
import { parameterProblem } from './required-parameters.js'
import { type ConfigFile, FakeState } from './state/fake-state.js'
import { globalValue, setGlobalValue } from './state/functions.js'
import { VirtualClock } from './virtual-clock.js'

/**
 * An Asterisk for tests: logs clients in, answers actions by handlers, sends events, and behaves on the wire as a real server does.
 *
 * Without a handler it answers Login, Challenge, Logoff, Events, Ping, CoreStatus, CoreSettings, CoreShowChannels, BridgeList, PJSIPShowEndpoint, Filter and UserEvent;
 * with a `dialplan`, also Originate and what acts on a call. An action that nobody handles gets Asterisk's own error, and `close()` rejects.
 */
export class FakeAsterisk implements AsyncDisposable {
  readonly #options: FakeAsteriskOptions
  readonly #handlers: HandlerStack
  readonly #listeners = new FakeAsteriskListeners((message, error) => this.#failed(message, error))
  /** By name, in small letters. */
  readonly #accounts: ReadonlyMap<string, Account>
  readonly #builtIn: readonly ActionHandler[]
  readonly #sessions: FakeSessions
  /** What the server knows beside its calls: devices, hints, presence, mailboxes, files of settings, globals. `reset()` clears it. */
  readonly state: FakeState = new FakeState((name, headers) => this.#sessions.emit(name, headers))
  readonly #received = new ReceivedActions()
  readonly #clock: Clock
  #startedAt = new Date()
  #shuttingDown = false
  #closed: Promise<void> | undefined
  /** The first error of a handler or a listener. */
  #failure: Error | undefined
  #plan: Dialplan | undefined
  readonly #queues = new Map<string, FakeQueueOptions>()
  #calls: DialplanCalls | undefined
  #recording: PlayedRecording | undefined
  readonly #agiCalls: AGICalls

  /** @throws TypeError that names a wrong option. */
  constructor(options: FakeAsteriskOptions = {}, ...handlers: ActionHandler[]) {
    checkFakeOptions(options)
    this.#options = options
    this.#accounts = new Map(
      Object.entries(options.users ?? {}).map(
        ([name, user]) => [name.toLowerCase(), new Account(typeof user === 'string' ? { secret: user } : user)] as const,
      ),
    )
    this.#clock = options.clock === 'virtual' ? new VirtualClock() : (options.clock ?? systemClock)
    this.#agiCalls = new AGICalls({ clock: this.#clock, emit: (name, headers) => this.#sessions.emit(name, headers) })
    this.#handlers = new HandlerStack(handlers)
    this.#builtIn = this.#builtInHandlers()
    const { users = {}, numbered = false } = options
    this.state.configs.set('manager.conf', managerConf(users))
    this.#sessions = new FakeSessions(this.#serverForSessions(), numbered, () => this.#listeners.emit('connection'))
  }

  /**
   * A fake that says what a server said when `record` kept it: an action gets the answer that its like got, and what came unasked comes again when
   * the actions before it have come. `use` puts handlers before the recording. An action that is not in it, or not that often, is unhandled;
   * only Ping, Challenge and Logoff are answered whenever they come. The login needs no account of this fake.
   *
   * @throws the system's error for a file that cannot be read, RecordingError for one that is no recording, RangeError for a `scale` that is none.
   */
  static fromRecording(file: string | URL, options: FakeAsteriskOptions & PlaybackOptions = {}): FakeAsterisk {
    checkOptions(options, { ...FAKE_SHAPE, ...PLAYBACK_SHAPE })
    const { scale = 0, ignoreHeaders = [], ...own } = options
    const pbx = new FakeAsterisk(own)
    const { encoding = 'utf-8' } = own
    pbx.#recording = PlayedRecording.read(file, { scale, ignoreHeaders }, encoding, pbx.#clock)
    return pbx
  }

  /** Connects to this fake in the same process, for `new AMIClient({ connect })`. Once it is closed, clients give up. */
  get connector(): Connector {
    return this.#sessions.connector
  }

  /** Actions that no handler answered. */
  get unhandled(): readonly AMIAction[] {
    return this.#handlers.unhandled
  }

  /** Every action of clients that were logged in, in order; those that were refused too. Without Ping, which clients send by themselves. */
  get received(): readonly AMIAction[] {
    return this.#received.all
  }

  /** The actions of this name that clients sent, in order. */
  actions(name: ActionName | Unlisted): readonly AMIAction[] {
    return this.#received.named(name)
  }

  /**
   * The first action of this name that clients sent, whether it has come or is to come; the next call gives the second one.
   *
   * @throws Error when none comes in time, and when the fake is closed; it says what came.
   */
  waitForAction(
    name: ActionName | Unlisted,
    { timeoutMs = 5_000 }: { readonly timeoutMs?: number | undefined } = {},
  ): Promise<AMIAction> {
    return this.#received.waitFor(name, timeoutMs)
  }

  /** The time of a fake with `clock: 'virtual'`: `await pbx.clock.advance(60_000)`. @throws Error for one that has no such clock. */
  get clock(): VirtualClock {
    if (this.#clock instanceof VirtualClock) return this.#clock
    throw new FakeStateError(
      "The fake goes by a time that it cannot move; new FakeAsterisk({ clock: 'virtual' }) has a clock to advance",
    )
  }

  /** Asterisk's database, by `family/key`: what DBPut and DBGet work on. The same as `state.database`. */
  get database(): Map<string, string> {
    return this.state.database
  }

  /** How many clients are logged in. */
  get clients(): number {
    return this.#sessions.loggedIn.length
  }

  /**
   * Opens a port; resolves with where it is. Can be called several times.
   *
   * @throws the system's error when the port cannot be had, FakeStateError when the fake is closed.
   */
  listen(options: ListenOptions = {}): Promise<{ host: string; port: number }> {
    return this.#sessions.listen(options)
  }

  /**
   * Serves clients that reach Asterisk through a WebSocket, without port and network: until `close()`, `new WebSocket(url)` of this process is
   * mock-socket's.
   *
   * @throws FakeStateError when the package mock-socket is not installed, the URL is served already, or the fake is closed.
   */
  listenWebSocket(url: string): void {
    this.#sessions.listenWebSocket(url)
  }

  /** Puts handlers before the others, until `reset()`. */
  use(...handlers: ActionHandler[]): void {
    this.#handlers.use(...handlers)
  }

  /**
   * Goes back to how it was made, for the next test: to its first handlers, without a dialplan, serving. Every call is hung up, with its
   * events. What came so far is forgotten; clients stay connected, and listeners stay. A recording begins anew: a client that connects gets its first
   * connection, one that is there already can send the same actions again.
   *
   * @throws what `close()` would reject with, when all that is done: `afterEach(() => pbx.reset())` fails the test that it was about.
   */
  reset(): void {
    this.#calls?.hangUpAll()
    this.#calls = undefined
    this.#plan = undefined
    this.#queues.clear()
    void this.#agiCalls.hangUp()
    this.#shuttingDown = false
    this.state.clear()
    this.#recording?.rewind()
    this.#sessions.rewind()
    this.#received.clear()
    const error = this.#error
    this.#failure = undefined
    this.#handlers.reset()
    if (error !== undefined) throw error
  }

  /** The handlers in the order in which they are asked, without those that are built in. */
  listHandlers(): readonly ActionHandler[] {
    return this.#handlers.handlers
  }

  /**
   * Calls `listener` at each event of this name, until the returned function is called. `close()` and `reset()` throw the error of a listener that
   * throws, or whose promise rejects.
   *
   * @throws TypeError for a name that there is not, and for a listener that is no function.
   */
  on<Name extends keyof FakeAsteriskEvents>(name: Name, listener: FakeAsteriskEvents[Name]): () => void {
    return this.#listeners.on(name, listener)
  }

  /**
   * A test with a fake of its own, which has the handlers and the dialplan that this one has when the test begins: what it uses, what it receives
   * and what it does not handle concerns no other, so that such tests can run at the same time. The fake is closed at the end; what `close()`
   * rejects with fails the test, or is a warning beside the test's own error. What the runner hands to the test comes after the fake.
   *
   *     it.concurrent('is busy', pbx.boundary(async (pbx) => { pbx.use(…) }))
   */
  boundary<Context extends unknown[], Result>(
    test: (pbx: FakeAsterisk, ...context: Context) => Promise<Result>,
  ): (...context: Context) => Promise<Result> {
    return async (...context) => {
      const pbx = new FakeAsterisk(this.#options, ...this.#handlers.handlers)
      pbx.#recording = this.#recording?.anew()
      if (this.#plan !== undefined) pbx.dialplan(this.#plan)
      for (const [name, options] of this.#queues) pbx.queue(name, options)
      let result: Result
      try {
        result = await test(pbx, ...context)
      } catch (error) {
        await pbx.close().catch((failure: Error) => process.emitWarning(failure))
        throw error
      }
      await pbx.close()
      return result
    }
  }

  /** @throws UnusedHandlersError that names the handlers which no action came for. */
  assertAllHandlersUsed(): void {
    const unused = this.#handlers.unused.map((handler) => handler.label)
    if (unused.length > 0) throw new UnusedHandlersError(unused)
  }

  /** Sends an event to every client that may and wants to see it. Its `Privilege` is Asterisk's own unless given. */
  emit<const Name extends EventName | Unlisted>(name: Name, headers: FakeEventHeaders<Name> = []): void {
    this.#sessions.emit(name, headers)
  }

  /**
   * Simulates calls, from now on: what is originated to an extension of this plan, or to a telephone of that name, goes as it says, with the
   * events of a real server. A second plan takes the place of the first, whose calls are hung up.
   *
   * @throws TypeError or RangeError that names an entry which cannot be.
   */
  dialplan(plan: Dialplan): void {
    const { version = 22, applications = {} } = this.#options
    const calls = new DialplanCalls(
      {
        clock: this.#clock,
        version,
        emit: (name, headers) => this.#sessions.emit(name, headers),
        globalValue: (name) => globalValue(this.state, name),
        setGlobalValue: (name, value) => setGlobalValue(this.state, name, value),
        deviceChanged: (device, state) => this.state.deviceChanged(device, state),
        failed: (message, error) => this.#failed(message, error),
      },
      plan,
      applications,
      this.#agiCalls,
    )
    for (const [name, options] of this.#queues) calls.addQueue(name, options)
    this.#calls?.hangUpAll()
    this.#calls = calls
    this.#plan = plan
  }

  /**
   * Has a queue, as queues.conf would: its members' telephones are entries of the dialplan, and `{ queue: 'support' }` is an extension that leads to
   * it. The actions and events are those of app_queue. A queue of the same name takes the place of the one before.
   *
   *     pbx.queue('support', { members: { Ann: 'PJSIP/101', Bob: { interface: 'PJSIP/102', penalty: 1 } }, strategy: 'rrmemory' })
   *
   * @throws TypeError or RangeError that names a wrong option.
   */
  queue(name: string, options: FakeQueueOptions = {}): void {
    if (this.#calls === undefined) this.dialplan({})
    this.#calls?.addQueue(name, options)
    this.#queues.set(name, options)
  }

  /**
   * Somebody calls from outside an extension of the dialplan.
   *
   * @throws FakeStateError when there is no dialplan, or the extension is not in it.
   */
  incomingCall(call: IncomingCall): Caller {
    if (this.#calls === undefined) throw new FakeStateError('The fake has no dialplan; say dialplan({ 200: … }) first')
    return this.#calls.incoming(call)
  }

  /**
   * Has a simulated caller answered by a FastAGI server, as `AGI(agi://host:port/path)` does. `await caller.ended()` gives AGISTATUS.
   *
   * @throws TypeError for a URL that is none.
   */
  callFastAGI(url: string, options: AGICallOptions = {}): AGICaller {
    return this.#agiCalls.byFastAGI(url, options)
  }

  /** Puts a simulated caller into `AGI(agi:async)`: an AsyncAGIExecutor of a client that is logged in can answer. */
  callAsyncAGI(options: AGICallOptions = {}): AGICaller {
    return this.#agiCalls.byAsyncAGI(options)
  }

  /** Has a simulated caller answered by a program, as `AGI(/path/to/program)` does. `errors()` is what it wrote to stderr. */
  callProgram(program: string, args: readonly string[] = [], options: AGICallOptions = {}): AGICaller & { errors(): string } {
    return this.#agiCalls.byProgram(program, args, options)
  }

  /** Sends bytes as they are, such as a recording, to every client that is logged in. */
  replay(bytes: Uint8Array): void {
    for (const session of this.#sessions.loggedIn) session.sendRaw(bytes)
  }

  /** Ends every connection without a word. */
  disconnectAll(): void {
    this.#sessions.disconnectAll()
  }

  /** Begins a graceful shutdown: every action is refused, events go on. `abortShutdown()` takes it back. */
  shutDownGracefully(): void {
    this.#shuttingDown = true
  }

  abortShutdown(): void {
    this.#shuttingDown = false
  }

  /** Restarts: says Shutdown to those who may hear it, ends every connection and every simulated call, and serves anew at once. */
  restart(): void {
    this.emit('Shutdown', { Shutdown: 'Cleanly', Restart: 'True' })
    this.disconnectAll()
    this.#shuttingDown = false
    this.#calls?.clear()
    void this.#agiCalls.hangUp()
    this.#startedAt = new Date()
    this.#sessions.restarted()
  }

  /**
   * Ends every connection and every simulated call, and closes the ports. Idempotent.
   *
   * @throws UnhandledActionError when actions came that no handler answers (unless `unhandled` says otherwise); or FakeCallbackError, the first
   * time that a handler or a listener threw.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#received.end()
    const closed = this.#sessions.close()
    this.#calls?.clear()
    await Promise.all([closed, this.#agiCalls.hangUp()])
    const error = this.#error
    if (error !== undefined) throw error
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #serverForSessions(): FakeServer {
    const fake = this
    const { version = 22, encoding = 'utf-8', loginFailureDelayMs = 0 } = this.#options
    return {
      version,
      greeting: `Asterisk Call Manager/${VERSIONS[version].ami}`,
      encoding,
      clock: this.#clock,
      loginFailureDelayMs,
      get shuttingDown() {
        return fake.#shuttingDown
      },
      account: (name) => this.#accounts.get(name),
      hasAccounts: this.#accounts.size > 0,
      isLoggedIn: (name) => this.#sessions.loggedIn.some(({ username }) => username === name),
      playback: () => this.#recording?.next(),
      reply: (request, client, own) => this.#reply(request, client, own),
      refused: (request, client) => this.#came(request, client, undefined),
      handlerFailed: (request, error) => this.#failed(`The handler of ${request.name} threw`, error),
      loggedIn: (username) => this.#listeners.emit('login', username),
      welcome: (session, username) => this.#welcome(session, username),
      ended: (session) => {
        this.#sessions.ended(session)
        if (session.username !== undefined) this.#listeners.emit('disconnect', session.username)
      },
    }
  }

  #reply(request: AMIAction, client: FakeClient, own: readonly ActionHandler[]): Reply | Promise<Reply> {
    const others = [...own, ...this.#ownHandlers()]
    const handler = this.#handlers.take(request, others)
    this.#came(request, client, handler)
    if (handler === undefined) return this.#refusal(request) ?? this.#unhandled(request, others)
    const reply = handler.resolve(request, client)
    const answered = (settled: Reply) => this.#listeners.emit('response', request, settled)
    if (reply instanceof Promise) void reply.then(answered, () => undefined)
    else answered(reply)
    return reply
  }

  #came(request: AMIAction, client: FakeClient, handler: ActionHandler | undefined): void {
    if (client.username !== '') this.#received.add(request)
    this.#listeners.emit('action', request, handler)
  }

  /** What Asterisk says to an action that lacks something, or means something that is not there. A recording has its own answers. */
  #refusal(request: AMIAction): Reply {
    if (this.#recording !== undefined) return undefined
    const problem = parameterProblem(request, (header, name) => this.#isThere(header, name))
    return problem === undefined ? undefined : failure(problem)
  }

  #isThere(header: string, name: string): boolean {
    switch (header) {
      case 'Channel':
        return this.#calls?.has(name) ?? false
      case 'Context':
        return this.#calls?.hasContext(name) ?? false
      case 'Endpoint':
        return this.state.devices.has(`PJSIP/${name}`)
      case 'BridgeUniqueid':
        return this.#calls?.hasBridge(name) ?? false
      default:
        return false
    }
  }

  #unhandled(request: AMIAction, others: readonly ActionHandler[]): Reply {
    const description = this.#handlers.addUnhandled(request, others)
    if (this.#options.unhandled === 'warn') process.emitWarning(`The fake has no handler for ${description}`)
    if (this.#recording !== undefined) return failure('The recording has no such action (any more)')
    if (request.name.toLowerCase() === 'command') return noSuchCommand(request.get('Command') ?? '')
    return failure(`Invalid/unknown command: ${request.name}. Use Action: ListCommands to show available commands.`)
  }

  /** What answers an action when neither the test nor the session does, in the order in which they are asked. */
  #ownHandlers(): readonly ActionHandler[] {
    return this.#recording === undefined
      ? [...this.#agiCalls.handlers, ...(this.#calls?.handlers ?? []), ...this.#builtIn]
      : KEEP_ALIVES
  }

  #welcome(session: FakeSession, username: string): void {
    session.notify('FullyBooted', 'system,all', fullyBooted(this.#startedAt))
    this.emit('SuccessfulAuth', successfulAuth(username))
  }

  #builtInHandlers(): ActionHandler[] {
    const fake = this
    const { version = 22 } = this.#options
    return builtInHandlers({
      version,
      release: VERSIONS[version],
      state: this.state,
      accounts: this.#accounts,
      get startedAt() {
        return fake.#startedAt
      },
      get processed() {
        return fake.#calls?.processed ?? 0
      },
      channels: () => [...(this.#calls?.list() ?? []), ...this.#agiCalls.list()],
      status: (channel, variables, withAll) =>
        this.#calls === undefined ? (channel === '' ? [] : undefined) : this.#calls.status(channel, variables, withAll),
      emit: (name, headers) => this.#sessions.emit(name, headers),
    })
  }

  /** What `close()` rejects with. */
  get #error(): Error | undefined {
    const isReported = (this.#options.unhandled ?? 'error') === 'error'
    return this.#failure ?? (isReported ? this.#handlers.error : undefined)
  }

  #failed(message: string, cause: unknown): void {
    this.#failure ??= new FakeCallbackError(message, { cause })
  }
}

/** The accounts as they stand in manager.conf. */
function managerConf(users: NonNullable<FakeAsteriskOptions['users']>): ConfigFile {
  const accounts = Object.entries(users).map(([name, user]) => {
    const { secret, read = 'all', write = 'all' } = typeof user === 'string' ? { secret: user } : user
    return [name, { secret, read, write }] as const
  })
  return { general: { enabled: 'yes' }, ...Object.fromEntries(accounts) }
}
