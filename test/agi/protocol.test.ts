import {
  AGICommandFailure,
  AGIDeadChannelError,
  AGIHangupError,
  AGIProtocolError,
  type AGIResponse,
  AGISessionEndedError,
  AGISyntaxError,
  AGIUnknownCommandError,
  type Handler,
} from 'obelus-asterisk/protocol'
import { describe, expect, it } from 'vitest'
import { AGIPeer, environment, recordedSession } from '../support/agi-peer.js'
import { SPLITS } from '../support/splits.js'

function open(): AGIPeer {
  const peer = new AGIPeer()
  peer.feed(environment())
  return peer
}

/** What a command came to. */
function outcome(handler: Handler<AGIResponse>): { result?: AGIResponse; error?: Error } {
  const came: { result?: AGIResponse; error?: Error } = {}
  handler.onResult = (result) => {
    came.result = result
  }
  handler.onException = (error) => {
    came.error = error
  }
  return came
}

const USAGE = 'Returns the variable in parentheses.\nExample return code: 200 result=1 (testvariable)'
const ANSWERS: readonly (readonly [string, string, object, command?: string])[] = [
  ['a result', '200 result=0\n', { code: 200, result: '0', value: undefined }],
  ['a value', '200 result=1 (Up)\n', { result: '1', value: 'Up' }],
  ['an empty value', '200 result=1 ()\n', { result: '1', value: '' }],
  ['a value with spaces and parentheses', '200 result=1 (a (b) c) d)\n', { value: 'a (b) c) d' }],
  ['a value of two lines', '200 result=1 (a\nb)\n', { value: 'a\nb' }],
  ['a value that ends with a line', '200 result=1 (a\n)\n', { value: 'a\n' }],
  ['a value whose first line has a parenthesis', '200 result=1 (a) b\nc)\n', { value: 'a) b\nc' }],
  ['a value whose first line looks like an answer of its own', '200 result=1 (a) endpos=1\nc)\n', { value: 'a) endpos=1\nc' }],
  ['digits', '200 result=12*#\n', { result: '12*#' }],
  ['digits, too late', '200 result=12 (timeout)\n', { result: '12', value: 'timeout' }],
  ['no digits, too late', '200 result= (timeout)\n', { result: '', value: 'timeout' }],
  ['no digits', '200 result=\n', { result: '', value: undefined }],
  [
    'a provisional answer before it',
    '100 result=0 Trying...\n200 result=0 Gosub complete\n',
    { result: '0', fields: new Map([['text', 'Gosub complete']]) },
  ],
  ['empty lines before it', '\n\n200 result=0\n', { result: '0' }],
  ['an end position', '200 result=35 endpos=3520\n', { result: '35', fields: new Map([['endpos', '3520']]) }],
  ['why a recording ended', '200 result=0 (timeout) endpos=8000\n', { value: 'timeout', fields: new Map([['endpos', '8000']]) }],
  [
    'what a speech engine understood',
    '200 result=1 (speech) endpos=1 results=1 score0=100 text0="one two" grammar0=g\n',
    {
      value: 'speech',
      fields: new Map(Object.entries({ endpos: '1', results: '1', score0: '100', text0: 'one two', grammar0: 'g' })),
    },
    'SPEECH RECOGNIZE',
  ],
  [
    'what a speech engine understood, with quotes and parentheses',
    '200 result=1 (speech) endpos=1 results=2 score0=9 text0="say "5" (five)" grammar0=g score1=8 text1="" grammar1=h\n',
    {
      value: 'speech',
      fields: new Map(
        Object.entries({
          endpos: '1',
          results: '2',
          ...{ score0: '9', text0: 'say "5" (five)', grammar0: 'g' },
          ...{ score1: '8', text1: '', grammar1: 'h' },
        }),
      ),
    },
    'speech  recognize',
  ],
  [
    'more names than Asterisk ever sends',
    `200 result=0 ${Array.from({ length: 1_002 }, (_, at) => `a${at}=1 `).join('')}b\n`,
    {
      fields: new Map([
        ...Array.from({ length: 1_000 }, (_, at): [string, string] => [`a${at}`, '1']),
        ['text', 'a1000=1 a1001=1 b'],
      ]),
    },
  ],
  ['a value of a command that this library does not know', '200 result=1 (a\nb)\n', { value: 'a\nb' }, 'SHOP PRICE'],
  ['a word and a field of such a command', '200 result=1 (a) endpos=3\n', { value: 'a' }, 'SHOP PRICE'],
]

describe.each(SPLITS)('an answer, %s', (_, split) => {
  it.each(ANSWERS.map(([name, text, expected, command = 'GET VARIABLE']) => [name, text, expected, command] as const))(
    '%s',
    (_case, text, expected, command) => {
      const peer = open()
      const came = outcome(peer.sendCommand(command, 'X'))
      peer.feed(text, split)
      expect(came.result).toMatchObject(expected)
      const next = outcome(peer.sendCommand('NOOP'))
      peer.feed('200 result=0\n', split)
      expect(next.result?.result).toBe('0')
    },
  )

  it.each<[string, string, new (...args: never[]) => Error, object]>([
    [
      '510, with what Asterisk says',
      '510 Invalid or unknown command\n',
      AGIUnknownCommandError,
      {
        code: 'AGI_UNKNOWN_COMMAND',
        command: 'GET VARIABLE',
        text: 'Invalid or unknown command',
        message: 'Asterisk does not know the AGI command GET VARIABLE "X": Invalid or unknown command',
      },
    ],
    [
      '511, with what Asterisk says',
      '511 Command Not Permitted on a dead channel or intercept routine\n',
      AGIDeadChannelError,
      {
        code: 'AGI_DEAD_CHANNEL',
        text: 'Command Not Permitted on a dead channel or intercept routine',
        message:
          'GET VARIABLE "X" is not permitted on a channel that has hung up: Command Not Permitted on a dead channel or intercept routine',
      },
    ],
    [
      '520 with usage',
      `520-Invalid command syntax.  Proper usage follows:\n${USAGE}\n520 End of proper usage.\n`,
      AGISyntaxError,
      { usage: USAGE },
    ],
    [
      '520 of Asterisk before 13.17, whose usage lacks its last newline',
      '520-Invalid command syntax.  Proper usage follows:\nStream the given file, and receive DTMF data.\nReturns the digits received from the channel at the other end.520 End of proper usage.\n',
      AGISyntaxError,
      { usage: 'Stream the given file, and receive DTMF data.\nReturns the digits received from the channel at the other end.' },
    ],
    [
      'a 520 that is over at once',
      '520-Invalid command syntax.  Proper usage follows:520 End of proper usage.\n',
      AGISyntaxError,
      { usage: '' },
    ],
    ['520 without', '520 Invalid command syntax.  Proper usage not available.\n', AGISyntaxError, {}],
    ['a failure', '200 result=-1 endpos=0\n', AGICommandFailure, { result: '-1' }],
    ['no such application', '200 result=-2\n', AGICommandFailure, { result: '-2' }],
    [
      '503',
      '503 result=-2 Memory allocation failure\n',
      AGICommandFailure,
      { message: 'GET VARIABLE "X" failed with result -2: Memory allocation failure' },
    ],
    [
      'something else',
      'SSH-2.0-OpenSSH\n',
      AGIProtocolError,
      { message: 'The answer to GET VARIABLE is no AGI: "SSH-2.0-OpenSSH"' },
    ],
  ])('%s', (_case, text, type, expected) => {
    const peer = open()
    const came = outcome(peer.sendCommand('GET VARIABLE', 'X'))
    peer.feed(text, split)
    expect(came.error).toBeInstanceOf(type)
    expect(came.error).toMatchObject(expected)
    const next = outcome(peer.sendCommand('NOOP'))
    peer.feed('200 result=0\n', split)
    expect(next.result?.result).toBe('0')
  })
})

const SESSIONS = ['fastagi-basic', 'fastagi-hangup-idle', 'fastagi-hangup-during-command'].flatMap((name) => [
  `${name}-16`,
  `${name}-22`,
])

describe.each([...SESSIONS, 'fastagi-dead-channel-22', 'fastagi-exit-on-hangup-22', 'fastagi-normal-end-half-close-22'])(
  'the session %s',
  (name) => {
    it.each(SPLITS.filter(([split]) => !(name.startsWith('fastagi-basic') && split !== 'whole')))(
      '%s: every command has its answer',
      (_, split) => {
        const peer = new AGIPeer()
        const outcomes: { command: string; came: ReturnType<typeof outcome> }[] = []
        for (const { dir, text } of recordedSession(name)) {
          if (dir === 'from-asterisk') peer.feed(text, split)
          if (dir !== 'to-asterisk') continue
          for (const line of text.trimEnd().split('\n')) {
            const command = /^[A-Z ]+[A-Z](?= |$)/.exec(line)?.[0] ?? line
            outcomes.push({ command: line, came: outcome(peer.sendCommand(command.replace(/ [A-Z]$/, ''))) })
          }
        }
        for (const { command, came } of outcomes) expect([command, came.result ?? came.error]).not.toEqual([command, undefined])
        expect(peer.told.filter((word) => word.startsWith('stray'))).toEqual([])
        expect(peer.told.filter((word) => word === 'hangup').length).toBeLessThanOrEqual(1)
        const values = outcomes.map(({ came }) => came.result?.value).filter((value) => value !== undefined)
        if (name.startsWith('fastagi-basic')) expect(values).toContain('a\nb)\nc)')
      },
    )
  },
)

describe('commands', () => {
  it('one is on the wire at a time, in their order', () => {
    const peer = open()
    const [one, two, three] = ['A', 'B', 'C'].map((name) => outcome(peer.sendCommand('GET VARIABLE', name)))
    expect(peer.written).toHaveLength(1)
    peer.feed('200 result=1 (1)\n')
    expect([one?.result?.value, peer.written.at(-1)]).toEqual(['1', 'GET VARIABLE "B"\n'])
    peer.feed('200 result=1 (2)\n')
    peer.feed('200 result=0\n')
    expect([two?.result?.value, three?.result?.result]).toEqual(['2', '0'])
    expect(peer.written).toHaveLength(3)
  })

  it('given before the environment wait for it, and are written once', () => {
    const peer = new AGIPeer()
    const came = outcome(peer.sendCommand('ANSWER'))
    expect(peer.written).toEqual([])
    peer.feed(environment())
    expect(peer.written).toEqual(['ANSWER\n'])
    peer.feed('200 result=0\n')
    expect(came.result?.result).toBe('0')
  })

  it('that wait can be withdrawn; the one that was written cannot', () => {
    const peer = open()
    const [first, second] = [peer.sendCommand('NOOP'), peer.sendCommand('ANSWER')]
    expect([peer.withdraw(first), peer.withdraw(second), peer.withdraw(second)]).toEqual([false, true, false])
    peer.feed('200 result=0\n')
    expect(peer.written).toEqual(['NOOP\n'])
  })

  it('all are settled when the connection is lost', () => {
    const peer = open()
    const outcomes = ['A', 'B'].map((name) => outcome(peer.sendCommand('GET VARIABLE', name)))
    peer.connectionLost(new Error('read ECONNRESET'))
    for (const [at, { error }] of outcomes.entries()) {
      expect(error).toBeInstanceOf(AGISessionEndedError)
      const name = at === 0 ? 'A' : 'B'
      expect(error?.message).toBe(`GET VARIABLE "${name}" came to nothing: the AGI session is over: read ECONNRESET`)
    }
    expect(outcome(peer.sendCommand('NOOP')).error).toBeInstanceOf(AGISessionEndedError)
    expect(peer.told).toEqual(['started', 'ended'])
  })

  it('too long an answer is refused, and the connection is closed', () => {
    const peer = open()
    const came = outcome(peer.sendCommand('GET VARIABLE', 'X'))
    for (let piece = 0; piece < 20; piece += 1) peer.feed(`200 result=1 (${'x'.repeat(70_000)}`)
    expect(came.error).toBeInstanceOf(AGISessionEndedError)
    expect(peer.endedBy?.message).toBe('An answer takes more than 1048576 bytes')
    expect(peer.closed).toBe(true)
  })
})

describe.each(SPLITS)('the hangup, %s', (_, split) => {
  it('while nothing runs is told once, and commands go on', () => {
    const peer = open()
    peer.feed('HANGUP\n', split)
    peer.feed('HANGUP\n', split)
    expect(peer.told).toEqual(['started', 'hangup'])
    const came = outcome(peer.sendCommand('GET VARIABLE', 'X'))
    peer.feed('200 result=1 (x)\n', split)
    expect(came.result?.value).toBe('x')
  })

  it('before the answer of a command that was sent already is no answer', () => {
    const peer = open()
    const came = outcome(peer.sendCommand('STREAM FILE', 'beep', ''))
    peer.feed('HANGUP\n511 Command Not Permitted on a dead channel or intercept routine\n', split)
    expect(peer.told).toEqual(['started', 'hangup'])
    expect(came.error).toBeInstanceOf(AGIDeadChannelError)
  })
})

it('a command that fails because of the hangup says so', () => {
  const peer = open()
  const came = outcome(peer.sendCommand('STREAM FILE', 'beep', ''))
  peer.feed('200 result=-1 endpos=5280\nHANGUP\n')
  expect(came.error).toBeInstanceOf(AGIHangupError)
  expect(came.error).toMatchObject({ response: { fields: new Map([['endpos', '5280']]) } })
})

describe('what comes with an answer, and behind it', () => {
  const usage = '520-Invalid command syntax.  Proper usage follows:\nx\n520 End of proper usage.\n'

  it('does not answer the next command, which was written only when the answer had come', () => {
    const peer = open()
    const [one, two] = ['A', 'B'].map((name) => outcome(peer.sendCommand('GET VARIABLE', name)))
    peer.feed('200 result=0\n200 result=1 (of nobody)\n')
    expect([one?.result?.result, two]).toEqual(['0', {}])
    peer.feed('200 result=1 (of B)\n')
    expect(two?.result?.value).toBe('of B')
  })

  it.each([
    ['in the same piece', (peer: AGIPeer) => peer.feed(`200 result=1\n${usage}`)],
    [
      'later',
      (peer: AGIPeer) => {
        peer.feed('200 result=1\n')
        for (const line of usage.split(/(?<=\n)/)) peer.feed(line)
      },
    ],
  ])('the usage that Asterisk sends behind a result 1 of EXEC, %s, does not answer the next command', (_, feed) => {
    const peer = open()
    peer.answersQuestions = false
    const [exec, next] = [outcome(peer.sendCommand('EXEC', 'Odd')), outcome(peer.sendCommand('GET VARIABLE', 'X'))]
    feed(peer)
    // That is the answer to whether the caller hung up.
    peer.feed('200 result=0\n')
    peer.feed('200 result=1 (x)\n')
    expect([exec.result?.result, next.result?.value]).toEqual(['1', 'x'])
  })

  it('a result 1 of EXEC without that usage does no harm', () => {
    const peer = open()
    const [exec, next] = [outcome(peer.sendCommand('exec', 'Odd')), outcome(peer.sendCommand('NOOP'))]
    peer.feed('200 result=1\n')
    peer.feed('\nHANGUP\n200 result=0\n')
    expect([exec.result?.result, next.result?.result]).toEqual(['1', '0'])
  })
})

it('a 511 is a hangup: in h and in hangup handlers nothing else tells of it; commands that need no caller still work', () => {
  const peer = open()
  const dead = outcome(peer.sendCommand('ANSWER'))
  peer.feed('511 Command Not Permitted on a dead channel or intercept routine\n')
  expect([dead.error?.name, peer.isHungUp, peer.told]).toEqual(['AGIDeadChannelError', true, ['started', 'hangup']])
  const next = outcome(peer.sendCommand('GET VARIABLE', 'X'))
  peer.feed('200 result=1 (x)\n')
  expect(next.result?.value).toBe('x')
})

describe('what a peer sends is read in the time of its length', () => {
  const LONG = 400_000
  const whole = (text: string) => [text]
  const inBytes = (text: string) => text.split('')
  it.each<[string, string, (text: string) => string[]]>([
    ['letters', `200 result=0 ${'a'.repeat(LONG)}\n`, whole],
    ['digits', `200 result=${'1'.repeat(LONG)}\n`, whole],
    ['blanks', `200 result=0 ${' '.repeat(LONG)}\n`, whole],
    ['open quotes', `200 result=0 ${'text0="a '.repeat(LONG / 9)}\n`, whole],
    ['parentheses', `200 result=0 ${'('.repeat(LONG)}\n`, whole],
    ['fields', `200 result=0 ${'a=b '.repeat(LONG / 4)}\n`, whole],
    ['a usage without end', `520-x\n${'520-x\n'.repeat(LONG / 6)}520 x\n`, whole],
    ['a usage, line by line', `520-x\n${'x\n'.repeat(LONG / 2)}520 x\n`, (text) => text.split(/(?<=\n)/)],
    ['a line, byte by byte', `200 result=0 ${'a'.repeat(LONG)}\n`, inBytes],
    ['a value, line by line', `200 result=1 (${'HANGUP\n'.repeat(LONG / 7)})\n`, (text) => text.split(/(?<=\n)/)],
    ['a value, byte by byte', `200 result=1 (${'x\n'.repeat(LONG / 2)})\n`, inBytes],
    ['empty lines', `${'\n'.repeat(LONG)}200 result=0\n`, inBytes],
    ['notices', `${'HANGUP\n'.repeat(LONG / 7)}200 result=0\n`, whole],
  ])('%s', (_, text, pieces) => {
    const peer = open()
    const came = outcome(peer.sendCommand('GET VARIABLE', 'X'))
    const began = performance.now()
    for (const piece of pieces(text)) peer.feed(piece)
    expect(came.result ?? came.error).toBeDefined()
    // Far more than it takes, and far less than the square of it.
    expect(performance.now() - began).toBeLessThan(4_000)
  })
})

it('the second answer of EXEC with result 1, and the rest of a forged value, answer nothing', () => {
  const peer = open()
  const exec = outcome(peer.sendCommand('EXEC', 'Odd'))
  peer.feed('200 result=1\n520-Invalid command syntax.  Proper usage follows:\nx\n520 End of proper usage.\n')
  expect(exec.result?.result).toBe('1')
  const next = outcome(peer.sendCommand('NOOP'))
  peer.feed('200 result=0\n')
  expect(next.result?.result).toBe('0')
  expect(peer.told.filter((word) => word.startsWith('stray'))).toHaveLength(1)
})
