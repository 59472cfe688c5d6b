interface Watch {
  readonly waiting: Set<() => void>
  readonly listener: () => void
}

/** Who waits for a signal's abort, by the signal. */
const WATCHES = new WeakMap<AbortSignal, Watch>()

/**
 * Calls back once when the signal aborts, unless the returned function is called before. A signal that is aborted already calls
 * nobody: check it first.
 *
 * However many wait, the signal has one listener. With one for each, Node.js warns of a leak at the eleventh, and goes through
 * all of them whenever one is added.
 */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (signal === undefined) return () => undefined
  const { waiting, listener } = WATCHES.get(signal) ?? watch(signal)
  // Of its own: the same function may wait twice.
  const call = () => callback()
  waiting.add(call)
  return () => {
    if (waiting.delete(call) && waiting.size === 0) forget(signal, listener)
  }
}

function watch(signal: AbortSignal): Watch {
  const waiting = new Set<() => void>()
  const listener = () => {
    forget(signal, listener)
    for (const call of waiting) {
      waiting.delete(call)
      call()
    }
  }
  const added = { waiting, listener }
  WATCHES.set(signal, added)
  signal.addEventListener('abort', listener)
  return added
}

function forget(signal: AbortSignal, listener: () => void): void {
  signal.removeEventListener('abort', listener)
  WATCHES.delete(signal)
}
