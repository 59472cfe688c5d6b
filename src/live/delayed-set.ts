import type { Clock } from '../core/clock.js'

/** Collects things, and hands over what it has so long after the first. */
export class DelayedSet<T> {
  readonly #clock: Clock
  readonly #delayMs: number
  readonly #due: (collected: readonly T[]) => void
  #collected: T[] = []
  #cancel: (() => void) | undefined

  constructor(clock: Clock, delayMs: number, due: (collected: readonly T[]) => void) {
    this.#clock = clock
    this.#delayMs = delayMs
    this.#due = due
  }

  add(thing: T): void {
    this.#collected.push(thing)
    this.#cancel ??= this.#clock.after(this.#delayMs, () => this.#handOver())
  }

  clear(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#collected = []
  }

  #handOver(): void {
    const collected = this.#collected
    this.clear()
    this.#due(collected)
  }
}
