import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { textCodec } from '../../src/core/text-codec.js'

describe('textCodec', () => {
  for (const [label, encoding] of [
    ['utf-8', 'utf-8'],
    ['UTF8', 'utf-8'],
    ['latin1', 'latin1'],
    ['ISO-8859-1', 'latin1'],
    ['windows-1252', 'windows-1252'],
    ['koi8-r', 'koi8-r'],
    ['windows-1251', 'windows-1251'],
  ] as const) {
    it(`${label} is ${encoding}`, () => expect(textCodec(label).encoding).toBe(encoding))
  }

  for (const label of ['utf-16le', 'utf-16be', 'shift_jis', 'gbk', 'gb18030', 'big5', 'euc-jp', 'euc-kr', 'iso-2022-jp']) {
    it(`${label} is refused: it is no single-byte encoding`, () => {
      expect(() => textCodec(label)).toThrow(RangeError)
      expect(() => textCodec(label)).toThrow(`"${label}" is not a single-byte encoding`)
    })
  }

  it('an encoding that nobody knows is refused by name', () => {
    expect(() => textCodec('klingon')).toThrow(new RangeError('encoding: "klingon" is not known to this runtime'))
  })

  it('UTF-8 never throws on reading, and replaces what is invalid', () => {
    const { decode } = textCodec('utf-8')
    expect(decode(Uint8Array.of(0x61, 0xff, 0xc3, 0x62))).toBe('a\ufffd\ufffdb')
    expect(decode(Uint8Array.of(0xf0, 0x9f, 0x98))).toBe('\ufffd')
    expect(decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa')
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => typeof decode(bytes) === 'string'),
      { numRuns: 300 },
    )
  })

  it('latin1 gives every byte back, also of 100 kB at once', () => {
    const { decode, encode } = textCodec('latin1')
    const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => at & 0xff)
    expect(encode(decode(bytes))).toEqual(bytes)
    expect(decode(Uint8Array.of(0x80, 0x9f, 0xff))).toBe('\x80\x9f\xff')
  })

  for (const [encoding, text] of [
    ['utf-8', 'a\ud800b'],
    ['utf-8', '\udc00'],
    ['latin1', '€'],
    ['koi8-r', 'é'],
    ['windows-1252', 'я'],
    ['windows-1252', '\ufffd'],
  ] as const) {
    it(`${encoding} has nothing for ${JSON.stringify(text)} and says so`, () => {
      expect(textCodec(encoding).encode(text)).toBeUndefined()
    })
  }

  for (const [encoding, text, bytes] of [
    ['utf-8', 'é😀', [0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x80]],
    ['latin1', 'é\x80', [0xe9, 0x80]],
    ['windows-1252', 'é', [0xe9]],
    ['windows-1251', '€я', [0x88, 0xff]],
    ['koi8-r', 'я', [0xd1]],
  ] as const) {
    it(`${encoding} writes ${text} and reads it back`, () => {
      const { encode, decode } = textCodec(encoding)
      expect([...(encode(text) ?? [])]).toEqual(bytes)
      expect(decode(Uint8Array.from(bytes))).toBe(text)
    })
  }
})
