import type { Clock } from '../../core/clock.js'
import { limitWait } from '../../core/waiting.js'
import { ActionError, ActionTimeoutError } from '../messages/errors.js'
import type { AMIEvent } from '../messages/event.js'
import type { AMIResponse } from '../messages/response.js'
import type { PreparedAction } from '../protocol/action.js'
import { PendingAction } from '../protocol/pending-action.js'
import type { AMIProtocol } from '../protocol/protocol.js'

/** How one action is to be run. */
export interface RunOptions {
  readonly timeoutMs: number
  readonly priority: number
  readonly signal: AbortSignal | undefined
  readonly onItem: ((event: AMIEvent) => void) | undefined
  readonly onWritten: (() => void) | undefined
  readonly onAnswer: ((response: AMIResponse) => void) | undefined
}

/** What is told of an action. */
export interface ActionHost {
  /** It was written. What is returned is called when it is settled: answered, given up or lost. */
  written(action: PreparedAction): (() => void) | undefined
  /** Asterisk answered, with a success or a refusal. */
  answered(response: AMIResponse): void
  /** It is settled; its caller is told next. */
  settled(action: QueuedAction): void
}

/** One action from its call to its answer. */
export class QueuedAction extends PendingAction {
  readonly prepared: PreparedAction
  /** Its neighbours among those that are not settled. */
  previous: QueuedAction | undefined
  next: QueuedAction | undefined
  readonly #options: RunOptions
  readonly #host: ActionHost
  readonly #resolve: (response: AMIResponse) => void
  readonly #reject: (reason: unknown) => void
  readonly #unlimit: () => void
  #leaveLine: AbortController | undefined
  #sent: 'no' | 'maybe' = 'no'
  #protocol: AMIProtocol | undefined
  #tellSettled: (() => void) | undefined
  #isSettled = false

  constructor(
    prepared: PreparedAction,
    options: RunOptions,
    clock: Clock,
    host: ActionHost,
    resolve: (response: AMIResponse) => void,
    reject: (reason: unknown) => void,
  ) {
    super(prepared.name, prepared.actionId)
    this.prepared = prepared
    this.onItem = options.onItem
    this.#options = options
    this.#host = host
    this.#resolve = resolve
    this.#reject = reject
    const { timeoutMs, signal } = options
    this.#unlimit = limitWait({ clock, timeoutMs, signal, tooLate: () => this.#timeout() }, (reason) => this.giveUp(reason))
  }

  /** `maybe` from the moment on in which its bytes are handed to the transport. */
  get sent(): 'no' | 'maybe' {
    return this.#sent
  }

  get priority(): number {
    return this.#options.priority
  }

  /** Takes the action out of the line when it is settled before its turn. */
  leaveLineSignal(): AbortSignal {
    this.#leaveLine = new AbortController()
    return this.#leaveLine.signal
  }

  /** Writes the action. Returns false when that cannot be, and the action is settled. */
  start(protocol: AMIProtocol): boolean {
    this.#leaveLine = undefined
    // A transport may report the loss of the connection, which settles the action, from within its write.
    this.#sent = 'maybe'
    this.#protocol = protocol
    try {
      protocol.writeAction(this.prepared, this)
    } catch (error) {
      this.#sent = 'no'
      this.#protocol = undefined
      this.giveUp(error)
      return false
    }
    this.#options.onWritten?.()
    if (!this.#isSettled) this.#tellSettled = this.#host.written(this.prepared)
    return true
  }

  /** Stops waiting. What was written stays written: a late answer is swallowed. */
  giveUp(reason: unknown): void {
    if (this.#isSettled) return
    this.#protocol?.abandonAction(this)
    this.#settle()
    this.#reject(reason)
  }

  override setResult(response: AMIResponse): void {
    if (this.#isSettled) return
    super.setResult(response)
    this.#answered(response)
    this.#settle()
    this.#resolve(response)
  }

  override setException(error: Error): void {
    if (this.#isSettled) return
    super.setException(error)
    if (error instanceof ActionError) this.#answered(error.response)
    this.#settle()
    this.#reject(error)
  }

  #answered(response: AMIResponse): void {
    this.#host.answered(response)
    this.#options.onAnswer?.(response)
  }

  #settle(): void {
    this.#isSettled = true
    this.#unlimit()
    this.#leaveLine?.abort()
    this.#tellSettled?.()
    this.#host.settled(this)
  }

  #timeout(): ActionTimeoutError {
    const { timeoutMs } = this.#options
    const { name } = this.prepared
    const message =
      this.sent === 'no'
        ? `Action ${name} was not sent within ${timeoutMs} ms: the connection was down, or other actions were before it`
        : `Action ${name} was not answered within ${timeoutMs} ms; Asterisk may still do it`
    return new ActionTimeoutError(message, { timeoutMs, sent: this.sent })
  }
}
