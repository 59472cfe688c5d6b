const settled = Promise.resolve()

/**
 * Calls back when the code at hand has ended, before any timer. Unlike `queueMicrotask`, also where a test's fake timers have replaced that: what is
 * in memory must not stand still until the test has time pass.
 */
export function soon(callback: () => void): void {
  void settled.then(callback)
}
