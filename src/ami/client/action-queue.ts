import PQueue from 'p-queue'
import type { Clock } from '../../core/clock.js'
import type { AMIResponse } from '../messages/response.js'
import type { PreparedAction } from '../protocol/action.js'
import type { AMIProtocol } from '../protocol/protocol.js'
import { OpenActions } from './open-actions.js'
import { type ActionHost, QueuedAction, type RunOptions } from './queued-action.js'

/** What the queue tells of its actions. */
export type ActionQueueEvents = Omit<ActionHost, 'settled'>

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
  readonly #host: ActionHost
  /** Those that are not settled. */
  readonly #open = new OpenActions()
  #inFlight = 0
  #protocol: AMIProtocol | undefined

  constructor(maxInFlight: number, clock: Clock, events: ActionQueueEvents) {
    this.#maxInFlight = maxInFlight
    this.#clock = clock
    this.#host = {
      written: (action) => events.written(action),
      answered: (response) => events.answered(response),
      settled: (action) => this.#settled(action),
    }
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
    for (const action of this.#open.all()) {
      if (all || action.sent === 'no') action.giveUp(error(action.prepared, action.sent))
    }
  }

  /** How many actions are with Asterisk, unanswered. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** Runs an action and settles with its answer. */
  run(prepared: PreparedAction, options: RunOptions): Promise<AMIResponse> {
    if (options.signal?.aborted) return Promise.reject(options.signal.reason)
    return new Promise((resolve, reject) => {
      const action = new QueuedAction(prepared, options, this.#clock, this.#host, resolve, reject)
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

  #settled(action: QueuedAction): void {
    this.#open.delete(action)
    if (action.sent === 'no') return
    this.#inFlight -= 1
    this.#pace()
  }

  #pace(): void {
    if (!this.#hasRoom) this.#line.pause()
    else if (this.#line.size > 0) this.#line.start()
  }
}
