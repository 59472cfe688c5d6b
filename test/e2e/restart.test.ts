import { once } from 'node:events'
import { connect } from 'node:net'
import { ActionError, type AMIClient, Gap } from 'obelus-asterisk'
import { beforeEach, describe, expect, it } from 'vitest'
import type { TestServer } from './asterisk/global-setup.js'
import { caught, changeTo, controls, loggedIn, NOT_OURS, servers } from './target.js'

/** When the server's manager port greets again: tried by a plain socket, as fast as it can be seen. */
async function greets(server: TestServer): Promise<number> {
  for (;;) {
    const socket = connect(server.port, server.host)
    try {
      await once(socket, 'data')
      return performance.now()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10))
    } finally {
      socket.destroy()
    }
  }
}

/** Everything that can wait, waiting. */
async function everythingWaits(ami: AMIClient) {
  const stream = ami.events('UserEvent', { withGaps: true })
  const inFlight = Array.from({ length: 5 }, () =>
    caught(ami.sendAction('Originate', { Channel: 'Local/ring@default', Application: 'Wait', Data: 1, Timeout: 20_000 })),
  )
  const list = caught(ami.listAction('WaitEvent', { Timeout: 20 }).next())
  const wait = ami.waitFor('UserEvent', { where: (event) => event.get('UserEvent') === 'AfterRestart', timeoutMs: 30_000 })
  return { stream, inFlight, list, wait }
}

const backWithin = (name: string, how: string, from: number) => {
  const ms = Math.round(performance.now() - from)
  console.log(`${name}, ${how}: client online ${ms} ms after the server greets again`)
  expect(ms).toBeLessThan(2_500)
}

describe.each(servers)('restart of $name', (server) => {
  beforeEach(async () => {
    if (server.version !== undefined && controls(server).pid === undefined) await controls(server).start()
  })

  it('after a kill -9 nothing hangs, the client is back within 2.5 s of the server, and the gap is told', async (ctx) => {
    if (server.version === undefined) return ctx.skip(NOT_OURS)
    const asterisk = controls(server)
    const ami = await loggedIn(server, { maxInFlight: 6 })
    ami.on('warning', () => undefined)
    const { stream, inFlight, list, wait } = await everythingWaits(ami)
    const queued = ami.sendAction('Ping', {}, { timeoutMs: 25_000 })
    const online = changeTo(ami, 'waiting').then(() => changeTo(ami, 'online'))
    await asterisk.kill()
    for (const action of inFlight) expect(await action).toMatchObject({ name: 'ConnectionLostError', sent: 'maybe' })
    expect(await list).toMatchObject({ name: 'ConnectionLostError' })
    const greeted = greets(server)
    await asterisk.launch()
    const from = await greeted
    await online
    backWithin(server.name, 'kill -9', from)
    expect((await queued).get('Ping')).toBe('Pong')
    await ami.sendAction('UserEvent', { UserEvent: 'AfterRestart' })
    expect((await wait).get('UserEvent')).toBe('AfterRestart')
    const gap = (await stream.next()).value
    expect(gap).toBeInstanceOf(Gap)
    expect(gap).toMatchObject({ reason: 'disconnect', restarted: true })
    expect((await stream.next()).value).toMatchObject({ name: 'UserEvent' })
  })

  it('at a restart Shutdown is seen, the gap says restarted, and the client is ready again within 2.5 s', async (ctx) => {
    if (server.version === undefined) return ctx.skip(NOT_OURS)
    const ami = await loggedIn(server)
    const stream = ami.events('UserEvent', { withGaps: true })
    const shutdown = ami.waitFor('Shutdown', { timeoutMs: 20_000 })
    const waiting = changeTo(ami, 'waiting')
    const online = waiting.then(() => changeTo(ami, 'online'))
    const greeted = waiting.then(() => greets(server))
    await controls(server).cli('core restart now')
    expect((await shutdown).get('Restart')).toBe('True')
    const from = await greeted
    await online
    backWithin(server.name, 'core restart now', from)
    await ami.sendAction('UserEvent', { UserEvent: 'AfterRestart' })
    expect((await stream.next()).value).toMatchObject({ reason: 'disconnect', restarted: true })
    expect((await stream.next()).value).toMatchObject({ name: 'UserEvent' })
  })

  it('core restart now by Command has no response: its outcome is unknown, and the client is back again', async (ctx) => {
    if (server.version === undefined) return ctx.skip(NOT_OURS)
    const ami = await loggedIn(server)
    // Asterisk registers these commands last, after it has said FullyBooted.
    const isRegistered = async () => !/No such command/.test(String(await caught(ami.command('core show help core restart now'))))
    while (!(await isRegistered()));
    const online = changeTo(ami, 'waiting').then(() => changeTo(ami, 'online'))
    expect(await caught(ami.command('core restart now'))).toMatchObject({ name: 'ConnectionLostError', sent: 'maybe' })
    await online
    expect((await ami.sendAction('Ping')).type).toBe('success')
  })

  it('while a graceful shutdown is pending the client drains: actions are refused, events go on; aborted, it is online', async (ctx) => {
    if (server.version === undefined) return ctx.skip(NOT_OURS)
    const asterisk = controls(server)
    const ami = await loggedIn(server, { keepAlive: { intervalMs: 500, timeoutMs: 2_000 } })
    const up = ami.waitFor('Newstate', { where: (event) => event.get('ChannelStateDesc') === 'Up' })
    const variables = { HOLD_SECONDS: 8 }
    await ami.sendAction(
      'Originate',
      { Channel: 'Local/answer@default', Application: 'Wait', Data: 8, Async: true },
      { variables },
    )
    await up
    // The console command itself ends only with the shutdown.
    const stopping = caught(asterisk.cli('core stop gracefully'))
    await changeTo(ami, 'draining')
    const error = await caught(ami.sendAction('CoreStatus'))
    expect(error).toBeInstanceOf(ActionError)
    expect(error).toMatchObject({ message: 'Action CoreStatus failed: Asterisk is shutting down' })
    expect(ami.status.state).toBe('draining')
    const online = changeTo(ami, 'online')
    await asterisk.cli('core abort shutdown')
    await online
    await stopping
    expect((await ami.sendAction('Ping')).type).toBe('success')
    const hangup = ami.waitFor('Hangup', { timeoutMs: 10_000 })
    await ami.sendAction('Hangup', { Channel: '/^Local.*/' })
    expect((await hangup).name).toBe('Hangup')
  })

  it('an Asterisk that is stopped (SIGSTOP) is found half-open, and has a single session afterwards', async (ctx) => {
    if (server.version === undefined) return ctx.skip(NOT_OURS)
    const asterisk = controls(server)
    const ami = await loggedIn(server, { keepAlive: { intervalMs: 300, timeoutMs: 300 }, connectTimeoutMs: 1_000 })
    const waiting = changeTo(ami, 'waiting')
    asterisk.signal('SIGSTOP')
    expect((await waiting).reason.message).toContain('did not answer a Ping')
    const online = changeTo(ami, 'online')
    asterisk.signal('SIGCONT')
    await online
    expect((await ami.sendAction('Ping')).type).toBe('success')
    const sessions = (await asterisk.cli('manager show connected')).split('\n').filter((line) => line.startsWith('admin'))
    expect(sessions.length).toBeLessThanOrEqual(2)
  })

  it('a client whose session is kicked reconnects (22 has the command)', async (ctx) => {
    if (server.version !== 22) return ctx.skip('only Asterisk 22 can kick a session')
    const asterisk = controls(server)
    const ami = await loggedIn(server)
    const online = changeTo(ami, 'waiting').then(() => changeTo(ami, 'online'))
    const connected = await asterisk.cli('manager show connected')
    const fd = /admin\s+\S+\s+\d+\s+\d+\s+(\d+)/.exec(connected)?.[1]
    await asterisk.cli(`manager kick session ${fd}`)
    await online
    expect((await ami.sendAction('Ping')).type).toBe('success')
  })
})
