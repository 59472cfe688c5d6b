import { onAbort } from '../core/abort.js'
import type { Clock } from '../core/clock.js'

/** What came of something that had so much time; undefined where the time was up before. */
export async function withinTime<T>(
  clock: Clock,
  timeoutMs: number,
  signal: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  signal?.throwIfAborted()
  const timeUp = new AbortController()
  const cancel = timeoutMs === Number.POSITIVE_INFINITY ? () => undefined : clock.after(timeoutMs, () => timeUp.abort(timeUp))
  const forget = onAbort(signal, () => timeUp.abort(signal?.reason))
  try {
    return await run(timeUp.signal)
  } catch (error) {
    if (error !== timeUp) throw error
    return undefined
  } finally {
    cancel()
    forget()
  }
}
