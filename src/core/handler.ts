type Outcome<T> = { readonly ok: true; readonly result: T } | { readonly ok: false; readonly error: Error }

/**
 * A result that will come. It has one outcome, once: a later `setResult` or `setException` changes nothing.
 * One of the two callbacks is called, once; a callback set after the outcome is called at once.
 */
export class Handler<T> {
  #outcome: Outcome<T> | undefined
  #onResult: ((result: T) => void) | undefined
  #onException: ((error: Error) => void) | undefined
  #promise: Promise<T> | undefined
  #settlePromise: ((outcome: Outcome<T>) => void) | undefined
  #called = false

  /** Combines handlers: the results in their order, or the first exception. No handlers give an empty list at once. */
  static aggregate<T>(handlers: readonly Handler<T>[]): Handler<T[]> {
    const all = new Handler<T[]>()
    const results = new Array<T>(handlers.length)
    let missing = handlers.length
    if (missing === 0) all.setResult(results)
    handlers.forEach((handler, position) => {
      handler.onResult = (result) => {
        results[position] = result
        missing -= 1
        if (missing === 0) all.setResult(results)
      }
      handler.onException = (error) => all.setException(error)
    })
    return all
  }

  get onResult(): ((result: T) => void) | undefined {
    return this.#onResult
  }

  set onResult(callback: ((result: T) => void) | undefined) {
    this.#onResult = callback
    this.#call()
  }

  get onException(): ((error: Error) => void) | undefined {
    return this.#onException
  }

  set onException(callback: ((error: Error) => void) | undefined) {
    this.#onException = callback
    this.#call()
  }

  /** True once there is an outcome. */
  get done(): boolean {
    return this.#outcome !== undefined
  }

  setResult(result: T): void {
    this.#settle({ ok: true, result })
  }

  setException(error: Error): void {
    this.#settle({ ok: false, error })
  }

  /** The thin bridge to Promises: the same promise at each call, whether the outcome has come or not. */
  toPromise(): Promise<T> {
    this.#promise ??= new Promise<T>((resolve, reject) => {
      this.#settlePromise = (outcome) => (outcome.ok ? resolve(outcome.result) : reject(outcome.error))
      if (this.#outcome !== undefined) this.#settlePromise(this.#outcome)
    })
    return this.#promise
  }

  #settle(outcome: Outcome<T>): void {
    if (this.#outcome !== undefined) return
    this.#outcome = outcome
    // The promise first: a callback that throws must not leave it pending.
    this.#settlePromise?.(outcome)
    this.#call()
  }

  #call(): void {
    const outcome = this.#outcome
    const onResult = this.#onResult
    const onException = this.#onException
    if (outcome === undefined || this.#called || (outcome.ok ? onResult : onException) === undefined) return
    this.#called = true
    // Neither is needed again: what is settled lets go of all that it kept.
    this.#onResult = undefined
    this.#onException = undefined
    if (outcome.ok) onResult?.(outcome.result)
    else onException?.(outcome.error)
  }
}
