import { WaitTimeoutError } from '../ami/messages/errors.js'
import type { AMIAction } from '../ami/protocol/action-reader.js'
import { type Deferred, deferred } from '../core/deferred.js'
import { systemClock } from '../core/system-clock.js'
import { waitWithin } from '../core/waiting.js'
import { FakeStateError } from './errors.js'

interface Waiting {
  readonly name: string
  readonly came: Deferred<AMIAction>
}

/** The actions of clients that were logged in, and who waits for one. */
export class ReceivedActions {
  #all: AMIAction[] = []
  /** How many of a name a test has waited for. */
  readonly #awaited = new Map<string, number>()
  #waiting: Waiting[] = []

  /** Without the Pings, which clients send by themselves when it is quiet. */
  get all(): readonly AMIAction[] {
    return this.#all.filter((action) => !isNamed(action, 'Ping'))
  }

  named(name: string): readonly AMIAction[] {
    return this.#all.filter((action) => isNamed(action, name))
  }

  add(action: AMIAction): void {
    this.#all.push(action)
    const first = this.#waiting.find(({ name }) => isNamed(action, name))
    if (first === undefined) return
    this.#waiting = this.#waiting.filter((each) => each !== first)
    this.#count(first.name)
    first.came.resolve(action)
  }

  /** The next action of a name that no test has waited for yet, whether it came before or comes. */
  async waitFor(name: string, timeoutMs: number): Promise<AMIAction> {
    const earlier = this.named(name)[this.#awaited.get(name.toLowerCase()) ?? 0]
    if (earlier !== undefined) {
      this.#count(name)
      return earlier
    }
    const waiting: Waiting = { name, came: deferred() }
    this.#waiting.push(waiting)
    const tooLate = () => new WaitTimeoutError(`No ${name} came within ${timeoutMs} ms${this.#others()}`, { timeoutMs })
    try {
      return await waitWithin(waiting.came.promise, { clock: systemClock, timeoutMs, tooLate })
    } finally {
      this.#waiting = this.#waiting.filter((each) => each !== waiting)
    }
  }

  /** Forgets what came. Who waits still waits. */
  clear(): void {
    this.#all = []
    this.#awaited.clear()
  }

  /** Nothing comes any more. */
  end(): void {
    for (const { name, came } of this.#waiting)
      came.reject(new FakeStateError(`The fake was closed before ${name} came${this.#others()}`))
  }

  #count(name: string): void {
    const key = name.toLowerCase()
    this.#awaited.set(key, (this.#awaited.get(key) ?? 0) + 1)
  }

  #others(): string {
    const names = [...new Set(this.#all.map(({ name }) => name))]
    return names.length === 0 ? '; none at all came' : `; these came: ${names.join(', ')}`
  }
}

function isNamed(action: AMIAction, name: string): boolean {
  return action.name.toLowerCase() === name.toLowerCase()
}
