import { EventEmitter } from 'eventemitter3'
import type { AMIAction } from '../ami/protocol/action-reader.js'
import { checkListener, guarded } from '../core/listeners.js'
import type { ActionHandler, Reply } from './handlers.js'

/** What `pbx.on` reports: an event of the fake's own by its name, with the arguments of its listeners. */
export interface FakeAsteriskEvents {
  /** A client has connected. */
  connection: () => void
  /** A client has logged in. */
  login: (username: string) => void
  /** A client that was logged in has disconnected. */
  disconnect: (username: string) => void
  /** An action came, also before the login. Without a handler it is refused, or nobody answers it. */
  action: (action: AMIAction, handler: ActionHandler | undefined) => void
  /** A handler has answered. */
  response: (action: AMIAction, reply: Reply) => void
}

/** @deprecated Use FakeAsteriskEvents. */
export type FakeNotices = FakeAsteriskEvents

const NAMES: Readonly<Record<keyof FakeAsteriskEvents, true>> = {
  connection: true,
  login: true,
  disconnect: true,
  action: true,
  response: true,
}

/** The listeners of a fake. What one of them throws, or rejects with, goes to `failed`, and the others are called all the same. */
export class FakeAsteriskListeners {
  readonly #emitter = new EventEmitter<FakeAsteriskEvents>()
  readonly #failed: (message: string, error: unknown) => void

  constructor(failed: (message: string, error: unknown) => void) {
    this.#failed = failed
  }

  on<Name extends keyof FakeAsteriskEvents>(name: Name, listener: FakeAsteriskEvents[Name]): () => void {
    checkListener(name, NAMES)
    const safe = guarded(listener as (...facts: never[]) => unknown, (error) =>
      this.#failed(`A listener of '${name}' threw`, error),
    )
    this.#emitter.on(name, safe as never)
    return () => {
      this.#emitter.off(name, safe as never)
    }
  }

  emit<Name extends keyof FakeAsteriskEvents>(name: Name, ...args: Parameters<FakeAsteriskEvents[Name]>): void {
    this.#emitter.emit(name, ...(args as never))
  }
}
