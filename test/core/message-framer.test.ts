import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MessageFramer } from '../../src/core/message-framer.js'
import { bytesOf, waysToSplit } from '../support/splits.js'

function frame(chunks: readonly Uint8Array[], maxBytes = 1000, taken: (text: string) => boolean = () => true) {
  const messages: string[] = []
  let overflows = 0
  const framer = new MessageFramer(
    maxBytes,
    (bytes, start, end) => {
      const text = new TextDecoder('latin1').decode(bytes.subarray(start, end))
      if (!taken(text)) return false
      messages.push(text)
      return true
    },
    () => {
      overflows += 1
    },
  )
  for (const chunk of chunks) {
    const lent = chunk.slice()
    framer.push(lent)
    lent.fill(0x58)
  }
  return { messages, overflows }
}

/** The plainest reading: skip CR LF and LF, then look for the first CR LF CR LF or CR LF LF. */
function naiveFrame(text: string): string[] {
  const messages: string[] = []
  for (let rest = text; ; ) {
    rest = rest.replace(/^(\r\n|\n)+/, '')
    const end = /\r\n(\r\n|\n)/.exec(rest)
    if (end === null) return messages
    messages.push(rest.slice(0, end.index + end[0].length))
    rest = rest.slice(end.index + end[0].length)
  }
}

describe('MessageFramer', () => {
  for (const [what, text, expected] of [
    ['CR LF CR LF', 'a\r\n\r\nb\r\n\r\n', ['a\r\n\r\n', 'b\r\n\r\n']],
    ['CR LF LF', 'a\r\n\nb\r\n\n', ['a\r\n\n', 'b\r\n\n']],
    ['no bare LF', 'a\n\nb\n\r\n\r\n', ['a\n\nb\n\r\n\r\n']],
    ['no CR CR LF', 'a\r\r\nb\r\r\n\r\n', ['a\r\r\nb\r\r\n\r\n']],
    ['no CR LF CR', 'a\r\n\rb\r\n\r\n', ['a\r\n\rb\r\n\r\n']],
    ['the first end of several', 'a\r\n\r\n\r\n\n\r\nb\r\n\r\n', ['a\r\n\r\n', 'b\r\n\r\n']],
    ['nothing but blank lines', '\r\n\r\n\n\r\n', []],
    ['a message that begins with a CR', '\ra\r\n\r\n', ['\ra\r\n\r\n']],
    ['an unfinished message', 'a\r\n\r\nb\r\n\r', ['a\r\n\r\n']],
  ] as const) {
    for (const { name, chunks } of waysToSplit(bytesOf(text))) {
      it(`lesson 20: a message ends at ${what} (${name})`, () => {
        expect(frame(chunks)).toEqual({ messages: expected, overflows: 0 })
      })
    }
  }

  it('finds an end at every offset, however it is cut in two', () => {
    for (const end of ['\r\n\r\n', '\r\n\n']) {
      for (let length = 1; length < 12; length += 1) {
        const message = `${'m'.repeat(length)}${end}`
        const text = `${message}${message}rest`
        for (let at = 0; at <= text.length; at += 1) {
          expect(frame([bytesOf(text.slice(0, at)), bytesOf(text.slice(at))]).messages).toEqual([message, message])
        }
      }
    }
  })

  it('agrees with a naive framer on any text, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('\r', '\n', '\r\n', '\r\n\r\n', 'a', 'bcd'), maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
        (text, sizes) => {
          const chunks: Uint8Array[] = []
          for (let at = 0, step = 0; at < text.length; step += 1) {
            const size = sizes[step % sizes.length] as number
            chunks.push(bytesOf(text.slice(at, at + size)))
            at += size
          }
          expect(frame(chunks)).toEqual({ messages: naiveFrame(text), overflows: 0 })
        },
      ),
      { numRuns: 3000, interruptAfterTimeLimit: 6000 },
    )
  })

  for (const { name, chunks } of waysToSplit(bytesOf('a\r\n\r\nb\r\n\r\nEND\r\n\r\nc\r\n\r\n'))) {
    it(`goes on to the next end while the bytes are no whole message (${name})`, () => {
      const { messages } = frame(chunks, 1000, (text) => text.startsWith('c') || text.endsWith('END\r\n\r\n'))
      expect(messages).toEqual(['a\r\n\r\nb\r\n\r\nEND\r\n\r\n', 'c\r\n\r\n'])
    })
  }

  for (const { name, chunks } of waysToSplit(bytesOf(`a\r\n\r\n${'x'.repeat(30)}\r\n\r\nb\r\n\r\n`))) {
    it(`tells once of a message that is too large, and hands on nothing after it (${name})`, () => {
      expect(frame(chunks, 20)).toEqual({ messages: ['a\r\n\r\n'], overflows: 1 })
    })
  }

  it('fault: holds no more than the largest message, and tells as soon as it is larger', () => {
    let overflowed = false
    const framer = new MessageFramer(
      10_000,
      () => true,
      () => {
        overflowed = true
      },
    )
    let fed = 0
    for (; !overflowed; fed += 100) framer.push(new Uint8Array(100).fill(0x78))
    expect(fed).toBe(10_100)
  })

  it('hands on nothing after stop, not even from the chunk at hand', () => {
    const seen: number[] = []
    const framer: MessageFramer = new MessageFramer(
      100,
      (_bytes, start, end) => {
        seen.push(end - start)
        framer.stop()
        return true
      },
      () => undefined,
    )
    framer.push(bytesOf('a\r\n\r\nb\r\n\r\n'))
    framer.push(bytesOf('c\r\n\r\n'))
    expect(seen).toEqual([5])
  })

  it('frames again after a message of a megabyte', () => {
    const large = `${'x'.repeat(1_000_000)}\r\n\r\n`
    const chunks: Uint8Array[] = []
    const bytes = bytesOf(`${large}a\r\n\r\n${large}`)
    for (let at = 0; at < bytes.length; at += 65_536) chunks.push(bytes.slice(at, at + 65_536))
    const { messages, overflows } = frame(chunks, 1_100_000)
    expect([messages.map((message) => message.length), overflows]).toEqual([[1_000_004, 5, 1_000_004], 0])
  })
})
