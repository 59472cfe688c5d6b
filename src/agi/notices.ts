import { EventEmitter } from 'eventemitter3'
import { checkListener } from '../core/checks.js'
import type { AGISession } from './session.js'

/** What those who run scripts tell of. */
export interface AGINotices {
  /** A script threw or took too long, a peer sent what is no AGI, no route fits. The session is that of the script. */
  error: (error: Error, session: AGISession | undefined) => void
  /** A script begins. */
  session: (session: AGISession) => void
  /** A script is over. */
  ended: (session: AGISession) => void
}

const NOTICES: Readonly<Record<keyof AGINotices, true>> = { error: true, session: true, ended: true }

/** Tells listeners; what one of them throws harms nobody else. */
export class NoticeBoard {
  readonly #emitter = new EventEmitter<AGINotices>()
  readonly #unheard: (error: Error) => void

  /** `unheard`: what becomes of an error that nobody listens to. */
  constructor(unheard: (error: Error) => void) {
    this.#unheard = unheard
  }

  /** @throws TypeError for a name that there is not, and for a listener that is no function. */
  on<Notice extends keyof AGINotices>(notice: Notice, listener: AGINotices[Notice]): () => void {
    checkListener(notice, listener, NOTICES)
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

  report(error: unknown, session: AGISession | undefined): void {
    if (!this.#emitter.emit('error', asError(error), session)) this.#unheard(asError(error))
  }
}

function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error(`The script threw ${String(value)}`)
}
