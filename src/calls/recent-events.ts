import type { AMIEvent } from '../ami/messages/event.js'

/** The events of the last transitions: those of many live calls would take more memory than the calls themselves. */
export class RecentEvents {
  readonly #limit: number
  readonly #events = new Map<object, AMIEvent>()
  /** The transitions whose events are kept, in a ring. */
  readonly #recent: object[] = []
  #next = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Keeps the event that caused a transition, and forgets that of the oldest one. */
  keep(transition: object, event: AMIEvent): void {
    const oldest = this.#recent[this.#next]
    if (oldest !== undefined) this.#events.delete(oldest)
    this.#recent[this.#next] = transition
    this.#next = (this.#next + 1) % this.#limit
    this.#events.set(transition, event)
  }

  /** The event that caused a transition; undefined if there was none, or if it is too long ago. */
  of(transition: object): AMIEvent | undefined {
    return this.#events.get(transition)
  }
}
