import type { Clock } from 'obelus-asterisk'

/** Time that only moves when told to. */
export class VirtualClock implements Clock {
  #now = 1_700_000_000_000
  #timers: { at: number; callback: () => void }[] = []

  now(): number {
    return this.#now
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + delayMs, callback }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer)
    }
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.length
  }

  /** Time passes in which nothing could run: timers that are due are late. */
  jump(ms: number): void {
    this.#now += ms
  }

  /** Moves on, calling the timers that are due one after the other, each followed by everything that it causes. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (;;) {
      const next = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      this.#timers = this.#timers.filter((each) => each !== next)
      this.#now = Math.max(this.#now, next.at)
      next.callback()
      await settle()
    }
    this.#now = end
    await settle()
  }

  /** Moves on without calling any timer, as if the process had stood still; the next `advance` finds them late. */
  freeze(ms: number): void {
    this.#now += ms
  }
}

/** Lets everything happen that needs no time: microtasks, and what they cause. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
