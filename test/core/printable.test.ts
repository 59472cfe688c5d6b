import { expect, it } from 'vitest'
import { printable } from '../../src/core/printable.js'

it.each([
  ['text as it is', 'Jürgen ☎ "a" \\b', 'Jürgen ☎ "a" \\b'],
  ['line ends and tabs', 'a\r\n\tb', 'a\\r\\n\\tb'],
  ['what moves a cursor', '\u001b[2J\u0007\u009b2J', '\\u{1b}[2J\\u{7}\\u{9b}2J'],
  ['what turns the writing round or hides', 'a\u202eb\u200bc', 'a\\u{202e}b\\u{200b}c'],
  ['other line ends', 'a\u2028b\u2029c\u0085d', 'a\\u{2028}b\\u{2029}c\\u{85}d'],
  ['half a character', '\ud83d', '\\u{d83d}'],
])('%s', (_, text, expected) => {
  expect(printable(text)).toBe(expected)
})

it('what is long is shortened', () => {
  expect(printable('x'.repeat(201))).toBe(`${'x'.repeat(200)}…`)
  expect(printable('x'.repeat(200))).toBe('x'.repeat(200))
  expect(printable('abc', 2)).toBe('ab…')
})
