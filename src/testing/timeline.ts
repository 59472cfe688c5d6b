import type { Clock } from '../core/clock.js'

interface Entry {
  readonly at: number
  readonly happen: () => void
}

/** What is to happen, each at its time, in order. A timer for each would not keep it: timers of a few milliseconds overtake one another. */
export class Timeline {
  readonly #clock: Clock
  #entries: Entry[] = []
  #cancel: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0
  }

  /** What is put at the same time happens in the order in which it was put there. */
  put(at: number, happen: () => void): void {
    const later = this.#entries.findLastIndex((entry) => entry.at <= at) + 1
    this.#entries.splice(later, 0, { at, happen })
    if (later === 0) this.#arm()
  }

  /** Nothing of it happens any more. */
  clear(): void {
    this.#entries = []
    this.#arm()
  }

  #arm(): void {
    this.#cancel?.()
    const [first] = this.#entries
    this.#cancel = first && this.#clock.after(Math.max(0, first.at - this.#clock.now()), () => this.#run())
  }

  #run(): void {
    try {
      for (let [first] = this.#entries; first !== undefined && first.at <= this.#clock.now(); [first] = this.#entries) {
        this.#entries.shift()
        first.happen()
      }
    } finally {
      this.#arm()
    }
  }
}
