/** 16-bit signed sound, low byte first, of one channel: at once, or in pieces of any length. A `Readable` of bytes is one too. */
export type SoundSource = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/** A source that is read piece by piece, and can be left. */
export class SourceReader {
  readonly #pieces: AsyncIterator<Uint8Array> | Iterator<Uint8Array>

  /** @throws TypeError for what is no source. */
  constructor(source: SoundSource) {
    this.#pieces = piecesOf(source)
  }

  /** Undefined at the end. @throws what the source throws; TypeError for a piece that is no bytes. */
  async next(): Promise<Uint8Array | undefined> {
    const { value, done } = await this.#pieces.next()
    if (done) return undefined
    if (!(value instanceof Uint8Array)) throw new TypeError(`sound comes in pieces of bytes, not ${typeof value}`)
    return value
  }

  /** Has the source stop; what it does then, and when, concerns nobody any more. */
  leave(): void {
    void Promise.resolve(this.#pieces.return?.()).catch(() => undefined)
  }
}

function piecesOf(source: SoundSource): AsyncIterator<Uint8Array> | Iterator<Uint8Array> {
  if (source instanceof Uint8Array) return cut(source)
  if (typeof source === 'object' && source !== null) {
    if (Symbol.asyncIterator in source) return source[Symbol.asyncIterator]()
    if (Symbol.iterator in source) return source[Symbol.iterator]()
  }
  throw new TypeError('sound is a Buffer, a stream or an iterable of them')
}

/** So that little of it is copied before its time. */
const PIECE_BYTES = 8_192

function* cut(sound: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < sound.length; at += PIECE_BYTES) yield sound.subarray(at, at + PIECE_BYTES)
}
