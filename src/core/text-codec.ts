/**
 * Text to bytes and back in one character encoding. Decoding never throws; encoding returns undefined for what the encoding
 * lacks.
 */
export interface TextCodec {
  readonly encoding: string
  decode(bytes: Uint8Array): string
  encode(text: string): Uint8Array | undefined
}

/**
 * The codec of an encoding: UTF-8, `latin1` (every byte is its own character: lossless), or any single-byte
 * encoding that `TextDecoder` knows. Others are refused: AMI needs CR, LF and colon to mean themselves.
 *
 * @throws RangeError when the encoding is unknown or is not a single-byte one.
 */
export function textCodec(encoding: string): TextCodec {
  const label = encoding.toLowerCase()
  if (label === 'utf-8' || label === 'utf8') return utf8Codec()
  if (label === 'latin1' || label === 'iso-8859-1') return latin1Codec()
  return singleByteCodec(label)
}

/** Short texts share arrays of this size: one of its own for each costs more than all the rest of an action (measured). */
const SHARED_BYTES = 8192
/** A UTF-16 code unit takes this many bytes of UTF-8 at the most. */
const MOST_BYTES_A_UNIT = 3

function utf8Codec(): TextCodec {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const encoder = new TextEncoder()
  let shared = new Uint8Array(0)
  return {
    encoding: 'utf-8',
    decode: (bytes) => decoder.decode(bytes),
    encode(text) {
      const needed = text.length * MOST_BYTES_A_UNIT
      if (needed > SHARED_BYTES) return isWellFormed(text) ? encoder.encode(text) : undefined
      if (needed > shared.length) shared = new Uint8Array(SHARED_BYTES)
      const { written } = encoder.encodeInto(text, shared)
      // As many bytes as code units: all of it is ASCII.
      if (written !== text.length && !isWellFormed(text)) return undefined
      const bytes = shared.subarray(0, written)
      shared = shared.subarray(written)
      return bytes
    },
  }
}

/** A lone surrogate has no UTF-8 form; an encoder would write another character in its place. */
function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text)
}

function latin1Codec(): TextCodec {
  return {
    encoding: 'latin1',
    decode(bytes) {
      let text = ''
      // In steps: a call takes only so many arguments.
      for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
      return text
    },
    encode(text) {
      const bytes = new Uint8Array(text.length)
      for (let at = 0; at < text.length; at += 1) {
        const code = text.charCodeAt(at)
        if (code > 0xff) return undefined
        bytes[at] = code
      }
      return bytes
    },
  }
}

function singleByteCodec(label: string): TextCodec {
  let decoder: TextDecoder
  try {
    decoder = new TextDecoder(label)
  } catch {
    throw new RangeError(`encoding: ${JSON.stringify(label)} is not known to this runtime`)
  }
  const byteOf = new Map<string, number>()
  for (let byte = 0; byte < 256; byte += 1) {
    const pair = decoder.decode(Uint8Array.of(byte, 0x41))
    // The second byte of a character of two can look like a letter, or be beyond ASCII.
    const isSingle = pair.length === 2 && pair[1] === 'A' && decoder.decode(Uint8Array.of(byte, 0xa1)).length === 2
    if (!isSingle || (byte < 0x80 && pair.charCodeAt(0) !== byte)) {
      throw new RangeError(
        `encoding: ${JSON.stringify(label)} is not a single-byte encoding; use utf-8, latin1 or a single-byte one`,
      )
    }
    if (pair[0] !== '\ufffd') byteOf.set(pair.charAt(0), byte)
  }
  return {
    encoding: decoder.encoding,
    decode: (bytes) => decoder.decode(bytes),
    encode(text) {
      const bytes = new Uint8Array(text.length)
      for (let at = 0; at < text.length; at += 1) {
        const byte = byteOf.get(text.charAt(at))
        if (byte === undefined) return undefined
        bytes[at] = byte
      }
      return bytes
    },
  }
}
