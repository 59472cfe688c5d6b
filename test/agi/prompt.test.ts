import { AGISession, type MenuChoices, type MenuOptions, type Prompt, type PromptOptions } from 'obelus-asterisk'
import { describe, expect, it } from 'vitest'
import { AGIPeer, environment } from '../support/agi-peer.js'
import { settle, VirtualClock } from '../support/virtual-clock.js'

const silence = '200 result= (timeout)\n'
const none = '200 result=0 endpos=1\n'
const key = (digit: string) => `200 result=${digit.charCodeAt(0)} endpos=1\n`
const data = (digits: string) => `200 result=${digits}\n`

function open() {
  const peer = new AGIPeer()
  peer.feed(environment())
  const clock = new VirtualClock()
  const controller = new AbortController()
  return { peer, clock, controller, agi: AGISession.on(peer, { clock, signal: controller.signal }) }
}

/** What comes of it with these answers, and what was written without its arguments' quotes. */
async function outcomeOf(run: (agi: AGISession) => Promise<unknown>, answers: readonly string[]) {
  const { peer, agi } = open()
  const came = run(agi)
  for (const answer of answers) {
    await settle()
    peer.feed(answer)
  }
  return { result: await came, written: peer.written.map((line) => line.trim()) }
}

const prompt = (what: Prompt, options: PromptOptions, ...answers: string[]) =>
  outcomeOf((agi) => agi.prompt(what, options), answers)

describe('prompt', () => {
  it('collects digits in one command', async () => {
    const { result, written } = await prompt('account', { maxDigits: 4, timeoutMs: 3_000 }, data('1234'))
    expect(result).toEqual({ digits: '1234', end: 'digits' })
    expect(written).toEqual(['GET DATA "account" "3000" "4"'])
  })

  it('plays noInput after silence and invalid after what is wrong, and asks again', async () => {
    const options = { noInput: 'are-you-there', invalid: ['wrong', 'again'], validate: (digits: string) => digits === '42' }
    const { result, written } = await prompt(
      'account',
      options,
      silence,
      none,
      '200 result=4 (timeout)\n',
      none,
      none,
      data('42'),
    )
    expect(result).toEqual({ digits: '42', end: 'digits' })
    const files = ['account', 'are-you-there', 'account', 'wrong', 'again', 'account']
    expect(written.map((line) => line.split('"')[1])).toEqual(files)
  })

  it.each([
    ['noInput', [data('1'), silence], { digits: '', end: 'noInput' }],
    ['invalid', [silence, data('1')], { digits: '1', end: 'invalid' }],
    ['invalid: nothing but #', [silence, data('')], { digits: '', end: 'invalid' }],
  ])('says why it gave up: %s', async (_, answers, expected) => {
    const { result } = await prompt('x', { attempts: 2, validate: (digits) => digits.length > 1 }, ...answers)
    expect(result).toEqual(expected)
  })

  it('the first validator that says no has its sound played', async () => {
    const options: PromptOptions = {
      invalid: 'wrong',
      validate: [
        { validate: (digits) => digits.length === 4, invalid: 'too-short' },
        { validate: async (digits) => digits !== '0000' },
      ],
    }
    const { result, written } = await prompt('pin', options, data('12'), none, data('0000'), none, data('1234'))
    expect(result).toEqual({ digits: '1234', end: 'digits' })
    expect(written.map((line) => line.split('"')[1])).toEqual(['pin', 'too-short', 'pin', 'wrong', 'pin'])
  })

  it('takes files and things to say, and a key cuts through all of it', async () => {
    const what: Prompt = ['you-have', { number: 3 }, 'messages', { file: 'press' }]
    const whole = await prompt(what, { maxDigits: 2 }, none, '200 result=0\n', none, data('12'))
    expect(whole.written).toEqual([
      'STREAM FILE "you-have" "0123456789*#"',
      'SAY NUMBER "3" "0123456789*#"',
      'STREAM FILE "messages" "0123456789*#"',
      'GET DATA "press" "0" "2"',
    ])
    expect(whole.result).toEqual({ digits: '12', end: 'digits' })
    const cut = await prompt(what, { maxDigits: 2 }, key('7'), data('8'))
    expect(cut.written.at(-1)).toBe('GET DATA "" "0" "1"')
    expect(cut.result).toEqual({ digits: '78', end: 'digits' })
    const short = await prompt(what, { maxDigits: 1 }, none, '200 result=53\n')
    expect(short.result).toEqual({ digits: '5', end: 'digits' })
  })

  it.each<[string, PromptOptions, readonly string[]]>([
    ['the first key', { cancelKey: '*' }, [data('*')]],
    ['a later key', { cancelKey: '*' }, [data('1'), data('2*')]],
    ['a key while something is said', { cancelKey: '*' }, []],
    ['#', { cancelKey: '#' }, [data('')]],
    ['# behind digits', { cancelKey: '#', maxDigits: 4 }, [data('1'), data('2')]],
  ])('the key that cancels: %s', async (_, options, answers) => {
    const isSaid = answers.length === 0
    const { result } = await prompt(isSaid ? [{ number: 3 }] : 'x', options, ...(isSaid ? ['200 result=42\n'] : answers))
    expect(result).toEqual({ digits: '', end: 'cancelled' })
  })

  it('with a key that cancels, all digits are collected and silence is told', async () => {
    const { result, written } = await prompt('x', { cancelKey: '#', maxDigits: 3 }, data('1'), data('23'))
    expect([result, written]).toEqual([{ digits: '123', end: 'digits' }, ['GET DATA "x" "0" "1"', 'GET DATA "" "0" "2"']])
    expect((await prompt('x', { cancelKey: '*', attempts: 1 }, silence)).result).toEqual({ digits: '', end: 'noInput' })
  })

  it('ends when all of its time is up, or the signal aborts; leaves no timer', async () => {
    const { agi, clock, controller } = open()
    const limited = agi.prompt('x', { totalTimeoutMs: 5_000 })
    await settle()
    await clock.advance(5_000)
    expect(await limited).toEqual({ digits: '', end: 'noInput' })
    const abort = new AbortController()
    const aborted = agi.prompt('x', { totalTimeoutMs: 5_000, signal: abort.signal }).catch((error: unknown) => error)
    await settle()
    abort.abort(new Error('stop'))
    expect(await aborted).toMatchObject({ message: 'stop' })
    expect(controller.signal.aborted).toBe(false)
  })

  it.each<[PromptOptions, string]>([
    [{ cancelKey: '12' }, 'cancelKey must be one key'],
    [{ invalid: 5 as never }, 'invalid must be a file'],
    [{ maxDigits: 1_024 }, 'maxDigits must be'],
    [{ noimput: 'x' } as never, '"noInput"'],
  ])('refuses %j', async (options, message) => {
    await expect(open().agi.prompt('x', options)).rejects.toThrow(message)
  })

  it('refuses what cannot be said', async () => {
    await expect(open().agi.prompt([{ nummber: 3 } as never, 'x'])).rejects.toThrow('what is said is a file')
  })
})

describe('menu', () => {
  const choices = {
    '1': () => 'sales',
    '20': () => 'door',
    '200-299': (keys: string) => keys,
    '*': () => 'back',
  }
  const menu = (answers: readonly string[], own: MenuChoices = choices, options: MenuOptions = {}) =>
    outcomeOf((agi) => agi.menu('menu', own, options), answers)

  it.each<[string, readonly string[], unknown]>([
    ['a key in the prompt', [key('1')], 'sales'],
    ['a key after it', [none, key('*')], 'back'],
    ['several', [key('2'), key('5'), key('7')], '257'],
    ['the shorter one, by the time', [key('2'), key('0'), '200 result=0\n'], 'door'],
    ['the shorter one, by #', [key('2'), key('0'), key('#')], 'door'],
    ['one of a range', [key('2'), key('0'), key('0')], '200'],
  ])('does what belongs to the keys: %s', async (_, answers, expected) => {
    expect((await menu(answers)).result).toBe(expected)
  })

  it('plays noInput or invalid, and gives up', async () => {
    const options = { noInput: 'are-you-there', invalid: 'wrong', attempts: 3 }
    const answers = [none, '200 result=0\n', none, none, key('9'), none, none, '200 result=0\n']
    const { result, written } = await menu(answers, choices, options)
    expect(result).toBeUndefined()
    expect(written.filter((line) => line.startsWith('STREAM')).map((line) => line.split('"')[1])).toEqual([
      'menu',
      'are-you-there',
      'menu',
      'wrong',
      'menu',
    ])
  })

  it.each(['', '1a', '1-22', '9-1', '-1'])('refuses the choice %j', async (keys) => {
    await expect(open().agi.menu('menu', { [keys]: () => 1 })).rejects.toThrow('a choice of a menu is keys')
  })

  it('throws what its choice throws, and is over when its time is up', async () => {
    await expect(menu([key('1')], { '1': () => Promise.reject(new Error('a bug')) })).rejects.toThrow('a bug')
    const { agi, clock } = open()
    const limited = agi.menu('menu', choices, { totalTimeoutMs: 1_000 })
    await settle()
    await clock.advance(1_000)
    expect(await limited).toBeUndefined()
  })
})
