import { readFileSync } from 'node:fs'
import * as main from 'obelus-asterisk'
import * as protocol from 'obelus-asterisk/protocol'
import * as testing from 'obelus-asterisk/testing'
import * as web from 'obelus-asterisk/web'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

const { AsteriskError, isAGIError, isAMIError, isCallError } = main

const outcome = { result: 'failed', error: undefined } as main.CallOutcome
const agiResponse = { code: 200, result: '-1', value: undefined, fields: new Map() } as unknown as main.AGIResponse

/** An error of each class: of the client, of calls, of AGI, of tests, of anything. */
async function samples(): Promise<Record<'ami' | 'call' | 'agi' | 'testing' | 'any', main.AsteriskError[]>> {
  const refused = await refusedAction()
  return {
    ami: [
      new main.ConnectionError('x'),
      new main.ConnectionLostError('x', { sent: 'no' }),
      new main.AuthenticationError('x', refused.response),
      refused,
      new main.ActionTimeoutError('x', { timeoutMs: 1, sent: 'maybe' }),
      new main.WaitTimeoutError('x', { timeoutMs: 1 }),
      new main.InvalidActionError('x'),
      new main.ProtocolError('x'),
      new main.StreamOverflowError(1),
      new main.ClosedError('x'),
    ],
    call: [
      new main.CallFailedError('x', outcome),
      new main.CallEndedError('x', outcome),
      new main.CallCancelledError('x'),
      new main.TooManyChannelsError('x'),
      new main.NoChannelError('x'),
    ],
    agi: [
      new main.AGIUnknownCommandError('NOOP'),
      new main.AGIDeadChannelError('ANSWER'),
      new main.AGISyntaxError('NOOP', ''),
      new main.AGICommandFailure('STREAM FILE', agiResponse),
      new main.AGIHangupError(),
      new main.AGISessionEndedError('x'),
      new main.AGITimeoutError('x'),
      new main.AGIInvalidCommandError('x'),
      new main.AGIProtocolError('x'),
    ],
    testing: [
      testing.UnhandledActionError.of([], []),
      new testing.UnusedHandlersError(['Ping']),
      new testing.FakeCallbackError('x'),
      new testing.FakeStateError('x'),
      new testing.RecordingError('x'),
    ],
    any: [new main.ThrownValueError('x', 5)],
  }
}

async function refusedAction(): Promise<main.ActionError> {
  const pbx = new testing.FakeAsterisk(
    { users: { admin: 's3cret' } },
    testing.action('Ping', () => testing.failure('no')),
  )
  const ami = new main.AMIClient({ username: 'admin', secret: 's3cret', connect: pbx.connector })
  await ami.login()
  const error = await ami.sendAction('Ping').catch((each: unknown) => each)
  await ami.close()
  await pbx.close()
  return error as main.ActionError
}

const BASES = ['AsteriskError', 'AMIError', 'CallError', 'AGIError', 'TestingError']
const sampled = Object.values(await samples()).flat()

describe('errors', () => {
  it('of every class that an entry exports are among the samples of this test', () => {
    const exported = [main, protocol, testing, web].flatMap((entry) =>
      Object.entries(entry).filter(([, each]) => typeof each === 'function' && each.prototype instanceof AsteriskError),
    )
    const names = new Set(exported.map(([name]) => name))
    expect([...names].filter((name) => !BASES.includes(name)).sort()).toEqual(sampled.map(({ name }) => name).sort())
  })

  it('have a name, which is that of their class, and a code that no other has', () => {
    for (const error of sampled) {
      expect(error.name).toBe(error.constructor.name)
      expect(error.code).toMatch(/^[A-Z]+(_[A-Z]+)*$/)
    }
    expect(new Set(sampled.map(({ code }) => code)).size).toBe(sampled.length)
  })

  it('stand in the guide, each with its code, and no other', () => {
    const readme = readFileSync(new URL('../src/core/README.md', import.meta.url), 'utf8')
    const rows = readme.matchAll(/^\| `(\w+)` +\| `([A-Z_]+)` +\|/gm)
    const inText = readme.matchAll(/`(ThrownValueError)` \(`([A-Z_]+)`\)/g)
    const written = [...rows, ...inText].map(([, name, code]) => `${name} ${code}`)
    expect(written.sort()).toEqual(sampled.map(({ name, code }) => `${name} ${code}`).sort())
  })
})

describe('guards', () => {
  it('know the errors of their family, by code too, and no others', async () => {
    const { ami, call, agi, testing, any } = await samples()
    const guards = [
      [isAMIError, ami],
      [isCallError, call],
      [isAGIError, agi],
    ] as const
    for (const [guard, family] of guards) {
      for (const error of [...ami, ...call, ...agi, ...testing, ...any]) {
        expect(guard(error), error.name).toBe(family.includes(error))
        expect((guard as (error: unknown, code: string) => boolean)(error, error.code), error.name).toBe(family.includes(error))
      }
    }
    expect(isAMIError(new main.ClosedError('x'), 'CONNECTION_LOST')).toBe(false)
  })

  it('know the errors of another copy of the package, which instanceof does not', async () => {
    vi.resetModules()
    const copy = await import('obelus-asterisk')
    const lost: unknown = new copy.ConnectionLostError('x', { sent: 'maybe' })
    expect(lost instanceof main.ConnectionLostError).toBe(false)
    expect(isAMIError(lost, 'CONNECTION_LOST') && lost.sent).toBe('maybe')
    expect(isAGIError(new copy.AGISyntaxError('NOOP', 'usage'), 'AGI_SYNTAX')).toBe(true)
    expect(isCallError(new copy.CallFailedError('x', outcome), 'CALL_FAILED')).toBe(true)
  })

  it('know errors of classes that a program makes of theirs', () => {
    class Mine extends main.AMIError {
      readonly code = 'MINE'
    }
    expect(isAMIError(new Mine('x'))).toBe(true)
  })

  it('are false for whatever else was thrown', () => {
    const strange = [undefined, null, 0, 'CONNECTION_LOST', {}, { code: 'CONNECTION_LOST' }, new Error('x'), Object.create(null)]
    for (const thrown of strange) for (const guard of [isAMIError, isAGIError, isCallError]) expect(guard(thrown)).toBe(false)
  })
})

describe('what a promise rejects with', () => {
  const connected = async () => {
    const pbx = new testing.FakeAsterisk({ users: { admin: 's3cret' } })
    pbx.dialplan({ 200: { answer: { talkMs: Number.POSITIVE_INFINITY } } })
    const ami = new main.AMIClient({ username: 'admin', secret: 's3cret', connect: pbx.connector })
    await ami.login()
    onTestFinished(async () => {
      await ami.close()
      await pbx.close()
    })
    return { ami, calls: new main.CallManager(ami, { maxConcurrentCalls: 1 }) }
  }

  it('is a WaitTimeoutError where a wait of the client runs out of time', async () => {
    const { ami } = await connected()
    const error = await ami.waitFor('Hangup', { timeoutMs: 1 }).catch((each: unknown) => each)
    expect(isAMIError(error, 'WAIT_TIMEOUT') && { timeoutMs: error.timeoutMs, gaps: error.gaps }).toEqual({
      timeoutMs: 1,
      gaps: 0,
    })
  })

  it('is a WaitTimeoutError where a wait for a call runs out of time', async () => {
    const { calls } = await connected()
    const call = calls.originate({ channel: 'Local/200@default', application: 'Wait', data: '60' })
    const error = await call.waitFor('bridged', { timeoutMs: 1 }).catch((each: unknown) => each)
    expect(isAMIError(error, 'WAIT_TIMEOUT') && error.timeoutMs).toBe(1)
  })

  it('has a code where a call is hung up before its turn', async () => {
    const { calls } = await connected()
    calls.originate({ channel: 'Local/200@default', application: 'Wait', data: '60' })
    const queued = calls.originate({ channel: 'Local/200@default', application: 'Wait', data: '60' })
    const failed = queued.waitFor('up').catch((each: unknown) => each)
    await queued.hangup()
    expect(isCallError((await queued.ended()).error, 'CALL_CANCELLED')).toBe(true)
    const error = await failed
    expect(isCallError(error, 'CALL_FAILED') && isCallError(error.cause, 'CALL_CANCELLED')).toBe(true)
  })

  it('has a code where a listener throws what is no Error', async () => {
    const { ami } = await connected()
    const told = new Promise((resolve) => ami.on('error', resolve))
    ami.onEvent('*', () => {
      throw 'enough'
    })
    await ami.sendAction('Originate', { Channel: 'Local/200@default', Application: 'Wait', Data: 60, Async: true })
    expect(await told).toMatchObject({ code: 'THROWN_VALUE', value: 'enough' })
  })
})
