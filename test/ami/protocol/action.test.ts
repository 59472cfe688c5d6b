import fc from 'fast-check'
import { InvalidActionError, MAX_ACTION_ID_BYTES, MAX_HEADERS, MAX_LINE_BYTES, type Variables } from 'obelus-asterisk/protocol'
import { describe, expect, it } from 'vitest'
import type { ActionHeaders } from '../../../src/ami/messages/typed-names.js'
import { prepareAction } from '../../../src/ami/protocol/action.js'
import { ActionReader, type AMIAction } from '../../../src/ami/protocol/action-reader.js'
import { losesItsStart } from '../../../src/ami/protocol/field-rules.js'
import { isVariableName } from '../../../src/ami/protocol/variables.js'
import { textCodec } from '../../../src/core/text-codec.js'

const utf8 = textCodec('utf-8')

function prepare(name: string, headers: ActionHeaders = {}, variables?: Variables, encoding = 'utf-8') {
  return prepareAction(name, headers, variables, textCodec(encoding), () => 'id')
}

function written(name: string, headers?: ActionHeaders, variables?: Variables): string {
  return new TextDecoder().decode(prepare(name, headers, variables).bytes)
}

function readBack(bytes: Uint8Array): AMIAction[] {
  const actions: AMIAction[] = []
  const reader = new ActionReader(utf8.decode, (message) => {
    if (message.kind === 'refused') throw new Error(message.message)
    actions.push(message.action)
  })
  reader.push(bytes)
  return actions
}

describe('what is written', () => {
  for (const { what, text, expected } of [
    { what: 'an action alone', text: written('Ping'), expected: 'Action: Ping\r\nActionID: id\r\n\r\n' },
    {
      what: 'the ActionID as the second header, wherever it was given',
      text: written('Getvar', { Variable: 'X', ActionID: 'mine' }),
      expected: 'Action: Getvar\r\nActionID: mine\r\nVariable: X\r\n\r\n',
    },
    {
      what: 'an ActionID spelt in any case, once',
      text: written('Ping', { actionid: 7 }),
      expected: 'Action: Ping\r\nActionID: 7\r\n\r\n',
    },
    {
      what: 'text, numbers and booleans',
      text: written('X', { A: 'a', B: 1.5, C: true, D: false, E: '' }),
      expected: 'Action: X\r\nActionID: id\r\nA: a\r\nB: 1.5\r\nC: true\r\nD: false\r\nE: \r\n\r\n',
    },
    {
      what: 'a header for each value of a list, and none for undefined or an empty list',
      text: written('X', { A: ['1', 2, true], B: undefined, C: [] }),
      expected: 'Action: X\r\nActionID: id\r\nA: 1\r\nA: 2\r\nA: true\r\n\r\n',
    },
    {
      what: 'trailing spaces, quotes and colons of a value as they are',
      text: written('X', { A: 'a: "b" = c  ' }),
      expected: 'Action: X\r\nActionID: id\r\nA: a: "b" = c  \r\n\r\n',
    },
  ]) {
    it(what, () => expect(text).toBe(expected))
  }

  for (const [what, variables] of [
    ['an object', { A: '1', B: 2, C: true }],
    [
      'a Map',
      new Map<string, string | number | boolean>([
        ['A', '1'],
        ['B', 2],
        ['C', true],
      ]),
    ],
    [
      'a list of pairs',
      [
        ['A', '1'],
        ['B', 2],
        ['C', true],
      ],
    ],
  ] as [string, Variables][]) {
    it(`${what} of variables is one header each, in order`, () => {
      expect(written('Originate', { ActionID: 'o', Channel: 'Local/1' }, variables)).toBe(
        'Action: Originate\r\nActionID: o\r\nChannel: Local/1\r\nVariable: A=1\r\nVariable: B=2\r\nVariable: C=true\r\n\r\n',
      )
    })
  }

  it('variables are escaped', () => {
    expect(written('Originate', {}, { NAME: 'Bob,ADMIN=1', Q: 'he said "hi"', B: 'a\\b', P: 'f(x)[y]', E: '' })).toBe(
      'Action: Originate\r\nActionID: id\r\nVariable: NAME=Bob\\,ADMIN=1\r\nVariable: Q=he said \\"hi\\"\r\n' +
        'Variable: B=a\\\\b\r\nVariable: P=f\\(x\\)\\[y\\]\r\nVariable: E=\r\n\r\n',
    )
  })

  it('is written in the encoding asked for', () => {
    expect([...prepare('X', { A: 'é' }, undefined, 'latin1').bytes.slice(-6)]).toEqual([0x20, 0xe9, 0x0d, 0x0a, 0x0d, 0x0a])
    expect([...prepare('X', { A: 'é' }).bytes.slice(-7)]).toEqual([0x20, 0xc3, 0xa9, 0x0d, 0x0a, 0x0d, 0x0a])
  })
})

describe('what is refused', () => {
  const refusals: {
    what: string
    name?: string
    headers?: ActionHeaders
    variables?: Variables
    message: RegExp
    encoding?: string
  }[] = [
    ...[
      ['CR', '\r'],
      ['LF', '\n'],
      ['NUL', '\0'],
      ['CR LF and a second action', '\r\n\r\nAction: Reload'],
    ].flatMap(([called, text]) => [
      { what: `fault: ${called} in a value`, headers: { X: `a${text}b` }, message: /"X" holds CR, LF or NUL at character 2/ },
      { what: `fault: ${called} in one value of a list`, headers: { X: ['a', `${text}`] }, message: /CR, LF or NUL/ },
      { what: `fault: ${called} in a header's name`, headers: { [`X${text}Y`]: 'a' }, message: /CR, LF or NUL|without a colon/ },
      { what: `fault: ${called} in the ActionID`, headers: { ActionID: `a${text}b` }, message: /CR, LF or NUL/ },
      { what: `fault: ${called} in the action's name`, name: `Ping${text}X`, message: /CR, LF or NUL/ },
      {
        what: `fault: ${called} in a variable's value`,
        variables: { V: `a${text}` },
        message: /variable "V" holds CR, LF or NUL/,
      },
      { what: `fault: ${called} in a variable's name`, variables: { [`V${text}W`]: 'a' }, message: /CR, LF or NUL|=/ },
    ]),
    { what: 'a colon in a header name', headers: { 'A:B': 'x' }, message: /without a colon/ },
    { what: 'an empty header name', headers: { '': 'x' }, message: /without a colon/ },
    { what: 'a space at the end of a header name', headers: { 'Key ': 'x' }, message: /without spaces around it/ },
    { what: 'a space at the start of a header name', headers: { ' Key': 'x' }, message: /without spaces around it/ },
    { what: 'an empty action', name: '', message: /text without spaces/ },
    { what: 'a space at the end of the action', name: 'Ping ', message: /text without spaces/ },
    { what: 'a second Action', headers: { action: 'Reload' }, message: /cannot be given again/ },
    { what: 'an empty ActionID', headers: { ActionID: '' }, message: /ActionID is empty/ },
    { what: 'an ActionID with a leading space', headers: { ActionID: ' x' }, message: /begins with a space/ },
    { what: 'two ActionIDs', headers: { ActionID: 'a', actionid: 'b' }, message: /more than one ActionID/ },
    { what: 'a list of ActionIDs', headers: { ActionID: ['a'] }, message: /more than one ActionID/ },
    { what: 'an ActionID of 65 bytes', headers: { ActionID: 'x'.repeat(65) }, message: /65 bytes.*up to 64/ },
    {
      what: 'an ActionID of 33 two-byte characters',
      headers: { ActionID: 'é'.repeat(33) },
      message: /66 bytes.*up to 64/,
    },
    { what: 'fault: a line of 1023 bytes', headers: { X: 'x'.repeat(1020) }, message: /"X" is 1023 bytes long.*1022/ },
    {
      what: 'a line of 1023 bytes in two-byte characters',
      headers: { XY: `x${'é'.repeat(509)}` },
      message: /1023 bytes/,
    },
    { what: 'a variable whose escaped line is too long', variables: { V: ','.repeat(506) }, message: /1022/ },
    {
      what: 'fault: 129 headers',
      headers: { X: Array.from({ length: 127 }, () => 'x') },
      message: /129 headers, and Asterisk takes 128/,
    },
    {
      what: '129 headers, variables counted',
      variables: Array.from({ length: 127 }, (_, n) => [`V${n}`, 'x'] as const),
      message: /129 headers/,
    },
    { what: 'NaN', headers: { X: Number.NaN }, message: /finite number/ },
    { what: 'Infinity', headers: { X: Number.POSITIVE_INFINITY }, message: /finite number/ },
    { what: 'an empty variable name', variables: { '': 'x' }, message: /must not be empty/ },
    { what: 'a variable name with =', variables: { 'A=B': 'x' }, message: /or "="/ },
    { what: 'a variable name with a leading space', variables: { ' A': 'x' }, message: /begin with a space/ },
    ...[' ', '\t', '\u0001', '\u001f'].map((blank) => ({
      what: `${JSON.stringify(blank)} at the start of a value`,
      headers: { Value: `${blank}x` },
      message: /"Value" begins with a space or control character, which Asterisk leaves out/,
    })),
    { what: 'a colon in a variable name', variables: { 'A:1': 'x' }, message: /hold ":"/ },
    { what: 'a control character at the start of a variable name', variables: { '\u0001A': 'x' }, message: /control character/ },
    { what: 'a lone surrogate', headers: { X: '\ud800' }, message: /utf-8 cannot write/ },
    { what: 'a character that latin1 lacks', headers: { X: '€' }, encoding: 'latin1', message: /latin1 cannot write/ },
  ]
  for (const { what, name = 'X', headers = {}, variables, message, encoding } of refusals) {
    it(what, () => {
      expect(() => prepare(name, headers, variables, encoding)).toThrow(InvalidActionError)
      expect(() => prepare(name, headers, variables, encoding)).toThrow(message)
    })
  }

  for (const [what, value] of [
    ['null', null],
    ['an object', {}],
    ['a function', () => 'x'],
    ['a symbol', Symbol('x')],
    ['undefined in a list', [undefined]],
  ] as const) {
    it(`${what} as a value, from a caller without types`, () => {
      expect(() => prepare('X', { X: value } as unknown as ActionHeaders)).toThrow(InvalidActionError)
    })
  }

  it('never shows a value in its message', () => {
    expect(() => prepare('Login', { Secret: 'hunter2\n' })).toThrow(/^(?!.*hunter2)/)
    expect(() => prepare('Login', { Secret: 'hunter2'.repeat(200) })).toThrow(/^(?!.*hunter2)/)
  })
})

describe('what just fits', () => {
  it('a line of 1022 bytes, 128 headers, an ActionID of 64 bytes', () => {
    expect([MAX_LINE_BYTES, MAX_HEADERS, MAX_ACTION_ID_BYTES]).toEqual([1022, 128, 64])
    expect(readBack(prepare('X', { X: 'x'.repeat(1019) }).bytes)[0]?.get('X')).toHaveLength(1019)
    expect(readBack(prepare('X', { X: Array.from({ length: 126 }, () => 'x') }).bytes)[0]?.getAll('X')).toHaveLength(126)
    expect(readBack(prepare('X', { ActionID: 'x'.repeat(64) }).bytes)[0]?.actionId).toBe('x'.repeat(64))
    expect(readBack(prepare('X', { ActionID: 'é'.repeat(32) }).bytes)[0]?.actionId).toBe('é'.repeat(32))
  })

  it('fault: U+2028, VT, NEL and other controls end no line', () => {
    const value = 'a\u2028b\u000bc\u0085d\u001be\u007ff\tg'
    expect(readBack(prepare('X', { X: value }).bytes).map((action) => action.get('X'))).toEqual([value])
  })
})

describe('serialiser and reader', () => {
  const plain = fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => !/[\r\n\0]|\p{Surrogate}/u.test(text))
  const value = plain.filter((text) => !losesItsStart(text))
  const headerName = plain.filter(
    (text) => text.trim() === text && text !== '' && !text.includes(':') && !/^(action|actionid|variable)$/i.test(text),
  )
  const headers = fc
    .uniqueArray(fc.tuple(headerName, fc.array(value, { maxLength: 3 })), {
      maxLength: 10,
      selector: ([name]) => name.toLowerCase(),
    })
    .map((pairs) => pairs.filter(([name]) => name !== '__proto__' && !/^\d+$/.test(name)))
  const variables = fc.uniqueArray(
    fc.tuple(
      plain.filter((text) => isVariableName(text) && !text.includes('=')),
      plain,
    ),
    { maxLength: 8, selector: ([name]) => name },
  )

  it('what is written is read back exactly, however it is cut', () => {
    fc.assert(
      fc.property(
        headers,
        variables,
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 8 }),
        (given, vars, sizes) => {
          const { bytes } = prepare('Test', Object.fromEntries(given), vars)
          const actions: AMIAction[] = []
          const reader = new ActionReader(utf8.decode, (message) => {
            expect(message.kind).toBe('action')
            if (message.kind === 'action') actions.push(message.action)
          })
          for (let at = 0, step = 0; at < bytes.length; step += 1) {
            const size = sizes[step % sizes.length] as number
            reader.push(bytes.slice(at, at + size))
            at += size
          }
          expect(actions).toHaveLength(1)
          const [action] = actions as [AMIAction]
          const expected = given.flatMap(([name, values]) => values.map((each) => [name, each]))
          expect([...action.entries()].slice(0, 2 + expected.length)).toEqual([
            ['Action', 'Test'],
            ['ActionID', 'id'],
            ...expected,
          ])
          expect([...action.variables]).toEqual(vars)
        },
      ),
      { numRuns: 300, interruptAfterTimeLimit: 4000 },
    )
  })

  it('hostile text is either refused or read back as one action', () => {
    const hostile = fc.string({ unit: fc.constantFrom('\r', '\n', '\0', ':', ' ', 'a', 'é', '=', ',', '\\', '"'), maxLength: 12 })
    fc.assert(
      fc.property(hostile, hostile, hostile, hostile, (name, header, text, variable) => {
        let bytes: Uint8Array
        try {
          bytes = prepare(name, { [header]: text, ActionID: 'i' }, [[variable, text]]).bytes
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidActionError)
          return
        }
        const [action, ...more] = readBack(bytes)
        expect(more).toEqual([])
        expect(action?.name).toBe(name)
        expect(action?.get(header)).toBe(text)
        expect([...(action?.variables ?? [])]).toEqual([[variable, text]])
      }),
      { numRuns: 1000, interruptAfterTimeLimit: 4000 },
    )
  })
})

describe('what is no set of headers or variables is refused, not sent as something else', () => {
  it.each([
    ['text', 'Channel'],
    ['a list', ['Channel']],
    ['a Map', new Map([['Channel', 'Local/1']])],
    ['null', null],
  ])('headers: %s', (_, headers) => {
    expect(() => prepare('Originate', headers as never)).toThrow(InvalidActionError)
    expect(() => prepare('Originate', headers as never)).toThrow('its headers must be an object that has a value for each name')
  })

  it.each<[string, unknown, string]>([
    ['undefined', { A: undefined }, 'the variable "A" must be text, a finite number or a boolean'],
    ['null', { A: null }, 'the variable "A" must be text'],
    ['an object', { A: {} }, 'the variable "A" must be text'],
    ['an object without a prototype', { A: Object.create(null) }, 'the variable "A" must be text'],
    ['NaN', { A: Number.NaN }, 'the variable "A" must be text'],
    ['a list of texts', ['A=1'], 'of which the first is a name'],
    ['a pair without a value', [['A']], 'the variable "A" must be text'],
    ['a name that is a number', [[5, 'x']], 'of which the first is a name'],
  ])('variables: %s', (_, variables, message) => {
    expect(() => prepare('Originate', { Channel: 'Local/1' }, variables as Variables)).toThrow(TypeError)
    expect(() => prepare('Originate', { Channel: 'Local/1' }, variables as Variables)).toThrow(message)
  })
})
