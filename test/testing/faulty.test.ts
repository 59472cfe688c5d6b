import { AMIClient, ConnectionError, unlisted } from 'obelus-asterisk'
import { action, FakeAsterisk, type Faults, type FaultyConnector, faulty, success } from 'obelus-asterisk/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { outcomeOf } from '../support/client-rig.js'
import { settle, VirtualClock } from '../support/virtual-clock.js'

/** A client of a fake, with faults between them, all on one clock. */
function open(faults: Faults, reconnect: false | object = false) {
  const clock = new VirtualClock()
  const pbx = new FakeAsterisk(
    { users: { admin: 's3cret' } },
    action(unlisted('Echo'), () => success({ Text: 'x'.repeat(2_000) })),
  )
  const connect: FaultyConnector = faulty(pbx.connector, { clock, ...faults })
  const ami = new AMIClient({
    username: 'admin',
    secret: 's3cret',
    connect,
    clock,
    reconnect,
    keepAlive: { intervalMs: 10_000, timeoutMs: 5_000 },
  })
  onTestFinished(async () => {
    const closed = ami.close()
    await clock.advance(60_000)
    await closed
    await pbx.close()
  })
  return { clock, pbx, connect, ami }
}

describe('faults', () => {
  it.each<[string, Faults]>([
    ['split into single bytes', { split: 1 }],
    ['split by chance', { split: 7, seed: 42 }],
    ['split and late', { split: 50, delayMs: [1, 20] }],
  ])('%s: everything comes, in order', async (_, faults) => {
    const { clock, ami } = open(faults)
    const login = ami.login()
    await clock.advance(5_000)
    await login
    const echo = ami.sendAction('Echo' as 'Ping')
    await clock.advance(5_000)
    expect((await echo).get('Text' as 'Ping')).toBe('x'.repeat(2_000))
  })

  it('the same seed does the same', async () => {
    const sizes = async (seed: number) => {
      const pieces: number[] = []
      const pbx = new FakeAsterisk()
      const connect = faulty(pbx.connector, { split: 9, seed })
      await connect(
        { connectionMade: () => undefined, dataReceived: ({ length }) => pieces.push(length), connectionLost: () => undefined },
        new AbortController().signal,
      )
      await settle()
      await pbx.close()
      return pieces
    }
    expect(await sizes(7)).toEqual(await sizes(7))
    expect(await sizes(7)).not.toEqual(await sizes(8))
  })

  it('late and throttled: nothing comes before its time', async () => {
    const { clock, ami } = open({ delayMs: 400, bytesPerSecond: 1_000 })
    const login = ami.login()
    await clock.advance(5_000)
    await login
    const echo = ami.sendAction('Echo' as 'Ping')
    await clock.advance(1_900)
    expect(await outcomeOf(echo)).toBe('pending')
    await clock.advance(1_500)
    expect(await outcomeOf(echo)).toMatchObject({ type: 'success' })
  })

  it('dropped in the middle of a message: what was sent rejects, and the client comes back', async () => {
    const { clock, ami, connect } = open({ dropAfterBytes: 1_500 }, { initialDelayMs: 10, maxDelayMs: 10 })
    await ami.login()
    const echo = ami.sendAction('Echo' as 'Ping').catch((error: Error) => error)
    await clock.advance(100)
    expect(await echo).toMatchObject({ name: 'ConnectionLostError', sent: 'maybe' })
    expect([ami.status.state, connect.attempts]).toEqual(['online', 2])
  })

  it('stalled, and half-closed: the silence is noticed', async () => {
    for (const faults of [{ stallAfterBytes: 3_500 }, { halfCloseAfterBytes: 2_000 }]) {
      const { clock, ami } = open(faults)
      await ami.login()
      await ami.sendAction('Echo' as 'Ping')
      const echo = ami.sendAction('Echo' as 'Ping').catch((error: Error) => error)
      await clock.advance(20_000)
      expect(await echo).toMatchObject({ name: 'ConnectionLostError' })
    }
  })

  it('refused: so many times, or always', async () => {
    const { clock, ami, connect } = open({ refuse: 2 }, { initialDelayMs: 10, maxDelayMs: 10 })
    const login = ami.login()
    await clock.advance(100)
    await login
    expect(connect.attempts).toBe(3)
    const other = open({ refuse: true })
    await expect(other.ami.login()).rejects.toBeInstanceOf(ConnectionError)
  })

  it('corrupted: the client lives', async () => {
    const { clock, ami } = open({ corruptPerMille: 25, seed: 3 }, { initialDelayMs: 10, maxDelayMs: 10 })
    const login = ami.login({ timeoutMs: 60_000 }).catch((error: Error) => error)
    await clock.advance(120_000)
    expect(['undefined', 'object']).toContain(typeof (await login))
  })

  it('on command: break, stall, refuse, inject', async () => {
    const { clock, ami, connect } = open({}, { initialDelayMs: 10, maxDelayMs: 10 })
    await ami.login()
    connect.inject('Event: Injected\r\nPrivilege: call,all\r\n\r\n')
    connect.break(new Error('read ECONNRESET'))
    connect.refusal = new Error('connect ECONNREFUSED')
    await clock.advance(100)
    expect(ami.status.state).toBe('waiting')
    connect.refusal = undefined
    await clock.advance(100)
    expect(ami.status.state).toBe('online')
    expect(connect.count('Action: Login')).toBe(2)
    expect(connect.written).not.toContain('s3cret')
  })

  it('while it is stalled, bytes on their way are lost too, and the end of the connection is not reported', async () => {
    const { clock, ami, connect, pbx } = open({ delayMs: 500 })
    const login = ami.login()
    await clock.advance(5_000)
    await login
    const events = ami.events('UserEvent')
    pbx.emit('UserEvent', { UserEvent: 'on its way' })
    await clock.advance(100)
    connect.stalled = true
    await clock.advance(1_000)
    pbx.emit('UserEvent', { UserEvent: 'while it is stalled' })
    await clock.advance(1_000)
    expect(events.buffered).toBe(0)
    connect.stalled = false
    pbx.emit('UserEvent', { UserEvent: 'afterwards' })
    await clock.advance(1_000)
    expect((await events.next()).value?.get('UserEvent')).toBe('afterwards')
    pbx.emit('UserEvent', { UserEvent: 'the last' })
    pbx.disconnectAll()
    await clock.advance(100)
    connect.stalled = true
    await clock.advance(1_000)
    expect(ami.status.state).toBe('online')
  })

  it.each<[object, string]>([
    [{ split: 0 }, 'split must be a whole number above 0, not 0'],
    [{ dropAfterBytes: '9' }, 'dropAfterBytes must be a whole number above 0, not "9"'],
    [{ delayMs: -1 }, 'delayMs must be a number of milliseconds from 0 up, or two, not -1'],
    [{ delayMs: [50, 5] }, 'the second of delayMs must be a number of milliseconds from 50 up, not 5'],
    [{ corruptPerMille: 1001 }, 'corruptPerMille must be a number from 0 to 1000, not 1001'],
    [{ seed: Number.NaN }, 'seed must be a finite number, not NaN'],
    [{ drop: 5 }, 'There is no option "drop"; known are seed, split, delayMs, bytesPerSecond, dropAfterBytes'],
  ])('%j cannot be', (faults, message) => expect(() => faulty(new FakeAsterisk().connector, faults)).toThrow(message))

  it('break() does nothing without a connection; an attempt that is given up ends', async () => {
    const { connect } = open({})
    connect.break()
    connect.refusal = new Error('connect ECONNREFUSED')
    const nobody = { connectionMade: () => undefined, dataReceived: () => undefined, connectionLost: () => undefined }
    await expect(connect(nobody, new AbortController().signal)).rejects.toThrow('ECONNREFUSED')
    connect.break()
    connect.refusal = undefined
    connect.hanging = true
    await expect(connect(nobody, AbortSignal.abort(new Error('given up')))).rejects.toThrow('given up')
  })

  it('can be put between a client and its connector, from the next connection on', async () => {
    await using pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
    await using ami = new AMIClient({ username: 'admin', secret: 's3cret', connect: pbx.connector, reconnect: false })
    await ami.login()
    ami.wrapConnector((connector) => faulty(connector, { refuse: true }))
    await ami.sendAction('Ping')
    pbx.disconnectAll()
    await settle()
    await expect(ami.login()).rejects.toThrow('faulty() refused the connection')
  })
})
