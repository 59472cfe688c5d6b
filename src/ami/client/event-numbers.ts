/** Numbers that have not come; `to` is not among them. */
interface Hole {
  from: number
  to: number
  readonly sinceMs: number
}

/** Events that were not sent to this session, or lost. */
export interface LostEvents {
  readonly count: number
  readonly sinceMs: number
}

/** Some events come late by one or two places; a number that is missing this long, or behind so many others, does not come any more. */
const LATE_BY = 100
const LATE_BY_MS = 1_000

/** The numbers of the events of one session: which have come, and which are missing. No clock, no I/O. */
export class EventNumbers {
  #first: number | undefined
  #next = 0
  readonly #holes: Hole[] = []
  /** How many came late that are before the first. */
  #before = 0

  /** The first number that came, less those before it that came later; undefined while none has come. */
  get first(): number | undefined {
    return this.#first === undefined ? undefined : this.#first - this.#before
  }

  /** The number behind the last. */
  get next(): number {
    return this.#next
  }

  /** How many between the first and the last have not come, and may still. */
  get missing(): number {
    return this.#holes.reduce((sum, { from, to }) => sum + to - from, 0)
  }

  /** A number has come. Gives those that do not come any more. The time is asked for only where numbers are missing. */
  came(number: number, now: () => number): LostEvents | undefined {
    // Nearly always.
    if (number === this.#next && this.#holes.length === 0 && this.#first !== undefined) {
      this.#next = number + 1
      return undefined
    }
    const nowMs = now()
    if (this.#first === undefined) {
      this.#first = number
      this.#next = number + 1
      return undefined
    }
    if (number >= this.#next) {
      if (number > this.#next) this.#holes.push({ from: this.#next, to: number, sinceMs: nowMs })
      this.#next = number + 1
    } else if (number < this.#first) {
      if (this.#first - number <= LATE_BY) this.#before += 1
    } else this.#fill(number)
    return this.#holes.length === 0 ? undefined : this.#overdue(nowMs)
  }

  #fill(number: number): void {
    const at = this.#holes.findIndex(({ from, to }) => number >= from && number < to)
    const hole = this.#holes[at]
    if (hole === undefined) return
    const rest = { ...hole, from: number + 1 }
    hole.to = number
    const parts = [hole, rest].filter(({ from, to }) => from < to)
    this.#holes.splice(at, 1, ...parts)
  }

  #overdue(nowMs: number): LostEvents | undefined {
    let count = 0
    const [oldest] = this.#holes
    const sinceMs = oldest?.sinceMs ?? nowMs
    for (let hole = oldest; hole !== undefined; [hole] = this.#holes) {
      if (this.#next - hole.to <= LATE_BY && nowMs - hole.sinceMs <= LATE_BY_MS) break
      count += hole.to - hole.from
      this.#holes.shift()
    }
    return count === 0 ? undefined : { count, sinceMs }
  }
}
