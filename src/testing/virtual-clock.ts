import { duration } from '../core/checks.js'
import type { Clock } from '../core/clock.js'

// As it was before a test replaced it.
const { setImmediate: turn } = globalThis

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/** A time that only moves when a test has it move: for a fake, and for the client of the program as its `clock`. */
export class VirtualClock implements Clock {
  #now: number
  #timers: readonly Timer[] = []

  /** @param at what the time is at first. @default now */
  constructor(at: Date = new Date()) {
    this.#now = at.getTime()
  }

  now(): number {
    return this.#now
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + delayMs, callback }
    this.#timers = [...this.#timers, timer]
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer)
    }
  }

  /**
   * Has time pass: whatever is due happens in its order, each with all that it causes in memory.
   *
   * @throws RangeError for a time that is not a number of milliseconds from 0 up.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#now + duration('The time to advance', ms, 0)
    await settled()
    for (let next = this.#dueBy(end); next !== undefined; next = this.#dueBy(end)) {
      const due = next
      this.#timers = this.#timers.filter((each) => each !== due)
      this.#now = Math.max(this.#now, due.at)
      due.callback()
      await settled()
    }
    this.#now = end
  }

  #dueBy(end: number): Timer | undefined {
    const due = this.#timers.filter(({ at }) => at <= end)
    return due.sort((one, other) => one.at - other.at)[0]
  }
}

/** Lets everything happen that needs no time. */
export function settled(): Promise<void> {
  return new Promise((resolve) => turn(resolve))
}
