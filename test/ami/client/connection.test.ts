import { type AMIEvent, ConnectionLostError, Gap, ProtocolError, unlisted } from 'obelus-asterisk'
import { action, event, success } from 'obelus-asterisk/testing'
import { describe, expect, it } from 'vitest'
import { ClientRig, caught, outcomeOf } from '../../support/client-rig.js'
import { settle } from '../../support/virtual-clock.js'

describe('reconnect', () => {
  it('the client, its streams and its listeners survive any number of drops', async () => {
    await using rig = new ClientRig()
    await rig.login()
    const stream = rig.ami.events('Hangup')
    const heard: string[] = []
    rig.ami.onEvent('Hangup', (event) => heard.push(event.get('Channel') ?? ''))
    for (let round = 1; round <= 20; round += 1) {
      rig.pbx.emit('Hangup', { Channel: `PJSIP/${round}` })
      await settle()
      rig.link.break(new Error('read ECONNRESET'))
      await rig.clock.advance(60_000)
      expect(rig.ami.status.state).toBe('online')
    }
    expect(heard).toHaveLength(20)
    expect(stream.buffered).toBe(20)
    expect(stream.gaps).toBe(20)
  })

  it('the delay stays within [base, cap] over 50 failures, and starts over after a stable time', async () => {
    await using rig = new ClientRig({ reconnect: { initialDelayMs: 100, maxDelayMs: 5_000 } })
    await rig.login()
    await rig.clock.advance(6_000)
    rig.link.refusal = new Error('connect ECONNREFUSED')
    const delays: number[] = []
    rig.ami.on('status', (status) => {
      if (status.state === 'waiting') delays.push(status.retryAt.getTime() - rig.clock.now())
    })
    rig.link.break()
    await rig.clock.advance(300_000)
    expect(delays.length).toBeGreaterThan(50)
    for (const delay of delays) expect(delay).toBeGreaterThanOrEqual(99)
    for (const delay of delays) expect(delay).toBeLessThanOrEqual(5_000)
    expect(Math.max(...delays.slice(0, 3))).toBeLessThanOrEqual(400)
    rig.link.refusal = undefined
    await rig.clock.advance(20_000)
    expect(rig.ami.status.state).toBe('online')
    rig.link.break()
    await settle()
    expect(delays.at(-1)).toBeLessThanOrEqual(101)
  })

  it('attempts are counted from 1 since a connection that lasted; one that did not last goes on counting', async () => {
    await using rig = new ClientRig({ reconnect: { jitter: 0 } })
    await rig.login()
    await rig.clock.advance(6_000)
    const attempts: unknown[] = []
    rig.ami.on('status', (status) => {
      if (status.state === 'waiting' || status.state === 'connecting') attempts.push([status.state, status.attempt])
    })
    rig.link.break()
    await rig.clock.advance(250)
    expect(rig.ami.status.state).toBe('online')
    rig.link.break()
    await rig.clock.advance(250)
    expect(attempts).toEqual([
      ['waiting', 1],
      ['connecting', 1],
      ['waiting', 2],
      ['connecting', 2],
    ])
  })

  it('however often a ready connection breaks, the first attempt comes after the first delay; the next ones wait longer', async () => {
    await using rig = new ClientRig({ reconnect: { jitter: 0 } })
    await rig.login()
    for (let round = 1; round <= 10; round += 1) {
      await rig.clock.advance(1_000)
      rig.link.break()
      await rig.clock.advance(249)
      expect(rig.ami.status.state).toBe('waiting')
      await rig.clock.advance(1)
      expect(rig.ami.status.state).toBe('online')
    }
    rig.link.refusal = new Error('connect ECONNREFUSED')
    rig.link.break()
    await rig.clock.advance(250)
    expect(rig.ami.status).toMatchObject({ state: 'waiting', retryAt: new Date(rig.clock.now() + 30_000) })
  })

  it('at the loss the state changes first, then every action in flight is rejected in the same tick', async () => {
    await using rig = new ClientRig(
      {},
      action(unlisted('Slow'), () => undefined),
    )
    await rig.login()
    const states: string[] = []
    const actions = Array.from({ length: 20 }, () =>
      rig.ami.sendAction(unlisted('Slow')).catch((error: Error) => {
        states.push(rig.ami.status.state)
        return error
      }),
    )
    await settle()
    rig.link.break(new Error('read ECONNRESET'))
    expect(rig.ami.status.state).toBe('waiting')
    const errors = await Promise.all(actions)
    for (const error of errors) {
      expect(error).toBeInstanceOf(ConnectionLostError)
      expect(error).toMatchObject({ sent: 'maybe', code: 'CONNECTION_LOST' })
    }
    expect(new Set(states)).toEqual(new Set(['waiting']))
  })

  it('an action that was written is never sent again; one that was not waits for the reconnect', async () => {
    await using rig = new ClientRig(
      { maxInFlight: 1 },
      action(unlisted('Slow'), () => undefined),
      action(unlisted('Next'), () => success()),
    )
    await rig.login()
    const slow = outcomeOf(rig.ami.sendAction(unlisted('Slow')))
    const next = rig.ami.sendAction(unlisted('Next'))
    await settle()
    expect(rig.link.count('Action: Next')).toBe(0)
    rig.link.break()
    expect(await slow).toMatchObject({ sent: 'maybe' })
    rig.pbx.use(action(unlisted('Slow'), () => success()))
    await rig.clock.advance(1_000)
    expect((await next).type).toBe('success')
    expect(rig.link.count('Action: Slow')).toBe(1)
    expect(rig.link.count('Action: Next')).toBe(1)
  })

  it('after a failed send the next action works once reconnected', async () => {
    await using rig = new ClientRig()
    await rig.login()
    rig.link.break()
    const ping = rig.ami.sendAction('Ping')
    await rig.clock.advance(1_000)
    expect((await ping).type).toBe('success')
  })

  it('a message that was cut never reaches the new connection', async () => {
    await using rig = new ClientRig()
    await rig.login()
    const stream = rig.ami.events()
    rig.link.inject('Event: Hangup\r\nChannel: PJSIP/cut')
    rig.link.break()
    await rig.clock.advance(1_000)
    rig.pbx.emit('Newchannel', { Channel: 'PJSIP/new' })
    await settle()
    const names: string[] = []
    while (stream.buffered > 0) names.push(((await stream.next()).value as AMIEvent).name)
    expect(names).not.toContain('Hangup')
    expect(names.at(-1)).toBe('Newchannel')
  })

  it('every step is told, with attempt and reason', async () => {
    await using rig = new ClientRig()
    const statuses = rig.ami.statusChanges()
    await rig.login()
    rig.link.break(new Error('read ECONNRESET'))
    await rig.clock.advance(1_000)
    await rig.ami.close()
    const seen: unknown[] = []
    for await (const status of statuses)
      seen.push(status.state === 'waiting' ? [status.state, status.attempt, status.reason.message] : status.state)
    expect(seen).toEqual([
      'connecting',
      'authenticating',
      'booting',
      'online',
      ['waiting', 2, 'The connection to the server was lost: read ECONNRESET'],
      'connecting',
      'authenticating',
      'booting',
      'online',
      'closing',
      'closed',
    ])
  })

  it('Reload and Shutdown are plain events; only the loss of the connection reconnects', async () => {
    await using rig = new ClientRig()
    await rig.login()
    rig.pbx.emit('Reload', { Module: 'All' })
    rig.pbx.emit('Shutdown', { Shutdown: 'Cleanly', Restart: 'False' })
    await rig.clock.advance(1_000)
    expect(rig.link.attempts).toBe(1)
    expect(rig.ami.status.state).toBe('online')
  })

  it('a login that is refused after a reconnect is final: streams, waits and queued actions end with the reason', async () => {
    await using rig = new ClientRig()
    await rig.login()
    const read = caught(rig.ami.events('Hangup').next())
    const waiting = outcomeOf(rig.ami.waitFor('Hangup', { timeoutMs: Number.POSITIVE_INFINITY }))
    await rig.pbx.close()
    rig.link.refusal = new ProtocolError('certificate refused', { retryable: false })
    rig.link.break()
    const queued = outcomeOf(rig.ami.sendAction('Ping'))
    await rig.clock.advance(1_000)
    expect(rig.ami.status).toMatchObject({ state: 'failed', reason: { message: 'certificate refused' } })
    expect(String(await read)).toContain('certificate refused')
    expect(await waiting).toBeInstanceOf(ProtocolError)
    expect(await queued).toMatchObject({ name: 'ConnectionLostError', sent: 'no' })
  })

  it('a message beyond a limit costs only what was in flight: what waits is sent after the reconnect', async () => {
    await using rig = new ClientRig(
      { maxInFlight: 1, limits: { maxMessageBytes: 2_000 } },
      action(unlisted('Silent'), () => undefined),
    )
    await rig.login()
    const inFlight = caught(rig.ami.sendAction(unlisted('Silent')))
    const waiting = Array.from({ length: 100 }, () => caught(rig.ami.sendAction('Ping')))
    rig.link.inject(`Event: X\r\nValue: ${'x'.repeat(3_000)}`)
    await rig.clock.advance(1_000)
    expect(await inFlight).toMatchObject({ name: 'ConnectionLostError', sent: 'maybe' })
    for (const answer of await Promise.all(waiting)) expect(answer).toMatchObject({ type: 'success' })
  })

  it('a list beyond its limit: the action behind it is not written into the connection that ends', async () => {
    await using rig = new ClientRig(
      { maxInFlight: 1, limits: { maxListEvents: 3 } },
      action('QueueStatus', () => Array.from({ length: 10 }, () => event('QueueParams'))),
      action('Originate', () => success()),
    )
    await rig.login()
    const list = caught(rig.ami.sendAction('QueueStatus'))
    const behind = caught(rig.ami.sendAction('Originate', { Channel: 'Local/1@default', Async: true }))
    await rig.clock.advance(1_000)
    expect(await list).toBeInstanceOf(ProtocolError)
    expect(await behind).toMatchObject({ type: 'success' })
    expect(rig.link.count('Action: Originate')).toBe(1)
  })

  it('a connection that is made after its attempt was given up is closed, and takes nothing from the one that lives', async () => {
    await using rig = new ClientRig()
    let late: () => Promise<unknown> = async () => undefined
    let attempts = 0
    let closed = false
    await using slow = new ClientRig({
      connectTimeoutMs: 200,
      connect: async (protocol, signal) => {
        attempts += 1
        if (attempts > 1) return rig.pbx.connector(protocol, signal)
        return new Promise(() => {
          late = async () => protocol.connectionMade({ write() {}, close: () => (closed = true) })
        })
      },
    })
    const login = slow.ami.login()
    await slow.clock.advance(1_000)
    await login
    await late()
    expect(closed).toBe(true)
    const heard = slow.ami.waitFor('Newchannel')
    rig.pbx.emit('Newchannel')
    expect((await heard).name).toBe('Newchannel')
  })

  it('a second login() during an outage ends only its own wait', async () => {
    await using rig = new ClientRig()
    await rig.login()
    const stream = rig.ami.events('Hangup')
    rig.link.refusal = new Error('connect ECONNREFUSED')
    rig.link.break()
    const login = caught(rig.ami.login({ timeoutMs: 200 }))
    await rig.clock.advance(1_000)
    expect(await login).toMatchObject({ name: 'ConnectionError', message: expect.stringContaining('within 200 ms') })
    rig.link.refusal = undefined
    await rig.clock.advance(10_000)
    expect(rig.ami.status.state).toBe('online')
    rig.pbx.emit('Hangup')
    expect((await stream.next()).value.name).toBe('Hangup')
  })

  it('within a second of a start it cannot be told whether there was another, and that is said', async () => {
    await using rig = new ClientRig()
    await rig.login()
    const stream = rig.ami.events('Hangup', { withGaps: true })
    rig.pbx.disconnectAll()
    await rig.clock.advance(1_000)
    expect((await stream.next()).value).toMatchObject({ reason: 'disconnect', restarted: undefined })
  })

  it('without reconnect the loss is the end: streams end with the reason, the next action says what to do', async () => {
    await using rig = new ClientRig({ reconnect: false })
    await rig.login()
    const read = caught(rig.ami.events('Hangup').next())
    rig.link.break(new Error('read ECONNRESET'))
    expect(rig.ami.status).toMatchObject({ state: 'failed', reason: { message: expect.stringContaining('ECONNRESET') } })
    expect(await read).toBeInstanceOf(ConnectionLostError)
    expect(await outcomeOf(rig.ami.sendAction('Ping'))).toMatchObject({ message: expect.stringContaining('await login() first') })
    await rig.login()
    expect(rig.ami.status.state).toBe('online')
  })

  it('fault: graceful shutdown pending: actions are refused, the session is kept, events go on, the state is draining', async () => {
    await using rig = new ClientRig()
    await rig.login()
    rig.pbx.shutDownGracefully()
    expect(await outcomeOf(rig.ami.sendAction('Ping'))).toMatchObject({
      name: 'ActionError',
      message: expect.stringContaining('shutting down'),
    })
    expect(rig.ami.status.state).toBe('draining')
    const hangup = rig.ami.waitFor('Hangup')
    rig.pbx.emit('Hangup')
    expect((await hangup).name).toBe('Hangup')
    rig.pbx.abortShutdown()
    await rig.clock.advance(15_000)
    expect(rig.ami.status.state).toBe('online')
    expect(rig.link.attempts).toBe(1)
  })
})

describe('gaps', () => {
  const itemsOf = async (stream: AsyncIterator<unknown> & { buffered: number }, count: number) => {
    const items: unknown[] = []
    for (let index = 0; index < count; index += 1) items.push((await stream.next()).value)
    return items.map((item) => (item instanceof Gap ? `gap ${item.reason} ${item.restarted}` : (item as AMIEvent).get('Channel')))
  }

  it('an outage stands in its place between the events around it; the connection broke, Asterisk did not', async () => {
    await using rig = new ClientRig()
    await rig.login()
    const stream = rig.ami.events('Hangup', { withGaps: true })
    rig.pbx.emit('Hangup', { Channel: 'before' })
    await rig.clock.advance(2_000)
    const from = new Date(rig.clock.now())
    rig.link.break()
    await rig.clock.advance(1_000)
    rig.pbx.emit('Hangup', { Channel: 'after' })
    await settle()
    expect(stream.gaps).toBe(1)
    expect((await stream.next()).value).toMatchObject({ name: 'Hangup' })
    const gap = (await stream.next()).value as Gap
    expect(gap).toBeInstanceOf(Gap)
    expect(gap).toMatchObject({ reason: 'disconnect', dropped: 0 })
    expect(gap.from.getTime()).toBeLessThanOrEqual(from.getTime())
    expect(gap.to.getTime()).toBe(from.getTime() + 250)
    expect(((await stream.next()).value as AMIEvent).get('Channel')).toBe('after')
  })

  it('a restart that Asterisk announced is told', async () => {
    await using rig = new ClientRig()
    await rig.login()
    const stream = rig.ami.events('Hangup', { withGaps: true })
    rig.pbx.restart()
    await rig.clock.advance(1_000)
    rig.pbx.emit('Hangup', { Channel: 'after' })
    await settle()
    expect(await itemsOf(stream, 2)).toEqual(['gap disconnect true', 'after'])
  })

  it('events that come before it is known what the hole was wait behind it', async () => {
    await using rig = new ClientRig({ username: 'quiet' })
    const login = rig.ami.login()
    await rig.clock.advance(600)
    await login
    const stream = rig.ami.events('Hangup', { withGaps: true })
    rig.link.break()
    await rig.clock.advance(300)
    expect(rig.ami.status.state).toBe('booting')
    rig.link.inject('Event: Hangup\r\nChannel: early\r\n\r\n')
    await settle()
    expect(stream.buffered).toBe(0)
    await rig.clock.advance(1_000)
    expect(await itemsOf(stream, 2)).toEqual(['gap disconnect false', 'early'])
  })

  it('a connection that breaks before it is ready leaves the hole as it is: a reader that waits gets one', async () => {
    await using rig = new ClientRig({ username: 'quiet' })
    const login = rig.ami.login()
    await rig.clock.advance(600)
    await login
    const stream = rig.ami.events('Hangup', { withGaps: true })
    const gaps: Gap[] = []
    rig.ami.on('gap', (gap) => gaps.push(gap))
    const first = stream.next()
    const second = stream.next()
    const from = new Date(rig.clock.now() - 100)
    rig.link.break()
    await rig.clock.advance(300)
    expect(rig.ami.status.state).toBe('booting')
    rig.link.break()
    await rig.clock.advance(2_000)
    expect(rig.ami.status.state).toBe('online')
    expect((await first).value).toMatchObject({ reason: 'disconnect', from, restarted: false })
    rig.link.inject('Event: Hangup\r\nChannel: after\r\n\r\n')
    expect(((await second).value as AMIEvent).get('Channel')).toBe('after')
    expect(stream.gaps).toBe(1)
    expect(gaps).toEqual([(await first).value])
  })

  it('a connection that breaks before it is ready, but brought events, is between two holes', async () => {
    await using rig = new ClientRig({ username: 'quiet' })
    const login = rig.ami.login()
    await rig.clock.advance(600)
    await login
    const stream = rig.ami.events('Hangup', { withGaps: true })
    rig.link.break()
    await rig.clock.advance(300)
    rig.link.inject('Event: Hangup\r\nChannel: early\r\n\r\n')
    rig.link.break()
    await rig.clock.advance(2_000)
    expect(await itemsOf(stream, 3)).toEqual(['gap disconnect undefined', 'early', 'gap disconnect undefined'])
  })

  it('listeners are told by a gap event, in its place', async () => {
    await using rig = new ClientRig()
    await rig.login()
    const heard: unknown[] = []
    rig.ami.onEvent('Hangup', (event) => heard.push(event.get('Channel')))
    const off = rig.ami.on('gap', (gap) => heard.push(gap))
    rig.pbx.emit('Hangup', { Channel: 'before' })
    await settle()
    rig.link.break()
    await rig.clock.advance(1_000)
    rig.pbx.emit('Hangup', { Channel: 'after' })
    await settle()
    expect(heard).toEqual(['before', expect.any(Gap), 'after'])
    expect(heard[1]).toMatchObject({ reason: 'disconnect', dropped: 0 })
    off()
    rig.link.break()
    await rig.clock.advance(1_000)
    expect(heard).toHaveLength(3)
  })

  it('a wait that finds nothing says how many gaps there were meanwhile', async () => {
    await using rig = new ClientRig()
    await rig.login()
    const none = caught(rig.ami.waitFor('Hangup', { timeoutMs: 100 }))
    await rig.clock.advance(100)
    expect(await none).toMatchObject({ message: 'No event Hangup came within 100 ms', gaps: 0 })
    const one = caught(rig.ami.waitFor('Hangup', { timeoutMs: 10_000 }))
    const two = caught(rig.ami.waitFor('Hangup', { timeoutMs: 20_000 }))
    rig.link.break()
    await rig.clock.advance(10_000)
    rig.link.break()
    await rig.clock.advance(10_000)
    expect(await one).toMatchObject({
      message: 'No event Hangup came within 10000 ms; it may have been missed in a gap meanwhile',
      gaps: 1,
    })
    expect(await two).toMatchObject({ message: expect.stringContaining('in 2 gaps meanwhile'), gaps: 2 })
  })

  it('after the client gave up, the next login ends the hole for those that listen still', async () => {
    await using rig = new ClientRig({ reconnect: false })
    await rig.login()
    const gaps: Gap[] = []
    rig.ami.on('gap', (gap) => gaps.push(gap))
    rig.link.break()
    expect(rig.ami.status.state).toBe('failed')
    await rig.clock.advance(60_000)
    await rig.login()
    expect(gaps).toHaveLength(1)
    expect(gaps[0]?.to).toEqual(new Date(rig.clock.now()))
  })

  it('without withGaps they are only counted', async () => {
    await using rig = new ClientRig()
    await rig.login()
    const stream = rig.ami.events('Hangup')
    rig.link.break()
    await rig.clock.advance(1_000)
    rig.pbx.emit('Hangup', { Channel: 'after' })
    await settle()
    expect(await itemsOf(stream, 1)).toEqual(['after'])
    expect(stream.gaps).toBe(1)
  })
})
