import type { AMIEvent } from '../ami/messages/event.js'

/** Something that an event caused. */
export interface Caused {
  event: AMIEvent | undefined
}

/** Lets only the last transitions keep their events: those of many live calls would take more memory than the calls themselves. */
export class RecentEvents {
  readonly #limit: number
  readonly #recent: Caused[] = []
  #next = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Keeps the event of this one, and forgets that of the oldest. */
  keep(caused: Caused): void {
    const oldest = this.#recent[this.#next]
    if (oldest !== undefined) oldest.event = undefined
    this.#recent[this.#next] = caused
    this.#next = (this.#next + 1) % this.#limit
  }
}
