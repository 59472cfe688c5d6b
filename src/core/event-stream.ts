/** A bounded stream of events. Reads that wait at the same time are served in order; leaving a loop ends the stream. */
export interface EventStream<T> extends AsyncIterableIterator<T>, AsyncDisposable {
  /** How many events were dropped because the reader was too slow. */
  readonly dropped: number
  /** How many events wait to be read. */
  readonly buffered: number
  /** How many holes there were so far: outages, and runs of dropped events. Those with no event between them are one. */
  readonly gaps: number
  next(): Promise<IteratorResult<T>>
  return(): Promise<IteratorResult<T>>
  throw(error?: unknown): Promise<IteratorResult<T>>
  /** Stops listening, drops what is buffered and ends every pending read. Idempotent. */
  close(): void
  [Symbol.asyncIterator](): EventStream<T>
}

/** What a reader reads from. */
export interface ReadSide<T> {
  readonly dropped: number
  readonly buffered: number
  readonly gaps: number
  /** The next event; done when there is none any more. Rejects once when the stream has ended with an error. */
  read(): Promise<IteratorResult<T>>
  /** The reader has left. Idempotent. */
  discard(): void
}

/**
 * The reader's end of a stream, which cannot feed it.
 *
 * Hand-written, not an async generator: `return()` settles a pending read.
 */
export class EventReader<T> implements EventStream<T> {
  readonly #events: ReadSide<T>

  constructor(events: ReadSide<T>) {
    this.#events = events
  }

  get dropped(): number {
    return this.#events.dropped
  }

  get buffered(): number {
    return this.#events.buffered
  }

  get gaps(): number {
    return this.#events.gaps
  }

  next(): Promise<IteratorResult<T>> {
    return this.#events.read()
  }

  return(): Promise<IteratorResult<T>> {
    this.#events.discard()
    return Promise.resolve({ value: undefined, done: true })
  }

  throw(error?: unknown): Promise<IteratorResult<T>> {
    this.#events.discard()
    return Promise.reject(error)
  }

  close(): void {
    this.#events.discard()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#events.discard()
  }
}
