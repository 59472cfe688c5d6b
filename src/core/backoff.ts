/** How the delay between attempts grows. */
export interface BackoffOptions {
  /** The first delay, and the shortest. */
  readonly initialDelayMs: number
  /** The longest delay. */
  readonly maxDelayMs: number
  /** By how much each delay is longer than the one before. */
  readonly factor: number
  /** Which part of a delay is left to chance: 0 none, 1 all of it. */
  readonly jitter: number
}

/**
 * The delay before an attempt, in milliseconds, always within `[initialDelayMs, maxDelayMs]`.
 *
 * @param attempt 1 for the first attempt after a loss.
 * @param random a number in [0, 1).
 */
export function backoffDelayMs(attempt: number, options: BackoffOptions, random: number): number {
  const { initialDelayMs, maxDelayMs, factor, jitter } = options
  const grown = Math.min(maxDelayMs, initialDelayMs * factor ** (attempt - 1))
  return Math.max(initialDelayMs, grown * (1 - jitter * random))
}
