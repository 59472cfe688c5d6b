import PQueue from 'p-queue'
import type { Clock } from '../core/clock.js'
import { type Deferred, deferred } from '../core/deferred.js'
import type { PreparedAction } from './action.js'
import { ActionError, ActionTimeoutError, InvalidActionError } from './errors.js'
import type { AMIEvent } from './event.js'
import type { PendingAction } from './pending-action.js'
import type { AMIProtocol } from './protocol.js'
import type { AMIResponse } from './response.js'

/** How one action is to be run. */
export interface RunOptions {
  readonly timeoutMs: number
  readonly priority: number
  readonly signal: AbortSignal | undefined
  readonly onItem: ((event: AMIEvent) => void) | undefined
}

/** What the queue tells its client. */
export interface ActionQueueEvents {
  /** An action was written. */
  written(action: PreparedAction): void
  /** Asterisk answered, with a success or a refusal. */
  answered(response: AMIResponse): void
}

/**
 * The actions that wait: for a connection, for a free place among those in flight, for their answer. An action is written
 * once at the most, whatever happens.
 */
export class ActionQueue {
  readonly #queue: PQueue
  readonly #clock: Clock
  readonly #events: ActionQueueEvents
  readonly #open = new Set<QueuedAction>()
  /** ActionIDs that users chose, of actions that are not settled. */
  readonly #openIds = new Set<string>()
  #protocol: AMIProtocol | undefined

  constructor(maxInFlight: number, clock: Clock, events: ActionQueueEvents) {
    this.#queue = new PQueue({ concurrency: maxInFlight, autoStart: false })
    this.#clock = clock
    this.#events = events
  }

  /** How many actions are not written yet. */
  get waiting(): number {
    let waiting = 0
    for (const action of this.#open) if (action.sent === 'no') waiting += 1
    return waiting
  }

  /** From now on actions are written to this protocol. */
  resume(protocol: AMIProtocol): void {
    this.#protocol = protocol
    this.#queue.start()
  }

  /** From now on actions wait; those in flight are settled by their protocol. */
  pause(): void {
    this.#queue.pause()
    this.#protocol = undefined
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
    if (this.#openIds.has(prepared.actionId)) {
      return Promise.reject(
        new InvalidActionError(
          `Action ${JSON.stringify(prepared.name)} cannot be sent: another action with its ActionID is not answered yet`,
        ),
      )
    }
    return new Promise((resolve, reject) => {
      const action = new QueuedAction(prepared, options, this.#clock, this.#events, (outcome) => {
        this.#open.delete(action)
        this.#openIds.delete(prepared.actionId)
        if (outcome.ok) resolve(outcome.response)
        else reject(outcome.reason)
      })
      this.#open.add(action)
      this.#openIds.add(prepared.actionId)
      const mustWait = this.#queue.isPaused || this.#queue.pending >= this.#queue.concurrency
      const job = { priority: options.priority, ...(mustWait ? { signal: action.leaveQueueSignal() } : undefined) }
      // Rejected when the action is settled before its turn, which its caller knows by then.
      this.#queue.add(() => action.start(this.#protocol), job).catch(() => undefined)
    })
  }
}

type Outcome = { readonly ok: true; readonly response: AMIResponse } | { readonly ok: false; readonly reason: unknown }

/** One action from its call to its answer. */
class QueuedAction {
  readonly prepared: PreparedAction
  readonly #options: RunOptions
  readonly #events: ActionQueueEvents
  readonly #settled: (outcome: Outcome) => void
  readonly #cancelTimer: () => void
  readonly #aborted = () => this.giveUp(this.#options.signal?.reason)
  #leaveQueue: AbortController | undefined
  #inFlight: { readonly protocol: AMIProtocol; readonly pending: PendingAction; readonly place: Deferred<void> } | undefined
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
    const { timeoutMs } = options
    this.#cancelTimer =
      timeoutMs === Number.POSITIVE_INFINITY ? () => undefined : clock.after(timeoutMs, () => this.giveUp(this.#timeout()))
    options.signal?.addEventListener('abort', this.#aborted, { once: true })
  }

  get sent(): 'no' | 'maybe' {
    return this.#inFlight === undefined ? 'no' : 'maybe'
  }

  /** Takes the action out of the queue when it is settled before its turn. */
  leaveQueueSignal(): AbortSignal {
    this.#leaveQueue = new AbortController()
    return this.#leaveQueue.signal
  }

  /** Writes the action; the promise ends when its place among those in flight is free again. */
  start(protocol: AMIProtocol | undefined): Promise<void> {
    if (this.#done || protocol === undefined) return Promise.resolve()
    this.#leaveQueue = undefined
    let pending: PendingAction
    try {
      pending = protocol.writeAction(this.prepared)
    } catch (error) {
      this.giveUp(error)
      return Promise.resolve()
    }
    const place = deferred<void>()
    this.#inFlight = { protocol, pending, place }
    pending.onItem = this.#options.onItem
    this.#events.written(this.prepared)
    pending.onResult = (response) => {
      this.#events.answered(response)
      this.#settle({ ok: true, response })
    }
    pending.onException = (error) => {
      if (error instanceof ActionError) this.#events.answered(error.response)
      this.#settle({ ok: false, reason: error })
    }
    return place.promise
  }

  /** Stops waiting. What was written stays written: a late answer is swallowed. */
  giveUp(reason: unknown): void {
    this.#inFlight?.protocol.abandonAction(this.#inFlight.pending)
    this.#settle({ ok: false, reason })
  }

  #settle(outcome: Outcome): void {
    if (this.#done) return
    this.#done = true
    this.#cancelTimer()
    this.#options.signal?.removeEventListener('abort', this.#aborted)
    this.#leaveQueue?.abort()
    this.#inFlight?.place.resolve()
    this.#settled(outcome)
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
