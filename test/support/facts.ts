/** Waits that end when something has come true, and never by the clock alone: whoever changes anything calls `changed()`. */
export class Facts {
  readonly #waiting = new Set<() => void>()

  changed(): void {
    for (const look of [...this.#waiting]) look()
  }

  /** Resolves with what `look` finds, as soon as it finds something. The time is a guard: a fact that is missing is an error that names it. */
  until<T>(look: () => T | undefined, what: string, timeoutMs = 20_000): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.#waiting.delete(again)
        clearTimeout(guard)
      }
      const again = () => {
        try {
          const found = look()
          if (found === undefined) return
          resolve(found)
        } catch (error) {
          // What was waited for can no longer be.
          reject(error)
        }
        stop()
      }
      const guard = setTimeout(() => {
        stop()
        reject(new Error(`${what}: not within ${timeoutMs} ms`))
      }, timeoutMs)
      this.#waiting.add(again)
      again()
    })
  }
}
