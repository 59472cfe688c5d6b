import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeVariable, parseVariables, variablePairs } from '../../../src/ami/protocol/variables.js'

describe('parseVariables', () => {
  for (const [what, header, pairs] of [
    ['one pair', 'A=1', [['A', '1']]],
    [
      'unquoted commas part pairs',
      'A=1,B=2',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
    ['quotes are removed and hide commas', 'A="1,2" 3', [['A', '1,2 3']]],
    ['a backslash takes the next character as it is', 'A=1\\,2\\"3\\\\4', [['A', '1,2"3\\4']]],
    ['a backslash works inside quotes', 'A="1\\",2"', [['A', '1",2']]],
    [
      'commas inside () and [] do not part',
      'A=f(1,2),B=[3,4]',
      [
        ['A', 'f(1,2)'],
        ['B', '[3,4]'],
      ],
    ],
    ['nested parentheses', 'A=f(g(1,2),3)', [['A', 'f(g(1,2),3)']]],
    [
      'an escaped parenthesis hides no comma',
      'A=\\(1,B=2',
      [
        ['A', '(1'],
        ['B', '2'],
      ],
    ],
    [
      'a stray closing parenthesis does not open the next group',
      'A=),B=(1,2)',
      [
        ['A', ')'],
        ['B', '(1,2)'],
      ],
    ],
    ['a bracket does not close a parenthesis', 'A=(1],2)', [['A', '(1],2)']]],
    [
      'nothing is trimmed',
      ' A = 1 , B = 2 ',
      [
        [' A ', ' 1 '],
        [' B ', ' 2 '],
      ],
    ],
    ['a pair without = is ignored', 'A,B=2,', [['B', '2']]],
    ['only the first = counts', 'A=1=2', [['A', '1=2']]],
    ['an empty value', 'A=', [['A', '']]],
    ['an empty header', '', []],
  ] as const) {
    it(`${what}`, () => expect(parseVariables(header)).toEqual(pairs))
  }
})

describe('escapeVariable', () => {
  for (const [value, escaped] of [
    ['Bob,ADMIN=1', 'V=Bob\\,ADMIN=1'],
    ['he said "hi"', 'V=he said \\"hi\\"'],
    ['a\\b', 'V=a\\\\b'],
    ['f(x)[y]', 'V=f\\(x\\)\\[y\\]'],
    ["it's {X} $[1]", "V=it's {X} $\\[1\\]"],
    ['', 'V='],
    ['  spaces  ', 'V=  spaces  '],
    ['é\u{1f600}', 'V=é\u{1f600}'],
  ] as const) {
    it(`${JSON.stringify(value)} is written as ${JSON.stringify(escaped)}`, () => {
      expect(escapeVariable('V', value)).toBe(escaped)
      expect(parseVariables(escaped)).toEqual([['V', value]])
    })
  }

  it('what is escaped is read back, also beside others in one header', () => {
    const hostile = fc.string({ unit: fc.constantFrom(...'\\",()[]=;{$} \t\'aé😀'), maxLength: 24 })
    const name = hostile.filter((text) => text !== '' && !text.includes('='))
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, fc.oneof(hostile, fc.string({ unit: 'binary' }))), { minLength: 1, maxLength: 4 }),
        (pairs) => {
          for (const [each, value] of pairs) expect(parseVariables(escapeVariable(each, value))).toEqual([[each, value]])
          expect(parseVariables(pairs.map(([each, value]) => escapeVariable(each, value)).join(','))).toEqual(pairs)
        },
      ),
      { numRuns: 1000, interruptAfterTimeLimit: 4000 },
    )
  })

  it('reading any text throws nothing and never gives more pairs than commas allow', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'\\",()[]=ab') }), (header) => {
        expect(parseVariables(header).length).toBeLessThanOrEqual(header.split(',').length)
      }),
      { numRuns: 500, interruptAfterTimeLimit: 2000 },
    )
  })
})

describe('variablePairs', () => {
  it('takes an object, a Map, pairs and a generator, in order, as text', () => {
    const pairs = [
      ['B', '1'],
      ['A', 'true'],
    ]
    function* generate(): Generator<readonly [string, number | boolean]> {
      yield ['B', 1]
      yield ['A', true]
    }
    expect(variablePairs({ B: 1, A: true })).toEqual(pairs)
    expect(variablePairs(new Map<string, number | boolean>(generate()))).toEqual(pairs)
    expect(variablePairs([...generate()])).toEqual(pairs)
    expect(variablePairs(generate())).toEqual(pairs)
    expect(variablePairs([...generate(), ...generate()])).toEqual([...pairs, ...pairs])
  })
})
