/** How a session ends: the signal and its reason are made when somebody reads them, as most scripts do not. */
export class SessionEnd {
  #controller: AbortController | undefined
  #reason: (() => Error) | undefined

  get hasCome(): boolean {
    return this.#reason !== undefined
  }

  /** Aborts at the end. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#reason !== undefined) this.#controller.abort(this.#reason())
    }
    return this.#controller.signal
  }

  /** Whether this is the reason that the signal has told. */
  isReason(error: unknown): boolean {
    return this.#controller?.signal.aborted === true && error === this.#controller.signal.reason
  }

  /** The session is over. The first reason is the one that counts. */
  come(reason: () => Error): void {
    if (this.#reason !== undefined) return
    this.#reason = reason
    this.#controller?.abort(reason())
  }
}
