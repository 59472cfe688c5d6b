import PQueue from 'p-queue'
import type { Clock } from '../../core/clock.js'
import { limitWait } from '../../core/waiting.js'
import { ActionError, ActionTimeoutError } from '../messages/errors.js'
import type { AMIEvent } from '../messages/event.js'
import type { AMIResponse } from '../messages/response.js'
import type { PreparedAction } from '../protocol/action.js'
import type { PendingAction } from '../protocol/pending-action.js'
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

/** What the queue tells of its actions. */
export interface ActionQueueEvents {
  /** An action was written. What is returned is called when it is settled: answered, given up or lost. */
  written(action: PreparedAction): (() => void) | undefined
  /** Asterisk answered, with a success or a refusal. */
  answered(response: AMIResponse): void
}

/**
 * The actions that wait: for a connection, for a free place among those in flight, for their answer. An action is written
 * once at the most, whatever happens.
 *
 * The line is p-queue's, which is paused while there is no connection or no free place. An action that need not wait does not
 * enter it: at 100 in flight p-queue alone costs more than all the rest of an action.
 */
export class ActionQueue {
  readonly #line = new PQueue({ autoStart: false })
  readonly #maxInFlight: number
  readonly #clock: Clock
  readonly #events: ActionQueueEvents
  /** Those that are not settled. */
  readonly #open = new Set<QueuedAction>()
  #inFlight = 0
  #protocol: AMIProtocol | undefined

  constructor(maxInFlight: number, clock: Clock, events: ActionQueueEvents) {
    this.#maxInFlight = maxInFlight
    this.#clock = clock
    this.#events = events
  }

  /** From now on actions are written to this protocol. */
  resume(protocol: AMIProtocol): void {
    this.#protocol = protocol
    this.#pace()
  }

  /** From now on actions wait; those in flight are settled by their protocol. */
  pause(): void {
    this.#protocol = undefined
    this.#pace()
  }

  /** Settles every action that is not written yet with this error; with `all`, those in flight too. */
  rejectAll(all: boolean, error: (action: PreparedAction, sent: 'no' | 'maybe') => Error): void {
    for (const action of [...this.#open]) {
      if (all || action.sent === 'no') action.giveUp(error(action.prepared, action.sent))
    }
  }

  /** Runs an action and settles with its answer. */
  run(prepared: PreparedAction, options: RunOptions): Promise<AMIResponse> {
    if (options.signal?.aborted) return Promise.reject(options.signal.reason)
    return new Promise((resolve, reject) => {
      const action = new QueuedAction(prepared, options, this.#clock, this.#events, (outcome) => {
        this.#open.delete(action)
        if (action.sent === 'maybe') {
          this.#inFlight -= 1
          this.#pace()
        }
        if (outcome.ok) resolve(outcome.response)
        else reject(outcome.reason)
      })
      this.#open.add(action)
      if (this.#hasRoom && this.#line.size === 0) this.#start(action)
      else this.#enter(action)
    })
  }

  get #hasRoom(): boolean {
    return this.#protocol !== undefined && this.#inFlight < this.#maxInFlight
  }

  #enter(action: QueuedAction): void {
    const place = { priority: action.priority, signal: action.leaveLineSignal() }
    // Rejected when the action is settled before its turn, which its caller knows by then.
    this.#line.add(async () => this.#start(action), place).catch(() => undefined)
  }

  #start(action: QueuedAction): void {
    if (this.#protocol === undefined) return
    // Before the write, which can settle the action.
    this.#inFlight += 1
    if (!action.start(this.#protocol)) this.#inFlight -= 1
    this.#pace()
  }

  #pace(): void {
    if (!this.#hasRoom) this.#line.pause()
    else if (this.#line.size > 0) this.#line.start()
  }
}

type Outcome = { readonly ok: true; readonly response: AMIResponse } | { readonly ok: false; readonly reason: unknown }

/** One action from its call to its answer. */
class QueuedAction {
  readonly prepared: PreparedAction
  readonly #options: RunOptions
  readonly #events: ActionQueueEvents
  readonly #settled: (outcome: Outcome) => void
  readonly #unlimit: () => void
  #leaveLine: AbortController | undefined
  #sent: 'no' | 'maybe' = 'no'
  #inFlight:
    | { readonly protocol: AMIProtocol; readonly pending: PendingAction; readonly settled: (() => void) | undefined }
    | undefined
  #done = false

  constructor(
    prepared: PreparedAction,
    options: RunOptions,
    clock: Clock,
    events: ActionQueueEvents,
    settled: (outcome: Outcome) => void,
  ) {
    this.prepared = prepared
    this.#options = options
    this.#events = events
    this.#settled = settled
    const { timeoutMs, signal } = options
    const limits = { clock, timeoutMs, signal, tooLate: () => this.#timeout() }
    this.#unlimit = limitWait(limits, (reason) => this.giveUp(reason))
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
    let pending: PendingAction
    try {
      pending = protocol.writeAction(this.prepared, this.#options.onItem)
    } catch (error) {
      this.#sent = 'no'
      this.giveUp(error)
      return false
    }
    this.#options.onWritten?.()
    if (this.#done) {
      protocol.abandonAction(pending)
      return true
    }
    this.#inFlight = { protocol, pending, settled: this.#events.written(this.prepared) }
    pending.onResult = (response) => {
      this.#events.answered(response)
      this.#options.onAnswer?.(response)
      this.#settle({ ok: true, response })
    }
    pending.onException = (error) => {
      if (error instanceof ActionError) {
        this.#events.answered(error.response)
        this.#options.onAnswer?.(error.response)
      }
      this.#settle({ ok: false, reason: error })
    }
    return true
  }

  /** Stops waiting. What was written stays written: a late answer is swallowed. */
  giveUp(reason: unknown): void {
    this.#inFlight?.protocol.abandonAction(this.#inFlight.pending)
    this.#settle({ ok: false, reason })
  }

  #settle(outcome: Outcome): void {
    if (this.#done) return
    this.#done = true
    this.#unlimit()
    this.#leaveLine?.abort()
    this.#inFlight?.settled?.()
    this.#settled(outcome)
    // What is settled lets go of all that it kept, so that it is freed while it is young.
    this.#inFlight = undefined
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
