/** A buffer that made room for this much keeps it; more is given back when it is emptied. */
const KEPT_BYTES = 65_536

/** Bytes that are collected piece by piece. Room doubles, so that each byte is copied a bounded number of times. */
export class ByteBuffer {
  #bytes = new Uint8Array(0)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** What was collected lies at the beginning of it; valid until the next change. */
  get bytes(): Uint8Array {
    return this.#bytes
  }

  append(source: Uint8Array, start: number, end: number): void {
    const length = this.#length + end - start
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.#bytes.length, 4096))
      grown.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = grown
    }
    this.#bytes.set(source.subarray(start, end), this.#length)
    this.#length = length
  }

  /** Drops all but the first bytes. */
  truncate(length: number): void {
    this.#length = length
    if (length === 0 && this.#bytes.length > KEPT_BYTES) this.#bytes = new Uint8Array(0)
  }

  /** Drops all but the last bytes. */
  keepLast(length: number): void {
    if (length >= this.#length) return
    this.#bytes.copyWithin(0, this.#length - length, this.#length)
    this.#length = length
  }
}
