import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MessageFramer } from '../../src/core/message-framer.js'
import { bytesOf, waysToSplit } from '../support/splits.js'

function frame(chunks: readonly Uint8Array[]): string[] {
  const messages: string[] = []
  const framer = new MessageFramer({
    message: (bytes, start, end) => messages.push(textOf(bytes, start, end)) > 0,
    unfinished: () => true,
  })
  for (const chunk of chunks) {
    const lent = chunk.slice()
    expect(framer.push(lent)).toBe(chunk.length)
    lent.fill(0x58)
  }
  return messages
}

const textOf = (bytes: Uint8Array, start: number, end: number) => new TextDecoder('latin1').decode(bytes.subarray(start, end))

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
      it(`a message ends at ${what} (${name})`, () => {
        expect(frame(chunks)).toEqual(expected)
      })
    }
  }

  it('finds an end at every offset, however it is cut in two', () => {
    for (const end of ['\r\n\r\n', '\r\n\n']) {
      for (let length = 1; length < 12; length += 1) {
        const message = `${'m'.repeat(length)}${end}`
        const text = `${message}${message}rest`
        for (let at = 0; at <= text.length; at += 1) {
          expect(frame([bytesOf(text.slice(0, at)), bytesOf(text.slice(at))])).toEqual([message, message])
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
          expect(frame(chunks)).toEqual(naiveFrame(text))
        },
      ),
      { numRuns: 3000, interruptAfterTimeLimit: 6000 },
    )
  })

  for (const { name, chunks } of waysToSplit(bytesOf('a\r\n\r\nstop\r\n\r\n\r\nthe rest\r\n\r\n'))) {
    it(`stops behind a message where the sink says so, and tells where (${name})`, () => {
      const messages: string[] = []
      let rest = ''
      const framer = new MessageFramer({
        message: (bytes, start, end) => {
          messages.push(textOf(bytes, start, end))
          return messages.at(-1) !== 'stop\r\n\r\n'
        },
        unfinished: () => true,
      })
      for (const chunk of chunks) {
        const read = messages.length === 2 ? 0 : framer.push(chunk)
        rest += textOf(chunk, read, chunk.length)
      }
      expect([messages, rest]).toEqual([['a\r\n\r\n', 'stop\r\n\r\n'], '\r\nthe rest\r\n\r\n'])
    })
  }

  it('shows what is unfinished with each chunk, all of it, and forgets what the sink has taken', () => {
    const shown: string[] = []
    const messages: string[] = []
    const framer = new MessageFramer({
      message: (bytes, start, end) => messages.push(textOf(bytes, start, end)) > 0,
      unfinished: (bytes, start, end) => {
        shown.push(textOf(bytes, start, end))
        return !shown.at(-1)?.startsWith('taken')
      },
    })
    for (const chunk of ['a\r\n\r\nb', 'c', '\r\n\r', '\ntak', 'en', 'd\r\n', '\r\n']) framer.push(bytesOf(chunk))
    expect(shown).toEqual(['b', 'bc', 'bc\r\n\r', 'tak', 'taken', 'd\r\n'])
    expect(messages).toEqual(['a\r\n\r\n', 'bc\r\n\r\n', 'd\r\n\r\n'])
  })

  it('hands on nothing after stop, not even from the chunk at hand', () => {
    const seen: number[] = []
    const framer: MessageFramer = new MessageFramer({
      message: (_bytes, start, end) => {
        seen.push(end - start)
        framer.stop()
        return true
      },
      unfinished: () => true,
    })
    framer.push(bytesOf('a\r\n\r\nb\r\n\r\n'))
    framer.push(bytesOf('c\r\n\r\n'))
    expect(seen).toEqual([5])
  })

  it('frames again after a message of a megabyte', () => {
    const large = `${'x'.repeat(1_000_000)}\r\n\r\n`
    const chunks: Uint8Array[] = []
    const bytes = bytesOf(`${large}a\r\n\r\n${large}`)
    for (let at = 0; at < bytes.length; at += 65_536) chunks.push(bytes.slice(at, at + 65_536))
    expect(frame(chunks).map((message) => message.length)).toEqual([1_000_004, 5, 1_000_004])
  })
})
