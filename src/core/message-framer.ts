const CR = 13
const LF = 10
/** How many bytes of a chunk show an end that began in the one before: CR LF CR LF without its first byte. */
const SEAM_BYTES = 3

/** Says whether the bytes found are a whole message: false sends the framer on to the next possible end. */
export type MessageSink = (bytes: Uint8Array, start: number, end: number) => boolean

/**
 * Cuts a byte stream into messages. A line ends at CR LF; a message ends at CR LF followed by CR LF or by LF
 * (Asterisk 18.19 to 20.x close CoreShowChannelMap so). A bare LF ends nothing: it can be part of a value.
 * Empty messages are skipped.
 *
 * Only an incomplete message is copied; whole ones are handed on where they lie in the caller's chunk.
 */
export class MessageFramer {
  readonly #maxBytes: number
  readonly #sink: MessageSink
  readonly #overflowed: () => void
  #carry = new Uint8Array(0)
  #carried = 0
  /** Ends up to here were looked for in the carried bytes already. */
  #searched = 0
  #stopped = false

  /**
   * @param maxBytes the size of the largest message.
   * @param overflowed called once when a message is larger; nothing is handed on any more.
   */
  constructor(maxBytes: number, sink: MessageSink, overflowed: () => void) {
    this.#maxBytes = maxBytes
    this.#sink = sink
    this.#overflowed = overflowed
  }

  /** From now on nothing is handed on, not even what is left of the chunk at hand. */
  stop(): void {
    this.#stopped = true
    this.#drop()
  }

  push(chunk: Uint8Array): void {
    if (this.#stopped) return
    const start = this.#carried > 0 ? this.#finishCarried(chunk) : 0
    if (!this.#stopped) this.#cut(chunk, start)
  }

  /** Hands on every whole message of the chunk and carries the rest. */
  #cut(chunk: Uint8Array, from: number): void {
    let start = skipBlankLines(chunk, from)
    let search = start
    while (start < chunk.length) {
      const end = findMessageEnd(chunk, search, start)
      if (end < 0) {
        this.#append(chunk, start, chunk.length)
        return
      }
      if (end - start > this.#maxBytes) {
        this.#overflow()
        return
      }
      const taken = this.#sink(chunk, start, end)
      if (this.#stopped) return
      if (taken) start = skipBlankLines(chunk, end)
      search = taken ? start : end
    }
  }

  /** Completes the carried message from the chunk; returns where the chunk's own messages start. */
  #finishCarried(chunk: Uint8Array): number {
    if (this.#carried === 1 && this.#carry[0] === CR && chunk[0] === LF) {
      // A blank line between messages, split in two.
      this.#drop()
      return 1
    }
    // The end may straddle the two, so the seam comes first.
    let copied = 0
    let upTo = Math.min(SEAM_BYTES, chunk.length)
    for (;;) {
      this.#append(chunk, copied, upTo)
      copied = upTo
      if (this.#stopped) return copied
      const end = findMessageEnd(this.#carry.subarray(0, this.#carried), this.#searched, 0)
      if ((end >= 0 ? end : this.#carried) > this.#maxBytes) {
        this.#overflow()
        return copied
      }
      if (end >= 0) {
        const behind = this.#carried - end
        const taken = this.#sink(this.#carry, 0, end)
        if (this.#stopped) return copied
        if (taken) {
          this.#drop()
          return copied - behind
        }
        this.#searched = end
        continue
      }
      this.#searched = Math.max(this.#searched, this.#carried - 3)
      if (copied === chunk.length) return copied
      const inChunk = findMessageEnd(chunk, copied, copied - 3)
      upTo = inChunk < 0 ? chunk.length : inChunk
    }
  }

  #append(chunk: Uint8Array, start: number, end: number): void {
    const needed = this.#carried + end - start
    // The seam may hold the first bytes of the next message.
    if (needed > this.#maxBytes + SEAM_BYTES) {
      this.#overflow()
      return
    }
    if (needed > this.#carry.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.#carry.length, 4096))
      grown.set(this.#carry.subarray(0, this.#carried))
      this.#carry = grown
    }
    this.#carry.set(chunk.subarray(start, end), this.#carried)
    this.#carried = needed
  }

  #drop(): void {
    this.#carried = 0
    this.#searched = 0
    // A buffer that one large message made need not stay large.
    if (this.#carry.length > 65_536) this.#carry = new Uint8Array(0)
  }

  #overflow(): void {
    this.stop()
    this.#overflowed()
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
    // Nearly always one line ends here and the next begins: the second byte behind the CR, and the one behind the LF, is its first.
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
