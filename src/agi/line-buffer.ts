import type { TextCodec } from '../core/text-codec.js'

const LF = 10
const FIRST_BYTES = 1_024

/**
 * Cuts bytes into lines. They are decoded up to the last LF, so that no character is cut; what follows waits, and is copied no more often than
 * its length calls for, in however many pieces it comes.
 */
export class LineBuffer {
  readonly #codec: TextCodec
  #waiting = new Uint8Array(0)
  #length = 0

  constructor(codec: TextCodec) {
    this.#codec = codec
  }

  /** How many bytes wait for their LF. */
  get length(): number {
    return this.#length
  }

  /** Adds what came; gives the lines that are whole now, without their LF. */
  push(data: Uint8Array): readonly string[] {
    const end = data.lastIndexOf(LF) + 1
    if (end === 0) {
      this.#append(data)
      return []
    }
    const last = data.subarray(0, end)
    const lines = this.#codec
      .decode(this.#length === 0 ? last : this.#joined(last))
      .slice(0, -1)
      .split('\n')
    this.#waiting = new Uint8Array(0)
    this.#length = 0
    if (end < data.length) this.#append(data.subarray(end))
    return lines
  }

  #joined(last: Uint8Array): Uint8Array {
    this.#append(last)
    return this.#waiting.subarray(0, this.#length)
  }

  #append(data: Uint8Array): void {
    const needed = this.#length + data.length
    if (needed > this.#waiting.length) {
      const larger = new Uint8Array(Math.max(FIRST_BYTES, needed, 2 * this.#waiting.length))
      larger.set(this.#waiting.subarray(0, this.#length))
      this.#waiting = larger
    }
    this.#waiting.set(data, this.#length)
    this.#length = needed
  }
}
