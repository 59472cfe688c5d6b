import { ByteBuffer } from './byte-buffer.js'

const CR = 13
const LF = 10
/** How many bytes of a chunk show an end that began in the one before: CR LF CR LF without its first byte. */
const SEAM_BYTES = 3

/** Takes messages where they lie; the bytes are valid during the call only. What it answers is whether the framer goes on. */
export interface MessageSink {
  /** A whole message. False: the framer stops behind it, as what follows is no message. */
  message(bytes: Uint8Array, start: number, end: number): boolean
  /** What has come of a message that is not whole, told with each chunk. False: the sink has taken it, and reads on by itself. */
  unfinished(bytes: Uint8Array, start: number, end: number): boolean
}

/**
 * Cuts a byte stream into messages. A line ends at CR LF; a message ends at CR LF followed by CR LF or by LF
 * (Asterisk 18.19 to 20.x close CoreShowChannelMap so). A bare LF ends nothing: it can be part of a value.
 * Empty messages are skipped.
 *
 * Only an incomplete message is copied; whole ones are handed on where they lie in the caller's chunk. How large a message may be
 * is for the sink to say.
 */
export class MessageFramer {
  readonly #sink: MessageSink
  readonly #carry = new ByteBuffer()
  /** Ends up to here were looked for in the carried bytes already. */
  #searched = 0
  #stopped = false

  constructor(sink: MessageSink) {
    this.#sink = sink
  }

  /** From now on nothing is handed on, not even what is left of the chunk at hand. */
  stop(): void {
    this.#stopped = true
    this.#drop()
  }

  /** Reads on; returns how many of the bytes were read: all, unless the sink stopped. */
  push(chunk: Uint8Array): number {
    if (this.#stopped) return chunk.length
    if (this.#carry.length === 0) return this.#cut(chunk, 0)
    if (this.#carry.length === 1 && this.#carry.bytes[0] === CR && chunk[0] === LF) {
      // A blank line between messages, split in two.
      this.#drop()
      return this.#cut(chunk, 1)
    }
    const end = this.#carryUpToEnd(chunk)
    const { bytes, length } = this.#carry
    if (end < 0) {
      if (!this.#sink.unfinished(bytes, 0, length)) this.#drop()
      return chunk.length
    }
    const goesOn = this.#sink.message(bytes, 0, length)
    this.#drop()
    return goesOn ? this.#cut(chunk, end) : end
  }

  /** Hands on every whole message of the chunk and carries the rest. */
  #cut(chunk: Uint8Array, from: number): number {
    let start = skipBlankLines(chunk, from)
    while (start < chunk.length && !this.#stopped) {
      const end = findMessageEnd(chunk, start, start)
      if (end < 0) {
        if (this.#sink.unfinished(chunk, start, chunk.length)) this.#carry.append(chunk, start, chunk.length)
        return chunk.length
      }
      if (!this.#sink.message(chunk, start, end)) return end
      start = skipBlankLines(chunk, end)
    }
    return chunk.length
  }

  /** Carries the rest of the message from the chunk; returns where it ends in the chunk, or -1. */
  #carryUpToEnd(chunk: Uint8Array): number {
    // The end may straddle the two, so the seam comes first.
    const seam = Math.min(SEAM_BYTES, chunk.length)
    const before = this.#carry.length
    this.#carry.append(chunk, 0, seam)
    const end = findMessageEnd(this.#carry.bytes.subarray(0, this.#carry.length), this.#searched, 0)
    if (end >= 0) {
      this.#carry.truncate(end)
      return end - before
    }
    const inChunk = seam === chunk.length ? -1 : findMessageEnd(chunk, seam, 0)
    this.#carry.append(chunk, seam, inChunk < 0 ? chunk.length : inChunk)
    this.#searched = Math.max(this.#searched, this.#carry.length - SEAM_BYTES)
    return inChunk
  }

  #drop(): void {
    this.#carry.truncate(0)
    this.#searched = 0
  }
}

function skipBlankLines(bytes: Uint8Array, from: number): number {
  let at = from
  for (;;) {
    if (bytes[at] === LF) at += 1
    else if (bytes[at] === CR && bytes[at + 1] === LF) at += 2
    else return at
  }
}

/**
 * Where the message ends: the index behind CR LF CR LF or CR LF LF, or -1.
 *
 * An end is at least three bytes long, so looking at every third byte finds it.
 *
 * @param from where to start looking; @param floor how far back the end may begin.
 */
function findMessageEnd(bytes: Uint8Array, from: number, floor: number): number {
  const length = bytes.length
  // Ends up to `from` are known, so a later one begins here or behind.
  const earliest = Math.max(floor, from - 3)
  // Up to here two more bytes follow; to read beyond the end costs dear.
  const safe = length - 2
  let at = earliest + 2
  while (at < length) {
    const byte = bytes[at] as number
    if (byte > CR) {
      at += 3
      continue
    }
    // Nearly always one line ends here and the next begins: the second byte behind the CR, and the one behind the LF, is its
    // first.
    if (at < safe && byte === CR && bytes[at + 2]! > CR && bytes[at - 1]! > CR) {
      at += 5
      continue
    }
    if (at < safe && byte === LF && bytes[at + 1]! > CR && bytes[at - 2]! > CR) {
      at += 4
      continue
    }
    if (byte !== LF && byte !== CR) {
      at += 3
      continue
    }
    let run = at
    while (run > earliest && (bytes[run - 1] === LF || bytes[run - 1] === CR)) run -= 1
    // Within the run of CR and LF, find the first end.
    for (; bytes[run] === LF || bytes[run] === CR; run += 1) {
      if (bytes[run] !== CR || bytes[run + 1] !== LF) continue
      const end = bytes[run + 2] === LF ? run + 3 : bytes[run + 2] === CR && bytes[run + 3] === LF ? run + 4 : -1
      if (end > from && end <= length) return end
    }
    at = run + 2
  }
  return -1
}
