import type { ManagerConnection } from './manager-connection.js'

/**
 * A second, quiet session on the same server. Asterisk numbers events only while a session is there: where this one stood meanwhile, what the other missed is
 * exact.
 */
export class Keeper {
  readonly #connection: ManagerConnection

  constructor(connection: ManagerConnection) {
    this.#connection = connection
  }

  /** Gives what says whether it stood from then on: true once the server has said so. */
  stoodSince(from: number): () => boolean {
    const { status } = this.#connection
    if (status.state !== 'online' || status.since.getTime() > from) return () => false
    const { since } = status
    let isProven = false
    // What is half-open answers nothing.
    this.#connection.sendAction('Ping').then(
      () => {
        const now = this.#connection.status
        isProven = now.state === 'online' && now.since === since
      },
      () => undefined,
    )
    return () => isProven
  }
}
