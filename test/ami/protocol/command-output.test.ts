import { describe, expect, it } from 'vitest'
import { splitFollows } from '../../../src/ami/protocol/command-output.js'
import { answersOf, inEveryWay, refusalOf } from '../../support/protocol-case.js'

const follows = 'Response: Follows\r\nPrivilege: Command\r\nActionID: c\r\n'
const modern = 'Response: Success\r\nActionID: c\r\nMessage: Command output follows\r\n'

describe('output of a command', () => {
  for (const { what, text, output } of [
    { what: 'several lines, blank ones kept', text: 'one\n\ntwo\n\n\nthree\n', output: ['one', '', 'two', '', '', 'three'] },
    { what: 'no last newline', text: 'one\ntwo', output: ['one', 'two'] },
    { what: 'nothing', text: '', output: [''] },
    { what: 'columns of spaces', text: '  a   b  \n\tc \n', output: ['  a   b  ', '\tc '] },
    { what: 'lines with colons', text: 'Name: x\nStatus: y\n', output: ['Name: x', 'Status: y'] },
    { what: 'a blank line of CR LF', text: 'one\r\n\r\ntwo\n', output: ['one\r', '\r', 'two'] },
    {
      what: 'the end mark inside a line',
      text: 'say --END COMMAND-- here\nmore\n',
      output: ['say --END COMMAND-- here', 'more'],
    },
  ]) {
    inEveryWay(
      `lesson 11: the old block with ${what}`,
      `${follows}${text}--END COMMAND--\r\n\r\nEvent: Next\r\n\r\n`,
      (protocol, feed) => {
        const { results } = answersOf(protocol.sendAction('Command', { ActionID: 'c' }))
        feed()
        expect(results.map((result) => [result.type, result.output])).toEqual([['follows', output]])
        expect(protocol.events.map((event) => event.name)).toEqual(['Next'])
      },
    )
  }

  for (const { what, values, output } of [
    { what: 'several lines, blank ones kept', values: ['one', '', 'two'], output: ['one', '', 'two'] },
    { what: 'one empty line', values: [''], output: [''] },
    { what: 'leading and trailing spaces', values: ['  a   b  ', ' '], output: ['  a   b  ', ' '] },
    { what: 'a CR at the end', values: ['b: c\r'], output: ['b: c\r'] },
  ]) {
    inEveryWay(
      `facts 7, lesson 11, lesson 13: Output headers with ${what}`,
      `${modern}${values.map((value) => `Output: ${value}\r\n`).join('')}\r\n`,
      (protocol, feed) => {
        const { results } = answersOf(protocol.sendAction('Command', { ActionID: 'c' }))
        feed()
        expect(results.map((result) => [result.type, result.output])).toEqual([['success', output]])
      },
    )
  }

  inEveryWay(
    'facts 7, lesson 14: a refused command carries its output',
    'Response: Error\r\nActionID: c\r\nMessage: Command output follows\r\nOutput: No such command\r\nOutput:  try help\r\n\r\n',
    (protocol, feed) => {
      const answers = answersOf(protocol.sendAction('Command', { ActionID: 'c' }))
      feed()
      expect(refusalOf(answers).response.output).toEqual(['No such command', ' try help'])
    },
  )

  inEveryWay(
    'facts 7: a command that is refused before it runs has no output',
    'Response: Error\r\nActionID: c\r\nMessage: Command blacklisted\r\n\r\n',
    (protocol, feed) => {
      const answers = answersOf(protocol.sendAction('Command', { ActionID: 'c' }))
      feed()
      expect(refusalOf(answers).response.output).toEqual([])
      expect(refusalOf(answers).message).toBe('Action Command failed: Command blacklisted')
    },
  )

  it('splits headers from the text even when the text looks like headers', () => {
    expect(splitFollows(`${follows}Name: x\nY: z\n--END COMMAND--\r\n\r\n`)).toEqual({
      headers: follows,
      output: ['Name: x', 'Y: z'],
    })
  })
})
