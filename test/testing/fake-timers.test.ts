import { mock } from 'node:test'
import { AMIClient, CallManager } from 'obelus-asterisk'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'

/** What a test runner replaces by default, or what jest does. */
const RUNNERS = [
  {
    name: 'vitest',
    enable: () => vi.useFakeTimers(),
    advance: (ms: number) => vi.advanceTimersByTimeAsync(ms),
  },
  {
    name: 'jest, which replaces queueMicrotask and performance too',
    enable: () =>
      vi.useFakeTimers({
        toFake: [
          'setTimeout',
          'clearTimeout',
          'setInterval',
          'clearInterval',
          'setImmediate',
          'Date',
          'performance',
          'queueMicrotask',
        ],
      }),
    advance: (ms: number) => vi.advanceTimersByTimeAsync(ms),
  },
  {
    name: 'node:test',
    enable: () => mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate', 'Date'] }),
    advance: async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 100) {
        mock.timers.tick(100)
        for (let turn = 0; turn < 100; turn += 1) await undefined
      }
    },
  },
] as const

afterEach(() => {
  vi.useRealTimers()
  mock.timers.reset()
})

describe.each(RUNNERS)('under the fake timers of $name', ({ enable, advance }) => {
  async function online() {
    enable()
    const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
    const ami = new AMIClient({ username: 'admin', secret: 's3cret', connect: pbx.connector })
    onTestFinished(async () => {
      await ami.close()
      await pbx.close()
    })
    await ami.login()
    return { pbx, ami }
  }

  it('login, answers, lists and events come without a timer', async () => {
    const { pbx, ami } = await online()
    expect((await ami.sendAction('Ping')).get('Ping')).toBe('Pong')
    expect((await ami.sendAction('CoreShowChannels')).events).toEqual([])
    const hangup = ami.waitFor('Hangup')
    pbx.emit('Hangup', { Channel: 'PJSIP/1', Cause: 16 })
    expect((await hangup).get('Cause')).toBe('16')
  })

  it('calls ring and talk as the test has time pass', async () => {
    const { pbx, ami } = await online()
    pbx.dialplan({ 200: { answer: { afterMs: 5_000, talkMs: 60_000 } } })
    using calls = new CallManager(ami)
    const call = calls.originate({ channel: 'PJSIP/200', application: 'Echo' })
    await advance(4_000)
    expect(call.status).toBe('ringing')
    await advance(2_000)
    expect(call.status).toBe('up')
    await advance(61_000)
    expect(await call.ended()).toMatchObject({ result: 'ended', answered: true })
  })

  it('a program that waits has its timeout when the test has it pass', async () => {
    const { ami } = await online()
    const waiting = ami.waitFor('Hangup', { timeoutMs: 3_000 }).catch((error: Error) => error.name)
    await advance(3_100)
    expect(await waiting).toMatch(/Timeout/)
  })
})
