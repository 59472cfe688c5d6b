import { oneLine } from '../../core/checks.js'
import type { Clock } from '../../core/clock.js'
import { type Deferred, deferred } from '../../core/deferred.js'
import { asError } from '../../core/errors.js'
import { redactLines, redactText } from '../../core/redaction.js'
import { textCodec } from '../../core/text-codec.js'
import type { Connector, Transport } from '../../core/transport.js'
import { waitWithin } from '../../core/waiting.js'
import {
  ActionError,
  AMIError,
  ConnectionError,
  ConnectionLostError,
  InvalidActionError,
  ProtocolError,
} from '../messages/errors.js'
import type { AMIEvent } from '../messages/event.js'
import type { AMIResponse } from '../messages/response.js'
import type { ActionHeaders } from '../messages/typed-names.js'
import { AMIProtocol } from '../protocol/protocol.js'
import { KeepAlive } from './keep-alive.js'
import { loginError } from './login-refusal.js'
import { md5Hex } from './md5.js'
import type { ResolvedOptions } from './options.js'
import { ServerStart } from './server-start.js'

/** What a session tells its client. */
export interface SessionEvents {
  /** The session's protocol is about to receive; events can be subscribed to. */
  made(protocol: AMIProtocol): void
  authenticating(apiVersion: string): void
  booting(apiVersion: string): void
  /** The link is gone, or this side gave it up; called once, and also while `open` is under way. */
  lost(reason: Error): void
  /** The keepalive's Ping was answered. */
  answered(response: AMIResponse): void
  /** An answer came to an action that was given up. */
  lateAnswer(): void
  /** Whether anybody would hear a warning. */
  watchesWarnings(): boolean
  warning(message: string): void
  callbackFailed(error: unknown): void
  /** Whether the keepalive shall ask although bytes come in. */
  probing(): boolean
}

/** What a session waits for until it is ready, as its error says when that does not come; `when` is how long it waited. */
const STEPS = {
  connection: (peer: string, when: string) =>
    `No connection to ${peer} ${when}: nothing answers there; a firewall may be between`,
  greeting: (peer: string, when: string) =>
    `Connected to ${peer}, but no greeting came ${when}: it is not an Asterisk manager port, or one that speaks TLS`,
  login: (peer: string, when: string) => `Connected to ${peer}, but the login was not answered ${when}`,
  boot: (peer: string, when: string) => `Logged in to ${peer}, which did not say ${when} that it has booted`,
}

/** One connection's life, from the first byte to the last: link, greeting, login, boot, keepalive. */
export class Session {
  readonly #options: ResolvedOptions
  readonly #connector: Connector
  readonly #clock: Clock
  readonly #events: SessionEvents
  readonly #protocol: AMIProtocol
  readonly #dialing = new AbortController()
  readonly #greeted: Deferred<string> = deferred()
  readonly #booted: Deferred<void> = deferred()
  readonly #ended: Deferred<never> = deferred()
  #transport: Transport | undefined
  #keepAlive: KeepAlive | undefined
  #step: keyof typeof STEPS = 'connection'
  #apiVersion = ''
  #end: Error | undefined
  #lastLife: number
  #start: ServerStart | undefined
  #bootSeen = false

  constructor(options: ResolvedOptions, connector: Connector, clock: Clock, events: SessionEvents) {
    this.#options = options
    this.#connector = connector
    this.#clock = clock
    this.#events = events
    this.#lastLife = clock.now()
    this.#protocol = new SessionProtocol(options, this.#protocolHooks())
    // Each wait that races with the end handles it; without a wait it is nobody's rejection.
    this.#ended.promise.catch(() => undefined)
  }

  get protocol(): AMIProtocol {
    return this.#protocol
  }

  /** AMI's version, from the greeting. */
  get apiVersion(): string {
    return this.#apiVersion
  }

  /** When a message was completed last, or an answer went on. */
  get lastLife(): number {
    return this.#lastLife
  }

  /** When Asterisk was started, as far as this account can know. */
  get serverStart(): ServerStart | undefined {
    return this.#start
  }

  /** Whether this account gets FullyBooted. */
  get bootSeen(): boolean {
    return this.#bootSeen
  }

  /** What the session has been waiting for so far, until it is ready. */
  get progress(): string {
    return STEPS[this.#step](this.#options.peer, 'so far')
  }

  /**
   * Makes the link, waits for the greeting, logs in, waits for FullyBooted, `bootTimeoutMs` at the most.
   *
   * @throws ConnectionError, ConnectionLostError, ProtocolError or AuthenticationError; the session is over then.
   */
  async open(bootTimeoutMs: number): Promise<void> {
    const { peer, keepAlive } = this.#options
    try {
      this.#requireOpen()
      await this.#take('connection', this.#dial())
      const version = await this.#take('greeting', this.#greeted.promise)
      this.#requireOpen()
      this.#apiVersion = version
      this.#events.authenticating(version)
      await this.#take('login', this.#login())
      this.#requireOpen()
      this.#step = 'boot'
      if (keepAlive !== undefined) {
        this.#keepAlive = new KeepAlive(keepAlive, this.#clock, {
          ping: () => this.#ping(),
          probing: () => this.#events.probing(),
          dead: (silentMs) =>
            this.abort(
              new ConnectionLostError(`${peer} has been silent for ${Math.round(silentMs)} ms and did not answer a Ping`, {
                sent: 'maybe',
              }),
            ),
        })
      }
      this.#events.booting(version)
      await this.#boot(bootTimeoutMs)
    } catch (error) {
      this.abort(asError(error))
      throw error
    }
  }

  /** Sends an action past every queue. */
  send(name: string, headers: ActionHeaders = {}): Promise<AMIResponse> {
    return this.#protocol.sendAction(name, headers).toPromise()
  }

  /** An action that holds up the connection was sent: silence is no sign of death for so long, or until the function is called. */
  excuseSilence(forMs: number): (() => void) | undefined {
    return this.#keepAlive?.excuse(forMs)
  }

  /** FullyBooted came, at login or later. */
  fullyBooted(event: AMIEvent): void {
    this.#bootSeen = true
    this.#start ??= ServerStart.fromUptime(event, this.#clock.now())
    this.#booted.resolve()
  }

  /** Ends the session at once. Idempotent. */
  abort(reason: Error): void {
    this.#over(reason)
    this.#transport?.close()
    this.#protocol.connectionLost(reason)
  }

  /** Says Logoff and waits for the server's Goodbye, for `timeoutMs` at the most. Never rejects. */
  async logoff(timeoutMs: number): Promise<void> {
    await this.#within(timeoutMs, this.send('Logoff'), () => new ConnectionError('Logoff was not answered')).catch(
      () => undefined,
    )
  }

  async #dial(): Promise<void> {
    let transport: Transport
    try {
      transport = await this.#connector(this.#protocol, this.#dialing.signal)
    } catch (error) {
      if (error instanceof AMIError) throw error
      throw new ConnectionError(`No connection to ${this.#options.peer}: ${oneLine(asError(error).message)}`, { cause: error })
    }
    this.#transport = transport
    if (this.#end !== undefined) transport.close()
  }

  async #login(): Promise<void> {
    const { username, secret, authType, eventMask, encoding, peer } = this.#options
    const credentials: ActionHeaders = { Username: username, Events: eventMask }
    if (authType === 'plaintext') {
      await this.#authenticate('Login', { ...credentials, Secret: secret })
      return
    }
    const challenge = (await this.#authenticate('Challenge', { AuthType: 'MD5' })).get('Challenge')
    if (challenge === undefined) throw new ProtocolError(`${peer} answered Challenge without a challenge`)
    const bytes = textCodec(encoding).encode(challenge + secret)
    if (bytes === undefined) throw new InvalidActionError(`The secret holds characters that ${encoding} cannot write`)
    await this.#authenticate('Login', { AuthType: 'MD5', ...credentials, Key: md5Hex(bytes) })
  }

  /** A refusal ends the session at once, before the server's closing of the connection can look like the reason. */
  #authenticate(name: string, headers: ActionHeaders): Promise<AMIResponse> {
    const { peer, username } = this.#options
    const pending = this.#protocol.sendAction(name, headers)
    pending.onException = (error) => {
      if (error instanceof ActionError) this.abort(loginError(peer, username, error))
    }
    return pending.toPromise()
  }

  async #boot(timeoutMs: number): Promise<void> {
    const booted = await this.#until(timeoutMs, this.#booted.promise)
    if (booted || this.#start !== undefined) return
    // No FullyBooted for this account: ask since when Asterisk runs, so that a restart can be told later.
    await this.#until(
      this.#options.connectTimeoutMs,
      this.send('CoreStatus').then(
        (status) => {
          this.#start = ServerStart.fromCoreStatus(status)
        },
        () => undefined,
      ),
    )
  }

  #ping(): void {
    const pong = this.#protocol.sendAction('Ping')
    pong.onResult = (response) => this.#events.answered(response)
    pong.onException = (error) => {
      if (error instanceof ActionError) this.#events.answered(error.response)
    }
  }

  /** Waits for one of the steps to readiness, `connectTimeoutMs` at the most. */
  #take<T>(step: keyof typeof STEPS, promise: Promise<T>): Promise<T> {
    const { connectTimeoutMs, peer } = this.#options
    this.#step = step
    return this.#within(connectTimeoutMs, promise, () => new ConnectionError(STEPS[step](peer, `within ${connectTimeoutMs} ms`)))
  }

  /** Resolves with the promise; rejects when the session or the time ends first. */
  #within<T>(timeoutMs: number, promise: Promise<T>, tooLate: () => Error): Promise<T> {
    return waitWithin(Promise.race([promise, this.#ended.promise]), { clock: this.#clock, timeoutMs, tooLate })
  }

  /** Whether the promise resolved within the time. Rejects when the session ends first. */
  #until(timeoutMs: number, promise: Promise<unknown>): Promise<boolean> {
    const isLate = deferred<false>()
    const resolved = promise.then(() => true)
    const cancel = this.#clock.after(timeoutMs, () => isLate.resolve(false))
    return Promise.race([resolved, isLate.promise, this.#ended.promise]).finally(cancel)
  }

  /** The session may have ended while a continuation waited for its turn. */
  #requireOpen(): void {
    if (this.#end !== undefined) throw this.#end
  }

  #over(reason: Error): void {
    if (this.#end !== undefined) return
    this.#end = reason
    this.#keepAlive?.stop()
    this.#ended.reject(reason)
    this.#events.lost(reason)
    // When all that waited is settled: a link may tell of its end at once.
    queueMicrotask(() => this.#dialing.abort(reason))
  }

  #protocolHooks(): ProtocolHooks {
    const { peer } = this.#options
    return {
      isOver: () => this.#end !== undefined,
      made: (protocol) => this.#events.made(protocol),
      alive: () => {
        this.#lastLife = this.#clock.now()
        this.#keepAlive?.alive()
      },
      greeted: (apiVersion) => this.#greeted.resolve(apiVersion),
      lost: (error) => {
        if (error instanceof AMIError) this.#over(error)
        else if (error !== undefined)
          this.#over(
            new ConnectionLostError(`The connection to ${peer} was lost: ${oneLine(error.message)}`, {
              sent: 'maybe',
              cause: error,
            }),
          )
        else if (this.#apiVersion !== '') this.#over(new ConnectionLostError(`${peer} closed the connection`, { sent: 'maybe' }))
        else
          this.#over(
            new ConnectionError(
              `${peer} closed the connection without an Asterisk greeting: too many logins under way there, or not a manager port`,
            ),
          )
      },
      lateAnswer: () => this.#events.lateAnswer(),
      watchesWarnings: () => this.#events.watchesWarnings(),
      warning: (message) => this.#events.warning(`${peer}: ${message}`),
      callbackFailed: (error) => this.#events.callbackFailed(error),
    }
  }
}

interface ProtocolHooks {
  /** The session ended before its link was made. */
  isOver(): boolean
  made(protocol: AMIProtocol): void
  alive(): void
  greeted(apiVersion: string): void
  lost(error: Error | undefined): void
  lateAnswer(): void
  watchesWarnings(): boolean
  warning(message: string): void
  callbackFailed(error: unknown): void
}

class SessionProtocol extends AMIProtocol {
  readonly #hooks: ProtocolHooks

  constructor(options: ResolvedOptions, hooks: ProtocolHooks) {
    super({ encoding: options.encoding, limits: options.limits, peer: options.peer })
    this.#hooks = hooks
  }

  override connectionMade(transport: Transport): void {
    if (this.#hooks.isOver()) {
      transport.close()
      return
    }
    super.connectionMade(transport)
    this.#hooks.made(this)
  }

  override progressReceived(): void {
    this.#hooks.alive()
  }

  override connectionLost(error?: Error): void {
    // The session first: whoever is settled next must find the client in its new state.
    this.#hooks.lost(this.failure ?? error)
    super.connectionLost(error)
  }

  override greetingReceived(_apiName: string, apiVersion: string): void {
    this.#hooks.greeted(apiVersion)
  }

  override protocolFailed(error: ProtocolError): void {
    this.#hooks.lost(error)
  }

  override lateResponseReceived(): void {
    this.#hooks.lateAnswer()
  }

  override unmatchedResponseReceived(response: AMIResponse): void {
    this.#hooks.warning(
      `a response that no action waits for was ignored: ${response.get('Response')}, ${JSON.stringify(redactText(response.message))}`,
    )
  }

  override unknownMessageReceived(text: string): void {
    // Without secrets first: where it is cut, a name could be parted from its value.
    const start = redactLines(text.split('\r\n')).join('\r\n').slice(0, 80)
    this.#hooks.warning(`a message that is neither event nor response was ignored: ${JSON.stringify(start)}`)
  }

  override malformedLineReceived(line: string): void {
    const start = redactText(line).slice(0, 80)
    this.#hooks.warning(`a line without a colon came (more of them are not reported): ${JSON.stringify(start)}`)
  }

  override watchesMalformedLines(): boolean {
    return this.#hooks.watchesWarnings()
  }

  override callbackFailed(error: unknown): void {
    this.#hooks.callbackFailed(error)
  }
}
