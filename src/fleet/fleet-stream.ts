/** What each of several PBXs gives, as one stream. Leaving a loop ends it. */
export interface FleetStream<T> extends AsyncIterableIterator<T>, AsyncDisposable {
  next(): Promise<IteratorResult<T>>
  return(): Promise<IteratorResult<T>>
  /** Stops listening everywhere, and ends every pending read. Idempotent. */
  close(): void
  [Symbol.asyncIterator](): FleetStream<T>
}

/** One of the streams that are merged. */
export interface Source<T> {
  next(): Promise<IteratorResult<T>>
  close(): void
}

interface Slot<T> {
  readonly name: string
  readonly source: Source<T>
  item: T | undefined
}

interface Reader<T> {
  readonly resolve: (result: IteratorResult<T>) => void
  readonly reject: (error: unknown) => void
}

/**
 * Merges streams fairly: one item of each waits to be read, and they are read in turn, so one that floods has no more of the reader than any other. What
 * one has too much waits, or is dropped, in its own buffer.
 */
export class MergedStream<T> implements FleetStream<T> {
  readonly #slots = new Map<string, Slot<T>>()
  /** Those whose item waits, in the order in which they came. */
  #ready: Slot<T>[] = []
  readonly #readers: Reader<T>[] = []
  readonly #ended: () => void
  #isOver = false
  /** Told to one reader, once. */
  #failure: { readonly error: unknown } | undefined

  /** @param ended is called once when the stream is over. */
  constructor(ended: () => void) {
    this.#ended = ended
  }

  add(name: string, source: Source<T>): void {
    if (this.#isOver) {
      source.close()
      return
    }
    const slot: Slot<T> = { name, source, item: undefined }
    this.#slots.set(name, slot)
    this.#fill(slot)
  }

  /** What came of it and was not read is dropped. */
  remove(name: string): void {
    const slot = this.#slots.get(name)
    if (slot === undefined) return
    this.#slots.delete(name)
    this.#ready = this.#ready.filter((each) => each !== slot)
    slot.source.close()
  }

  next(): Promise<IteratorResult<T>> {
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject })
      this.#serve()
    })
  }

  return(): Promise<IteratorResult<T>> {
    this.close()
    return Promise.resolve({ value: undefined, done: true })
  }

  close(): void {
    if (this.#isOver) return
    this.#isOver = true
    for (const name of [...this.#slots.keys()]) this.remove(name)
    this.#ended()
    this.#serve()
  }

  /** Ends all of it with an error. */
  fail(error: unknown): void {
    if (this.#isOver) return
    this.#failure = { error }
    this.close()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  #fill(slot: Slot<T>): void {
    const isHere = () => this.#slots.get(slot.name) === slot
    slot.source.next().then(
      ({ value, done }) => {
        if (!isHere()) return
        if (done) {
          this.#slots.delete(slot.name)
          return
        }
        slot.item = value
        this.#ready.push(slot)
        this.#serve()
      },
      (error) => {
        if (isHere()) this.fail(error)
      },
    )
  }

  #serve(): void {
    while (this.#readers.length > 0 && (this.#ready.length > 0 || this.#isOver)) {
      const { resolve, reject } = this.#readers.shift() as Reader<T>
      const slot = this.#ready.shift()
      if (slot !== undefined) {
        const value = slot.item as T
        slot.item = undefined
        resolve({ value, done: false })
        this.#fill(slot)
      } else if (this.#failure !== undefined) {
        const { error } = this.#failure
        this.#failure = undefined
        reject(error)
      } else resolve({ value: undefined, done: true })
    }
  }
}
