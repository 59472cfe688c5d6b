import { getEventListeners } from 'node:events'
import {
  AGICommandFailure,
  AGIHangupError,
  AGISession,
  AGISessionEndedError,
  AGISyntaxError,
  AGITimeoutError,
} from 'obelus-asterisk'
import { describe, expect, it } from 'vitest'
import { AGIPeer, environment } from '../support/agi-peer.js'
import { settle, VirtualClock } from '../support/virtual-clock.js'

/** A session, and the peer that plays Asterisk. */
function open() {
  const peer = new AGIPeer()
  peer.feed(environment({}, ['one', 'two words']))
  const clock = new VirtualClock()
  const controller = new AbortController()
  const agi = AGISession.on(peer, { clock, signal: controller.signal, query: new URLSearchParams('lang=en') })
  /** Answers the commands that come, one after the other; gives what was written. */
  const answer = async (...answers: string[]) => {
    for (const each of answers) {
      await settle()
      peer.feed(each)
    }
    await settle()
    return peer.written
  }
  return { peer, clock, agi, controller, answer }
}

const at = new Date(1_700_000_000_900)
const zero = '200 result=0\n'
const one = '200 result=1\n'
const STOPPED = '200 result=1 (obelus-sound-stopped)\n'
type Case = readonly [call: (agi: AGISession) => Promise<unknown>, line: string, answer: string, result: unknown]

const COMMANDS: readonly Case[] = [
  [(agi) => agi.answer(), 'ANSWER', zero, undefined],
  [(agi) => agi.asyncAGIBreak(), 'ASYNCAGI BREAK', zero, undefined],
  [(agi) => agi.channelStatus(), 'CHANNEL STATUS', '200 result=6\n', { state: 6, stateText: 'Up' }],
  [(agi) => agi.channelStatus('PJSIP/2-1'), 'CHANNEL STATUS "PJSIP/2-1"', '200 result=4\n', { state: 4, stateText: 'Ring' }],
  [
    (agi) =>
      agi.controlStreamFile('long', { escapeDigits: '#', forward: '6', rewind: '4', pause: '5', skipMs: 5000, offsetMs: 100 }),
    'CONTROL STREAM FILE "long" "#" "5000" "6" "4" "5" "100"',
    '200 result=35 endpos=4000\n',
    { digit: '#', endPositionMs: 4000 },
  ],
  [
    (agi) => agi.controlStreamFile('beep'),
    'CONTROL STREAM FILE "beep" "" "3000" "" "" "" "0"',
    '200 result=0 endpos=-1\n',
    { digit: undefined, endPositionMs: undefined },
  ],
  [(agi) => agi.databaseDel('f', 'k'), 'DATABASE DEL "f" "k"', one, undefined],
  [(agi) => agi.databaseDeltree('f'), 'DATABASE DELTREE "f"', zero, true],
  [(agi) => agi.databaseDeltree('f', 'k'), 'DATABASE DELTREE "f" "k"', one, false],
  [(agi) => agi.databaseGet('f', 'k'), 'DATABASE GET "f" "k"', '200 result=1 (v 1)\n', 'v 1'],
  [(agi) => agi.databaseGet('f', 'k'), 'DATABASE GET "f" "k"', zero, undefined],
  [(agi) => agi.databasePut('f', 'k', ''), 'DATABASE PUT "f" "k" ""', one, undefined],
  [(agi) => agi.exec('Dial', 'PJSIP/200', 20, 'tT'), 'EXEC "Dial" "PJSIP/200,20,tT"', zero, 0],
  [(agi) => agi.exec('Answer'), 'EXEC "Answer"', zero, 0],
  [
    (agi) => agi.getData('x', { timeoutMs: 5000, maxDigits: 6 }),
    'GET DATA "x" "5000" "6"',
    '200 result=12*\n',
    { digits: '12*', timedOut: false },
  ],
  [
    (agi) => agi.getData('x', { maxDigits: 6 }),
    'GET DATA "x" "0" "6"',
    '200 result=1 (timeout)\n',
    { digits: '1', timedOut: true },
  ],
  [(agi) => agi.getData('x'), 'GET DATA "x" "0" "1023"', '200 result= (timeout)\n', { digits: '', timedOut: true }],
  [
    (agi) => agi.getData('x', { timeoutMs: Infinity }),
    'GET DATA "x" "-1" "1023"',
    '200 result=\n',
    { digits: '', timedOut: false },
  ],
  [(agi) => agi.getFullVariable('$(X)'), 'GET FULL VARIABLE "$(X)"', '200 result=1 (a\nb)\n', 'a\nb'],
  [(agi) => agi.getFullVariable('x', 'PJSIP/2-1'), 'GET FULL VARIABLE "x" "PJSIP/2-1"', zero, undefined],
  [
    (agi) => agi.getOption('x', { escapeDigits: '12', timeoutMs: 2.5 }),
    'GET OPTION "x" "12" "3"',
    '200 result=49 endpos=10\n',
    { digit: '1', endPosition: 10 },
  ],
  [
    (agi) => agi.getOption('x', { escapeDigits: '12' }),
    'GET OPTION "x" "12" "5000"',
    '200 result=0 endpos=10\n',
    { digit: undefined, endPosition: 10 },
  ],
  [(agi) => agi.getVariable('X'), 'GET VARIABLE "X"', '200 result=1 ()\n', ''],
  [(agi) => agi.getVariable('X'), 'GET VARIABLE "X"', zero, undefined],
  [
    (agi) => agi.gosub('sub', 's', 1, 'x y'),
    'GOSUB "sub" "s" "1" "x y"',
    '100 result=0 Trying...\n200 result=0 Gosub complete\n',
    undefined,
  ],
  [(agi) => agi.gosub('sub', 's'), 'GOSUB "sub" "s" "1"', '200 result=0 Gosub complete\n', undefined],
  [
    (agi) => agi.gosub('sub', 's', 'label', ['(a,b)', 2, '']),
    'GOSUB "sub" "s" "label" "(a,b),2,"',
    '100 result=0 Trying...\n200 result=0 Gosub complete\n',
    undefined,
  ],
  [(agi) => agi.hangup(), 'HANGUP', one, undefined],
  [(agi) => agi.noop('a note'), 'NOOP "a note"', zero, undefined],
  [(agi) => agi.receiveChar(1000), 'RECEIVE CHAR "1000"', '200 result=97\n', { char: 'a', timedOut: false }],
  [(agi) => agi.receiveChar(1000), 'RECEIVE CHAR "1000"', '200 result=0 (timeout)\n', { char: undefined, timedOut: true }],
  [(agi) => agi.receiveText(Number.POSITIVE_INFINITY), 'RECEIVE TEXT "-1"', '200 result=1 (hi there)\n', 'hi there'],
  [
    (agi) => agi.recordFile('/tmp/x', 'wav', { escapeDigits: '#', timeoutMs: 5000, beep: true, silenceMs: 1500, offset: 8 }),
    'RECORD FILE "/tmp/x" "wav" "#" "5000" "8" "BEEP" "s=2"',
    '200 result=35 (dtmf) endpos=8000\n',
    { endedBy: 'digit', digit: '#', endPosition: 8000, durationMs: 999 },
  ],
  [
    (agi) => agi.recordFile('x', 'wav'),
    'RECORD FILE "x" "wav" "" "-1"',
    '200 result=0 (timeout) endpos=1\n',
    { endedBy: 'timeout', digit: undefined, endPosition: 1, durationMs: 0 },
  ],
  [
    (agi) => agi.recordFile('x', 'wav'),
    'RECORD FILE "x" "wav" "" "-1"',
    '200 result=-1 (hangup) endpos=7\nHANGUP\n',
    { endedBy: 'hangup', digit: undefined, endPosition: 7, durationMs: 1 },
  ],
  [
    (agi) => agi.recordFile('x', 'wav16', { silenceMs: 1_500, timeoutMs: 10_000 }),
    'RECORD FILE "x" "wav16" "" "10000" "0" "s=2"',
    '200 result=0 (timeout) endpos=64000\n',
    { endedBy: 'silence', digit: undefined, endPosition: 64_000, durationMs: 4_000 },
  ],
  [
    (agi) => agi.recordFile('x', 'wav', { silenceMs: 1_000, timeoutMs: 3_000 }),
    'RECORD FILE "x" "wav" "" "3000" "0" "s=1"',
    '200 result=0 (timeout) endpos=23520\n',
    { endedBy: 'timeout', digit: undefined, endPosition: 23_520, durationMs: 2_940 },
  ],
  [(agi) => agi.sayAlpha('Ab', { letterCase: 'upper' }), 'SAY ALPHA "Ab" "" "u"', zero, { digit: undefined }],
  [(agi) => agi.sayDate(at, { escapeDigits: '*' }), 'SAY DATE "1700000000" "*"', '200 result=42\n', { digit: '*' }],
  [
    (agi) => agi.sayDatetime(at, { format: 'IMp', timezone: 'Europe/Berlin' }),
    'SAY DATETIME "1700000000" "" "IMp" "Europe/Berlin"',
    zero,
    { digit: undefined },
  ],
  [(agi) => agi.sayDigits('0301'), 'SAY DIGITS "0301" ""', zero, { digit: undefined }],
  [(agi) => agi.sayNumber(-3, { gender: 'f' }), 'SAY NUMBER "-3" "" "f"', zero, { digit: undefined }],
  [(agi) => agi.sayPhonetic('ab'), 'SAY PHONETIC "ab" ""', zero, { digit: undefined }],
  [(agi) => agi.sayTime(at), 'SAY TIME "1700000000" ""', zero, { digit: undefined }],
  [(agi) => agi.sendImage('x'), 'SEND IMAGE "x"', zero, undefined],
  [(agi) => agi.sendText('hi "there"'), 'SEND TEXT "hi \\"there\\""', zero, undefined],
  [(agi) => agi.setAutohangup(1500), 'SET AUTOHANGUP "1.5"', zero, undefined],
  [(agi) => agi.setCallerId('"Ann" <100>'), 'SET CALLERID "\\"Ann\\" <100>"', one, undefined],
  [(agi) => agi.setContext('x'), 'SET CONTEXT "x"', zero, undefined],
  [(agi) => agi.setExtension('x'), 'SET EXTENSION "x"', zero, undefined],
  [(agi) => agi.setMusic(true, 'jazz'), 'SET MUSIC "on" "jazz"', zero, undefined],
  [(agi) => agi.setMusic(false), 'SET MUSIC "off"', zero, undefined],
  [(agi) => agi.setPriority('label'), 'SET PRIORITY "label"', zero, undefined],
  [(agi) => agi.setVariable('X', 'a,b'), 'SET VARIABLE "X" "a,b"', one, undefined],
  [(agi) => agi.speechActivateGrammar('g'), 'SPEECH ACTIVATE GRAMMAR "g"', one, undefined],
  [(agi) => agi.speechCreate('e'), 'SPEECH CREATE "e"', one, undefined],
  [(agi) => agi.speechDeactivateGrammar('g'), 'SPEECH DEACTIVATE GRAMMAR "g"', one, undefined],
  [(agi) => agi.speechDestroy(), 'SPEECH DESTROY', one, undefined],
  [(agi) => agi.speechLoadGrammar('g', '/x'), 'SPEECH LOAD GRAMMAR "g" "/x"', one, undefined],
  [
    (agi) => agi.speechRecognize('p', { timeoutMs: 1001 }),
    'SPEECH RECOGNIZE "p" "2"',
    '200 result=1 (speech) endpos=1 results=1 score0=900 text0="one two" grammar0=g\n',
    { endedBy: 'speech', digit: undefined, endPosition: 1, results: [{ score: 900, text: 'one two', grammar: 'g' }] },
  ],
  [
    (agi) => agi.speechRecognize('p', { timeoutMs: Infinity, offset: 8 }),
    'SPEECH RECOGNIZE "p" "0" "8"',
    '200 result=1 (speech) endpos=1 results=2 score0=900 text0="a) "b" (c" grammar0=g score1=1 text1="" grammar1=h)\n',
    {
      endedBy: 'speech',
      digit: undefined,
      endPosition: 1,
      results: [
        { score: 900, text: 'a) "b" (c', grammar: 'g' },
        { score: 1, text: '', grammar: 'h)' },
      ],
    },
  ],
  [
    (agi) => agi.speechRecognize('p', { timeoutMs: 1000 }),
    'SPEECH RECOGNIZE "p" "1"',
    '200 result=1 (digit) digit=5 endpos=1 results=1000000000\n',
    { endedBy: 'digit', digit: '5', endPosition: 1, results: [] },
  ],
  [(agi) => agi.speechSet('n', 'v'), 'SPEECH SET "n" "v"', one, undefined],
  [(agi) => agi.speechUnloadGrammar('g'), 'SPEECH UNLOAD GRAMMAR "g"', one, undefined],
  [
    (agi) => agi.streamFile('x', { escapeDigits: '1', offset: 80 }),
    'STREAM FILE "x" "1" "80"',
    '200 result=49 endpos=160\n',
    { digit: '1', endPosition: 160 },
  ],
  [(agi) => agi.streamFile('x'), 'STREAM FILE "x" ""', '200 result=0 endpos=160\n', { digit: undefined, endPosition: 160 }],
  [(agi) => agi.tddMode('on'), 'TDD MODE "on"', zero, false],
  [(agi) => agi.verbose('hello', 3), 'VERBOSE "hello" "3"', one, undefined],
  [(agi) => agi.waitForDigit(1000), 'WAIT FOR DIGIT "1000"', '200 result=57\n', { digit: '9' }],
  [(agi) => agi.waitForDigit(), 'WAIT FOR DIGIT "-1"', zero, { digit: undefined }],
  [(agi) => agi.sendCommand('NOOP', 'x'), 'NOOP "x"', zero, expect.objectContaining({ code: 200, result: '0' })],
  [(agi) => agi.variables.get('X'), 'GET VARIABLE "X"', '200 result=1 (y)\n', 'y'],
  [(agi) => agi.variables.has('X'), 'GET VARIABLE "X"', zero, false],
  [(agi) => agi.variables.set('X', 1), 'SET VARIABLE "X" "1"', one, undefined],
]

it.each(COMMANDS.map(([call, line, answer, result]) => ({ call, line, answer, result })))(
  '$line',
  async ({ call, line, answer, result }) => {
    const session = open()
    const came = call(session.agi)
    expect(await session.answer(answer)).toEqual([`${line}\n`])
    expect(await came).toEqual(result)
  },
)

it('every command of Asterisk has its method', async () => {
  const { readFileSync } = await import('node:fs')
  const catalog = readFileSync(new URL('../../src/catalog/agi-commands.ts', import.meta.url), 'utf8')
  const names = [...catalog.matchAll(/^ {2}'?([A-Z ]+?)'?: \[/gm)].map(([, name]) => name)
  expect(names).toHaveLength(47)
  const called = new Set(COMMANDS.map(([, line]) => /^[A-Z ]+[A-Z](?= "|$)/.exec(line)?.[0]))
  expect(names.filter((name) => !called.has(name))).toEqual([])
})

describe('failures', () => {
  it.each<[string, (agi: AGISession) => Promise<unknown>, string]>([
    ['a database that cannot be written', (agi) => agi.databasePut('f', 'k', 'v'), zero],
    ['no speech engine', (agi) => agi.speechCreate('none'), zero],
    ['a subroutine that failed', (agi) => agi.gosub('sub', 's'), '100 result=0 Trying...\n200 result=3 Gosub failed\n'],
    ['no such label', (agi) => agi.gosub('sub', 's', 'x'), '100 result=0 Trying...\n200 result=-1 Gosub label not found\n'],
    ['no such application', (agi) => agi.exec('Nope'), '200 result=-2\n'],
    ['no such file', (agi) => agi.streamFile('nope'), '200 result=-1 endpos=0\n'],
    ['no such channel', (agi) => agi.channelStatus('PJSIP/none'), '200 result=-1\n'],
    ['a recording that cannot be written', (agi) => agi.recordFile('/x/y', 'wav'), '200 result=-1 (writefile) endpos=0\n'],
  ])('%s: AGICommandFailure', async (_, call, answer) => {
    const session = open()
    const came = call(session.agi).catch((error: unknown) => error)
    await session.answer(answer)
    await session.clock.advance(100)
    expect(await came).toBeInstanceOf(AGICommandFailure)
    expect(session.clock.timers).toBe(0)
  })

  it('a hangup that is told a moment later is the reason', async () => {
    const session = open()
    const came = session.agi.streamFile('x').catch((error: unknown) => error)
    await session.answer('200 result=-1 endpos=5280\n', 'HANGUP\n')
    session.controller.abort(new AGIHangupError())
    await settle()
    expect(await came).toBeInstanceOf(AGIHangupError)
    expect(session.clock.timers).toBe(0)
  })

  it('a caller who hangs up while a speech engine listens is a hangup', async () => {
    const session = open()
    const came = session.agi.speechRecognize('x', { timeoutMs: 1000 }).catch((error: unknown) => error)
    await session.answer('200 result=1 (hangup) endpos=5\n')
    expect(await came).toBeInstanceOf(AGIHangupError)
  })

  it('what Asterisk says is quoted on one line, without control characters, and shortened', async () => {
    const session = open()
    const came = session.agi.noop().catch((error: Error) => error.message)
    await session.answer(`200 result=-1 (\u001b[2J\u009b2J\u202e${'x'.repeat(1000)})\n`)
    await session.clock.advance(100)
    const usage = session.agi.noop().catch((error: Error) => error.message)
    await session.answer(`520-Invalid\nUsage: a\u001b[2J\n\n  b ${'x'.repeat(1000)}\n520 End of proper usage.\n`)
    const garbage = session.agi.noop().catch((error: Error) => error.message)
    await session.answer(`\u001b]0;x\u0007${'x'.repeat(1000)}\n`)
    expect(await came).toMatch(/^NOOP failed with result -1: \\u\{1b\}\[2J\\u\{9b\}2J\\u\{202e\}x{192}…$/)
    expect(await usage).toMatch(/^The arguments of NOOP are wrong: Usage: a\\u\{1b\}\[2J b x{585}…$/)
    expect(await garbage).toMatch(/^The answer to NOOP is no AGI: "\\u\{1b\}\]0;x\\u\{7\}x{194}…"$/)
  })

  it('an error names the command, and never its arguments', async () => {
    const session = open()
    const came = session.agi.setVariable('PIN', 'hunter2').catch((error: Error) => error)
    await session.answer('520 Invalid command syntax.  Proper usage not available.\n')
    const error = (await came) as AGISyntaxError
    expect(error).toBeInstanceOf(AGISyntaxError)
    expect(error.message).not.toContain('hunter2')
  })
})

describe('waiting', () => {
  it('stops at once by a signal; the next command waits for the answer', async () => {
    const session = open()
    const cancel = new AbortController()
    const came = session.agi.waitForDigit(60_000, { signal: cancel.signal }).catch((error: unknown) => error)
    await settle()
    cancel.abort(new Error('enough'))
    expect(await came).toMatchObject({ message: 'enough' })
    const next = session.agi.answer()
    expect(session.peer.written).toHaveLength(1)
    await session.answer(zero, zero)
    await next
    expect(session.peer.written).toEqual(['WAIT FOR DIGIT "60000"\n', 'ANSWER\n'])
  })

  // Asterisk gives no answer to what it leaves for the next line.
  it.each([
    ['left', [STOPPED]],
    ['over already', ['200 result=0 endpos=100\n', STOPPED]],
    ['over already, as one piece tells', [`200 result=0 endpos=100\n${STOPPED}`]],
  ])('a sound is stopped by its signal at once: %s, and the next command has its own answer', async (_, answers) => {
    const session = open()
    const cancel = new AbortController()
    const came = session.agi.streamFile('long', { signal: cancel.signal }).catch((error: unknown) => error)
    await settle()
    cancel.abort('enough')
    expect(await came).toBe('enough')
    const next = session.agi.getVariable('A')
    expect(session.peer.written).toEqual(['STREAM FILE "long" ""\n', 'GET FULL VARIABLE "obelus-sound-stopped"\n'])
    await session.answer(...answers, '200 result=1 (a)\n')
    expect(await next).toBe('a')
    expect(session.peer.told).toEqual(['started'])
  })

  it('a sound whose caller hangs up while it is stopped: the session goes on', async () => {
    const session = open()
    const cancel = new AbortController()
    const came = session.agi.getData('long', { signal: cancel.signal }).catch((error: unknown) => error)
    await settle()
    cancel.abort('enough')
    await came
    const next = session.agi.noop()
    await session.answer('200 result=-1\nHANGUP\n', STOPPED, zero)
    await next
    expect(session.agi.isHungUp).toBe(true)
  })

  it('a command that was not written is taken back by its signal, and one that is aborted is not sent', async () => {
    const session = open()
    const first = session.agi.noop()
    const cancel = new AbortController()
    const second = session.agi.answer({ signal: cancel.signal }).catch((error: unknown) => error)
    cancel.abort(new Error('enough'))
    await expect(session.agi.answer({ signal: cancel.signal })).rejects.toThrow('enough')
    expect(await second).toMatchObject({ message: 'enough' })
    await session.answer(zero)
    await first
    expect(session.peer.written).toEqual(['NOOP\n'])
  })

  it('has no limit but the one that is given, after which the session is closed', async () => {
    const session = open()
    const slow = session.agi.exec('Dial', 'PJSIP/200')
    await session.clock.advance(70 * 60_000)
    await session.answer(zero)
    expect(await slow).toBe(0)
    const came = session.agi.noop(undefined, { answerTimeoutMs: 1000 }).catch((error: unknown) => error)
    await session.clock.advance(1000)
    expect(await came).toBeInstanceOf(AGITimeoutError)
    expect(session.peer.closed).toBe(true)
    await expect(session.agi.noop()).rejects.toBeInstanceOf(AGISessionEndedError)
  })
})

describe('what every script needs', () => {
  it('env, args and query', () => {
    const { agi } = open()
    expect(agi.args).toEqual(['one', 'two words'])
    expect(agi.query.get('lang')).toBe('en')
    expect(agi.env).toMatchObject({ channel: 'PJSIP/100-00000001', callerIdName: '', priority: 2 })
  })

  it('say says one thing after the other, until a key', async () => {
    const session = open()
    const came = session.agi.say(
      [
        { number: 5 },
        { digits: '12' },
        { alpha: 'x' },
        { phonetic: 'y' },
        { date: at },
        { time: at },
        { datetime: at },
        { file: 'f' },
        { number: 6 },
      ],
      { escapeDigits: '#' },
    )
    await session.answer(...Array(7).fill(zero), '200 result=35 endpos=1\n')
    expect(await came).toBe('#')
    expect(session.peer.written.map((line) => line.split(' "')[0])).toEqual([
      'SAY NUMBER',
      'SAY DIGITS',
      'SAY ALPHA',
      'SAY PHONETIC',
      'SAY DATE',
      'SAY TIME',
      'SAY DATETIME',
      'STREAM FILE',
    ])
  })

  it('many commands on one signal are one listener of it, and none when they are over', async () => {
    const { agi } = open()
    const abort = new AbortController()
    const { signal } = abort
    const commands = Array.from({ length: 20 }, () => agi.noop('x', { signal }).catch((error: Error) => error.message))
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    abort.abort(new Error('enough'))
    expect(new Set(await Promise.all(commands))).toEqual(new Set(['enough']))
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('end() hands the call back, and nothing is sent any more', async () => {
    const session = open()
    session.agi.end()
    session.agi.end()
    expect(session.peer.closed).toBe(true)
    await expect(session.agi.answer()).rejects.toBeInstanceOf(AGISessionEndedError)
  })

  it.each<[string, (agi: AGISession) => Promise<unknown>, RegExp]>([
    ['a wrong time', (agi) => agi.waitForDigit(-5), /timeoutMs must be a number of milliseconds from 0 up, not -5/],
    ['a wrong date', (agi) => agi.sayDate(new Date('x')), /the date is no date/],
    ['a wrong answer time', (agi) => agi.noop('x', { answerTimeoutMs: 0 }), /answerTimeoutMs/],
    [
      'a time beyond Asterisk’s numbers',
      (agi) => agi.getOption('x', { timeoutMs: 3e9 }),
      /timeoutMs must be .* up to 2147483647, not 3000000000/,
    ],
    [
      'more digits than Asterisk has room for',
      (agi) => agi.getData('x', { maxDigits: 1024 }),
      /maxDigits must be .* from 1 to 1023, not 1024/,
    ],
    ['no digits', (agi) => agi.getData('x', { maxDigits: 0 }), /maxDigits must be .* not 0/],
    [
      'a number that is not whole',
      (agi) => agi.sayNumber(3.7),
      /number must be a whole number from -2147483647 to 2147483647, not 3.7/,
    ],
    ['a number that Asterisk would read as 1', (agi) => agi.sayNumber(1e21), /number must be a whole number/],
    [
      'all of the database',
      (agi) => agi.databaseDeltree(''),
      /takes a family and a tree that are not empty and have no %, not ""/,
    ],
    ['a family that stands for others', (agi) => agi.databaseDeltree('my%'), /not "my%"/],
    ['an empty tree, which would be the family', (agi) => agi.databaseDeltree('f', ''), /not ""/],
    ['a caller ID that Asterisk would cut', (agi) => agi.setCallerId(`"${'ä'.repeat(125)}" <1>`), /takes 255 bytes at the most/],
    ['an argument that would be two', (agi) => agi.gosub('sub', 's', 1, 'a,b'), /GOSUB cannot carry argument 1/],
    ['arguments that would be one', (agi) => agi.gosub('sub', 's', 1, ['a(', 'b']), /GOSUB cannot carry argument 1/],
    ['a place that would be another', (agi) => agi.gosub('sub', 's,1(x)', 1), /GOSUB cannot go to "s,1\(x\)"/],
  ])('%s is refused before anything is sent', async (_, call, message) => {
    const session = open()
    await expect(call(session.agi)).rejects.toThrow(message)
    expect(session.peer.written).toEqual([])
  })
})
