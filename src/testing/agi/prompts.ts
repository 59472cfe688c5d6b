import { WaitTimeoutError } from '../../ami/messages/errors.js'
import { type Deferred, deferred } from '../../core/deferred.js'
import { systemClock } from '../../core/system-clock.js'
import { waitWithin } from '../../core/waiting.js'
import { FakeStateError } from '../errors.js'

interface Waiting {
  readonly file: string
  readonly heard: Deferred<void>
}

/** What a caller was played, and who waits for it. */
export class Prompts {
  readonly #all: string[] = []
  /** Those that nobody has waited for yet. */
  #unawaited: string[] = []
  #waiting: readonly Waiting[] = []
  #isEnded = false

  /** Every sound, in order. */
  get all(): readonly string[] {
    return this.#all
  }

  played(files: readonly string[]): void {
    this.#all.push(...files)
    for (const file of files) {
      const first = this.#waiting.find((each) => each.file === file)
      if (first === undefined) this.#unawaited.push(file)
      else {
        this.#waiting = this.#waiting.filter((each) => each !== first)
        // What came before is over: nobody waits for it any more.
        this.#unawaited = []
        first.heard.resolve()
      }
    }
  }

  async waitFor(file: string, timeoutMs: number): Promise<void> {
    const at = this.#unawaited.indexOf(file)
    if (at >= 0) {
      this.#unawaited = this.#unawaited.slice(at + 1)
      return
    }
    if (this.#isEnded) throw this.#ended(file)
    const waiting: Waiting = { file, heard: deferred() }
    this.#waiting = [...this.#waiting, waiting]
    const tooLate = () => new WaitTimeoutError(`${file} was not played within ${timeoutMs} ms${this.#others()}`, { timeoutMs })
    try {
      await waitWithin(waiting.heard.promise, { clock: systemClock, timeoutMs, tooLate })
    } finally {
      this.#waiting = this.#waiting.filter((each) => each !== waiting)
    }
  }

  /** Nothing is played any more. */
  end(): void {
    this.#isEnded = true
    for (const { file, heard } of this.#waiting) heard.reject(this.#ended(file))
  }

  #ended(file: string): FakeStateError {
    return new FakeStateError(`The script ended before it played ${file}${this.#others()}`)
  }

  #others(): string {
    return this.#all.length === 0 ? '; it played nothing' : `; it played ${this.#all.join(', ')}`
  }
}
