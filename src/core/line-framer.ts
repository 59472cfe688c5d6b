import { ByteBuffer } from './byte-buffer.js'

const CR = 13
const LF = 10
/** What is kept of the end of a line that is too long. */
const TAIL_BYTES = 64

/** Takes lines where they lie; the bytes are valid during the call only. */
export interface LineSink {
  /** A line without its end. False: the framer stops behind it. */
  line(bytes: Uint8Array, start: number, end: number): boolean
  /** A line has more bytes than it may; of what `line` is given when it ends, only the last 64 bytes are sure. */
  tooLong(bytes: number): void
}

/**
 * Cuts a byte stream into lines, and copies an incomplete one only.
 *
 * A line ends at LF, or, with `needsCR`, at CR LF: then a bare LF is part of the line, unless the line would begin with it: that
 * one is empty.
 */
export class LineFramer {
  readonly #needsCR: boolean
  readonly #maxBytes: number
  readonly #sink: LineSink
  readonly #carry = new ByteBuffer()
  #isTooLong = false

  constructor(options: { needsCR: boolean; maxBytes: number }, sink: LineSink) {
    this.#needsCR = options.needsCR
    this.#maxBytes = options.maxBytes
    this.#sink = sink
  }

  /** Reads on; returns how many of the bytes were read: all, unless the sink stopped. */
  push(bytes: Uint8Array): number {
    let start = 0
    for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
      if (this.#needsCR && !this.#isEnd(bytes, start, at)) continue
      const goesOn = this.#line(bytes, start, at)
      start = at + 1
      if (!goesOn) return start
    }
    this.#keep(bytes, start, bytes.length)
    return bytes.length
  }

  /** Whether the LF ends a line: behind a CR, or as its first byte. */
  #isEnd(bytes: Uint8Array, start: number, at: number): boolean {
    const before = at > start ? bytes[at - 1] : this.#carry.bytes[this.#carry.length - 1]
    return before === CR || (at === start && this.#carry.length === 0)
  }

  #line(bytes: Uint8Array, start: number, at: number): boolean {
    if (this.#carry.length === 0 && at - start <= this.#maxBytes) return this.#sink.line(bytes, start, this.#endOf(start, at))
    this.#keep(bytes, start, at)
    const { bytes: line, length } = this.#carry
    const end = this.#endOf(0, length)
    if (end > this.#maxBytes) this.#tooLong(end)
    const goesOn = this.#sink.line(line, 0, end)
    this.#carry.truncate(0)
    this.#isTooLong = false
    return goesOn
  }

  /** Where the line ends whose LF is at `at`. */
  #endOf(start: number, at: number): number {
    return this.#needsCR && at > start ? at - 1 : at
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    if (this.#isTooLong) {
      this.#carry.append(bytes, Math.max(start, end - TAIL_BYTES), end)
      this.#carry.keepLast(TAIL_BYTES)
      return
    }
    // One more than it may have: the CR before the LF.
    const length = this.#carry.length + end - start
    if (length <= this.#maxBytes + 1) this.#carry.append(bytes, start, end)
    else {
      this.#tooLong(length)
      this.#keep(bytes, start, end)
    }
  }

  #tooLong(bytes: number): void {
    if (this.#isTooLong) return
    this.#isTooLong = true
    this.#sink.tooLong(bytes)
  }
}
