import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseCallerId } from '../../src/core/caller-id.js'

it.each([
  ['"Ann" <100>', 'Ann', '100'],
  ['Ann B <100>', 'Ann B', '100'],
  ['<100>', '', '100'],
  [' 100 ', '', '100'],
  ['', '', ''],
  ['"Ann" <>', 'Ann', ''],
  ['" Ann " <100>', ' Ann ', '100'],
  ['"Ann <100>', 'Ann', '100'],
  ['" <100>', '', '100'],
])('%j', (text, name, number) => {
  expect(parseCallerId(text)).toEqual({ name, number })
})

it('reads any text as the plainest rule for it does', () => {
  // What the rule says, at a price: it tries every way to part the blanks.
  const plainest = /^\s*"?([^"<]*?)"?\s*<([^>]*)>\s*$/
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('"', '<', '>', ' ', '\t', 'a', '1'), maxLength: 12 }), (text) => {
      const found = plainest.exec(text)
      expect(parseCallerId(text)).toEqual({ name: found?.[1] ?? '', number: found?.[2] ?? text.trim() })
    }),
    { numRuns: 5_000 },
  )
})
