import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineFramer } from '../../src/core/line-framer.js'
import { bytesOf, randomSplits, waysToSplit } from '../support/splits.js'

const textOf = (bytes: Uint8Array, start: number, end: number) => new TextDecoder('latin1').decode(bytes.subarray(start, end))

function frame(chunks: readonly Uint8Array[], needsCR: boolean, maxBytes = 1_000) {
  const lines: string[] = []
  let tooLong = 0
  const framer = new LineFramer(
    { needsCR, maxBytes },
    {
      line: (bytes, start, end) => lines.push(textOf(bytes, start, end)) > 0,
      tooLong: () => {
        tooLong += 1
      },
    },
  )
  for (const chunk of chunks) {
    const lent = chunk.slice()
    expect(framer.push(lent)).toBe(chunk.length)
    lent.fill(0x58)
  }
  return { lines, tooLong }
}

describe('LineFramer', () => {
  for (const [what, needsCR, text, lines] of [
    ['CR LF', true, 'a\r\nb\r\n', ['a', 'b']],
    ['an empty line', true, 'a\r\n\r\n', ['a', '']],
    ['no bare LF within a line', true, 'a\nb\n\r\n', ['a\nb\n']],
    ['an LF at the beginning of a line', true, 'a\r\n\nb\r\n', ['a', '', 'b']],
    ['CR CR LF', true, 'a\r\r\n\r\r\n', ['a\r', '\r']],
    ['an unfinished line', true, 'a\r\nb\r', ['a']],
    ['LF', false, 'a\r\n\nb\n', ['a\r', '', 'b']],
  ] as const) {
    for (const { name, chunks } of waysToSplit(bytesOf(text))) {
      it(`${what} (${name})`, () => expect(frame(chunks, needsCR)).toEqual({ lines, tooLong: 0 }))
    }
  }

  it('gives the same lines however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('\r', '\n', '\r\n', 'a', 'bc', 'defghijkl'), maxLength: 40 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 8 }),
        (text, needsCR, maxBytes, cuts) => {
          let at = 0
          const random = () => cuts[at++ % cuts.length] as number
          const whole = frame([bytesOf(text)], needsCR, maxBytes)
          const cut = frame(randomSplits(bytesOf(text), random, 6), needsCR, maxBytes)
          expect(cut.lines.map((line) => line.length > maxBytes || line)).toEqual(
            whole.lines.map((line) => line.length > maxBytes || line),
          )
          expect(cut.tooLong).toBeGreaterThanOrEqual(whole.tooLong)
        },
      ),
      { numRuns: 3_000, interruptAfterTimeLimit: 6_000 },
    )
  })

  for (const size of [1, 1_000, 100_000]) {
    it(`of a line that is too long keeps 64 bytes, and tells of it once (chunks of ${size} bytes)`, () => {
      const bytes = bytesOf(`a\r\n${'x'.repeat(50_000)}the end\r\n\r\nb\r\n`)
      const chunks: Uint8Array[] = []
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size))
      const { lines, tooLong } = frame(chunks, true, 1_000)
      expect(tooLong).toBe(1)
      expect(lines.map((line) => line.slice(-7))).toEqual(['a', 'the end', '', 'b'])
      expect(lines[1]?.length).toBeLessThanOrEqual(64)
    })
  }

  for (const extra of [-1, 0, 1]) {
    for (const { name, chunks } of waysToSplit(bytesOf(`${'x'.repeat(100 + extra)}\r\n\r\n`))) {
      it(`a line of ${100 + extra} bytes where 100 are allowed (${name})`, () => {
        expect(frame(chunks, true, 100).tooLong).toBe(extra > 0 ? 1 : 0)
      })
    }
  }

  it('stops where the sink says so, and tells where', () => {
    const lines: string[] = []
    const framer = new LineFramer(
      { needsCR: true, maxBytes: 100 },
      {
        line: (bytes, start, end) => {
          lines.push(textOf(bytes, start, end))
          return start !== end
        },
        tooLong: () => undefined,
      },
    )
    expect(framer.push(bytesOf('a\r\nb'))).toBe(4)
    expect(framer.push(bytesOf('c\r\n\r\nrest'))).toBe(5)
    expect(lines).toEqual(['a', 'bc', ''])
  })
})
