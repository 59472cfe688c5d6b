import { type Deferred, deferred } from '../core/deferred.js'
import { EventReader, type EventStream, type ReadSide } from '../core/event-stream.js'
import type { LiveChange } from './state/records.js'

/** How the changes for one reader are kept. */
export interface ChangeBufferSetup {
  readonly maxBuffered: number
  readonly overflow: 'coalesce' | 'error'
  readonly overflowError: (maxBuffered: number) => Error
  /** Called once, when the stream has ended for whatever reason. */
  readonly ended: () => void
}

/**
 * The changes that a reader has not taken yet. When it is full, those of one key become one, which leads from before the first to after the last;
 * so it never holds more than there are objects, and what is read to its end is exact.
 */
export class ChangeBuffer implements ReadSide<LiveChange> {
  readonly stream: EventStream<LiveChange> = new EventReader<LiveChange>(this)
  readonly dropped = 0
  readonly gaps = 0
  readonly #setup: ChangeBufferSetup
  readonly #readers: Deferred<IteratorResult<LiveChange>>[] = []
  /** By a running number, or, when they are coalesced, by area and key. */
  #changes = new Map<number | string, LiveChange>()
  #number = 0
  #isCoalesced = false
  #isOpen = true
  #error: Error | undefined

  constructor(setup: ChangeBufferSetup) {
    this.#setup = setup
  }

  get buffered(): number {
    return this.#changes.size
  }

  push(change: LiveChange): void {
    if (!this.#isOpen) return
    const reader = this.#readers.shift()
    if (reader !== undefined) {
      reader.resolve({ value: change, done: false })
      return
    }
    if (this.#isCoalesced) {
      this.#join(change)
    } else if (this.#changes.size < this.#setup.maxBuffered) {
      this.#number += 1
      this.#changes.set(this.#number, change)
    } else if (this.#setup.overflow === 'error') {
      this.end(this.#setup.overflowError(this.#setup.maxBuffered))
    } else {
      const changes = [...this.#changes.values(), change]
      this.#changes = new Map()
      this.#isCoalesced = true
      for (const each of changes) this.#join(each)
    }
  }

  end(error?: Error): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#error = error
    for (const reader of this.#readers.splice(0)) this.#answerEnd(reader)
    this.#setup.ended()
  }

  read(): Promise<IteratorResult<LiveChange>> {
    const [first] = this.#changes
    if (first !== undefined) {
      const [key, change] = first
      this.#changes.delete(key)
      if (this.#changes.size === 0) this.#isCoalesced = false
      return Promise.resolve({ value: change, done: false })
    }
    const reader = deferred<IteratorResult<LiveChange>>()
    if (this.#isOpen) this.#readers.push(reader)
    else this.#answerEnd(reader)
    return reader.promise
  }

  discard(): void {
    const wasOpen = this.#isOpen
    this.#isOpen = false
    this.#error = undefined
    this.#changes.clear()
    for (const reader of this.#readers.splice(0)) reader.resolve({ value: undefined, done: true })
    if (wasOpen) this.#setup.ended()
  }

  #join(change: LiveChange): void {
    const key = `${change.area}/${change.key}`
    const earlier = this.#changes.get(key)
    // At the end, so that versions still rise.
    this.#changes.delete(key)
    const joined = earlier === undefined ? change : joinedChange(earlier, change)
    if (joined !== undefined) this.#changes.set(key, joined)
  }

  #answerEnd(reader: Deferred<IteratorResult<LiveChange>>): void {
    const error = this.#error
    this.#error = undefined
    if (error === undefined) reader.resolve({ value: undefined, done: true })
    else reader.reject(error)
  }
}

/** Two changes of one key as one; undefined when what was added is removed. */
function joinedChange({ before }: LiveChange, later: LiveChange): LiveChange | undefined {
  const { now } = later
  if (before === undefined && now === undefined) return undefined
  const kind = before === undefined ? 'added' : now === undefined ? 'removed' : 'changed'
  return { ...later, kind, before, now } as LiveChange
}
