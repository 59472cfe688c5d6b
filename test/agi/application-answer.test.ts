import { AGIHangupError, AGISession } from 'obelus-asterisk'
import { describe, expect, it } from 'vitest'
import { AGIPeer, environment } from '../support/agi-peer.js'
import { settle, VirtualClock } from '../support/virtual-clock.js'

const QUESTION = 'NOOP "hung up?"\n'

function open() {
  const peer = new AGIPeer()
  peer.answersQuestions = false
  peer.feed(environment())
  return { peer, agi: AGISession.on(peer, { clock: new VirtualClock(), signal: new AbortController().signal }) }
}

/** What comes of it when Asterisk says this, piece by piece. */
async function outcomeOf(run: (agi: AGISession) => Promise<unknown>, ...pieces: string[]): Promise<unknown> {
  const { peer, agi } = open()
  const came = run(agi).catch((error: unknown) => error)
  for (const piece of pieces) peer.feed(piece)
  await settle()
  return came
}

const exec = (agi: AGISession) => agi.exec('Dial', 'PJSIP/200', 20)
const gosub = (agi: AGISession) => agi.gosub('sub', 's')
const complete = '100 result=0 Trying...\n200 result=0 Gosub complete\n'

describe('EXEC and GOSUB', () => {
  it('gives -1 where the application wants the channel to be hung up, and its caller is there', async () => {
    expect(await outcomeOf(exec, '200 result=-1\n', '200 result=0\n')).toBe(-1)
  })

  it('fails with -2 where there is no such application, and asks nothing', async () => {
    const { peer, agi } = open()
    const came = agi.exec('Nope').catch((error: unknown) => error)
    peer.feed('200 result=-2\nHANGUP\n')
    expect(await came).toMatchObject({ code: 'AGI_HANGUP' })
    expect(peer.written).not.toContain(QUESTION)
  })

  it.each([
    ['with the answer', exec, ['200 result=0\nHANGUP\n']],
    ['behind the answer', exec, ['200 result=0\n', 'HANGUP\n200 result=0\n']],
    ['behind the answer, apart', exec, ['200 result=-1\n', 'HANGUP\n', '200 result=0\n']],
    ['before the answer', exec, ['HANGUP\n', '200 result=0\n']],
    ['in a subroutine', gosub, [complete, 'HANGUP\n200 result=0\n']],
  ])('rejects when the caller hung up meanwhile: told %s', async (_, run, pieces) => {
    expect(await outcomeOf(run, ...pieces)).toMatchObject({ code: 'AGI_HANGUP', response: { code: 200 } })
  })

  it('runs on for a caller who had hung up before', async () => {
    const { peer, agi } = open()
    peer.feed('HANGUP\n')
    const came = agi.exec('NoOp')
    peer.feed('200 result=0\n')
    expect(await came).toBe(0)
    expect(peer.written).toEqual(['EXEC "NoOp"\n'])
  })

  it('the next command is written when the question is answered', async () => {
    const { peer, agi } = open()
    const both = Promise.all([agi.exec('NoOp'), agi.noop()])
    peer.feed('200 result=0\n')
    expect(peer.written).toEqual(['EXEC "NoOp"\n', QUESTION])
    peer.feed('200 result=0\n')
    expect(peer.written.at(-1)).toBe('NOOP\n')
    peer.feed('200 result=0\n')
    expect(await both).toEqual([0, undefined])
  })

  it.each([
    ['the caller has hung up', 'HANGUP\n', { code: 'AGI_HANGUP' }],
    ['nothing was told', '', -1],
  ])('an answer that came counts when the connection is lost before the question is answered: %s', async (_, told, result) => {
    const { peer, agi } = open()
    const came = agi.exec('Dial', 'PJSIP/200').catch((error: unknown) => error)
    peer.feed('200 result=-1\n')
    peer.feed(told)
    peer.connectionLost()
    if (typeof result === 'number') expect(await came).toBe(result)
    else expect(await came).toMatchObject(result)
  })

  it('takes a list of arguments, and options', async () => {
    const { peer, agi } = open()
    const abort = new AbortController()
    const came = agi.exec('Read', ['PIN', 'beep', 4], { signal: abort.signal }).catch((error: unknown) => error)
    expect(peer.written).toEqual(['EXEC "Read" "PIN,beep,4"\n'])
    abort.abort(new Error('enough'))
    expect(await came).toMatchObject({ message: 'enough' })
    await expect(agi.exec('Read', [], { nonsense: 1 } as never)).rejects.toThrow('nonsense')
  })

  it('answers AGIHangupError where the answer itself told it', async () => {
    expect(await outcomeOf((agi) => agi.streamFile('x'), '200 result=-1 endpos=5\nHANGUP\n')).toBeInstanceOf(AGIHangupError)
  })
})

describe('getVariable', () => {
  const long = 'é'.repeat(600)

  it('gives the whole of what Asterisk cuts after 1,023 bytes', async () => {
    const { peer, agi } = open()
    const came = agi.getVariable('LONG')
    peer.feed(`200 result=1 (${'é'.repeat(511)}\ufffd)\n`)
    await settle()
    expect(peer.written.at(-1)).toBe('GET FULL VARIABLE "${LONG}"\n')
    peer.feed(`200 result=1 (${long})\n`)
    expect(await came).toBe(long)
  })

  it.each([
    ['a shorter one', 'LONG', 'x'.repeat(1_022)],
    ['a name that would be evaluated', 'SHELL(echo ${X})', 'x'.repeat(1_023)],
  ])('asks once for %s', async (_, name, value) => {
    const { peer, agi } = open()
    const came = agi.getVariable(name)
    peer.feed(`200 result=1 (${value})\n`)
    expect(await came).toBe(value)
    expect(peer.written).toHaveLength(1)
  })
})

describe('errors', () => {
  it.each<[string, (agi: AGISession) => Promise<unknown>, string, string]>([
    [
      'a missing file',
      (agi) => agi.streamFile('vm-goodby'),
      '200 result=-1 endpos=0\n',
      'STREAM FILE "vm-goodby" "" failed with result -1',
    ],
    ['wrong arguments', (agi) => agi.setPriority('label'), '520 Invalid\n', 'The arguments of SET PRIORITY "label" are wrong'],
    ['no such key', (agi) => agi.databasePut('f', 'k', 1), '200 result=0\n', 'DATABASE PUT "f" "k" "1" failed with result 0'],
    ['a hangup', (agi) => agi.exec('Read', 'X'), '200 result=0\nHANGUP\n', 'hung up; EXEC "Read" "X" came to nothing'],
  ])('name the arguments of the command: %s', async (_, run, answer, message) => {
    const { peer, agi } = open()
    const clock = new VirtualClock()
    const session = AGISession.on(peer, { clock, signal: agi.signal })
    const came = run(session).catch((error: unknown) => error)
    peer.feed(answer)
    await settle()
    await clock.advance(100)
    expect(await came).toMatchObject({ message: expect.stringContaining(message) })
  })

  it('show no secret, and no more than 300 characters', async () => {
    const { peer, agi } = open()
    const secret = agi.setVariable('DB_PASSWORD', 'hunter2').catch((error: unknown) => error)
    peer.feed('200 result=0\n')
    expect(String(await secret)).not.toContain('hunter2')
    const long = agi.databasePut('f', 'k', 'x'.repeat(1_000)).catch((error: Error) => error.message)
    peer.feed('200 result=0\n')
    expect((await long)?.length).toBeLessThan(400)
  })
})
