import { describe, expect, it } from 'vitest'
import { answersOf, feedChunks, inEveryWay, refusalOf } from '../../support/protocol-case.js'
import { GREETING, RecordingProtocol } from '../../support/recording-protocol.js'
import { bytesOf, SPLITS } from '../../support/splits.js'

const follows = 'Response: Follows\r\nPrivilege: Command\r\nActionID: c\r\n'
/** Asterisk 13, the last that answers so. */
const OLD = { greeting: 'Asterisk Call Manager/2.10.6\r\n' }
const modern = 'Response: Success\r\nActionID: c\r\nMessage: Command output follows\r\n'

describe('output of a command', () => {
  for (const { what, text, output } of [
    { what: 'several lines, blank ones kept', text: 'one\n\ntwo\n\n\nthree\n', output: ['one', '', 'two', '', '', 'three'] },
    { what: 'no last newline', text: 'one\ntwo', output: ['one', 'two'] },
    { what: 'nothing', text: '', output: [''] },
    { what: 'columns of spaces', text: '  a   b  \n\tc \n', output: ['  a   b  ', '\tc '] },
    { what: 'lines with colons', text: 'Name: x\nStatus: y\n', output: ['Name: x', 'Status: y'] },
    { what: 'a blank line of CR LF', text: 'one\r\n\r\ntwo\n', output: ['one\r', '\r', 'two'] },
    { what: 'lines that look like headers', text: 'Message: x\nActionID: y\r\n', output: ['Message: x', 'ActionID: y\r'] },
    { what: 'the end mark at the end of a line', text: 'a--END COMMAND--\r\nb\n', output: ['a--END COMMAND--\r', 'b'] },
    {
      what: 'the end mark inside a line',
      text: 'say --END COMMAND-- here\nmore\n',
      output: ['say --END COMMAND-- here', 'more'],
    },
  ]) {
    inEveryWay(
      `the old block with ${what}`,
      `${follows}${text}--END COMMAND--\r\n\r\nEvent: Next\r\n\r\n`,
      (protocol, feed) => {
        const { results } = answersOf(protocol.sendAction('Command', { ActionID: 'c' }))
        feed()
        expect(results.map((result) => [result.type, result.output])).toEqual([['follows', output]])
        expect(protocol.events.map((event) => event.name)).toEqual(['Next'])
      },
      OLD,
    )
  }

  for (const { what, values, output } of [
    { what: 'several lines, blank ones kept', values: ['one', '', 'two'], output: ['one', '', 'two'] },
    { what: 'one empty line', values: [''], output: [''] },
    { what: 'leading and trailing spaces', values: ['  a   b  ', ' '], output: ['  a   b  ', ' '] },
    { what: 'a CR at the end', values: ['b: c\r'], output: ['b: c\r'] },
  ]) {
    inEveryWay(
      `Output headers with ${what}`,
      `${modern}${values.map((value) => `Output: ${value}\r\n`).join('')}\r\n`,
      (protocol, feed) => {
        const { results } = answersOf(protocol.sendAction('Command', { ActionID: 'c' }))
        feed()
        expect(results.map((result) => [result.type, result.output])).toEqual([['success', output]])
      },
    )
  }

  inEveryWay(
    'a refused command carries its output',
    'Response: Error\r\nActionID: c\r\nMessage: Command output follows\r\nOutput: No such command\r\nOutput:  try help\r\n\r\n',
    (protocol, feed) => {
      const answers = answersOf(protocol.sendAction('Command', { ActionID: 'c' }))
      feed()
      expect(refusalOf(answers).response.output).toEqual(['No such command', ' try help'])
    },
  )

  inEveryWay(
    'a command that is refused before it runs has no output',
    'Response: Error\r\nActionID: c\r\nMessage: Command blacklisted\r\n\r\n',
    (protocol, feed) => {
      const answers = answersOf(protocol.sendAction('Command', { ActionID: 'c' }))
      feed()
      expect(refusalOf(answers).response.output).toEqual([])
      expect(refusalOf(answers).message).toBe('Action Command failed: Command blacklisted')
    },
  )
})

const answer = (id: string) => `Response: Success\r\nActionID: ${id}\r\nPing: Pong\r\n\r\n`
/** What `URIDECODE(a%0d%0a%0d%0aResponse: Follows%0d%0aX: y%0d%0a%0d%0a)` in a UserEvent makes of it, as the server sends it. */
const forged = 'Event: UserEvent\r\nPrivilege: user,all\r\nUserEvent: P\r\nN: a\r\n\r\nResponse: Follows\r\nX: y\r\n\r\n\r\n\r\n'

describe('text in a value that looks like the beginning of output', () => {
  for (const [what, greeting, action] of [
    ['on AMI 11, with a Command in flight', GREETING, 'Command'],
    ['on AMI 3, with a Command in flight', 'Asterisk Call Manager/3.2.0\r\n', 'Command'],
    ['on AMI 2.10, with no Command in flight', OLD.greeting, 'Ping'],
    ['on AMI 2.10, with a Command in flight whose ActionID it cannot know', OLD.greeting, 'Command'],
  ] as const) {
    inEveryWay(
      `hides nothing of what follows it: ${what}`,
      `${forged}Event: Next\r\n\r\n${answer('mine')}`,
      (protocol, feed) => {
        const { results } = answersOf(protocol.sendAction(action, { ActionID: 'mine' }))
        feed()
        expect(protocol.events.map((event) => event.name)).toEqual(['UserEvent', 'Next'])
        expect(results).toHaveLength(1)
        expect(protocol.unmatched.map((response) => response.type)).toEqual(['follows'])
      },
      { greeting },
    )
  }

  inEveryWay(
    'a Follows with the ActionID of a Command is an answer like any other on AMI above 2',
    `Response: Follows\r\nActionID: c\r\nX: y\r\n\r\nEvent: Next\r\n\r\n`,
    (protocol, feed) => {
      const { results } = answersOf(protocol.sendAction('Command', { ActionID: 'c' }))
      feed()
      expect(results.map((result) => [result.type, result.get('X'), result.output])).toEqual([['follows', 'y', []]])
      expect(protocol.events.map((event) => event.name)).toEqual(['Next'])
    },
  )
})

describe('large output', () => {
  const lines = (count: number) => Array.from({ length: count }, (_, number) => `/key/${number} : value: ${number}`)
  const outputOf = (count: number) =>
    `${modern}${lines(count)
      .map((line) => `Output: ${line}\r\n`)
      .join('')}\r\n`
  const followsOf = (count: number) => `${follows}${lines(count).join('\n')}\n--END COMMAND--\r\n\r\n`

  for (const [form, text, greeting] of [
    ['headers', outputOf, GREETING],
    ['an old block', followsOf, OLD.greeting],
  ] as const) {
    for (const [way, split] of SPLITS) {
      it(`of 15,000 lines in ${form} is taken, though a message has 10,000 headers at the most (${way})`, () => {
        const protocol = new RecordingProtocol()
        const { results } = answersOf(protocol.sendAction('Command', { ActionID: 'c' }))
        feedChunks(protocol, split(bytesOf(`${greeting}${text(15_000)}Event: Next\r\n\r\n`)))
        expect(results.map(({ output }) => output)).toEqual([lines(15_000)])
        expect(results[0]?.get('ActionID')).toBe('c')
        expect(protocol.events.map((event) => event.name)).toEqual(['Next'])
      })

      it(`in ${form} beyond the limit rejects its action, and the connection goes on behind it (${way})`, () => {
        const protocol = new RecordingProtocol({ limits: { maxOutputBytes: 20_000 }, peer: 'pbx:5038' })
        const command = answersOf(protocol.sendAction('Command', { ActionID: 'c' }))
        const ping = answersOf(protocol.sendAction('Ping', { ActionID: 'p' }))
        feedChunks(protocol, split(bytesOf(`${greeting}${text(2_000)}Event: Next\r\n\r\n${answer('p')}`)))
        expect(command.results).toEqual([])
        expect(command.errors.map((error) => error.message)).toEqual([
          expect.stringMatching(
            /^pbx:5038: the output of Command has more than 20000 bytes \(limits\.maxOutputBytes\): \d+ bytes in \d+ lines came so far$/,
          ),
        ])
        expect(ping.results).toHaveLength(1)
        expect(protocol.events.map((event) => event.name)).toEqual(['Next'])
        expect([protocol.failure, protocol.unknown, protocol.unmatched, protocol.late]).toEqual([undefined, [], [], []])
        expect(() => protocol.sendAction('Command', { ActionID: 'c' })).not.toThrow()
      })

      it(`in ${form} with a line beyond the limit is skipped too (${way})`, () => {
        const protocol = new RecordingProtocol({ limits: { maxLineBytes: 1_000 } })
        const command = answersOf(protocol.sendAction('Command', { ActionID: 'c' }))
        const line = 'x'.repeat(1_200)
        const answered = form === 'headers' ? `${modern}Output: ${line}\r\n\r\n` : `${follows}${line}--END COMMAND--\r\n\r\n`
        feedChunks(protocol, split(bytesOf(`${greeting}${answered}Event: Next\r\n\r\n`)))
        expect(command.errors.map((error) => error.message)).toEqual([
          expect.stringMatching(
            /the output of Command has more than 1000 bytes in a line \(limits\.maxLineBytes\): \d+ bytes of line/,
          ),
        ])
        expect(protocol.events.map((event) => event.name)).toEqual(['Next'])
      })
    }
  }

  it('that was given up is read to its end, and none of it kept', () => {
    const protocol = new RecordingProtocol()
    const command = protocol.sendAction('Command', { ActionID: 'c' })
    const bytes = bytesOf(`${GREETING}${outputOf(15_000)}Event: Next\r\n\r\n`)
    protocol.dataReceived(bytes.subarray(0, 100_000))
    protocol.abandonAction(command)
    protocol.dataReceived(bytes.subarray(100_000))
    expect(protocol.late.map(({ message, output }) => [message, output])).toEqual([['Command output follows', []]])
    expect(protocol.events.map((event) => event.name)).toEqual(['Next'])
  })

  it('of two commands at once does not mix', () => {
    const protocol = new RecordingProtocol()
    const answers = ['c', 'd'].map((ActionID) => answersOf(protocol.sendAction('Command', { ActionID })))
    const bytes = bytesOf(`${GREETING}${outputOf(3_000)}${outputOf(2_000).replace('ActionID: c', 'ActionID: d')}`)
    for (let at = 0; at < bytes.length; at += 10_000) protocol.dataReceived(bytes.slice(at, at + 10_000))
    expect(answers.map(({ results }) => results[0]?.output.length)).toEqual([3_000, 2_000])
  })

  it('has no Output header beside its lines, whatever its size', () => {
    for (const count of [1, 15_000]) {
      const protocol = new RecordingProtocol()
      const { results } = answersOf(protocol.sendAction('Command', { ActionID: 'c' }))
      protocol.feed(GREETING + outputOf(count))
      expect(results[0]?.toJSON()).toMatchObject({
        headers: { Response: 'Success', ActionID: 'c', Message: 'Command output follows' },
        output: lines(count),
      })
      expect(results[0]?.get('Output')).toBeUndefined()
    }
  })
})
