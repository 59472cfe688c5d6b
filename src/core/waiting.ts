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

/**
 * Calls `ended` with the reason when the time is up or the signal aborts, unless the returned function is called before. A signal
 * that is aborted already calls nobody: check it first. What neither limit nor signal ends costs nothing.
 */
export function limitWait({ clock, timeoutMs, signal, tooLate }: WaitLimits, ended: (reason: unknown) => void): () => void {
  const cancelTimer = timeoutMs === Number.POSITIVE_INFINITY ? undefined : clock.after(timeoutMs, () => ended(tooLate()))
  if (signal === undefined) return cancelTimer ?? (() => undefined)
  const forgetSignal = onAbort(signal, () => ended(signal.reason))
  return () => {
    cancelTimer?.()
    forgetSignal()
  }
}

/**
 * Settles as the promise does, unless the time is up or the signal aborts before. Leaves neither a timer nor a listener behind.
 */
export async function waitWithin<T>(promise: Promise<T>, limits: WaitLimits): Promise<T> {
  limits.signal?.throwIfAborted()
  const limit = deferred<never>()
  const unlimit = limitWait(limits, limit.reject)
  try {
    return await Promise.race([promise, limit.promise])
  } finally {
    unlimit()
  }
}
