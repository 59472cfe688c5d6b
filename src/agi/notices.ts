import { EventEmitter } from 'eventemitter3'
import type { AGISession } from './session.js'
import { asError } from './thrown.js'

/** What those who run scripts tell of. */
export interface AGINotices {
  /** A script threw or took too long, a peer sent what is no AGI, no route fits. The session is that of the script. */
  error: (error: Error, session: AGISession | undefined) => void
  /** Something is odd that harms nothing yet: a caller may try to forge variables of AGI. */
  warning: (message: string) => void
  /** A script begins. */
  session: (session: AGISession) => void
  /** A script is over. */
  ended: (session: AGISession) => void
}

/** Tells listeners; what one of them throws harms nobody else. */
export class NoticeBoard {
  readonly #emitter = new EventEmitter<AGINotices>()
  readonly #unheard: (error: Error) => void

  /** `unheard`: what becomes of an error that nobody listens to. */
  constructor(unheard: (error: Error) => void) {
    this.#unheard = unheard
  }

  on<Notice extends keyof AGINotices>(notice: Notice, listener: AGINotices[Notice]): () => void {
    const guarded = (...facts: never[]) => {
      try {
        const result: unknown = (listener as (...facts: never[]) => unknown)(...facts)
        if (result instanceof Promise) result.catch((error: unknown) => this.#unheard(asError(error)))
      } catch (error) {
        this.#unheard(asError(error))
      }
    }
    this.#emitter.on(notice, guarded as never)
    return () => {
      this.#emitter.off(notice, guarded as never)
    }
  }

  tell(notice: 'session' | 'ended', session: AGISession): void {
    this.#emitter.emit(notice, session)
  }

  warn(message: string): void {
    this.#emitter.emit('warning', message)
  }

  report(error: unknown, session: AGISession | undefined): void {
    if (!this.#emitter.emit('error', asError(error), session)) this.#unheard(asError(error))
  }
}
