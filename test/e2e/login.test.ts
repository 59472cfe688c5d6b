import { readFileSync } from 'node:fs'
import { ActionError, AuthenticationError, ConnectionError } from 'obelus-asterisk'
import { describe, expect, it } from 'vitest'
import { FaultProxy } from './fault-proxy.js'
import { caught, changeTo, client, loggedIn, NOT_OURS, releaseOf, servers } from './target.js'

const ca = readFileSync(new URL('../fixtures/tls/ca.pem', import.meta.url))

describe.each(servers)('login to $name', (server) => {
  it('a wrong secret is one attempt, and takes the second that the server takes', async () => {
    const proxy = await FaultProxy.open(server)
    const started = performance.now()
    const error = await caught(client(server, { port: proxy.port, secret: 'hunter2' }).login())
    expect(error).toBeInstanceOf(AuthenticationError)
    expect(String(error)).not.toContain('hunter2')
    expect(performance.now() - started).toBeGreaterThan(900)
    expect(proxy.connections).toBe(1)
    expect(proxy.sent).not.toContain('hunter2')
    await proxy.close()
  })

  it('TLS with a CA of its own; without it final, and it says why', async (ctx) => {
    if (server.version === undefined) return ctx.skip(NOT_OURS)
    const port = releaseOf(server).tlsPort
    const ami = await loggedIn(server, { port, tls: { ca, servername: 'localhost' } })
    expect((await ami.sendAction('Ping')).get('Ping')).toBe('Pong')
    const error = await caught(client(server, { port, tls: true }).login())
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error).toMatchObject({ retryable: false })
  })

  it('an account without rights logs in by the deadline, reads lists, and hears nothing', async (ctx) => {
    if (server.version === undefined) return ctx.skip(NOT_OURS)
    const started = performance.now()
    const ami = await loggedIn(server, { username: 'quiet', secret: 's3cret' })
    expect(performance.now() - started).toBeLessThan(1_500)
    const events = ami.events()
    expect((await ami.sendAction('CoreShowChannels')).completion?.name).toBe('CoreShowChannelsComplete')
    const other = await loggedIn(server)
    await other.sendAction('UserEvent', { UserEvent: 'Unheard' })
    await ami.sendAction('Ping')
    expect(events.buffered).toBe(0)
  })

  it('an account without the right to an action is told', async (ctx) => {
    if (server.version === undefined) return ctx.skip(NOT_OURS)
    const ami = await loggedIn(server, { username: 'limited', secret: 's3cret' })
    const error = await caught(ami.command('core show version'))
    expect(error).toBeInstanceOf(ActionError)
    expect(error).toMatchObject({ message: 'Action Command failed: Permission denied' })
  })

  it('a login that is in use already is tried again until the other session is gone', async (ctx) => {
    if (server.version === undefined) return ctx.skip(NOT_OURS)
    const single = { username: 'single', secret: 's3cret' }
    const first = await loggedIn(server, single)
    const second = client(server, single)
    const login = second.login()
    const waiting = await changeTo(second, 'waiting')
    expect(waiting.reason.message).toContain('Login Already In Use')
    await first.close()
    await login
    expect((await second.sendAction('Ping')).type).toBe('success')
  })

  it('a failed console command says why', async () => {
    const ami = await loggedIn(server)
    const error = await caught(ami.command('no such command'))
    expect(error).toBeInstanceOf(ActionError)
    expect((error as ActionError).response.output.join('\n')).toContain("No such command 'no such command'")
  })

  it('DBGet resolves with its one event; a missing key is an error', async () => {
    const ami = await loggedIn(server)
    await ami.sendAction('DBPut', { Family: 'obelus', Key: 'k', Val: 'a value' })
    const got = await ami.sendAction('DBGet', { Family: 'obelus', Key: 'k' })
    expect(got.events.map((event) => event.get('Val'))).toEqual(['a value'])
    await ami.sendAction('DBDel', { Family: 'obelus', Key: 'k' })
    expect(await caught(ami.sendAction('DBGet', { Family: 'obelus', Key: 'k' }))).toBeInstanceOf(ActionError)
  })

  it('a session lives on through a reload, and hears of it', async () => {
    const ami = await loggedIn(server)
    const reloaded = ami.waitFor('Reload')
    await ami.sendAction('Reload', { Module: 'manager' })
    expect((await reloaded).name).toBe('Reload')
    expect(ami.status.state).toBe('online')
  })
})
