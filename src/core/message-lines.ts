import { LineFramer, type LineSink } from './line-framer.js'
import type { TextCodec } from './text-codec.js'

/** Bytes of a line that is shown. */
const MAX_LINE_BYTES = 65_536
/** Lines of a message that are shown. */
const MAX_LINES = 1_000

/**
 * Cuts a byte stream into messages as people read them: lists of lines, up to an empty one. Of a message that is beyond measure it shows the
 * beginning and says how much is left out, so that the memory it takes is bounded.
 */
export class MessageLines implements LineSink {
  readonly #codec: TextCodec
  readonly #whole: (lines: readonly string[]) => void
  readonly #framer = new LineFramer({ needsCR: true, maxBytes: MAX_LINE_BYTES }, this)
  #lines: string[] = []
  #leftOut = 0
  #isTooLong = false
  /** A greeting is one line, and no empty one follows it. */
  #isGreeting: boolean

  constructor(codec: TextCodec, { greets }: { readonly greets: boolean }, whole: (lines: readonly string[]) => void) {
    this.#codec = codec
    this.#isGreeting = greets
    this.#whole = whole
  }

  push(bytes: Uint8Array): void {
    this.#framer.push(bytes)
  }

  line(bytes: Uint8Array, start: number, end: number): boolean {
    const isTooLong = this.#isTooLong
    this.#isTooLong = false
    if (start === end && !isTooLong) this.#end()
    else if (this.#lines.length >= MAX_LINES) this.#leftOut += 1
    else {
      const text = isTooLong ? `… (a line of more than ${MAX_LINE_BYTES} bytes)` : this.#codec.decode(bytes.subarray(start, end))
      this.#lines.push(text)
      if (this.#isGreeting) this.#end()
    }
    return true
  }

  tooLong(): void {
    this.#isTooLong = true
  }

  #end(): void {
    if (this.#lines.length === 0) return
    const lines = this.#leftOut === 0 ? this.#lines : [...this.#lines, `… (and ${this.#leftOut} lines more)`]
    this.#lines = []
    this.#leftOut = 0
    this.#isGreeting = false
    this.#whole(lines)
  }
}
