import type { Clock } from '../core/clock.js'
import type { EventStream } from '../core/event-stream.js'
import { EventWriter } from '../core/event-writer.js'
import type { MediaConnection } from '../core/media-server.js'
import { amount, checkOptions, type OptionsShape, wholeNumber } from '../core/options.js'
import type { Transport } from '../core/transport.js'
import { MediaClosedError, MediaStalledError } from './errors.js'
import { FrameKind, frameBytes, kindOf, rateOf } from './frames.js'
import { Player, type PlayOptions, type PlayResult } from './player.js'
import { Resampler } from './resampler.js'
import type { SoundSource } from './sound-source.js'

/** How a channel's sound is read. */
export interface AudioOptions {
  /** Samples a second, from 4,000 to 192,000; what Asterisk sends is converted. @default 8_000 */
  readonly rate?: number | undefined
  /** How many frames of 20 ms wait for a slow reader; then the oldest are dropped, and counted in `dropped`. @default 250 */
  readonly maxBuffered?: number | undefined
}

const AUDIO_SHAPE: OptionsShape<AudioOptions> = { rate: wholeNumber(4_000, 192_000), maxBuffered: amount }

/** What a connection is made with. */
interface Setup {
  readonly uuid: string
  readonly remoteAddress: string
  readonly transport: Transport
  readonly clock: Clock
  /** Samples a second of what is sent. */
  readonly rate: number
  /** The connection is over, for this reason. */
  readonly ended: (reason: Error) => void
}

const FRAME_MS = 20
/** A pause of this process longer than this is not caught up with: Asterisk would play it all, late for ever. */
const MAX_LATE_MS = 200
/** Sound of ten seconds and more that Asterisk does not take. */
const MAX_UNSENT_BYTES = 200_000
const MAX_DIGITS = 1_000
/** A second of sound is kept for the first reader: what comes before a script has begun to read is not lost. */
const EARLY_FRAMES = 50

/**
 * A channel's sound, both ways: what is said there, and what is played to it. Every 20 ms a frame is sent, silence where nothing is played: so the
 * channel's other side has no hole, and Asterisk knows that somebody is there.
 */
export class AudioSocketConnection implements MediaConnection, Disposable {
  readonly uuid: string
  /** Of the Asterisk that has connected. */
  readonly remoteAddress: string
  readonly #transport: Transport
  readonly #clock: Clock
  readonly #kind: number
  readonly #player: Player
  readonly #ended: (reason: Error) => void
  readonly #over = new AbortController()
  readonly #listeners = new Set<Listener>()
  readonly #digitReaders = new Set<EventWriter<string>>()
  /** What came before the first reader; undefined from then on. */
  #earlySound: { readonly sound: Uint8Array; readonly rate: number }[] | undefined = []
  #earlyDigits: string[] | undefined = []
  #dueMs: number
  #cancelTimer: () => void

  /** @internal */
  constructor({ uuid, remoteAddress, transport, clock, rate, ended }: Setup) {
    this.uuid = uuid
    this.remoteAddress = remoteAddress
    this.#transport = transport
    this.#clock = clock
    this.#kind = kindOf(rate)
    this.#player = new Player(rate)
    this.#ended = ended
    this.#dueMs = clock.now()
    this.#cancelTimer = clock.after(0, () => this.#send())
  }

  /** Aborts when the connection is over: hung up, closed here, or lost. Its reason is a MediaClosedError, or what was wrong. */
  get signal(): AbortSignal {
    return this.#over.signal
  }

  /** How much sound has been read of what is played and has not been sent; at most half a second is read ahead of what a source gives. */
  get queuedMs(): number {
    return this.#player.queuedMs
  }

  /**
   * What is said in the channel, from now on: frames of 16-bit signed sound, low byte first, mostly of 20 ms. Ends with the connection. Each call is a
   * reader of its own; the first one gets the second before, too.
   *
   * @throws TypeError or RangeError that names a wrong option.
   */
  audio(options: AudioOptions = {}): EventStream<Uint8Array> {
    checkOptions(options, AUDIO_SHAPE)
    const { rate = 8_000, maxBuffered = 250 } = options
    const listener = new Listener(
      rate,
      this.#writer(maxBuffered, () => this.#listeners.delete(listener)),
    )
    for (const early of this.#earlySound ?? []) listener.hear(early.sound, early.rate)
    this.#earlySound = undefined
    if (this.signal.aborted) listener.writer.end()
    else this.#listeners.add(listener)
    return listener.writer.stream
  }

  /** The keys that are pressed: `0` to `9`, `*`, `#`, `A` to `D`; of the first reader all, of others from now on. Ends with the connection. */
  digits(): EventStream<string> {
    const writer: EventWriter<string> = this.#writer(MAX_DIGITS, () => this.#digitReaders.delete(writer))
    for (const digit of this.#earlyDigits ?? []) writer.push(digit)
    this.#earlyDigits = undefined
    if (this.signal.aborted) writer.end()
    else this.#digitReaders.add(writer)
    return writer.stream
  }

  /**
   * Plays to the channel, behind what is playing already; resolves when all of it was sent, or will not be.
   *
   * @param source 16-bit signed sound, low byte first; in pieces of any length, where it comes so.
   * @throws the signal's reason when it aborts; what the source throws; TypeError or RangeError for a wrong source or option.
   */
  play(source: SoundSource, options?: PlayOptions): Promise<PlayResult> {
    return this.#player.play(source, options)
  }

  /** Drops all that is playing and waits to be: the channel is silent from the next frame on, 20 ms at most. Every `play` resolves. */
  interrupt(): void {
    this.#player.interrupt()
  }

  /** Resolves when all that was played has been heard, as far as this side can tell: close after that, and the last word is not lost. */
  drained(): Promise<void> {
    return this.#player.drained()
  }

  /** Ends the connection: the channel goes on behind `AudioSocket()` in the dialplan, or behind the script's command. Idempotent. */
  close(): void {
    if (this.signal.aborted) return
    this.#transport.write(frameBytes(FrameKind.end, new Uint8Array(0)))
    this.end(new MediaClosedError(`the connection ${this.uuid} was closed`))
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** @internal A frame came. False: no more are read. */
  receive(kind: number, payload: Uint8Array): boolean {
    const rate = rateOf(kind)
    if (rate !== undefined) this.#heard(payload, rate)
    else if (kind === FrameKind.digit) this.#pressed(String.fromCharCode(payload[0] ?? 0))
    else if (kind === FrameKind.end) this.end(new MediaClosedError(`Asterisk has ended the connection ${this.uuid}`))
    else if (kind === FrameKind.error)
      this.end(new MediaClosedError(`Asterisk has ended the connection ${this.uuid} with error ${payload[0] ?? 'unknown'}`))
    return !this.signal.aborted
  }

  /** @internal The connection is over. */
  end(reason: Error): void {
    if (this.signal.aborted) return
    this.#cancelTimer()
    this.#transport.close()
    this.#player.close()
    for (const { writer } of this.#listeners) writer.end()
    for (const reader of this.#digitReaders) reader.end()
    this.#over.abort(reason)
    this.#ended(reason)
  }

  #heard(sound: Uint8Array, rate: number): void {
    for (const listener of this.#listeners) listener.hear(sound, rate)
    if (this.#earlySound === undefined) return
    this.#earlySound.push({ sound: new Uint8Array(sound), rate })
    if (this.#earlySound.length > EARLY_FRAMES) this.#earlySound.shift()
  }

  #pressed(digit: string): void {
    for (const reader of this.#digitReaders) reader.push(digit)
    if (this.#earlyDigits !== undefined && this.#earlyDigits.length < MAX_DIGITS) this.#earlyDigits.push(digit)
  }

  /** Sends what is due, and waits for the next: by the clock, so that a late timer makes none of the following late. */
  #send(): void {
    const now = this.#clock.now()
    if (now - this.#dueMs > MAX_LATE_MS) this.#dueMs = now
    while (this.#dueMs <= now + 1) {
      this.#transport.write(frameBytes(this.#kind, this.#player.frame()))
      this.#dueMs += FRAME_MS
    }
    if ((this.#transport.unsentBytes ?? 0) > MAX_UNSENT_BYTES)
      this.end(new MediaStalledError(`Asterisk has taken nothing of what is sent to ${this.uuid} for about ten seconds`))
    else this.#cancelTimer = this.#clock.after(this.#dueMs - now, () => this.#send())
  }

  #writer<T>(maxBuffered: number, ended: () => void): EventWriter<T> {
    return new EventWriter<T>({
      maxBuffered,
      overflow: 'drop-oldest',
      withGaps: false,
      now: () => new Date(this.#clock.now()),
      overflowError: () => new MediaClosedError('the reader was too slow'),
      ended,
    })
  }
}

/** One who listens to a channel, at a rate of its own. */
class Listener {
  readonly writer: EventWriter<Uint8Array>
  readonly #rate: number
  #resampler: Resampler | undefined
  #from: number | undefined

  constructor(rate: number, writer: EventWriter<Uint8Array>) {
    this.#rate = rate
    this.writer = writer
  }

  /** `sound` is overwritten after the call. */
  hear(sound: Uint8Array, rate: number): void {
    if (rate !== this.#from) {
      this.#from = rate
      this.#resampler = rate === this.#rate ? undefined : new Resampler(rate, this.#rate)
    }
    this.writer.push(this.#resampler?.convert(sound) ?? new Uint8Array(sound))
  }
}
