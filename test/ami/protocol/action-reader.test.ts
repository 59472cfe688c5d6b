import { describe, expect, it } from 'vitest'
import { ActionReader, type ReadAction } from '../../../src/ami/protocol/action-reader.js'
import { textCodec } from '../../../src/core/text-codec.js'
import { bytesOf, waysToSplit } from '../../support/splits.js'

function read(chunks: readonly Uint8Array[]): ReadAction[] {
  const messages: ReadAction[] = []
  const reader = new ActionReader(textCodec('utf-8').decode, (message) => messages.push(message))
  for (const chunk of chunks) {
    const lent = chunk.slice()
    reader.push(lent)
    lent.fill(0x58)
  }
  return messages
}

const missing = (actionId = '') => ({ kind: 'refused', actionId, message: 'Missing action in request' })
const tooLong = (actionId = '') => ({ kind: 'refused', actionId, message: 'Failed to parse message: line too long' })
const tooMany = (actionId = '') => ({ kind: 'refused', actionId, message: 'Too many lines in message or allocation failure' })
const action = (name: string, ...headers: [string, string][]) => ({ name, headers: [['Action', name], ...headers] })
const seen = (message: ReadAction) =>
  message.kind === 'refused' ? message : { name: message.action.name, headers: [...message.action.entries()] }

describe('ActionReader', () => {
  for (const { what, text, expected } of [
    { what: 'CR LF ends lines', text: 'Action: A\r\nX: 1\r\n\r\n', expected: [action('A', ['X', '1'])] },
    { what: 'a bare LF ends lines too', text: 'Action: A\nX: 1\n\n', expected: [action('A', ['X', '1'])] },
    {
      what: 'both, mixed',
      text: 'Action: A\nX: 1\r\n\nAction: B\r\n\n',
      expected: [action('A', ['X', '1']), action('B')],
    },
    { what: 'a lone CR is data', text: 'Action: A\r\nX: 1\r2\r\r\n\r\n', expected: [action('A', ['X', '1\r2\r'])] },
    {
      what: 'NUL cuts off the rest of its line',
      text: 'Action: A\r\nX: 1\0 2\r\n\r\n',
      expected: [action('A', ['X', '1'])],
    },
    { what: 'a line that begins with NUL is an empty one', text: 'Action: A\r\n\0X\r\n', expected: [action('A')] },
    { what: 'no space after the colon', text: 'Action:A\r\nX:1\r\n\r\n', expected: [action('A', ['X', '1'])] },
    {
      what: 'leading spaces of a value are dropped, trailing ones kept',
      text: 'Action:   A\r\nX:   1 \r\n\r\n',
      expected: [action('A', ['X', '1 '])],
    },
    { what: 'a trailing space makes another action', text: 'Action: Ping \r\n\r\n', expected: [action('Ping ')] },
    {
      what: 'a space before the colon hides the action',
      text: 'Action : Ping\r\nActionID: 1\r\n\r\n',
      expected: [missing('1')],
    },
    { what: 'an indented action is none', text: '  Action: Ping\r\n\r\n', expected: [missing()] },
    {
      what: 'header names in any case',
      text: 'ACTION: A\r\n\r\n',
      expected: [{ name: 'A', headers: [['ACTION', 'A']] }],
    },
    {
      what: 'lines without colon are ignored',
      text: 'Action: A\r\nnocolon\r\nX: 1\r\n\r\n',
      expected: [action('A', ['X', '1'])],
    },
    {
      what: 'of several actions the first that is not empty counts',
      text: 'Action:\r\nAction: A\r\nAction: B\r\n\r\n',
      expected: [
        {
          name: 'A',
          headers: [
            ['Action', ''],
            ['Action', 'A'],
            ['Action', 'B'],
          ],
        },
      ],
    },
    {
      what: 'every empty line is a message',
      text: '\r\n\nAction: A\r\n\r\n\r\n',
      expected: [missing(), missing(), action('A'), missing()],
    },
    {
      what: 'newlines inside a value are new headers and new actions',
      text: 'Action: Ping\r\nActionID: x\nAction: CoreStatus\n\nAction: Reload\r\n\r\n',
      expected: [
        {
          name: 'Ping',
          headers: [
            ['Action', 'Ping'],
            ['ActionID', 'x'],
            ['Action', 'CoreStatus'],
          ],
        },
        action('Reload'),
      ],
    },
    { what: 'a message without action echoes its ActionID', text: 'ActionID: e-3\r\n\r\n', expected: [missing('e-3')] },
    {
      what: 'a line of 1022 bytes',
      text: `Action: A\r\nX: ${'x'.repeat(1019)}\r\n\r\n`,
      expected: [action('A', ['X', 'x'.repeat(1019)])],
    },
    {
      what: 'a line of 1023 bytes with a bare LF',
      text: `Action: A\nX: ${'x'.repeat(1020)}\n\n`,
      expected: [action('A', ['X', 'x'.repeat(1020)])],
    },
    {
      what: 'a line of 1023 bytes ends the message early, and what follows is another one',
      text: `Action: A\r\nX: ${'x'.repeat(1020)}\r\nActionID: 1\r\n\r\n`,
      expected: [tooLong(), missing('1')],
    },
    {
      what: 'a line of 1025 bytes is refused, the ActionID before it echoed',
      text: `Action: A\r\nActionID: 1\r\nX: ${'x'.repeat(1022)}\r\n\r\nAction: B\r\n\r\n`,
      expected: [tooLong('1'), action('B')],
    },
    {
      what: 'a long line is refused, the ActionID after it echoed',
      text: `Action: A\r\nX: ${'x'.repeat(5000)}\r\nActionID: 1\r\n\r\n`,
      expected: [tooLong('1')],
    },
    {
      what: '128 lines',
      text: `Action: A\r\n${'X: 1\r\n'.repeat(127)}\r\n`,
      expected: [action('A', ...Array.from({ length: 127 }, (): [string, string] => ['X', '1']))],
    },
    {
      what: '129 lines are refused, an ActionID among the first 128 echoed',
      text: `Action: A\r\nActionID: 1\r\n${'X: 1\r\n'.repeat(127)}\r\nAction: B\r\n\r\n`,
      expected: [tooMany('1'), action('B')],
    },
    {
      what: '129 lines are refused, an ActionID behind the 128th lost',
      text: `Action: A\r\n${'X: 1\r\n'.repeat(127)}ActionID: 1\r\n\r\n`,
      expected: [tooMany()],
    },
    {
      what: 'garbage gets one refusal a blank line',
      text: 'x{}\u0007\r\n\r\n\x01\r\n\r\n',
      expected: [missing(), missing()],
    },
  ]) {
    for (const { name, chunks } of waysToSplit(bytesOf(text))) {
      it(`${what} (${name})`, () => expect(read(chunks).map(seen)).toEqual(expected))
    }
  }
})

describe('AMIAction', () => {
  const one = (text: string) => {
    const [message] = read([bytesOf(text)])
    if (message?.kind !== 'action') throw new Error('no action')
    return message.action
  }

  for (const [what, text, actionId] of [
    ['is echoed as it came', 'ActionID: a b  \r\n', 'a b  '],
    ['loses its leading spaces', 'ActionID:   x\r\n', 'x'],
    ['is empty when there is none', '', ''],
    ['counts when it is the first', 'ActionID: 1\r\nactionid: 2\r\n', '1'],
    ['is empty when the first one is', 'ActionID:\r\nActionID: 2\r\n', ''],
  ] as const) {
    it(`the ActionID ${what}`, () => expect(one(`Action: A\r\n${text}\r\n`).actionId).toBe(actionId))
  }

  it('reads its variables as Asterisk does, over all Variable headers', () => {
    expect([...one('Action: A\r\nVariable: NAME=Bob,ADMIN=1\r\nvariable: C=a\\,b\r\nVariable: none\r\n\r\n').variables]).toEqual([
      ['NAME', 'Bob'],
      ['ADMIN', '1'],
      ['C', 'a,b'],
    ])
  })

  it('hides secrets when it is printed', () => {
    const login = one('Action: Login\r\nUsername: u\r\nSecret: hunter2\r\nkey: abc\r\n\r\n')
    expect(login.toJSON()).toEqual({ name: 'Login', headers: { Action: 'Login', Username: 'u', Secret: '…', key: '…' } })
    expect(login.get('Secret')).toBe('hunter2')
    const database = one('Action: DBGet\r\nFamily: a\r\nKey: b\r\n\r\n')
    expect(database.toJSON().headers).toEqual({ Action: 'DBGet', Family: 'a', Key: 'b' })
  })
})
