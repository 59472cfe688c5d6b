import type { Clock } from './clock.js'

/** A timer takes at most a 32-bit number of milliseconds, some 25 days; more is as good as never. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

const OwnDate = Date

/** The runtime's own time, or that of a test runner's fake timers. */
export const systemClock: Clock = {
  // Monotonic, unlike Date.now: a correction of the machine's clock must not look like silence. Fake timers move with Date, which they replace.
  now: () => (Date === OwnDate ? performance.timeOrigin + performance.now() : Date.now()),
  after(delayMs, callback) {
    if (delayMs > LONGEST_TIMER_MS) return () => undefined
    const timer = setTimeout(callback, Math.max(0, delayMs))
    return () => clearTimeout(timer)
  },
}
