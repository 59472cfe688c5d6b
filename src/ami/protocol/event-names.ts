/** An event name that somebody waits for, known by its bytes. */
export interface NamedEntry<T> {
  readonly name: string
  readonly bytes: Uint8Array
  readonly value: T
}

/**
 * Finds what is registered for an event's name from the bytes of the name, without making text of them.
 * Case does not count: Asterisk documents `NewExten` and sends `Newexten`.
 */
export class EventNames<T> {
  readonly #byHash = new Map<number, NamedEntry<T>[]>()
  /** A bit for each length (modulo 32) that a name was ever registered with: tells most others without a hash. */
  #lengths = 0

  set(name: string, value: T): void {
    this.delete(name)
    const bytes = new TextEncoder().encode(name)
    const hash = foldedHash(bytes, 0, bytes.length)
    const bucket = this.#byHash.get(hash)
    const entry = { name, bytes, value }
    this.#lengths |= 1 << (bytes.length & 31)
    if (bucket === undefined) this.#byHash.set(hash, [entry])
    else bucket.push(entry)
  }

  delete(name: string): void {
    const bytes = new TextEncoder().encode(name)
    const hash = foldedHash(bytes, 0, bytes.length)
    const bucket = this.#byHash.get(hash)
    if (bucket === undefined) return
    const kept = bucket.filter((entry) => !foldedEqual(entry.bytes, bytes, 0, bytes.length))
    if (kept.length > 0) this.#byHash.set(hash, kept)
    else this.#byHash.delete(hash)
  }

  /** What is registered for the name in `bytes` from `start` to `end`. */
  find(bytes: Uint8Array, start: number, end: number): NamedEntry<T> | undefined {
    if ((this.#lengths & (1 << ((end - start) & 31))) === 0) return undefined
    const bucket = this.#byHash.get(foldedHash(bytes, start, end))
    if (bucket === undefined) return undefined
    for (const entry of bucket) if (foldedEqual(entry.bytes, bytes, start, end)) return entry
    return undefined
  }
}

/** Bit 0x20 parts upper from lower case; folding other characters too only makes hashes meet. */
function foldedHash(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start
  for (let at = start; at < end; at += 1) hash = (Math.imul(hash, 31) + ((bytes[at] as number) | 0x20)) | 0
  return hash
}

function foldedEqual(name: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (name.length !== end - start) return false
  for (let at = 0; at < name.length; at += 1) {
    if (lower(name[at] as number) !== lower(bytes[start + at] as number)) return false
  }
  return true
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
}
