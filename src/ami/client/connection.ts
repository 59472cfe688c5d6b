import { backoffDelayMs } from '../../core/backoff.js'
import type { Clock } from '../../core/clock.js'
import { type Deferred, deferred } from '../../core/deferred.js'
import { asError } from '../../core/errors.js'
import { Gap } from '../../core/gap.js'
import type { Observer } from '../../core/observer.js'
import type { Connector } from '../../core/transport.js'
import { waitWithin } from '../../core/waiting.js'
import { ActionError, AuthenticationError, ConnectionError, InvalidActionError, ProtocolError } from '../messages/errors.js'
import type { AMIResponse } from '../messages/response.js'
import type { PreparedAction } from '../protocol/action.js'
import type { ActionQueue } from './action-queue.js'
import { blockingMs, blockingWarning } from './blocking-action.js'
import type { ClientDiagnostics } from './client-events.js'
import { type DataAfter, type Happening, statusAfter } from './connection-table.js'
import { EventFilters } from './event-filters.js'
import type { EventHub } from './event-hub.js'
import { EventObservation } from './event-observation.js'
import type { Keeper } from './keeper.js'
import { isShuttingDown } from './login-refusal.js'
import type { ResolvedOptions } from './options.js'
import { Outages } from './outages.js'
import { Session } from './session.js'
import { type ConnectionStatus, isUsable } from './status.js'

/** How long a connection must have lasted for the delays between attempts to start over. */
const STABLE_AFTER_MS = 5_000
/** How long a close waits for answers that are under way, and for Asterisk's Goodbye. */
const LOGOFF_TIMEOUT_MS = 1_000

/** What a connection works with, and tells. */
export interface ConnectionParts {
  readonly clock: Clock
  readonly hub: EventHub
  readonly queue: ActionQueue
  /** The status, gaps, and what its sessions tell. */
  readonly diagnostics: ClientDiagnostics
  /** Who watches the program, where the runtime has a place for that. */
  readonly observer: Observer | undefined
  readonly keeper: Keeper | undefined
}

/** Keeps a client logged in: makes one session after the other, with growing delays, until it is closed or must give up. */
export class Connection {
  /** What Asterisk is to send; each new connection gets the filters. */
  readonly filters = new EventFilters()
  readonly #options: ResolvedOptions
  #connector: Connector
  readonly #clock: Clock
  readonly #hub: EventHub
  readonly #queue: ActionQueue
  readonly #diagnostics: ClientDiagnostics
  readonly #outages: Outages
  readonly #observation: EventObservation | undefined
  #status: ConnectionStatus = { state: 'idle' }
  #session: Session | undefined
  #login: Deferred<void> | undefined
  /** How many calls of `login()` wait. */
  #callers = 0
  #wasOnline = false
  /**
   * The number of the attempt under way, or of the next: from 1 since the client began, or since a stable connection was lost.
   */
  #attempt = 1
  /** How many of them were made again, after one that came to nothing or to a connection that did not last. */
  #retries = 0
  #lastFailure: Error | undefined
  #onlineAt = 0
  #cancelRetry: () => void = () => undefined
  /** This account has got FullyBooted, so it will again. */
  #bootSeen = false

  constructor(
    options: ResolvedOptions,
    connector: Connector,
    { clock, hub, queue, diagnostics, observer, keeper }: ConnectionParts,
  ) {
    this.#options = options
    this.#connector = connector
    this.#clock = clock
    this.#hub = hub
    this.#queue = queue
    this.#diagnostics = diagnostics
    this.#outages = new Outages(clock, hub, diagnostics, keeper)
    this.#observation = observer && new EventObservation(hub, observer.event, options.peer)
    hub.watch('FullyBooted', (event) => {
      this.#bootSeen = true
      this.#session?.fullyBooted(event)
    })
  }

  get status(): ConnectionStatus {
    return this.#status
  }

  get isClosing(): boolean {
    return this.#status.state === 'closing' || this.#status.state === 'closed'
  }

  /** Puts something in place of what makes connections, from now on. */
  wrapConnector(wrap: (connector: Connector) => Connector): void {
    this.#connector = wrap(this.#connector)
  }

  /**
   * Starts, unless it runs, and resolves when online. A caller whose time is over, or whose signal aborts, waits no longer; with
   * the last one the attempts end, unless there was a connection already, which is then being made again for more than `login()`.
   */
  async login(timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    if (isUsable(this.#status)) return
    this.#login ??= deferred()
    const { promise } = this.#login
    this.#callers += 1
    if (this.#status.state === 'idle' || this.#status.state === 'failed') {
      this.#attempt = 1
      this.#retries = 0
      this.#lastFailure = undefined
      this.#connect('login')
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
    if (status.state === 'online' && refused) this.#move('refused', status)
    else if (status.state === 'draining' && !refused) this.#move('served', status)
  }

  /** An action was written. Of one that holds up the connection, the returned function is called when it is settled. */
  written({ name, headers }: PreparedAction): (() => void) | undefined {
    const blocksMs = blockingMs(name, headers)
    if (blocksMs === 0) return undefined
    this.#diagnostics.tell('warning', blockingWarning(name, blocksMs))
    return this.#session?.allowSilence(blocksMs)
  }

  /**
   * From now on no attempt is made; a `login()` that waits is rejected. Resolves when Asterisk has said Goodbye, or did not in
   * time.
   */
  async logoff(reason: Error): Promise<void> {
    const isLoggedIn = this.#isLoggedIn
    this.#move('close', {})
    this.#cancelRetry()
    this.#settleLogin(reason)
    if (isLoggedIn) await this.#session?.logoff(LOGOFF_TIMEOUT_MS)
    else this.#session?.abort(reason)
  }

  /** Ends the connection. */
  end(reason: Error): void {
    this.#outages.end(this.#session)
    this.#session?.abort(reason)
    this.#move('closed', {})
  }

  /** Whether Asterisk took the login, and events come. */
  get #isLoggedIn(): boolean {
    return isUsable(this.#status) || this.#status.state === 'booting'
  }

  #connect(why: 'login' | 'retry'): void {
    const attempt = this.#attempt
    const session: Session = new Session(this.#options, this.#connector, this.#clock, this.#diagnostics, {
      bytesCame: () => this.#observation?.look(),
      connected: () => {
        this.#hub.attach(session)
        this.#outages.connected()
      },
      greeted: (apiVersion) => this.#move('greeted', { attempt, apiVersion }),
      loggedIn: (apiVersion) => this.#move('loggedIn', { attempt, apiVersion }),
      ended: (reason) => this.#ended(session, reason),
      answered: (response) => this.answered(response),
      isDraining: () => this.#status.state === 'draining',
      hearsAll: () => this.filters.isEmpty,
      lost: (count, sinceMs) => this.#lost(count, sinceMs),
    })
    this.#session = session
    this.#move(why, { attempt })
    const bootTimeoutMs = this.#bootSeen ? this.#options.connectTimeoutMs : this.#options.bootTimeoutMs
    // `ended` was called for a failure already.
    session.open(bootTimeoutMs).then(
      () => this.#booted(session),
      () => undefined,
    )
  }

  #booted(session: Session): void {
    if (session !== this.#session || this.isClosing) return
    this.#outages.end(session)
    this.#onlineAt = this.#clock.now()
    this.#wasOnline = true
    this.#lastFailure = undefined
    this.#move('booted', { since: new Date(this.#onlineAt), apiVersion: session.apiVersion })
    this.#sendFilters(session)
    this.#queue.resume(session)
    this.#login?.resolve()
    this.#login = undefined
  }

  /** Before all that waits: what is asked of Asterisk next, it is asked with the filters set. */
  #sendFilters(session: Session): void {
    for (const filter of this.filters.actions(session.apiVersion)) {
      session.sendAction('Filter', filter).onException = (error) => {
        if (error instanceof ActionError)
          this.#diagnostics.tell('warning', `${this.#options.peer} refused a filter that it took before: ${error.message}`)
      }
    }
  }

  /** The session is over. Called before anything that waited on it is settled. */
  #ended(session: Session, reason: Error): void {
    if (session !== this.#session) return
    const wasOnline = isUsable(this.#status)
    this.#session = undefined
    this.#hub.detach()
    this.#queue.pause()
    if (this.#isLoggedIn) this.#outages.begin(session)
    if (this.isClosing) return
    if (wasOnline && this.#clock.now() - this.#onlineAt >= STABLE_AFTER_MS) {
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
    const delayMs = backoffDelayMs(wasOnline ? 1 : this.#retries, this.#options.reconnect, Math.random())
    this.#cancelRetry = this.#clock.after(delayMs, () => this.#connect('retry'))
    this.#move('lost', { attempt: this.#attempt, retryAt: new Date(this.#clock.now() + delayMs), reason })
  }

  #lost(count: number, sinceMs: number): void {
    const [from, to] = [new Date(sinceMs), new Date(this.#clock.now())]
    const missed = () => count
    this.#diagnostics.tell('gap', new Gap({ reason: 'lost', from, to, missed, isExact: () => true }))
  }

  #giveUp(reason: Error): void {
    if (this.isClosing || this.#status.state === 'failed') return
    this.#cancelRetry()
    const session = this.#session
    this.#session = undefined
    this.#wasOnline = false
    this.#hub.detach()
    session?.abort(reason)
    this.#settleLogin(reason)
    this.#move('gaveUp', { reason })
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

  #move<What extends Happening>(happening: What, data: DataAfter<What>): void {
    this.#status = statusAfter(this.#status, happening, data)
    this.#diagnostics.tell('status', this.#status)
  }
}

function isRetryable(reason: Error): boolean {
  if (reason instanceof AuthenticationError || reason instanceof InvalidActionError) return false
  return reason instanceof ConnectionError || reason instanceof ProtocolError ? reason.retryable : true
}
