import { callable, count, duration } from '../../core/checks.js'
import type { Clock } from '../../core/clock.js'
import { deferred } from '../../core/deferred.js'
import { EventStream, type EventStreamSetup, type Overflow } from '../../core/event-stream.js'
import type { Gap } from '../../core/gap.js'
import { ActionTimeoutError, StreamOverflowError } from '../messages/errors.js'
import type { AMIEvent, EventOf } from '../messages/event.js'
import type { EventHub } from './event-hub.js'

/** How a stream of events behaves. */
export interface EventStreamOptions<Event = AMIEvent> {
  /** Ends the stream: its reader gets the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Only events for which this is true. If it throws, the stream ends with that error. */
  readonly where?: ((event: Event) => boolean) | undefined
  /** How many events may wait for the reader. @default 10_000 */
  readonly maxBuffered?: number
  /** What becomes of an event for which there is no room: the stream fails, or an event is dropped and counted. @default 'error' */
  readonly overflow?: Overflow
  /** Yield a `Gap` in the place of each hole. @default false: holes are only counted */
  readonly withGaps?: boolean
}

/** How `waitFor` waits. */
export interface WaitForOptions<Event = AMIEvent> {
  readonly signal?: AbortSignal | undefined
  /** Infinity: no limit. @default the client's `actionTimeoutMs` */
  readonly timeoutMs?: number
  /** Only an event for which this is true. If it throws, so does `waitFor`. */
  readonly where?: ((event: Event) => boolean) | undefined
}

/** A name or several; `'*'` is every event. */
export type EventNames = string | readonly string[]

/** Whether these are names, where options could stand too. */
export function isEventNames(value: EventNames | EventStreamOptions | undefined): value is EventNames | undefined {
  return typeof value !== 'object' || value === null || Array.isArray(value)
}

/** What a stream of these names yields. */
export type StreamItem<Name extends string, Gaps extends boolean> = Gaps extends true ? EventOf<Name> | Gap : EventOf<Name>

/** The streams and waits of one client. They outlive its connections and end with it. */
export class Subscriptions {
  readonly #hub: EventHub
  readonly #clock: Clock
  readonly #streams = new Set<EventStream<AMIEvent | Gap>>()
  /** Rejects a wait whose client ends first. */
  readonly #waits = new Set<(error: Error) => void>()

  constructor(hub: EventHub, clock: Clock) {
    this.#hub = hub
    this.#clock = clock
  }

  stream(names: EventNames | undefined, options: EventStreamOptions = {}): EventStream<AMIEvent | Gap> {
    const { signal, where, overflow = 'error', withGaps = false, maxBuffered = 10_000 } = options
    if (!OVERFLOWS.includes(overflow))
      throw new TypeError(`overflow must be one of ${OVERFLOWS.join(', ')}, not ${JSON.stringify(overflow)}`)
    const wanted = eventNames(names)
    const abort = () => stream.end(signal?.reason)
    const stream: EventStream<AMIEvent | Gap> = new EventStream({
      ...streamDefaults(this.#clock),
      maxBuffered: count('maxBuffered', maxBuffered),
      overflow,
      withGaps,
      ended: () => {
        unsubscribe()
        signal?.removeEventListener('abort', abort)
        this.#streams.delete(stream)
      },
    })
    const push = (event: AMIEvent) => stream.push(event)
    const unsubscribe = this.#hub.subscribe(wanted, where === undefined ? push : pushIf(stream, where))
    this.#streams.add(stream)
    if (signal?.aborted) abort()
    else signal?.addEventListener('abort', abort, { once: true })
    return stream
  }

  /** Calls `listener` for each event of these names, until the returned function is called. */
  listen(names: EventNames, listener: (event: AMIEvent) => unknown): () => void {
    const wanted = eventNames(names) ?? ['*']
    callable('The listener', listener)
    // A name given twice, in whatever case, is one.
    const unique = new Map(wanted.map((name) => [name.toLowerCase(), name]))
    const stops = [...unique.values()].map((name) => this.#hub.listen(name, listener))
    return () => {
      for (const stop of stops) stop()
    }
  }

  async waitFor<Name extends string>(
    names: Name | readonly Name[],
    options: WaitForOptions<EventOf<Name>> & { readonly timeoutMs: number },
  ): Promise<EventOf<Name>> {
    const { signal, where, timeoutMs } = options
    duration('timeoutMs', timeoutMs)
    const wanted = eventNames(names)
    signal?.throwIfAborted()
    const found = deferred<EventOf<Name>>()
    const unsubscribe = this.#hub.subscribe(wanted, (event) => {
      try {
        if (where === undefined || where(event as EventOf<Name>)) found.resolve(event as EventOf<Name>)
      } catch (error) {
        found.reject(error)
      }
    })
    const tooLate = `No event ${wanted?.join(' or ') ?? 'at all'} came within ${timeoutMs} ms`
    const cancel = this.#clock.after(timeoutMs, () => found.reject(new ActionTimeoutError(tooLate, { timeoutMs, sent: 'no' })))
    const abort = () => found.reject(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    this.#waits.add(found.reject)
    try {
      return await found.promise
    } finally {
      unsubscribe()
      cancel()
      signal?.removeEventListener('abort', abort)
      this.#waits.delete(found.reject)
    }
  }

  pushGap(gap: Gap): void {
    for (const stream of this.#streams) stream.pushGap(gap)
  }

  /** The client is closed: streams end, waits are rejected. */
  end(error: Error): void {
    for (const reject of [...this.#waits]) reject(error)
    for (const stream of [...this.#streams]) stream.end()
  }

  /** The client gave up: streams and waits end with the reason. */
  fail(reason: Error): void {
    for (const reject of [...this.#waits]) reject(reason)
    for (const stream of [...this.#streams]) stream.end(reason)
  }
}

/** What all streams of a client share. */
export function streamDefaults(clock: Clock): Pick<EventStreamSetup, 'overflow' | 'withGaps' | 'now' | 'overflowError'> {
  return {
    overflow: 'error',
    withGaps: false,
    now: () => new Date(clock.now()),
    overflowError: (maxBuffered) => new StreamOverflowError(maxBuffered),
  }
}

const OVERFLOWS: readonly Overflow[] = ['error', 'drop-oldest', 'drop-newest']

function eventNames(names: EventNames | undefined): readonly string[] | undefined {
  if (names === undefined) return undefined
  const list = Array.isArray(names) ? names : [names]
  if (list.includes('*')) return undefined
  for (const name of list) {
    if (typeof name !== 'string' || name === '') throw new TypeError(`An event's name must be text, not ${JSON.stringify(name)}`)
  }
  return list
}

function pushIf(stream: EventStream<AMIEvent | Gap>, where: (event: AMIEvent) => boolean): (event: AMIEvent) => void {
  return (event) => {
    try {
      if (where(event)) stream.push(event)
    } catch (error) {
      stream.end(error as Error)
    }
  }
}
