import { EventEmitter } from 'eventemitter3'
import { asError } from '../core/errors.js'
import { guarded } from '../core/listeners.js'
import { unknownName } from '../core/options.js'
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

const NOTICES: readonly string[] = ['error', 'session', 'ended'] satisfies (keyof AGINotices)[]

/** Tells listeners; what one of them throws harms nobody else. */
export class NoticeBoard {
  readonly #emitter = new EventEmitter<AGINotices>()
  readonly #unheard: (error: Error) => void

  /** `unheard`: what becomes of an error that nobody listens to. */
  constructor(unheard: (error: Error) => void) {
    this.#unheard = unheard
  }

  on<Notice extends keyof AGINotices>(notice: Notice, listener: AGINotices[Notice]): () => void {
    if (!NOTICES.includes(notice)) throw unknownName('event', notice, NOTICES)
    const safe = guarded(listener as (...facts: never[]) => unknown, this.#unheard)
    this.#emitter.on(notice, safe as never)
    return () => {
      this.#emitter.off(notice, safe as never)
    }
  }

  tell(notice: 'session' | 'ended', session: AGISession): void {
    this.#emitter.emit(notice, session)
  }

  report(error: unknown, session: AGISession | undefined): void {
    const reported = asError(error)
    if (!this.#emitter.emit('error', reported, session)) this.#unheard(reported)
  }
}
