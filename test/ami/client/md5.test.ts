import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { md5Hex } from '../../../src/ami/client/md5.js'
import { bytesOf } from '../../support/splits.js'

describe('md5Hex', () => {
  for (const [text, digest] of [
    ['', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['a', '0cc175b9c0f1b6a831c399e269772661'],
    ['abc', '900150983cd24fb0d6963f7d28e17f72'],
    ['message digest', 'f96b697d7cb7938d525a2f31aaf161d0'],
    ['abcdefghijklmnopqrstuvwxyz', 'c3fcd3d76192e4007dfb496cca67e13b'],
    ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', 'd174ab98d277d9f5a5611c2c9f419d9f'],
    ['12345678901234567890123456789012345678901234567890123456789012345678901234567890', '57edf4a22be3c955ac49da2e2107b67a'],
    ['194868541s3cret', 'c7ba82f5f867ccf25f1223af7b918fbb'],
  ] as const) {
    it(`of ${JSON.stringify(text)}, in lower case (RFC 1321)`, () => expect(md5Hex(bytesOf(text))).toBe(digest))
  }

  it('is right for every length around a block', () => {
    for (let length = 0; length <= 200; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 37 + length) & 0xff)
      expect(md5Hex(bytes)).toBe(createHash('md5').update(bytes).digest('hex'))
    }
  })

  it('is right for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000 }), (bytes) => md5Hex(bytes) === createHash('md5').update(bytes).digest('hex')),
      { numRuns: 200, interruptAfterTimeLimit: 3000 },
    )
  })
})
