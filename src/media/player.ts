import { onAbort } from '../core/abort.js'
import { type Deferred, deferred } from '../core/deferred.js'
import { abortSignal, checkOptions, type OptionsShape, wholeNumber } from '../core/options.js'
import { Resampler } from './resampler.js'
import { SoundQueue } from './sound-queue.js'
import { type SoundSource, SourceReader } from './sound-source.js'

/** How something is played. */
export interface PlayOptions {
  /** Samples a second of the source, from 4,000 to 192,000. @default 8_000 */
  readonly rate?: number | undefined
  /** Stops it: `play` rejects with the signal's reason, and what was queued of it is dropped. */
  readonly signal?: AbortSignal | undefined
}

const SHAPE: OptionsShape<PlayOptions> = { rate: wholeNumber(4_000, 192_000), signal: abortSignal }

/** How playing ended. */
export interface PlayResult {
  /** `played`: to its end; `interrupted`: by `interrupt()`; `closed`: the connection was over first. */
  readonly end: 'played' | 'interrupted' | 'closed'
  /** How much of it was sent. */
  readonly playedMs: number
}

/** So much is read ahead of a source: a slow one does not run dry at once, and little is dropped when it is interrupted. */
const AHEAD_MS = 400
const FRAME_MS = 20
/** What is sent last is heard when another frame has followed it: Asterisk drops what it has when the connection ends. */
const FRAMES_BEHIND = 2

/** What is played, one after the other, in frames of 20 ms. Knows no time: it is asked for a frame when one is due. */
export class Player {
  readonly #rate: number
  readonly #frameBytes: number
  readonly #plays: Play[] = []
  #reading: Promise<void> = Promise.resolve()
  #silentFrames = FRAMES_BEHIND
  #drained: Deferred<void> | undefined
  #isClosed = false

  /** `rate`: samples a second of what is sent. */
  constructor(rate: number) {
    this.#rate = rate
    this.#frameBytes = (2 * rate * FRAME_MS) / 1_000
  }

  /** How much sound has been read and not been sent. */
  get queuedMs(): number {
    return this.#msOf(this.#plays.reduce((sum, { queue }) => sum + queue.length, 0))
  }

  async play(source: SoundSource, options: PlayOptions = {}): Promise<PlayResult> {
    checkOptions(options, SHAPE)
    const { rate = 8_000, signal } = options
    signal?.throwIfAborted()
    const reader = new SourceReader(source)
    if (this.#isClosed) {
      reader.leave()
      return { end: 'closed', playedMs: 0 }
    }
    const play = new Play(reader, rate === this.#rate ? undefined : new Resampler(rate, this.#rate))
    this.#plays.push(play)
    const forgetSignal = onAbort(signal, () => this.#end(play, () => play.result.reject(signal?.reason)))
    this.#reading = this.#reading.then(() => this.#read(play))
    try {
      return await play.result.promise
    } finally {
      forgetSignal()
    }
  }

  /** The frame that is due now. */
  frame(): Uint8Array {
    const frame = new Uint8Array(this.#frameBytes)
    let at = 0
    for (let play = this.#plays[0]; play !== undefined; play = this.#plays[0]) {
      const taken = play.take(frame, at)
      at += taken
      if (!play.isSent) break
      this.#endAs(play, 'played')
    }
    this.#silentFrames = at > 0 ? 0 : this.#silentFrames + 1
    this.#tellDrained()
    return frame
  }

  /** Drops all that waits. */
  interrupt(): void {
    for (const play of [...this.#plays]) this.#endAs(play, 'interrupted')
  }

  close(): void {
    this.#isClosed = true
    for (const play of [...this.#plays]) this.#endAs(play, 'closed')
    this.#tellDrained()
  }

  /** When all that was played has been sent, and frames enough behind it for Asterisk to hear it. */
  async drained(): Promise<void> {
    this.#drained ??= deferred()
    const { promise } = this.#drained
    this.#tellDrained()
    await promise
  }

  #tellDrained(): void {
    const isDrained = this.#plays.length === 0 && this.#silentFrames >= FRAMES_BEHIND
    if (!isDrained && !this.#isClosed) return
    this.#drained?.resolve()
    this.#drained = undefined
  }

  async #read(play: Play): Promise<void> {
    try {
      await play.read((AHEAD_MS / FRAME_MS) * this.#frameBytes)
    } catch (error) {
      this.#end(play, () => play.result.reject(error))
    }
  }

  #endAs(play: Play, end: PlayResult['end']): void {
    this.#end(play, () => play.result.resolve({ end, playedMs: this.#msOf(play.sentBytes) }))
  }

  #end(play: Play, tell: () => void): void {
    const at = this.#plays.indexOf(play)
    if (at < 0) return
    this.#plays.splice(at, 1)
    play.stop()
    tell()
  }

  #msOf(bytes: number): number {
    return Math.round((bytes * 1_000) / (2 * this.#rate))
  }
}

/** One source on its way. */
class Play {
  readonly result = deferred<PlayResult>()
  readonly queue = new SoundQueue()
  sentBytes = 0
  readonly #reader: SourceReader
  readonly #resampler: Resampler | undefined
  #isRead = false
  /** Goes on with reading. */
  #wake: (() => void) | undefined

  constructor(reader: SourceReader, resampler: Resampler | undefined) {
    this.#reader = reader
    this.#resampler = resampler
  }

  get isSent(): boolean {
    return this.#isRead && this.queue.length === 0
  }

  take(frame: Uint8Array, at: number): number {
    const taken = this.queue.takeInto(frame, at)
    this.sentBytes += taken
    if (taken > 0) this.#wake?.()
    return taken
  }

  /** Reads the source to its end, never further ahead than this. @throws what the source throws. */
  async read(aheadBytes: number): Promise<void> {
    while (!this.#isRead) {
      if (this.queue.length >= aheadBytes) await this.#wakened()
      else this.#add(await this.#next())
    }
  }

  /** Nothing more is read; a source that is slow to give what it was asked for is not waited for. */
  stop(): void {
    this.#isRead = true
    this.#reader.leave()
    this.#wake?.()
  }

  #add(piece: Uint8Array | undefined): void {
    if (piece === undefined) this.#isRead = true
    else if (!this.#isRead) this.queue.add(this.#resampler?.convert(piece) ?? piece)
  }

  #next(): Promise<Uint8Array | undefined> {
    const next = deferred<Uint8Array | undefined>()
    this.#wake = () => this.#isRead && next.resolve(undefined)
    this.#reader.next().then(next.resolve, next.reject)
    return next.promise
  }

  #wakened(): Promise<void> {
    const awake = deferred<void>()
    this.#wake = awake.resolve
    return awake.promise
  }
}
