import { EventEmitter } from 'eventemitter3'
import { asError } from '../core/errors.js'
import { checkListener, guarded } from '../core/listeners.js'
import type { AGISession } from './session.js'

/** What those who run scripts tell of. */
export interface AGIEvents {
  /**
   * A script threw or took too long, a peer sent what is no AGI, no route fits. Once a session, too, what a command rejected with that nobody waited for, the
   * caller's hangup among it. The session is that of the script.
   */
  error: (error: Error, session: AGISession | undefined) => void
  /** Something is odd that harms nothing yet: a caller may try to forge variables of AGI. */
  warning: (message: string) => void
  /** A script begins. */
  session: (session: AGISession) => void
  /** A script is over. */
  ended: (session: AGISession) => void
}

const NAMES: Readonly<Record<keyof AGIEvents, true>> = { error: true, warning: true, session: true, ended: true }

/** Tells listeners; what one of them throws harms nobody else. */
export class AGIListeners {
  readonly #emitter = new EventEmitter<AGIEvents>()
  readonly #unheard: (error: Error) => void

  /** `unheard`: what becomes of an error that nobody listens to. */
  constructor(unheard: (error: Error) => void) {
    this.#unheard = unheard
  }

  /** @throws TypeError for a name that there is not, and for a listener that is no function. */
  on<Name extends keyof AGIEvents>(event: Name, listener: AGIEvents[Name]): () => void {
    checkListener(event, NAMES)
    const safe = guarded(listener as (...facts: never[]) => unknown, this.#unheard)
    this.#emitter.on(event, safe as never)
    return () => {
      this.#emitter.off(event, safe as never)
    }
  }

  tell(event: 'session' | 'ended', session: AGISession): void {
    this.#emitter.emit(event, session)
  }

  warn(message: string): void {
    this.#emitter.emit('warning', message)
  }

  report(error: unknown, session: AGISession | undefined): void {
    const reported = asError(error)
    if (!this.#emitter.emit('error', reported, session)) this.#unheard(reported)
  }
}

/** @deprecated the name that `AGIEvents` had before. */
export type AGINotices = AGIEvents
