import { AuthenticationError, ClosedError, ConnectionError, ProtocolError } from 'obelus-asterisk'
import { FakeAsterisk, faulty } from 'obelus-asterisk/testing'
import { describe, expect, it } from 'vitest'
import { ClientRig, caught, outcomeOf } from '../../support/client-rig.js'
import { settle } from '../../support/virtual-clock.js'

describe('login', () => {
  it('resolves at FullyBooted, without any time passing', async () => {
    await using rig = new ClientRig()
    const before = rig.clock.now()
    await rig.login()
    expect(rig.clock.now()).toBe(before)
    expect(rig.ami.status).toEqual({ state: 'online', since: new Date(before), apiVersion: '11.0.0' })
  })

  it('resolves after a short deadline for an account that cannot see FullyBooted', async () => {
    await using rig = new ClientRig({ username: 'quiet' })
    const login = rig.ami.login()
    await rig.clock.advance(499)
    expect(rig.ami.status.state).toBe('booting')
    await rig.clock.advance(1)
    await login
    expect(rig.ami.status.state).toBe('online')
  })

  it('never sends the secret with md5, and never has it in any error, status or warning', async () => {
    await using rig = new ClientRig({ secret: 'hunter2hunter2' })
    const error = await outcomeOf(rig.ami.login())
    expect(error).toBeInstanceOf(AuthenticationError)
    const seen = JSON.stringify([rig.link.written, String(error), (error as Error).stack, rig.ami.status, rig.warnings, rig.ami])
    expect(seen).not.toContain('hunter2')
  })

  it('fault: wrong secret: 1 attempt, failed with the message, and a new login() may be tried', async () => {
    await using rig = new ClientRig({ secret: 'wrong' })
    const error = await outcomeOf(rig.ami.login())
    expect(error).toBeInstanceOf(AuthenticationError)
    expect(rig.ami.status).toEqual({ state: 'failed', reason: error })
    await rig.clock.advance(600_000)
    expect(rig.link.attempts).toBe(1)
    expect(await outcomeOf(rig.ami.login())).toBeInstanceOf(AuthenticationError)
    expect(rig.link.attempts).toBe(2)
  })

  it('fault: Login Already In Use is retried with backoff until the other session is gone', async () => {
    await using other = new ClientRig({ username: 'single' })
    await other.login()
    await using rig = new ClientRig({ username: 'single', connect: other.pbx.connector })
    const login = rig.ami.login()
    await rig.clock.advance(10)
    expect(rig.ami.status).toMatchObject({
      state: 'waiting',
      reason: { message: expect.stringContaining('Login Already In Use') },
    })
    await other.ami.close()
    await rig.clock.advance(1_000)
    await login
    expect(rig.ami.status.state).toBe('online')
  })

  it('FullyBooted that comes late counts, too: the next login waits for it', async () => {
    await using rig = new ClientRig({ username: 'quiet', reconnect: { initialDelayMs: 1, maxDelayMs: 1 } })
    const login = rig.ami.login()
    await rig.clock.advance(600)
    await login
    rig.link.inject('Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 10\r\nLastReload: 10\r\nStatus: Fully Booted\r\n\r\n')
    rig.link.break()
    await rig.clock.advance(1_000)
    expect(rig.ami.status.state).toBe('booting')
    await rig.clock.advance(10_000)
    expect(rig.ami.status.state).toBe('online')
  })

  it('fault: a server that is shutting down refuses the login; it is retried', async () => {
    await using rig = new ClientRig()
    rig.pbx.shutDownGracefully()
    const login = rig.ami.login()
    await rig.clock.advance(1_000)
    expect(rig.ami.status).toMatchObject({ state: 'waiting', reason: { code: 'CONNECTION_FAILED' } })
    rig.pbx.abortShutdown()
    await rig.clock.advance(2_000)
    await login
  })

  it('fault: no banner: the deadline names the server, and the attempt is retried', async () => {
    await using rig = new ClientRig({ connectTimeoutMs: 1_000, connect: async () => ({ write() {}, close() {} }) })
    const login = caught(rig.ami.login({ timeoutMs: 3_000 }))
    await rig.clock.advance(1_000)
    expect(rig.ami.status).toMatchObject({
      state: 'waiting',
      reason: { name: 'ConnectionError', message: expect.stringMatching(/the server.*no greeting.*within 1000 ms/) },
    })
    await rig.clock.advance(5_000)
    const error = await login
    expect(error).toBeInstanceOf(ConnectionError)
    expect((error as Error).message).toContain('No login to the server within 3000 ms')
  })

  it.each(['HTTP/1.1 400 Bad Request', 'SSH-2.0-OpenSSH_9.2p1 Debian-2', '220 mail.test ESMTP'])(
    'fault: wrong banner %j: ProtocolError, final',
    async (banner) => {
      await using rig = new ClientRig({
        connect: async (protocol) => {
          const transport = { write() {}, close() {} }
          protocol.connectionMade(transport)
          protocol.dataReceived(new TextEncoder().encode(`${banner}\r\nx: y\r\n\r\n`))
          return transport
        },
      })
      const error = await outcomeOf(rig.ami.login())
      expect(error).toBeInstanceOf(ProtocolError)
      expect((error as Error).message).toContain(
        `the server does not speak AMI: no Asterisk greeting, but ${JSON.stringify(banner)}`,
      )
      expect(rig.ami.status.state).toBe('failed')
    },
  )

  it('fault: a connection that is accepted and closed (authlimit): growing delays, not a hot loop', async () => {
    const refusing = faulty(async (protocol) => {
      const transport = { write() {}, close() {} }
      protocol.connectionMade(transport)
      queueMicrotask(() => protocol.connectionLost())
      return transport
    })
    await using looping = new ClientRig({ connect: refusing })
    const login = outcomeOf(looping.ami.login({ timeoutMs: 600_000 }))
    await looping.clock.advance(10_000)
    expect(refusing.attempts).toBeGreaterThan(3)
    expect(refusing.attempts).toBeLessThanOrEqual(30)
    expect(looping.ami.status).toMatchObject({
      reason: { message: expect.stringContaining('closed the connection without an Asterisk greeting') },
    })
    expect(await login).toBe('pending')
  })

  it('a login that is not answered has a deadline of its own', async () => {
    await using rig = new ClientRig({ connectTimeoutMs: 1_000 })
    const login = outcomeOf(rig.ami.login({ timeoutMs: 1_500 }))
    rig.link.stalled = true
    await rig.clock.advance(2_000)
    expect(await login).toBeDefined()
    expect(rig.ami.status).toMatchObject({ state: 'failed' })
  })

  it('without reconnect the first failure is the answer', async () => {
    await using rig = new ClientRig({ reconnect: false })
    rig.link.refusal = new Error('connect ECONNREFUSED')
    const error = await outcomeOf(rig.ami.login())
    expect(error).toBeInstanceOf(ConnectionError)
    expect((error as Error).message).toBe('No connection to the server: connect ECONNREFUSED')
    expect(rig.link.attempts).toBe(1)
  })

  it('gives up after maxAttempts, with the last reason', async () => {
    await using rig = new ClientRig({ reconnect: { maxAttempts: 3 } })
    rig.link.refusal = new Error('connect ECONNREFUSED')
    const login = caught(rig.ami.login())
    await rig.clock.advance(20_000)
    expect(String(await login)).toContain('ECONNREFUSED')
    expect(rig.link.attempts).toBe(4)
  })

  it('ends when its time runs out, with the latest reason, and stops trying', async () => {
    await using rig = new ClientRig()
    rig.link.refusal = new Error('connect ECONNREFUSED')
    const login = caught(rig.ami.login())
    await rig.clock.advance(30_000)
    expect(String(await login)).toMatch(/No login to the server within 30000 ms; the latest attempt: .*ECONNREFUSED/)
    const { attempts } = rig.link
    await rig.clock.advance(600_000)
    expect(rig.link.attempts).toBe(attempts)
  })

  describe('says why, when its time runs out while an attempt is under way:', () => {
    const messageOf = async (rig: ClientRig, timeoutMs: number) => {
      const login = caught(rig.ami.login({ timeoutMs }))
      await rig.clock.advance(timeoutMs)
      const error = await login
      expect(error).toBeInstanceOf(ConnectionError)
      return error as ConnectionError
    }
    const transport = { write() {}, close() {} }

    it('nothing answers', async () => {
      await using rig = new ClientRig()
      rig.link.hanging = true
      const { message } = await messageOf(rig, 3_000)
      expect(message).toMatch(
        /^No login to the server within 3000 ms; .* No connection to the server so far: nothing answers there/,
      )
    })

    it('no greeting comes, as from a port that speaks TLS', async () => {
      await using rig = new ClientRig({
        connect: async (protocol) => {
          protocol.connectionMade(transport)
          return transport
        },
      })
      const { message } = await messageOf(rig, 3_000)
      expect(message).toMatch(/Connected to the server, but no greeting came so far: .* one that speaks TLS$/)
    })

    it('the login is not answered', async () => {
      await using rig = new ClientRig({
        connect: async (protocol) => {
          protocol.connectionMade(transport)
          protocol.dataReceived(new TextEncoder().encode('Asterisk Call Manager/11.0.0\r\n'))
          return transport
        },
      })
      expect((await messageOf(rig, 3_000)).message).toMatch(/Connected to the server, but the login was not answered so far$/)
    })

    it('Asterisk does not boot', async () => {
      await using rig = new ClientRig({ username: 'quiet', bootTimeoutMs: 60_000 })
      expect((await messageOf(rig, 3_000)).message).toMatch(
        /Logged in to the server, which did not say so far that it has booted$/,
      )
    })

    it('and what the attempt before came to, which is the cause', async () => {
      await using rig = new ClientRig({ reconnect: { jitter: 0 } })
      rig.link.refusal = new Error('connect ECONNREFUSED')
      const login = messageOf(rig, 3_000)
      await settle()
      rig.link.refusal = undefined
      rig.link.hanging = true
      const error = await login
      expect(error.message).toMatch(
        /nothing answers there; .*; the one before: No connection to the server: connect ECONNREFUSED$/,
      )
      expect(error.cause).toMatchObject({ message: 'No connection to the server: connect ECONNREFUSED' })
    })
  })

  it('ends when its signal aborts, before, during and after', async () => {
    await using rig = new ClientRig()
    await expect(rig.ami.login({ signal: AbortSignal.abort(new Error('early')) })).rejects.toThrow('early')
    expect(rig.link.attempts).toBe(0)
    rig.link.hanging = true
    const abort = new AbortController()
    const login = rig.ami.login({ signal: abort.signal })
    await settle()
    abort.abort(new Error('enough'))
    await expect(login).rejects.toThrow('enough')
    rig.link.hanging = false
    const again = new AbortController()
    const second = rig.ami.login({ signal: again.signal })
    await settle()
    await second
    again.abort()
    expect(rig.ami.status.state).toBe('online')
  })

  it.each(['md5', 'plaintext'] as const)('writes the secret in the encoding of the options, by %s', async (authType) => {
    const pbx = new FakeAsterisk({ users: { admin: 'gr\u00fcn' }, encoding: 'latin1' })
    await using rig = new ClientRig({ secret: 'gr\u00fcn', encoding: 'latin1', authType, connect: pbx.connector })
    await rig.login()
    expect(rig.ami.status.state).toBe('online')
    await rig.ami.close()
    await pbx.close()
  })

  it('two calls share one attempt', async () => {
    await using rig = new ClientRig()
    const both = Promise.all([rig.ami.login(), rig.ami.login()])
    await settle()
    await both
    await rig.ami.login()
    expect(rig.link.attempts).toBe(1)
  })

  it('is rejected when the client closes meanwhile', async () => {
    await using rig = new ClientRig()
    rig.link.hanging = true
    const login = outcomeOf(rig.ami.login())
    await rig.ami.close()
    expect(await login).toBeInstanceOf(ClosedError)
  })
})
