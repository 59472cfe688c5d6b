import type { AMIEvent } from '../ami/messages/event.js'
import { RecentEvents } from './recent-events.js'

/** What all calls of a manager share: the time, and the event that is being taken in. */
export class CallContext {
  readonly recentEvents: RecentEvents
  readonly #now: () => number
  #event: AMIEvent | undefined
  #eventMs = 0

  /** `now` gives milliseconds since the epoch; only the last `maxEvents` transitions keep their events. */
  constructor(now: () => number, maxEvents: number) {
    this.#now = now
    this.recentEvents = new RecentEvents(maxEvents)
  }

  /** The event that is being taken in; undefined while something else happens. */
  get event(): AMIEvent | undefined {
    return this.#event
  }

  /** Milliseconds since the epoch: of the event that is being taken in, else now. */
  get atMs(): number {
    return this.#event === undefined ? this.#now() : this.#eventMs
  }

  /** Whether a list of the server's is being read: what it shows happened some time ago, nobody saw when. */
  isLate = false

  /** Takes in an event: what happens meanwhile happened because of it, at its time. */
  during(event: AMIEvent, takeIn: () => void): void {
    this.#eventMs = timestampOf(event) ?? this.#now()
    this.#event = event
    try {
      takeIn()
    } finally {
      this.#event = undefined
    }
  }
}

/** `Timestamp` (seconds and microseconds), which a server sends with `timestampevents = yes`. */
function timestampOf(event: AMIEvent): number | undefined {
  const seconds = Number((event as { get(name: string): string | undefined }).get('Timestamp') ?? Number.NaN)
  return seconds > 0 ? Math.round(seconds * 1000) : undefined
}
