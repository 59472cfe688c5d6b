import { ByteBuffer } from '../core/byte-buffer.js'

/** The kinds of frames (`main/res_audiosocket.c`; verified on 22): one byte, then two for the length, high one first, then so many bytes. */
export const FrameKind = { end: 0x00, uuid: 0x01, silence: 0x02, digit: 0x03, error: 0xff } as const

const FIRST_AUDIO = 0x10
/** In samples a second, from the first kind of sound on. Samples are 16 bits, signed, low byte first. */
const RATES = [8_000, 12_000, 16_000, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000] as const

const HEAD_BYTES = 3

/** A frame; `payload` is valid until the next one is read. */
export interface Frame {
  readonly kind: number
  readonly payload: Uint8Array
}

/** The rate of a kind of sound; undefined for what is no sound. */
export function rateOf(kind: number): number | undefined {
  return RATES[kind - FIRST_AUDIO]
}

/** @throws RangeError for a rate that AudioSocket does not have. */
export function kindOf(rate: number): number {
  const at = RATES.indexOf(rate as (typeof RATES)[number])
  if (at < 0) throw new RangeError(`AudioSocket has no sound of ${rate} Hz; it has ${RATES.join(', ')}`)
  return FIRST_AUDIO + at
}

export function frameBytes(kind: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + payload.length)
  bytes[0] = kind
  bytes[1] = payload.length >> 8
  bytes[2] = payload.length & 0xff
  bytes.set(payload, HEAD_BYTES)
  return bytes
}

/** Cuts what comes into frames, whatever the pieces it comes in. Holds at most one frame: 64 KiB. */
export class FrameReader {
  readonly #kept = new ByteBuffer()

  /** Calls back for each frame that is complete; until it says that it wants no more. */
  read(data: Uint8Array, take: (frame: Frame) => boolean): void {
    let at = this.#finishKept(data, take)
    if (at === undefined) return
    for (let end = endOf(data, at); end <= data.length; end = endOf(data, at)) {
      const frame = { kind: data[at] as number, payload: data.subarray(at + HEAD_BYTES, end) }
      at = end
      if (!take(frame)) return
    }
    this.#kept.append(data, at, data.length)
  }

  /** Completes the frame whose beginning is kept. Gives where the next one begins; undefined when there is no more to do. */
  #finishKept(data: Uint8Array, take: (frame: Frame) => boolean): number | undefined {
    if (this.#kept.length === 0) return 0
    let at = 0
    for (const upTo of [() => HEAD_BYTES, () => endOf(this.#kept.bytes, 0)]) {
      const missing = Math.max(0, upTo() - this.#kept.length)
      const given = Math.min(missing, data.length - at)
      this.#kept.append(data, at, at + given)
      at += given
      if (given < missing) return undefined
    }
    const frame = { kind: this.#kept.bytes[0] as number, payload: this.#kept.bytes.subarray(HEAD_BYTES, this.#kept.length) }
    this.#kept.truncate(0)
    return take(frame) ? at : undefined
  }
}

/** Where the frame ends that begins here; Infinity when that cannot be told yet. */
function endOf(bytes: Uint8Array, at: number): number {
  if (bytes.length - at < HEAD_BYTES) return Number.POSITIVE_INFINITY
  return at + HEAD_BYTES + ((bytes[at + 1] as number) << 8) + (bytes[at + 2] as number)
}

/** The text of 16 bytes, as Asterisk writes a UUID; undefined for another length. */
export function uuidText(bytes: Uint8Array): string | undefined {
  if (bytes.length !== 16) return undefined
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** The 16 bytes of a UUID's text. */
export function uuidBytes(uuid: string): Uint8Array {
  const hex = uuid.replaceAll('-', '')
  return Uint8Array.from({ length: 16 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16))
}
