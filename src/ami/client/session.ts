import { oneLine } from '../../core/checks.js'
import type { Clock } from '../../core/clock.js'
import { type Deferred, deferred } from '../../core/deferred.js'
import { asError } from '../../core/errors.js'
import { soon } from '../../core/microtask.js'
import { redactLines, redactText } from '../../core/redaction.js'
import type { Connector, Transport } from '../../core/transport.js'
import { waitWithin } from '../../core/waiting.js'
import { ActionError, AMIError, ConnectionError, ConnectionLostError, type ProtocolError } from '../messages/errors.js'
import type { AMIEvent } from '../messages/event.js'
import type { AMIResponse } from '../messages/response.js'
import { AMIProtocol } from '../protocol/protocol.js'
import { authenticate } from './authentication.js'
import type { ClientDiagnostics } from './client-events.js'
import { KeepAlive } from './keep-alive.js'
import { Numbering } from './numbering.js'
import type { ResolvedOptions } from './options.js'
import { ServerStart } from './server-start.js'

/** What a session needs from the connection that it is one of. */
export interface SessionHost {
  /** Bytes have come, and are about to be read. */
  bytesCame(): void
  /** Bytes are about to come; events can be subscribed to. */
  connected(session: Session): void
  greeted(apiVersion: string): void
  loggedIn(apiVersion: string): void
  /** The session is over; called once, before anything that waited on it is settled, and also while `open` is under way. */
  ended(reason: Error): void
  /** The keepalive's Ping was answered. */
  answered(response: AMIResponse): void
  /** Whether the keepalive shall ask although bytes come in. */
  isDraining(): boolean
  /** Whether nobody has asked for some events only. */
  hearsAll(): boolean
  /** Events did not come although the connection stands. */
  lost(count: number, sinceMs: number): void
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

/** Masks that keep nothing back. */
const HEARS_ALL = ['on', 'all']
/** How much of a line or message that was ignored a warning shows. */
const SHOWN_CHARACTERS = 80

/**
 * One connection's life, from the first byte to the last: greeting, login, boot, keepalive. It is the protocol that the connector
 * serves.
 */
export class Session extends AMIProtocol {
  readonly #options: ResolvedOptions
  readonly #connector: Connector
  readonly #clock: Clock
  readonly #diagnostics: ClientDiagnostics
  readonly #host: SessionHost
  readonly #connecting = new AbortController()
  readonly #greeted: Deferred<string> = deferred()
  readonly #booted: Deferred<void> = deferred()
  readonly #ended: Deferred<never> = deferred()
  #transport: Transport | undefined
  #keepAlive: KeepAlive | undefined
  #step: keyof typeof STEPS = 'connection'
  #apiVersion = ''
  #endReason: Error | undefined
  #lastSignOfLife: number
  #serverStart: ServerStart | undefined
  /** Undefined where numbers are not looked at. */
  readonly numbering: Numbering | undefined

  constructor(options: ResolvedOptions, connector: Connector, clock: Clock, diagnostics: ClientDiagnostics, host: SessionHost) {
    super({ encoding: options.encoding, limits: options.limits, peer: options.peer, randomBytes: options.randomBytes })
    this.#options = options
    this.#connector = connector
    this.#clock = clock
    this.#diagnostics = diagnostics
    this.#host = host
    this.#lastSignOfLife = clock.now()
    const ask = (name: string, headers = {}) => this.sendAction(name, headers).toPromise()
    if (options.isNumbered)
      this.numbering = new Numbering(options.username, {
        coreStatus: () => ask('CoreStatus'),
        managerConf: () => ask('GetConfig', { Filename: 'manager.conf' }),
        asksForAll: () => HEARS_ALL.includes(options.eventMask.toLowerCase()) && host.hearsAll(),
        now: () => clock.now(),
      })
    // Each wait that races with the end handles it; without a wait it is nobody's rejection.
    this.#ended.promise.catch(() => undefined)
  }

  /** AMI's version, from the greeting. */
  get apiVersion(): string {
    return this.#apiVersion
  }

  /** When a message was completed last, or an answer went on. */
  get lastSignOfLife(): number {
    return this.#lastSignOfLife
  }

  /** When Asterisk was started, as far as this account can know. */
  get serverStart(): ServerStart | undefined {
    return this.#serverStart
  }

  /** What the session has been waiting for so far, until it is ready. */
  get progress(): string {
    return STEPS[this.#step](this.#options.peer, 'so far')
  }

  /**
   * Connects, waits for the greeting, logs in, waits for FullyBooted, `bootTimeoutMs` at the most.
   *
   * @throws ConnectionError, ConnectionLostError, ProtocolError or AuthenticationError; the session is over then.
   */
  async open(bootTimeoutMs: number): Promise<void> {
    try {
      this.#requireOpen()
      await this.#take('connection', this.#connect())
      const version = await this.#take('greeting', this.#greeted.promise)
      this.#requireOpen()
      this.#apiVersion = version
      this.#host.greeted(version)
      await this.#take(
        'login',
        authenticate(this, this.#options, (refusal) => this.abort(refusal)),
      )
      this.#requireOpen()
      this.#step = 'boot'
      this.#startKeepAlive()
      this.#host.loggedIn(version)
      await this.#boot(bootTimeoutMs)
    } catch (error) {
      this.abort(asError(error))
      throw error
    }
  }

  /**
   * An action that holds up the connection was sent: silence is no sign of death for so long, or until the function is called.
   */
  allowSilence(forMs: number): (() => void) | undefined {
    return this.#keepAlive?.allowSilence(forMs)
  }

  /** FullyBooted came, at login or later. */
  fullyBooted(event: AMIEvent): void {
    this.#serverStart ??= ServerStart.fromUptime(event, this.#clock.now())
    this.#booted.resolve()
  }

  /** Ends the session at once. Idempotent. */
  abort(reason: Error): void {
    this.#end(reason)
    this.#transport?.close()
    super.connectionLost(reason)
  }

  /** Says Logoff and waits for the server's Goodbye, for `timeoutMs` at the most. Never rejects. */
  async logoff(timeoutMs: number): Promise<void> {
    await this.#within(timeoutMs, this.sendAction('Logoff').toPromise()).catch(() => undefined)
  }

  override dataReceived(data: Uint8Array): void {
    this.#host.bytesCame()
    super.dataReceived(data)
  }

  override connectionMade(transport: Transport): void {
    if (this.#endReason !== undefined) {
      transport.close()
      return
    }
    super.connectionMade(transport)
    this.#host.connected(this)
  }

  override connectionLost(error?: Error): void {
    // The host first: whoever is settled next must find the client in its new state.
    this.#end(this.failure ?? this.#lossError(error))
    super.connectionLost(error)
  }

  override progressReceived(): void {
    this.#lastSignOfLife = this.#clock.now()
  }

  override eventNumberReceived(number: number): void {
    const lost = this.numbering?.came(number)
    if (lost !== undefined) this.#host.lost(lost.count, lost.sinceMs)
  }

  protected override get eventOrigin(): Numbering | undefined {
    return this.numbering
  }

  override greetingReceived(_apiName: string, apiVersion: string): void {
    this.#greeted.resolve(apiVersion)
  }

  override protocolFailed(error: ProtocolError): void {
    this.#end(error)
  }

  override lateResponseReceived(response: AMIResponse): void {
    this.#diagnostics.tell('lateAnswer', response)
  }

  override unmatchedResponseReceived(response: AMIResponse): void {
    this.#warn(
      `a response that no action waits for was ignored: ${response.get('Response')}, ${JSON.stringify(redactText(response.message))}`,
    )
  }

  override unknownMessageReceived(text: string): void {
    // Without secrets first: where it is cut, a name could be parted from its value.
    const start = redactLines(text.split('\r\n')).join('\r\n').slice(0, SHOWN_CHARACTERS)
    this.#warn(`a message that is neither event nor response was ignored: ${JSON.stringify(start)}`)
  }

  override malformedLineReceived(line: string): void {
    const start = redactText(line).slice(0, SHOWN_CHARACTERS)
    this.#warn(`a line without a colon came (more of them are not reported): ${JSON.stringify(start)}`)
  }

  override watchesMalformedLines(): boolean {
    return this.#diagnostics.has('warning')
  }

  override callbackFailed(error: unknown): void {
    this.#diagnostics.report(error)
  }

  async #connect(): Promise<void> {
    let transport: Transport
    try {
      transport = await this.#connector(this, this.#connecting.signal)
    } catch (error) {
      if (error instanceof AMIError) throw error
      throw new ConnectionError(`No connection to ${this.#options.peer}: ${oneLine(asError(error).message)}`, { cause: error })
    }
    this.#transport = transport
    if (this.#endReason !== undefined) transport.close()
  }

  async #boot(timeoutMs: number): Promise<void> {
    const isBooted = await this.#isInTime(timeoutMs, this.#booted.promise)
    if (isBooted || this.#serverStart !== undefined) return
    // No FullyBooted for this account: ask since when Asterisk runs, so that a restart is known later.
    const asked = this.sendAction('CoreStatus')
      .toPromise()
      .then(
        (status) => {
          this.#serverStart = ServerStart.fromCoreStatus(status)
        },
        () => undefined,
      )
    await this.#isInTime(this.#options.connectTimeoutMs, asked)
  }

  #startKeepAlive(): void {
    const { peer, keepAlive } = this.#options
    if (keepAlive === undefined) return
    this.#keepAlive = new KeepAlive(keepAlive, this.#clock, {
      lastSignOfLife: () => this.#lastSignOfLife,
      ping: () => this.#ping(),
      isPingDue: () => this.#host.isDraining(),
      isGone: (silentMs) =>
        this.abort(
          new ConnectionLostError(`${peer} has been silent for ${Math.round(silentMs)} ms and did not answer a Ping`, {
            sent: 'maybe',
          }),
        ),
    })
  }

  #ping(): void {
    const pong = this.sendAction('Ping')
    pong.onResult = (response) => this.#host.answered(response)
    pong.onException = (error) => {
      if (error instanceof ActionError) this.#host.answered(error.response)
    }
  }

  /** Waits for one of the steps to readiness, `connectTimeoutMs` at the most. */
  #take<T>(step: keyof typeof STEPS, promise: Promise<T>): Promise<T> {
    const { connectTimeoutMs, peer } = this.#options
    this.#step = step
    return this.#within(connectTimeoutMs, promise, () => new ConnectionError(STEPS[step](peer, `within ${connectTimeoutMs} ms`)))
  }

  /** Settles as the promise does; rejects when the session or the time ends first. */
  #within<T>(timeoutMs: number, promise: Promise<T>, tooLate = () => TOO_LATE): Promise<T> {
    return waitWithin(Promise.race([promise, this.#ended.promise]), { clock: this.#clock, timeoutMs, tooLate })
  }

  /** Whether the promise resolved within the time. Rejects when the session ends first. */
  async #isInTime(timeoutMs: number, promise: Promise<unknown>): Promise<boolean> {
    try {
      await this.#within(timeoutMs, promise)
      return true
    } catch (error) {
      if (error === TOO_LATE) return false
      throw error
    }
  }

  /** The session may have ended while a continuation waited for its turn. */
  #requireOpen(): void {
    if (this.#endReason !== undefined) throw this.#endReason
  }

  #end(reason: Error): void {
    if (this.#endReason !== undefined) return
    this.#endReason = reason
    this.#keepAlive?.stop()
    this.#ended.reject(reason)
    this.#host.ended(reason)
    // When all that waited is settled: a connector may report its end at once.
    soon(() => this.#connecting.abort(reason))
  }

  /** Why the session ended, when its transport did. */
  #lossError(error: Error | undefined): Error {
    const { peer } = this.#options
    if (error instanceof AMIError) return error
    if (error !== undefined) {
      const message = `The connection to ${peer} was lost: ${oneLine(error.message)}`
      return new ConnectionLostError(message, { sent: 'maybe', cause: error })
    }
    if (this.#apiVersion !== '') return new ConnectionLostError(`${peer} closed the connection`, { sent: 'maybe' })
    return new ConnectionError(
      `${peer} closed the connection without an Asterisk greeting: too many logins under way there, or not a manager port`,
    )
  }

  #warn(message: string): void {
    this.#diagnostics.tell('warning', `${this.#options.peer}: ${message}`)
  }
}

/** Told apart from every other reason by being this one. */
const TOO_LATE = new Error('Not in time')
