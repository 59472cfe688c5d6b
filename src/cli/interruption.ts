/** Resolves when the signal aborts, or when the time is over. Keeps the process alive meanwhile. */
export function until(signal: AbortSignal, seconds: number | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = seconds === undefined ? setInterval(() => undefined, 2 ** 30) : setTimeout(done, seconds * 1000)
    signal.addEventListener('abort', done, { once: true })
    if (signal.aborted) done()
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}
