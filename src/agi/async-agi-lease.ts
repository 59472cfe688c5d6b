import type { Clock } from '../core/clock.js'

/** What a lease needs of its channel. */
export interface LeaseHost {
  /** Tells by a count that the owner is there, at once, whatever command runs. */
  renew(count: number): Promise<unknown>
  /** It is too late for that: another process may have the channel by now. Asks the channel itself. */
  reclaim(): void
  /** Asterisk refuses to renew it. */
  refused(error: Error): void
}

/** How often a claim is renewed within its lease. */
const RENEWALS = 3

/** The claim of this process to one channel, renewed from when it is won until it is let go of. */
export class AsyncAGILease {
  readonly #clock: Clock
  readonly #leaseMs: number
  readonly #host: LeaseHost
  #count = 0
  #renewedAt = Number.NEGATIVE_INFINITY
  #cancel: (() => void) | undefined

  constructor(clock: Clock, leaseMs: number, host: LeaseHost) {
    this.#clock = clock
    this.#leaseMs = leaseMs
    this.#host = host
  }

  /** Whether nobody else can have the channel, with a part of the lease left for what is under way. */
  get isSafe(): boolean {
    return this.#clock.now() - this.#renewedAt < this.#leaseMs - this.#leaseMs / RENEWALS
  }

  /** The channel has answered with the claim that was asked for at this time. */
  won(askedAt: number): void {
    this.#renewedAt = askedAt
    this.#schedule()
  }

  /** The session is over. */
  stop(): void {
    this.#cancel?.()
    this.#renewedAt = Number.NEGATIVE_INFINITY
  }

  #schedule(): void {
    this.#cancel?.()
    this.#cancel = this.#clock.after(this.#leaseMs / RENEWALS, () => this.#renew())
  }

  #renew(): void {
    if (!this.isSafe) {
      this.#host.reclaim()
      return
    }
    this.#schedule()
    const asked = this.#clock.now()
    this.#count += 1
    this.#host.renew(this.#count).then(
      () => {
        if (this.#renewedAt !== Number.NEGATIVE_INFINITY) this.#renewedAt = Math.max(this.#renewedAt, asked)
      },
      (error: Error) => this.#host.refused(error),
    )
  }
}
