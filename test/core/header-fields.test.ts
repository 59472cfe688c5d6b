import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeaderFields } from '../../src/core/header-fields.js'

describe('HeaderFields', () => {
  for (const [what, line, pair] of [
    ['one space after the colon is taken off', 'A: b', ['A', 'b']],
    ['further spaces are data', 'A:   b  ', ['A', '  b  ']],
    ['no space', 'A:b', ['A', 'b']],
    ['no value', 'A:', ['A', '']],
    ['a space for a value', 'A: ', ['A', '']],
    ['a tab is data', 'A:\tb', ['A', '\tb']],
    ['the first colon counts', 'A: b: c', ['A', 'b: c']],
    ['no name', ': b', ['', 'b']],
    ['a colon alone', ':', ['', '']],
    ['a key in parentheses', 'ChanVariable(PJSIP/a-1): X=1', ['ChanVariable(PJSIP/a-1)', 'X=1']],
    ['a key with a colon in parentheses', 'ChanVariable(Local/a:b@c-1;1): X=1: 2', ['ChanVariable(Local/a:b@c-1;1)', 'X=1: 2']],
    ['a key with two colons in parentheses', 'DestChanVariable(L/a:b:c): X', ['DestChanVariable(L/a:b:c)', 'X']],
    ['a parenthesis in the value', 'A:(b): c', ['A', '(b): c']],
    ['a parenthesis that never closes', 'A(b:c', ['A(b', 'c']],
    ['a closed parenthesis before the colon', 'A(b):c): d', ['A(b)', 'c): d']],
    ['a value with newlines', 'A: b\nc\rd', ['A', 'b\nc\rd']],
  ] as const) {
    it(`${what}`, () => {
      const fields = new HeaderFields(`${line}\r\nNext: x\r\n\r\n`)
      expect([...fields]).toEqual([pair, ['Next', 'x']])
      expect(fields.unparsed).toEqual([])
      expect(fields.size).toBe(2)
    })
  }

  for (const [what, text] of [
    ['CR LF CR LF', 'A: 1\r\nB: 2\r\n\r\n'],
    ['CR LF LF', 'A: 1\r\nB: 2\r\n\n'],
    ['CR LF', 'A: 1\r\nB: 2\r\n'],
    ['nothing', 'A: 1\r\nB: 2'],
  ] as const) {
    it(`a text that ends in ${what}`, () => {
      const fields = new HeaderFields(text)
      expect([...fields]).toEqual([
        ['A', '1'],
        ['B', '2'],
      ])
      expect(fields.unparsed).toEqual([])
    })
  }

  it('lines without colon are kept apart, as they came', () => {
    const fields = new HeaderFields('A: 1\r\nno colon\r\n --END-- \r\nB: 2\r\nlast\r\n\r\n')
    expect(fields.unparsed).toEqual(['no colon', ' --END-- ', 'last'])
    expect(fields.size).toBe(2)
  })

  it('an empty text has nothing', () => {
    const fields = new HeaderFields('')
    expect([fields.size, [...fields], fields.get('A'), fields.getAll('A'), fields.toObject(), fields.toJSON()]).toEqual([
      0,
      [],
      undefined,
      [],
      {},
      {},
    ])
  })

  it('fault: names of Object.prototype are missing unless they were sent', () => {
    const none = new HeaderFields('A: 1\r\n')
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
      expect([none.get(name), none.has(name), none.getAll(name), Object.hasOwn(none.toObject(), name)]).toEqual([
        undefined,
        false,
        [],
        false,
      ])
      const sent = new HeaderFields(`${name}: 1\r\n${name}: 2\r\n`)
      expect([sent.get(name), sent.getAll(name)]).toEqual(['1', ['1', '2']])
      expect(Object.entries(sent.toObject())).toEqual([[name, '1']])
      expect(Object.entries(sent.toJSON())).toEqual([[name, ['1', '2']]])
    }
  })

  it('makes an object of any text, with the first value of each name', () => {
    const pieces = fc.constantFrom('\r', '\n', '\r\n', ':', ': ', '(', ')', '): ', 'a', 'b')
    fc.assert(
      fc.property(fc.string({ unit: pieces, maxLength: 30 }), (text) => {
        const fields = new HeaderFields(text)
        const first = new Map<string, string>()
        for (const [each, value] of fields) if (!first.has(each)) first.set(each, value)
        expect(Object.entries(fields.toObject()).sort()).toEqual([...first].sort())
      }),
      { numRuns: 3_000, interruptAfterTimeLimit: 4_000, examples: [['\n'], ['\na: b'], ['\n\r']] },
    )
  })

  it('looks through a text without colons once, not once for each line', () => {
    const fields = new HeaderFields('a\r\n'.repeat(3_000_000))
    // Once for each line would be minutes, more than a test may take.
    expect(fields.toObject()).toEqual({})
  })

  const name = fc.string({ unit: fc.constantFrom(...'aAbBzZ09-_é__proto__'), minLength: 1, maxLength: 9 })
  const value = fc.string({ maxLength: 30 }).filter((text) => !text.includes('\r') && !text.includes('\n'))
  const pairs = fc.array(fc.tuple(name, value), { maxLength: 20 })
  const textOf = (list: readonly (readonly [string, string])[]) =>
    `${list.map(([each, text]) => `${each}: ${text}\r\n`).join('')}\r\n`

  it('look-up finds a header in any case, and keeps the order and every repetition', () => {
    fc.assert(
      fc.property(pairs, name, (list, asked) => {
        const fields = new HeaderFields(textOf(list))
        expect([...fields]).toEqual(list)
        for (const [each] of [...list, [asked]] as [string][]) {
          const values = list.filter(([other]) => other.toLowerCase() === each.toLowerCase()).map(([, text]) => text)
          for (const spelt of [each, each.toLowerCase(), each.toUpperCase()]) {
            expect(fields.getAll(spelt)).toEqual(values)
            expect(fields.get(spelt)).toBe(values[0])
            expect(fields.has(spelt)).toBe(values.length > 0)
          }
        }
      }),
      { numRuns: 500, interruptAfterTimeLimit: 4000 },
    )
  })

  it('toObject has each name once with its first value, toJSON loses nothing', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const fields = new HeaderFields(textOf(list))
        const grouped = new Map<string, string[]>()
        for (const [each, text] of list) grouped.set(each, [...(grouped.get(each) ?? []), text])
        expect(Object.entries(fields.toObject()).sort()).toEqual([...grouped].map(([each, values]) => [each, values[0]]).sort())
        expect(Object.entries(fields.toJSON()).sort()).toEqual(
          [...grouped].map(([each, values]) => [each, values.length === 1 ? values[0] : values]).sort(),
        )
      }),
      { numRuns: 500, interruptAfterTimeLimit: 4000 },
    )
  })
})
