import PQueue from 'p-queue'
import type { Clock } from '../core/clock.js'
import type { CallState } from './call-state.js'

/** How many calls at a time, and how many in a second. */
export interface Pace {
  readonly maxConcurrentCalls: number
  readonly callsPerSecond: number
}

/**
 * Sends a call whose turn has come, and resolves when it has ended. It calls `written` as soon as the call is written; until then `waiting` aborts
 * when the call is taken out of the queue.
 */
export type SendCall = (waiting: AbortSignal, written: () => void) => Promise<unknown>

/**
 * The calls of ours that are not written yet. They wait for a connection, for the end of one before them, and for the pace: between two that are
 * written there is never less than its interval, whatever happened meanwhile.
 *
 * The line is p-queue's. Its own intervals are windows of the machine's time, in which calls can follow each other at once; so it is
 * paused between two calls, by the clock.
 */
export class OutgoingQueue {
  readonly #line: PQueue
  readonly #intervalMs: number
  readonly #clock: Clock
  readonly #waiting = new Map<CallState, AbortController>()
  #isOpen = false
  /** The call that has its turn and is not written: it waits in the client, for how long nobody knows. */
  #unwritten: CallState | undefined
  #nextAt = Number.NEGATIVE_INFINITY
  #cancelTimer: () => void = () => undefined

  constructor({ maxConcurrentCalls, callsPerSecond }: Pace, clock: Clock) {
    this.#line = new PQueue({ autoStart: false, concurrency: maxConcurrentCalls })
    this.#intervalMs = 1000 / callsPerSecond
    this.#clock = clock
  }

  /** The calls that wait, in their order. */
  get calls(): readonly CallState[] {
    return [...this.#waiting.keys()]
  }

  has(call: CallState): boolean {
    return this.#waiting.has(call)
  }

  /** Puts a call at the end of the line. */
  add(call: CallState, send: SendCall): void {
    const leave = new AbortController()
    this.#waiting.set(call, leave)
    // Rejected when the call is taken out, which its caller knows.
    this.#line.add(() => this.#send(call, send, leave.signal), { signal: leave.signal }).catch(() => this.#pace())
    this.#pace()
  }

  /** Takes a call out, if it is not written yet. */
  remove(call: CallState): void {
    const leave = this.#waiting.get(call)
    this.#waiting.delete(call)
    leave?.abort()
  }

  /** From now on calls have their turn. */
  open(): void {
    this.#isOpen = true
    this.#pace()
  }

  /** From now on calls wait: there is no connection to write them to. */
  close(): void {
    this.#isOpen = false
    this.#pace()
  }

  async #send(call: CallState, send: SendCall, waiting: AbortSignal): Promise<void> {
    this.#unwritten = call
    this.#pace()
    await send(waiting, () => {
      this.#waiting.delete(call)
      this.#passed(call, this.#clock.now() + this.#intervalMs)
    })
    // What came to nothing before it was written is no call that the next one must keep away from.
    this.#passed(call, this.#nextAt)
  }

  #passed(call: CallState, nextAt: number): void {
    if (this.#unwritten !== call) return
    this.#unwritten = undefined
    this.#nextAt = nextAt
    this.#pace()
  }

  #pace(): void {
    this.#cancelTimer()
    const waitMs = this.#nextAt - this.#clock.now()
    const isFree = this.#intervalMs === 0 || (this.#unwritten === undefined && waitMs <= 0)
    if (this.#isOpen && isFree) this.#line.start()
    else this.#line.pause()
    // With nobody in the line there is nothing to wake up for.
    if (this.#isOpen && waitMs > 0 && this.#line.size > 0) {
      this.#cancelTimer = this.#clock.after(Math.ceil(waitMs), () => this.#pace())
    }
  }
}
