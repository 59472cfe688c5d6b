import { onAbort } from '../../core/abort.js'
import { quote } from '../../core/checks.js'
import type { Clock } from '../../core/clock.js'
import { deferred } from '../../core/deferred.js'
import { asError } from '../../core/errors.js'
import type { EventStream } from '../../core/event-stream.js'
import { EventWriter, type EventWriterSetup, type Overflow } from '../../core/event-writer.js'
import type { Gap } from '../../core/gap.js'
import { abortSignal, amount, callback, checkOptions, flag, milliseconds, type OptionsShape, oneOf } from '../../core/options.js'
import { waitWithin } from '../../core/waiting.js'
import { StreamOverflowError, WaitTimeoutError } from '../messages/errors.js'
import type { AMIEvent, EventOf } from '../messages/event.js'
import type { ClientDiagnostics } from './client-events.js'
import type { EventHub } from './event-hub.js'

/** How a stream of events behaves. */
export interface EventStreamOptions<Event = AMIEvent> {
  /** Ends the stream: its reader gets the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Only events for which this is true. If it throws, the stream ends with that error. */
  readonly where?: ((event: Event) => boolean) | undefined
  /** How many events may wait for the reader. @default 10_000 */
  readonly maxBuffered?: number | undefined
  /** What becomes of an event for which there is no room: the stream fails, or an event is dropped and counted. @default 'error' */
  readonly overflow?: Overflow | undefined
  /** Yield a `Gap` in the place of each hole. @default false: holes are only counted */
  readonly withGaps?: boolean | undefined
}

/** How `waitFor` waits. */
export interface WaitForOptions<Event = AMIEvent> {
  readonly signal?: AbortSignal | undefined
  /** Infinity: no limit. @default the client's `actionTimeoutMs` */
  readonly timeoutMs?: number | undefined
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

const STREAM_SHAPE: OptionsShape<EventStreamOptions> = {
  signal: abortSignal,
  where: callback,
  maxBuffered: amount,
  overflow: oneOf('error', 'drop-oldest', 'drop-newest'),
  withGaps: flag,
}

const WAIT_SHAPE: OptionsShape<WaitForOptions> = { signal: abortSignal, timeoutMs: milliseconds(), where: callback }

/** Somebody who waits for an event. */
interface Wait {
  readonly reject: (reason: unknown) => void
  /** How many holes there were meanwhile. */
  gaps: number
}

/** The streams and waits of one client. They outlive its connections and end with it. */
export class Subscriptions {
  readonly #hub: EventHub
  readonly #clock: Clock
  readonly #writers = new Set<EventWriter<AMIEvent | Gap>>()
  readonly #waits = new Set<Wait>()

  constructor(hub: EventHub, clock: Clock, diagnostics: ClientDiagnostics) {
    this.#hub = hub
    this.#clock = clock
    diagnostics.on('gap', (gap) => this.#pushGap(gap))
  }

  stream(names: EventNames | undefined, options: EventStreamOptions = {}): EventStream<AMIEvent | Gap> {
    checkOptions(options, STREAM_SHAPE)
    const { signal, where, overflow = 'error', withGaps = false, maxBuffered = 10_000 } = options
    const wanted = eventNames(names)
    const writer: EventWriter<AMIEvent | Gap> = new EventWriter({
      ...streamDefaults(this.#clock),
      maxBuffered,
      overflow,
      withGaps,
      ended: () => {
        unsubscribe()
        forgetSignal()
        this.#writers.delete(writer)
      },
    })
    const push = (event: AMIEvent) => writer.push(event)
    const unsubscribe = this.#hub.subscribe(wanted, where === undefined ? push : pushIf(writer, where))
    const forgetSignal = onAbort(signal, () => writer.end(signal?.reason))
    this.#writers.add(writer)
    if (signal?.aborted) writer.end(signal.reason)
    return writer.stream
  }

  /** Calls `listener` for each event of these names, until the returned function is called. */
  listen(names: EventNames, listener: (event: AMIEvent) => unknown): () => void {
    const wanted = eventNames(names) ?? ['*']
    // A name given twice, in whatever case, is one.
    const unique = new Map(wanted.map((name) => [name.toLowerCase(), name]))
    const stops = [...unique.values()].map((name) => this.#hub.listen(name, listener))
    return () => {
      for (const stop of stops) stop()
    }
  }

  /** @param defaultTimeoutMs how long it waits where the options do not say. */
  async waitFor<Name extends string>(
    names: Name | readonly Name[],
    options: WaitForOptions<EventOf<Name>>,
    defaultTimeoutMs: number,
  ): Promise<EventOf<Name>> {
    checkOptions(options, WAIT_SHAPE)
    const { signal, where, timeoutMs = defaultTimeoutMs } = options
    const wanted = eventNames(names)
    signal?.throwIfAborted()
    const found = deferred<EventOf<Name>>()
    const wait: Wait = { reject: found.reject, gaps: 0 }
    const unsubscribe = this.#hub.subscribe(wanted, (event) => {
      try {
        if (where === undefined || where(event as EventOf<Name>)) found.resolve(event as EventOf<Name>)
      } catch (error) {
        found.reject(error)
      }
    })
    this.#waits.add(wait)
    try {
      const tooLate = () => waitedTooLong(wanted, timeoutMs, wait.gaps)
      return await waitWithin(found.promise, { clock: this.#clock, timeoutMs, signal, tooLate })
    } finally {
      unsubscribe()
      this.#waits.delete(wait)
    }
  }

  /** The client is closed: streams end, waits are rejected. */
  end(error: Error): void {
    for (const wait of [...this.#waits]) wait.reject(error)
    for (const writer of [...this.#writers]) writer.end()
  }

  /** The client gave up: streams and waits end with the reason. */
  fail(reason: Error): void {
    for (const wait of [...this.#waits]) wait.reject(reason)
    for (const writer of [...this.#writers]) writer.end(reason)
  }

  #pushGap(gap: Gap): void {
    for (const writer of this.#writers) writer.pushGap(gap)
    for (const wait of this.#waits) wait.gaps += 1
  }
}

function waitedTooLong(names: readonly string[] | undefined, timeoutMs: number, gaps: number): WaitTimeoutError {
  const missed = gaps === 0 ? '' : `; it may have been missed in ${gaps === 1 ? 'a gap' : `${gaps} gaps`} meanwhile`
  const message = `No event ${names?.join(' or ') ?? 'at all'} came within ${timeoutMs} ms${missed}`
  return new WaitTimeoutError(message, { timeoutMs, gaps })
}

/** What all streams of a client share. */
export function streamDefaults(clock: Clock): Pick<EventWriterSetup, 'overflow' | 'withGaps' | 'now' | 'overflowError'> {
  return {
    overflow: 'error',
    withGaps: false,
    now: () => new Date(clock.now()),
    overflowError: (maxBuffered) => new StreamOverflowError(maxBuffered),
  }
}

/** The names to subscribe to; undefined for all. */
function eventNames(names: EventNames | undefined): readonly string[] | undefined {
  if (names === undefined) return undefined
  const list: unknown = typeof names === 'string' ? [names] : names
  if (!Array.isArray(list)) throw new TypeError(`An event's name must be text, or a list of texts, not ${quote(list)}`)
  for (const name of list) {
    if (typeof name !== 'string' || name === '') throw new TypeError(`An event's name must be text, not ${quote(name)}`)
  }
  return list.includes('*') ? undefined : list
}

function pushIf(writer: EventWriter<AMIEvent | Gap>, where: (event: AMIEvent) => boolean): (event: AMIEvent) => void {
  return (event) => {
    try {
      if (where(event)) writer.push(event)
    } catch (error) {
      writer.end(asError(error))
    }
  }
}
