import { ByteBuffer } from '../core/byte-buffer.js'
import type { TextCodec } from '../core/text-codec.js'

const LF = 10

/**
 * Cuts bytes into lines. They are decoded up to the last LF, so that no character is cut; what follows waits, and is copied no more often than
 * its length calls for, in however many pieces it comes.
 */
export class LineBuffer {
  readonly #codec: TextCodec
  readonly #waiting = new ByteBuffer()

  constructor(codec: TextCodec) {
    this.#codec = codec
  }

  /** How many bytes wait for their LF. */
  get length(): number {
    return this.#waiting.length
  }

  /** Adds what came; gives the lines that are whole now, without their LF. */
  push(data: Uint8Array): readonly string[] {
    const end = data.lastIndexOf(LF) + 1
    if (end === 0) {
      this.#waiting.append(data, 0, data.length)
      return []
    }
    const last = data.subarray(0, end)
    const lines = this.#codec
      .decode(this.#waiting.length === 0 ? last : this.#joined(last))
      .slice(0, -1)
      .split('\n')
    this.#waiting.truncate(0)
    if (end < data.length) this.#waiting.append(data, end, data.length)
    return lines
  }

  #joined(last: Uint8Array): Uint8Array {
    this.#waiting.append(last, 0, last.length)
    return this.#waiting.bytes.subarray(0, this.#waiting.length)
  }
}
