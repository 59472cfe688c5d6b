import { describe, expect, it } from 'vitest'
import { oneLine, quote } from '../../src/core/checks.js'

describe('quote', () => {
  it.each<[unknown, string]>([
    ['pbx', '"pbx"'],
    ['a\r\n"b"', '"a\\r\\n\\"b\\""'],
    [5, '5'],
    [Number.NaN, 'NaN'],
    [5n, '5'],
    [null, 'null'],
    [undefined, 'undefined'],
    [true, 'true'],
    [Symbol('s'), 'Symbol(s)'],
    [() => 5, 'a function'],
    [['hunter2'], 'a list'],
    [{ secret: 'hunter2' }, 'an object'],
    [Object.create(null), 'an object'],
    ['x'.repeat(1_000), `"${'x'.repeat(80)}…"`],
    ['admin:hunter2@pbx', '"…@pbx"'],
    ['ami://admin:hunter2@pbx:5038', '"ami://…@pbx:5038"'],
    ['ami://admin:hun@ter2@pbx', '"ami://…@pbx"'],
    ['ami://admin:hun?ter2@pbx', '"ami://…"'],
    ['ami://admin:hun//ter2@pbx', '"ami://…@pbx"'],
    ['wss://pbx/ami?token=hunter2', '"wss://pbx/ami?…"'],
    ['wss://pbx/ami?token=hunter2@x', '"wss://…"'],
  ])('of %o is %s', (value, shown) => {
    expect(quote(value)).toBe(shown)
  })

  it('shows no secret that it is told of', () => {
    expect(quote('my hunter2, and hunter2', ['hunter2', ''])).toBe('"my …, and …"')
  })
})

it('oneLine shows a foreign text short and on one line', () => {
  expect(oneLine('a\r\nb\u0000c"d"')).toBe('a\\r\\nb\\u0000c\\"d\\"')
  // A terminal obeys these too: CSI, DEL, and marks that end a line or turn it around.
  expect(oneLine('\u009b31m\u007f\u2028\u202e')).toBe('\\u009b31m\\u007f\\u2028\\u202e')
  expect(quote('\u009b31m')).toBe('"\\u009b31m"')
  expect(oneLine('x'.repeat(1_000_000))).toHaveLength(81)
})
