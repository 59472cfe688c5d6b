/** So many failed logins of one address in so long are enough. */
const MOST_FAILURES = 10
const WINDOW_MS = 60_000
/** How many addresses are remembered; the oldest is forgotten. */
const MOST_ADDRESSES = 10_000

/** Counts failed logins by address. */
export class FailureLimit {
  readonly #failures = new Map<string, { count: number; readonly until: number }>()

  /** For how many milliseconds an address must wait; 0 if it need not. */
  waitMs(address: string, nowMs: number): number {
    const failures = this.#failures.get(address)
    if (failures === undefined) return 0
    if (failures.until <= nowMs) this.#failures.delete(address)
    return failures.until > nowMs && failures.count >= MOST_FAILURES ? failures.until - nowMs : 0
  }

  failed(address: string, nowMs: number): void {
    const failures = this.#failures.get(address)
    if (failures !== undefined && failures.until > nowMs) {
      failures.count += 1
      return
    }
    this.#failures.delete(address)
    const [oldest] = this.#failures.keys()
    if (oldest !== undefined && this.#failures.size >= MOST_ADDRESSES) this.#failures.delete(oldest)
    this.#failures.set(address, { count: 1, until: nowMs + WINDOW_MS })
  }
}
