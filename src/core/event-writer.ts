import { type Deferred, deferred } from './deferred.js'
import { EventReader, type EventStream, type ReadSide } from './event-stream.js'
import { Gap } from './gap.js'

/** What a stream does with an event for which its buffer has no room. */
export type Overflow = 'error' | 'drop-oldest' | 'drop-newest'

/** How a stream is set up by whoever writes it. */
export interface EventWriterSetup {
  readonly maxBuffered: number
  readonly overflow: Overflow
  readonly withGaps: boolean
  readonly now: () => Date
  /** The error a reader gets when `overflow` is `error`. */
  readonly overflowError: (maxBuffered: number) => Error
  /** Called once, when the stream has ended for whatever reason: unsubscribe here. */
  readonly ended: () => void
  /** How many events were dropped before it began: those that it is too late for. @default 0 */
  readonly dropped?: number | undefined
}

/**
 * The writer's end of a stream of events, with the bounded buffer between events that come when they like and a reader that takes
 * them when it can. It takes events from its making on.
 */
export class EventWriter<T> implements ReadSide<T> {
  /** What the reader gets. */
  readonly stream: EventStream<T> = new EventReader<T>(this)
  readonly #setup: EventWriterSetup
  #buffer: T[] = []
  /** The index in `#buffer` of the oldest event; what lies before it was read. */
  #head = 0
  /** The running number of the event at `#head`. */
  #headNumber = 0
  /** Gaps by the running number of the event they stand before. Empty without `withGaps`. */
  readonly #gapsBefore = new Map<number, Gap>()
  readonly #readers: Deferred<IteratorResult<T>>[] = []
  /**
   * The running number of the event that the latest hole stands before, while no reader has it: what is missed there widens the
   * same hole.
   */
  #holeBefore = -1
  #open = true
  #error: Error | undefined
  #dropped = 0
  #gaps = 0

  constructor(setup: EventWriterSetup) {
    this.#setup = setup
    this.#dropped = setup.dropped ?? 0
    this.#gaps = this.#dropped > 0 ? 1 : 0
  }

  get dropped(): number {
    return this.#dropped
  }

  get buffered(): number {
    return this.#buffer.length - this.#head
  }

  get gaps(): number {
    return this.#gaps
  }

  /** Feeds an event. */
  push(event: T): void {
    if (!this.#open) return
    const reader = this.#readers.shift()
    if (reader !== undefined) {
      this.#headNumber += 1
      reader.resolve({ value: event, done: false })
      return
    }
    if (this.buffered >= this.#setup.maxBuffered) {
      if (this.#setup.overflow === 'error') {
        this.end(this.#setup.overflowError(this.#setup.maxBuffered))
        return
      }
      if (this.#setup.overflow === 'drop-newest') {
        this.#countDropped(this.#headNumber + this.buffered, this.#headNumber + this.buffered)
        return
      }
      this.#takeHead()
      this.#countDropped(this.#headNumber - 1, this.#headNumber)
    }
    this.#buffer.push(event)
  }

  /** Feeds a hole, such as a time without a connection. */
  pushGap(gap: Gap): void {
    if (!this.#open) return
    const before = this.#headNumber + this.buffered
    if (this.#holeBefore !== before) this.#gaps += 1
    this.#holeBefore = before
    if (!this.#setup.withGaps) return
    const reader = this.#readers.shift()
    if (reader === undefined) {
      this.#gapsBefore.set(before, joined(this.#gapsBefore.get(before), gap))
      return
    }
    this.#holeBefore = -1
    reader.resolve({ value: gap as T, done: false })
  }

  /** Ends the stream: the reader gets what is buffered, then the error or the end. */
  end(error?: Error): void {
    if (!this.#open) return
    this.#open = false
    this.#error = error
    for (const reader of this.#readers.splice(0)) this.#answerEnd(reader)
    this.#setup.ended()
  }

  read(): Promise<IteratorResult<T>> {
    const gap = this.#gapsBefore.size === 0 ? undefined : this.#gapsBefore.get(this.#headNumber)
    if (gap !== undefined) {
      this.#gapsBefore.delete(this.#headNumber)
      this.#holeBefore = -1
      return Promise.resolve({ value: gap as T, done: false })
    }
    if (this.#head < this.#buffer.length) return Promise.resolve({ value: this.#takeHead(), done: false })
    const reader = deferred<IteratorResult<T>>()
    if (this.#open) this.#readers.push(reader)
    else this.#answerEnd(reader)
    return reader.promise
  }

  discard(): void {
    const wasOpen = this.#open
    this.#open = false
    this.#error = undefined
    this.#buffer = []
    this.#head = 0
    this.#gapsBefore.clear()
    for (const reader of this.#readers.splice(0)) reader.resolve({ value: undefined, done: true })
    if (wasOpen) this.#setup.ended()
  }

  /** The end, as a reader sees it: the error once, then done for ever. */
  #answerEnd(reader: Deferred<IteratorResult<T>>): void {
    const error = this.#error
    this.#error = undefined
    if (error === undefined) reader.resolve({ value: undefined, done: true })
    else reader.reject(error)
  }

  #takeHead(): T {
    const event = this.#buffer[this.#head] as T
    this.#buffer[this.#head] = undefined as T
    this.#head += 1
    this.#headNumber += 1
    if (this.#head === this.#buffer.length) {
      this.#buffer = []
      this.#head = 0
    } else if (this.#head >= 1024 && this.#head * 2 >= this.#buffer.length) {
      this.#buffer = this.#buffer.slice(this.#head)
      this.#head = 0
    }
    return event
  }

  /** Counts a dropped event; `before` is the event its hole stands before now. */
  #countDropped(dropped: number, before: number): void {
    this.#dropped += 1
    if (this.#holeBefore !== dropped) this.#gaps += 1
    this.#holeBefore = before
    if (!this.#setup.withGaps) return
    const earlier = this.#gapsBefore.get(dropped)
    const at = this.#setup.now()
    const gap = joined(earlier, new Gap({ reason: 'overflow', from: at, to: at, dropped: 1 }))
    if (before === dropped) {
      this.#gapsBefore.set(before, gap)
      return
    }
    // The event that made way takes its hole along: it now reaches to the next event, and to that one's own hole.
    this.#gapsBefore.delete(dropped)
    const later = this.#gapsBefore.get(before)
    this.#gapsBefore.set(before, later === undefined ? gap : gap.joinedWith(later))
  }
}

function joined(earlier: Gap | undefined, later: Gap): Gap {
  return earlier === undefined ? later : earlier.joinedWith(later)
}
