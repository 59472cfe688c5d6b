import { onAbort } from './abort.js'
import type { Clock } from './clock.js'
import { deferred } from './deferred.js'

/** How long something is waited for. */
export interface WaitLimits {
  readonly clock: Clock
  /** Infinity: no limit. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
  /** The error when the time is up. */
  readonly tooLate: () => Error
}

/** Settles as the promise does, unless the time is up or the signal aborts before. Leaves neither a timer nor a listener behind. */
export async function waitWithin<T>(promise: Promise<T>, { clock, timeoutMs, signal, tooLate }: WaitLimits): Promise<T> {
  signal?.throwIfAborted()
  const over = deferred<never>()
  const cancelTimer =
    timeoutMs === Number.POSITIVE_INFINITY ? () => undefined : clock.after(timeoutMs, () => over.reject(tooLate()))
  const forgetSignal = onAbort(signal, () => over.reject(signal?.reason))
  try {
    return await Promise.race([promise, over.promise])
  } finally {
    cancelTimer()
    forgetSignal()
  }
}
