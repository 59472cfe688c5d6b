import { once } from 'node:events'
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHTTPServer } from 'node:http'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FastAGIServer } from 'obelus-asterisk'
import { describe, expect, it, onTestFinished } from 'vitest'
import { typed } from '../support/terminal.js'
import type { TestServer } from './asterisk/global-setup.js'
import { AsteriskServer, standardConfiguration } from './asterisk/server.js'
import { controls, loggedIn, NOT_OURS, releaseOf, servers } from './target.js'

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url))

/** What the doctor says first: its summary, and the first thing that is wrong, with what it means and what to do. */
async function firstLines(url: string, ...options: string[]): Promise<string> {
  const { code, out, err } = await typed(['doctor', url, ...options])
  expect(err).toBe('')
  expect(out).not.toContain('s3cret')
  const [summary, , ...lines] = out.split('\n')
  expect(summary).toMatch(/: (one thing is|\d things are) wrong$/)
  expect(code).toBe(1)
  const end = lines.findIndex((line, at) => at > 0 && !line.startsWith('       '))
  const first = lines.slice(0, end).join('\n')
  expect(first).toMatch(/^WRONG .*\n {7}\S.*\n {7}Do: \S/)
  return first
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

describe('what is no manager', () => {
  const at = (port: number) => `ami://admin:s3cret@127.0.0.1:${port}`

  it('a name that nobody knows', async () => {
    expect(await firstLines('ami://admin:s3cret@no-such-host.invalid')).toContain(
      'the name no-such-host.invalid cannot be resolved',
    )
  })

  it('a port where nothing listens', async () => {
    expect(await firstLines(at(1))).toContain('nothing listens at 127.0.0.1:1')
  })

  it('an HTTP server', async () => {
    const port = await listening(createHTTPServer((_, response) => response.end('hello')))
    expect(await firstLines(at(port))).toContain(`127.0.0.1:${port} is an HTTP server`)
  })

  it('an SSH server', async () => {
    const port = await listening(createServer((socket) => socket.on('error', () => undefined).write('SSH-2.0-OpenSSH_9.2p1\r\n')))
    expect(await firstLines(at(port))).toContain(`127.0.0.1:${port} is an SSH server: it says "SSH-2.0-OpenSSH_9.2p1"`)
  })

  it('a port that swallows what is said', async () => {
    const port = await listening(createServer((socket) => socket.on('error', () => undefined).resume()))
    expect(await firstLines(at(port))).toContain(`127.0.0.1:${port} takes connections and says nothing`)
  })
})

describe.each(servers)('the doctor on $name', (server) => {
  const url = (account = 'admin:s3cret', query = '') => `ami://${account}@${server.host}:${server.port}${query}`
  const asterisk = () => controls(server)

  it('finds nothing wrong with a server in order', async () => {
    const { code, out } = await typed(['doctor', url(), '--for', 'calls,asyncagi,filters,live'])
    expect(out).toMatch(/^\S+: all is well\n/)
    expect(code).toBe(0)
    for (const check of ['name', 'port', 'greeting', 'login', 'booted', 'mask', 'rights', 'filters', 'clock', 'round trip'])
      expect(out).toMatch(new RegExp(`^ok +${check} `, 'm'))
    expect(out).toMatch(/^note +numbers +events are not numbered/m)
    if (server.version === 16) expect(out).toMatch(/^note +modules +the module app_audiosocket is not loaded/m)
    const json = JSON.parse((await typed(['doctor', url(), '--json'])).out)
    expect(json).toMatchObject({
      code: 0,
      findings: expect.arrayContaining([expect.objectContaining({ check: 'login', verdict: 'ok' })]),
    })
  })

  it('a wrong secret', async () => {
    const first = await firstLines(url('admin:wrong-one'))
    expect(first).toContain('the login of "admin" was refused: the secret or the username is wrong')
    expect(first).not.toContain('wrong-one')
  })

  it('no events asked for: the mask is off, or names no class', async () => {
    expect(await firstLines(url(undefined, '?events=false'))).toContain('the login asks for no events (mask "off")')
    expect(await firstLines(url(undefined, '?events=bogus'))).toContain('the login asks for no events (mask "bogus")')
    expect(await firstLines(url(undefined, '?events=agent,system'))).toContain("the login's mask (agent,system) leaves out call")
  })

  it('what Asterisk says by the account', async (ctx) => {
    if (server.version === undefined) return ctx.skip(NOT_OURS)
    expect(await firstLines(url('elsewhere:s3cret'))).toMatch(
      /the login of "elsewhere" was refused: .* or this machine's address, 127\.0\.0\.1, is denied/,
    )
    await loggedIn(server, { username: 'single' })
    expect(await firstLines(url('single:s3cret'))).toContain('the account "single" is logged in already, and may only be once')
  })

  it('a port that speaks TLS, one that does not, and a certificate that nobody here trusts', async (ctx) => {
    if (server.version === undefined) return ctx.skip(NOT_OURS)
    const { tlsPort } = releaseOf(server)
    expect(await firstLines(`ami://admin:s3cret@127.0.0.1:${tlsPort}`)).toContain(
      `127.0.0.1:${tlsPort} speaks TLS, and the URL says ami://`,
    )
    expect(await firstLines(url().replace('ami:', 'amis:'))).toContain(`127.0.0.1:${server.port} is a manager port without TLS`)
    const tls = `amis://admin:s3cret@127.0.0.1:${tlsPort}`
    expect(await firstLines(tls)).toContain('its certificate is signed by nobody that this machine trusts')
    expect(await typed(['doctor', tls, '--ca', fixture('ca.pem')])).toMatchObject({ code: 0 })
  })

  it('a certificate that has expired', async (ctx) => {
    if (server.version === undefined) return ctx.skip(NOT_OURS)
    const { root, tlsPort } = releaseOf(server)
    const file = (name: string) => join(root, 'etc/asterisk', name)
    copyFileSync(fixture('expired.pem'), file('server.pem'))
    copyFileSync(fixture('expired.key'), file('server.key'))
    // Asterisk looks at the certificate when manager.conf has changed.
    await asterisk().withAccounts('; expired', async () => {
      for (const name of ['server.pem', 'server.key']) copyFileSync(fixture(name), file(name))
      expect(await firstLines(`amis://admin:s3cret@127.0.0.1:${tlsPort}`)).toContain('its certificate has expired, on 2020-02-01')
    })
  })

  it('rights that are missing, and filters of the account', async (ctx) => {
    if (server.version === undefined) return ctx.skip(NOT_OURS)
    await asterisk().withAccounts(ACCOUNTS, async () => {
      expect(await firstLines(url('nocall:s3cret'))).toContain('the account "nocall" may not read call, which calls needs')
      expect(await firstLines(url('noreporting:s3cret'))).toContain(
        'the account "noreporting" may not write reporting or system, which calls needs',
      )
      expect(await firstLines(url('filtered:s3cret'))).toContain(
        'the account has a filter in manager.conf: eventfilter = !Event: UserEvent',
      )
      // An account that may not read manager.conf: an event of its own tells.
      expect(await firstLines(url('unseen:s3cret'))).toContain('an event that this account raised did not come back')
      const live = await firstLines(url('nocall:s3cret'), '--for', 'live')
      expect(live).toContain('may not read call, which live needs')
      // What cannot be known is not called wrong.
      const { code, out } = await typed(['doctor', url('blind:s3cret')])
      expect(out).toMatch(/^\S+: nothing is wrong as far as can be seen; .* cannot be told\n/)
      expect(code).toBe(2)
    })
  })

  it('the account that conf prints is in order, and so are its numbers', async (ctx) => {
    if (server.version === undefined) return ctx.skip(NOT_OURS)
    const { out: section } = await typed(['conf', '--for', 'calls', '--name', 'made', '--numbered'])
    const [, secret = ''] = /^secret = (.*)$/m.exec(section) ?? []
    await asterisk().withAccounts(section, async () => {
      const { code, out } = await typed(['doctor', url(`made:${secret}`)])
      expect(out).toMatch(/^\S+: all is well\n/)
      expect(code).toBe(0)
      expect((await typed(['doctor', url()])).out).toMatch(/^ok +numbers +events are numbered/m)
    })
    await asterisk().cli('manager set debug off')
  })

  it('connections that do not log in, up to authlimit', async (ctx) => {
    if (server.version === undefined) return ctx.skip(NOT_OURS)
    await asterisk().withAccounts('[general](+)\nauthlimit = 1\n', async () => {
      const idle = connect(server.port, server.host)
      await once(idle, 'data')
      const first = await firstLines(url())
      idle.destroy()
      expect(first).toContain('closes the connection before its greeting')
      expect(first).toContain('authlimit is reached')
    })
  })

  it('whether Asterisk reaches a FastAGI server', async (ctx) => {
    if (server.version === undefined) return ctx.skip(NOT_OURS)
    const agi = new FastAGIServer({ port: 0 })
    agi.route('hello', async (session) => void (await session.verbose('hello')))
    const { port } = await agi.listen()
    onTestFinished(() => agi.close())
    const reached = await typed(['doctor', url(), '--fastagi', `agi://127.0.0.1:${port}/hello`])
    expect(reached.out).toMatch(/^ok +fastagi +Asterisk reaches agi:\/\/127\.0\.0\.1:\d+\/hello, and the script ended in order/m)
    expect(reached.code).toBe(0)
    expect(await firstLines(url(), '--fastagi', 'agi://127.0.0.1:1/hello')).toContain(
      'Asterisk does not reach agi://127.0.0.1:1/hello',
    )
    expect(await asterisk().cli('dialplan show obelus-doctor')).not.toContain('=>')
  })
})

it('a server that has not booted', async (ctx) => {
  const ours = servers.filter(({ version }) => version !== undefined)
  if (ours.length === 0) return ctx.skip(NOT_OURS)
  const url = ({ host, port }: TestServer) => `ami://admin:s3cret@${host}:${port}`
  await Promise.all(
    ours.map(async (server) => {
      await whileBooting(server, async () => {
        expect(await firstLines(url(server))).toContain('Asterisk has not booted fully')
      })
      expect((await typed(['doctor', url(server)])).code).toBe(0)
    }),
  )
}, 60_000)

const ACCOUNTS = `
[nocall]
secret = s3cret
read = agent,system
write = originate,call,reporting,command,agent,system

[noreporting]
secret = s3cret
read = call,agent,system
write = originate,call,command

[filtered]
secret = s3cret
read = all
write = all
eventfilter = !Event: UserEvent

; it may read user, as the command says, and may not ask for manager.conf
[unseen]
secret = s3cret
read = call,user,agent,system
write = originate,call,reporting,command,user
eventfilter = !Event: UserEvent

[blind]
secret = s3cret
read = call
write = originate,call,reporting
`

/** Starts the server anew, with a dialplan that takes long to load: it is printed by a program that sleeps. */
async function whileBooting(server: TestServer, use: () => Promise<void>): Promise<void> {
  const release = releaseOf(server)
  const file = (name: string) => join(release.root, 'etc/asterisk', name)
  const before = existsSync(file('asterisk.conf')) ? readFileSync(file('asterisk.conf')) : undefined
  const slow = new AsteriskServer(release, () => {
    standardConfiguration(release)
    writeFileSync(file('asterisk.conf'), '[options]\nexecincludes = yes\n')
    writeFileSync(file('extensions.conf'), '#exec "/bin/sleep 4"\n')
  })
  await slow.stop()
  try {
    await slow.launch()
    await use()
  } finally {
    await slow.cli('core waitfullybooted')
    standardConfiguration(release)
    await slow.cli('dialplan reload')
    if (before === undefined) rmSync(file('asterisk.conf'))
    else writeFileSync(file('asterisk.conf'), before)
  }
}
