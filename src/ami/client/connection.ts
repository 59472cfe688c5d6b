import { backoffDelayMs } from '../../core/backoff.js'
import type { Clock } from '../../core/clock.js'
import { type Deferred, deferred } from '../../core/deferred.js'
import { asError } from '../../core/errors.js'
import { Gap } from '../../core/gap.js'
import type { Connector } from '../../core/transport.js'
import { waitWithin } from '../../core/waiting.js'
import { AuthenticationError, ConnectionError, InvalidActionError, ProtocolError } from '../messages/errors.js'
import type { AMIResponse } from '../messages/response.js'
import type { AMIProtocol } from '../protocol/protocol.js'
import type { EventHub } from './event-hub.js'
import { isShuttingDown } from './login-refusal.js'
import type { ResolvedOptions } from './options.js'
import type { ServerStart } from './server-start.js'
import { Session } from './session.js'
import type { ConnectionStatus } from './status.js'

/** How long a connection must have lasted for the delays between attempts to start over. */
const STABLE_AFTER_MS = 5_000
/** How long a close waits for answers that are under way, and for Asterisk's Goodbye. */
const LOGOFF_TIMEOUT_MS = 1_000

/** What the connection tells its client. */
export interface ConnectionEvents {
  status(status: ConnectionStatus): void
  /** Actions can be written to this protocol. */
  online(protocol: AMIProtocol): void
  /** Nothing can be written any more. Called before what waited for an answer is settled. */
  offline(): void
  /** Events were missed; called before the first event after the hole. */
  gap(gap: Gap): void
  /** No attempt is made any more. */
  gaveUp(reason: Error): void
  lateAnswer(): void
  /** Whether anybody would hear a warning. */
  watchesWarnings(): boolean
  warning(message: string): void
  callbackFailed(error: unknown): void
}

interface Outage {
  /** When the last message came before it. */
  readonly lastLife: number
  readonly start: ServerStart | undefined
  /** Asterisk said that it shuts down. */
  readonly shutdown: boolean
}

/** Keeps a client logged in: makes one session after the other, with growing delays, until it is told to end or must give up. */
export class Connection {
  readonly #options: ResolvedOptions
  #connector: Connector
  readonly #clock: Clock
  readonly #hub: EventHub
  readonly #events: ConnectionEvents
  #status: ConnectionStatus = { state: 'idle' }
  #session: Session | undefined
  #login: Deferred<void> | undefined
  /** How many calls of `login()` wait. */
  #callers = 0
  #wasOnline = false
  /** The number of the attempt under way, or of the next: from 1 since the client began, or since a stable connection was lost. */
  #attempt = 1
  /** How many of them were made again, after one that came to nothing or to a connection that did not last. */
  #retries = 0
  #lastFailure: Error | undefined
  #onlineAt = 0
  #cancelRetry: () => void = () => undefined
  #outage: Outage | undefined
  #shutdownSeen = false
  /** This account has got FullyBooted, so it will again. */
  #bootSeen = false

  constructor(options: ResolvedOptions, connector: Connector, clock: Clock, hub: EventHub, events: ConnectionEvents) {
    this.#options = options
    this.#connector = connector
    this.#clock = clock
    this.#hub = hub
    this.#events = events
    hub.watch('FullyBooted', (event) => this.#session?.fullyBooted(event))
    hub.watch('Shutdown', () => {
      this.#shutdownSeen = true
    })
  }

  get status(): ConnectionStatus {
    return this.#status
  }

  get isOnline(): boolean {
    return this.#status.state === 'online' || this.#status.state === 'draining'
  }

  get isClosing(): boolean {
    return this.#status.state === 'closing' || this.#status.state === 'closed'
  }

  /** What makes the links from now on. */
  wrapConnector(wrap: (connector: Connector) => Connector): void {
    this.#connector = wrap(this.#connector)
  }

  /**
   * Starts, unless it runs, and resolves when online. A caller whose time is over, or whose signal aborts, waits no longer; with the last
   * one the attempts end, unless there was a connection already, which is then being made again for more than `login()`.
   */
  async login(timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.isOnline) return
    this.#login ??= deferred()
    const { promise } = this.#login
    this.#callers += 1
    if (this.#status.state === 'idle' || this.#status.state === 'failed') {
      this.#attempt = 1
      this.#retries = 0
      this.#lastFailure = undefined
      this.#connect()
    }
    try {
      await waitWithin(promise, { clock: this.#clock, timeoutMs, signal, tooLate: () => this.#loginTimeout(timeoutMs) })
    } catch (reason) {
      if (this.#callers === 1 && !this.#wasOnline) this.#giveUp(asError(reason))
      throw reason
    } finally {
      this.#callers -= 1
    }
  }

  /** Asterisk answered an action. */
  answered(response: AMIResponse): void {
    const status = this.#status
    const refused = isShuttingDown(response)
    if (status.state === 'online' && refused) this.#setStatus({ ...status, state: 'draining' })
    else if (status.state === 'draining' && !refused) this.#setStatus({ ...status, state: 'online' })
  }

  /** An action was written that holds up the connection for so long, or until the returned function is called. */
  excuseSilence(forMs: number): (() => void) | undefined {
    return this.#session?.excuseSilence(forMs)
  }

  /** From now on no attempt is made; a `login()` that waits is rejected. Resolves when Asterisk has said Goodbye, or did not in time. */
  async logoff(reason: Error): Promise<void> {
    const session = this.isOnline || this.#status.state === 'booting' ? this.#session : undefined
    this.#setStatus({ state: 'closing' })
    this.#cancelRetry()
    this.#settleLogin(reason)
    await session?.logoff(LOGOFF_TIMEOUT_MS)
  }

  /** Ends the link. */
  end(reason: Error): void {
    this.#endOutage(this.#session)
    this.#session?.abort(reason)
    this.#setStatus({ state: 'closed' })
  }

  #connect(): void {
    const attempt = this.#attempt
    const session: Session = new Session(this.#options, this.#connector, this.#clock, {
      made: (protocol) => this.#made(protocol),
      authenticating: (apiVersion) => this.#setStatus({ state: 'authenticating', attempt, apiVersion }),
      booting: (apiVersion) => this.#setStatus({ state: 'booting', attempt, apiVersion }),
      lost: (reason) => this.#down(session, reason),
      answered: (response) => this.answered(response),
      lateAnswer: () => this.#events.lateAnswer(),
      watchesWarnings: () => this.#events.watchesWarnings(),
      warning: (message) => this.#events.warning(message),
      callbackFailed: (error) => this.#events.callbackFailed(error),
      probing: () => this.#status.state === 'draining',
    })
    this.#session = session
    this.#setStatus({ state: 'connecting', attempt })
    const bootTimeoutMs = this.#bootSeen ? this.#options.connectTimeoutMs : this.#options.bootTimeoutMs
    // A failure was told by `lost` already.
    session.open(bootTimeoutMs).then(
      () => this.#online(session),
      () => undefined,
    )
  }

  #made(protocol: AMIProtocol): void {
    this.#shutdownSeen = false
    this.#hub.attach(protocol)
    // The hole comes before the events after it, and what it was is known only after the login.
    if (this.#outage !== undefined) this.#hub.hold(() => this.#endOutage(undefined))
  }

  #online(session: Session): void {
    if (session !== this.#session || this.isClosing) return
    this.#bootSeen ||= session.bootSeen
    this.#endOutage(session)
    this.#onlineAt = this.#clock.now()
    this.#wasOnline = true
    this.#lastFailure = undefined
    this.#setStatus({ state: 'online', since: new Date(this.#onlineAt), apiVersion: session.apiVersion })
    this.#events.online(session.protocol)
    this.#login?.resolve()
    this.#login = undefined
  }

  /** The session is over. Called before anything that waited on it is settled. */
  #down(session: Session, reason: Error): void {
    if (session !== this.#session) return
    const { isOnline } = this
    this.#session = undefined
    this.#hub.detach()
    this.#events.offline()
    if (isOnline || this.#status.state === 'booting') this.#beginOutage(session)
    if (this.isClosing) return
    if (isOnline && this.#clock.now() - this.#onlineAt >= STABLE_AFTER_MS) {
      this.#attempt = 0
      this.#retries = 0
    }
    this.#attempt += 1
    this.#retries += 1
    this.#lastFailure = reason
    if (!isRetryable(reason) || this.#retries > this.#options.reconnect.maxAttempts) {
      this.#giveUp(reason)
      return
    }
    // However short it was, a connection that was ready counts as stable for the first attempt after it.
    const delayMs = backoffDelayMs(isOnline ? 1 : this.#retries, this.#options.reconnect, Math.random())
    this.#cancelRetry = this.#clock.after(delayMs, () => this.#connect())
    this.#setStatus({ state: 'waiting', attempt: this.#attempt, retryAt: new Date(this.#clock.now() + delayMs), reason })
  }

  /** A session that brings no events to anybody leaves the outage before it as it is: one hole. */
  #beginOutage({ lastLife, serverStart: start }: Session): void {
    const shutdown = this.#shutdownSeen
    if (this.#outage === undefined || this.#hub.holdsEvents) {
      this.#endOutage(undefined)
      this.#outage = { lastLife, start, shutdown }
    } else if (shutdown) this.#outage = { ...this.#outage, shutdown }
  }

  /** Tells of the hole that the outage left, then lets the events go that were held behind it. */
  #endOutage(session: Session | undefined): void {
    const outage = this.#outage
    if (outage === undefined) return
    this.#outage = undefined
    const restarted = outage.shutdown ? true : session?.serverStart?.isRestartAfter(outage.start, outage.lastLife)
    this.#events.gap(
      new Gap({ reason: 'disconnect', from: new Date(outage.lastLife), to: new Date(this.#clock.now()), restarted }),
    )
    this.#hub.release()
  }

  #giveUp(reason: Error): void {
    if (this.isClosing || this.#status.state === 'failed') return
    this.#status = { state: 'failed', reason }
    this.#cancelRetry()
    const session = this.#session
    this.#session = undefined
    this.#wasOnline = false
    this.#hub.detach()
    session?.abort(reason)
    this.#events.gaveUp(reason)
    this.#settleLogin(reason)
    this.#events.status(this.#status)
  }

  #settleLogin(error: Error): void {
    this.#login?.reject(error)
    this.#login = undefined
  }

  #loginTimeout(timeoutMs: number): ConnectionError {
    const session = this.#session
    const cause = this.#lastFailure
    const underWay = session === undefined ? '' : `; the attempt under way: ${session.progress}`
    const latest = cause === undefined ? '' : `; the ${session === undefined ? 'latest attempt' : 'one before'}: ${cause.message}`
    return new ConnectionError(`No login to ${this.#options.peer} within ${timeoutMs} ms${underWay}${latest}`, { cause })
  }

  #setStatus(status: ConnectionStatus): void {
    this.#status = status
    this.#events.status(status)
  }
}

function isRetryable(reason: Error): boolean {
  if (reason instanceof AuthenticationError || reason instanceof InvalidActionError) return false
  return reason instanceof ConnectionError || reason instanceof ProtocolError ? reason.retryable : true
}
