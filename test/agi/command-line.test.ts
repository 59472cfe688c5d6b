import fc from 'fast-check'
import { AGIInvalidCommandError, MAX_COMMAND_BYTES } from 'obelus-asterisk/protocol'
import { expect, it } from 'vitest'
import { parseWords } from '../../src/testing/agi/agi-channel.js'
import { AGIPeer, environment } from '../support/agi-peer.js'

function write(
  command: string,
  ...args: (string | number | undefined)[]
): { line: string | undefined; error: Error | undefined } {
  const peer = new AGIPeer()
  peer.feed(environment())
  const handler = peer.sendCommand(command, ...args)
  let error: Error | undefined
  handler.onException = (exception) => {
    error = exception
  }
  return { line: peer.written[0], error }
}

it('Asterisk reads back every argument exactly as it was given', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => !/[\r\n\0\ud800-\udfff]/.test(value))
  fc.assert(
    fc.property(fc.array(text, { maxLength: 8 }), (args) => {
      const { line = '' } = write('SET VARIABLE', ...args)
      expect(line.endsWith('\n')).toBe(true)
      expect(parseWords(line.slice(0, -1))).toEqual(['SET', 'VARIABLE', ...args])
    }),
    { numRuns: 300 },
  )
})

it.each([
  ['spaces', 'a  b ', '"a  b "'],
  ['quotes', 'say "hi"', '"say \\"hi\\""'],
  ['backslashes', 'a\\b\\', '"a\\\\b\\\\"'],
  ['nothing', '', '""'],
  ['UTF-8', 'Jürgen ☎', '"Jürgen ☎"'],
  ['expressions', '$[1] $(x)', '"$[1] $(x)"'],
  ['a number', 12.5, '"12.5"'],
])('%s', (_, argument, written) => {
  expect(write('NOOP', argument).line).toBe(`NOOP ${written}\n`)
})

it.each<[string, string, (string | number | undefined)[], RegExp]>([
  ['LF', 'NOOP', ['a\nHANGUP'], /argument 1 of NOOP holds LF/],
  ['CR', 'NOOP', ['x', 'a\r'], /argument 2 of NOOP holds CR/],
  ['NUL', 'NOOP', ['a\0'], /holds NUL/],
  ['a long line', 'NOOP', ['x'.repeat(MAX_COMMAND_BYTES)], /takes 2053 bytes; Asterisk reads 2046/],
  ['more than 127 words', 'NOOP', Array(127).fill('x'), /more than 127 words/],
  ['half a character', 'NOOP', ['\ud800'], /characters that utf-8 does not have/],
  ['no number', 'NOOP', [Number.NaN], /must be a string or a number, not NaN/],
  ['an argument after one that is missing', 'GET DATA', ['x', undefined, 3], /argument 2 of GET DATA is missing/],
  ['what ends the session', 'failure', [], /is no AGI command/],
  ['a line in the command', 'NOOP\nHANGUP', [], /is no AGI command/],
  ['no command', '', [], /is no AGI command/],
])('%s is refused, and nothing is written', (_, command, args, message) => {
  const { line, error } = write(command, ...args)
  expect(line).toBeUndefined()
  expect(error).toBeInstanceOf(AGIInvalidCommandError)
  expect(error?.message).toMatch(message)
})

it('Asterisk 22 takes longer lines, when told so', () => {
  const peer = new AGIPeer({ limits: { maxCommandBytes: 8190 } })
  peer.feed(environment())
  peer.sendCommand('NOOP', 'x'.repeat(8000))
  expect(peer.written[0]).toHaveLength(8008)
})
