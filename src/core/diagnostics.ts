import { EventEmitter } from 'eventemitter3'
import { asError } from './errors.js'
import { checkListener, guarded } from './listeners.js'

/** What can be told, by its name, with the listener that it is told to. */
type Listeners<Names> = { readonly [Name in keyof Names]: (...facts: never[]) => void }

/** What every object that tells its users something has. */
interface Base {
  error: (error: Error) => void
}

/**
 * Where one object, and all that it is made of, tells what happens inside. Whoever has something to tell is handed it down;
 * whoever wants to know listens. What nobody listens to costs nothing but the question.
 */
export class Diagnostics<Names extends Listeners<Names> & Base> {
  readonly #emitter = new EventEmitter()
  readonly #names: Readonly<Record<keyof Names, true>>
  readonly #advice: string
  readonly #unheardError: (error: Error) => void

  /**
   * @param names everything that can be told. @param unheardError what becomes of an error that nobody listens to.
   * @param advice added to the error for a name that there is not.
   */
  constructor(names: Readonly<Record<keyof Names, true>>, unheardError: (error: Error) => void, advice = '') {
    this.#names = names
    this.#unheardError = unheardError
    this.#advice = advice
  }

  /**
   * Calls `listener` whenever this is told, until the returned function is called. What it throws is reported as an error, and
   * reaches nobody else.
   *
   * @throws TypeError for a name that there is not, and for a listener that is not a function.
   */
  on<Name extends keyof Names & string>(name: Name, listener: Names[Name]): () => void {
    checkListener(name, this.#names, this.#advice)
    // What a listener of errors throws has nobody else to go to.
    const report = name === 'error' ? this.#unheardError : (error: Error) => this.report(error)
    const safe = guarded(listener as (...facts: never[]) => unknown, report) as () => void
    this.#emitter.on(name, safe)
    return () => {
      this.#emitter.off(name, safe)
    }
  }

  /** Whether anybody listens: ask before something is made only to be told. */
  has(name: keyof Names & string): boolean {
    return this.#emitter.listenerCount(name) > 0
  }

  /** Tells those who listen. */
  tell<Name extends keyof Names & string>(name: Name, ...facts: Parameters<Names[Name]>): void {
    this.#emitter.emit(name, ...facts)
  }

  /** Tells an error, whatever was thrown. */
  report(thrown: unknown): void {
    const error = asError(thrown)
    if (!this.#emitter.emit('error', error)) this.#unheardError(error)
  }
}
