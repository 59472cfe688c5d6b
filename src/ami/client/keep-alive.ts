import type { Clock } from '../../core/clock.js'

/** How late a timer may be before this process itself must have stood still. */
const STALLED_MS = 1_000
/** The longest silence that an action explains, whatever it asks for: a peer that is gone is found after all. */
const LONGEST_ALLOWANCE_MS = 600_000

/** What the keepalive needs from the session it watches. */
export interface Watched {
  /** When a message was completed last, or an answer went on. */
  lastSignOfLife(): number
  /** Sends a Ping. Any message that comes is life, also a refusal. */
  ping(): void
  /** Whether a Ping is due even while messages come in. */
  isPingDue(): boolean
  /** The peer is gone; called once. */
  isGone(silentMs: number): void
}

/**
 * Finds a peer that is silently gone, or whose bytes come to nothing. A message that is complete is a sign of life, and so is
 * each part of an answer that was asked for; silence brings a Ping, and silence after that the end.
 */
export class KeepAlive {
  readonly #intervalMs: number
  readonly #timeoutMs: number
  readonly #clock: Clock
  readonly #watched: Watched
  /** Until when actions that block the connection explain its silence. */
  readonly #silenceAllowances = new Set<{ readonly until: number }>()
  /** Until when those did that are over. */
  #allowedBefore = 0
  #stopped = false
  #cancelTimer: () => void

  constructor(options: { intervalMs: number; timeoutMs: number }, clock: Clock, watched: Watched) {
    this.#intervalMs = options.intervalMs
    this.#timeoutMs = options.timeoutMs
    this.#clock = clock
    this.#watched = watched
    this.#cancelTimer = clock.after(this.#intervalMs, () => this.#check())
  }

  /**
   * For so long (10 min at the most) the peer may be silent, because of an action that it works on; the returned function ends
   * that.
   */
  allowSilence(forMs: number): () => void {
    const allowance = { until: this.#clock.now() + Math.min(forMs, LONGEST_ALLOWANCE_MS) }
    this.#silenceAllowances.add(allowance)
    return () => {
      this.#silenceAllowances.delete(allowance)
      this.#allowedBefore = Math.max(this.#allowedBefore, Math.min(allowance.until, this.#clock.now()))
    }
  }

  stop(): void {
    this.#stopped = true
    this.#cancelTimer()
  }

  get #silenceAllowedUntil(): number {
    let until = this.#allowedBefore
    for (const allowance of this.#silenceAllowances) until = Math.max(until, allowance.until)
    return until
  }

  #check(): void {
    const now = this.#clock.now()
    const quietSince = Math.max(this.#watched.lastSignOfLife(), this.#silenceAllowedUntil)
    const remaining = quietSince + this.#intervalMs - now
    if (remaining > 0 && !this.#watched.isPingDue()) {
      this.#cancelTimer = this.#clock.after(Math.min(remaining, this.#intervalMs), () => this.#check())
      return
    }
    this.#watched.ping()
    // The connection may have broken in the writing.
    if (!this.#stopped) this.#await(now, now + this.#timeoutMs)
  }

  #await(pingedAt: number, dueAt: number): void {
    this.#cancelTimer = this.#clock.after(dueAt - this.#clock.now(), () => {
      const now = this.#clock.now()
      // Timers run before sockets are read: after a standstill of this process the answer may lie unread.
      if (now - dueAt > STALLED_MS) this.#await(pingedAt, now + this.#timeoutMs)
      else if (this.#watched.lastSignOfLife() >= pingedAt || now < this.#silenceAllowedUntil) this.#check()
      else this.#watched.isGone(now - this.#watched.lastSignOfLife())
    })
  }
}
