import { execFile } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type AMIClient, type AMIClientOptions, ConnectionLostError, unlisted } from 'obelus-asterisk'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { TestServer } from './asterisk/global-setup.js'
import { FaultProxy } from './fault-proxy.js'
import { caught, changeTo, client, loggedIn, servers } from './target.js'

async function behindProxy(
  server: TestServer,
  options: Partial<AMIClientOptions> = {},
): Promise<{ proxy: FaultProxy; ami: AMIClient }> {
  const proxy = await FaultProxy.open(server)
  onTestFinished(() => proxy.close())
  return { proxy, ami: await loggedIn(server, { port: proxy.port, ...options }) }
}

const probe = (ami: AMIClient, UserEvent: string, number: number) => ami.sendAction('UserEvent', { UserEvent, Number: number })

const states = { connecting: 'connecting', 'in login': 'authenticating', 'in backoff': 'waiting', stalled: 'online' } as const

/** What the server sends comes at 20 KB/s from now on. */
function throttle(proxy: FaultProxy): void {
  const waiting: Buffer[] = []
  proxy.fromServer = (bytes) => {
    waiting.push(bytes)
    return undefined
  }
  const timer = setInterval(() => {
    const all = Buffer.concat(waiting.splice(0))
    proxy.inject(all.subarray(0, 1_000).toString('latin1'))
    if (all.length > 1_000) waiting.push(all.subarray(1_000))
  }, 50)
  onTestFinished(() => clearInterval(timer))
}

describe.each(servers)('faults on the link to $name', (server) => {
  it('answers and events are the same when they come byte by byte', async () => {
    const { proxy, ami } = await behindProxy(server)
    proxy.fromServer = (bytes, socket) => {
      for (const byte of bytes) socket.write(Buffer.of(byte))
      return undefined
    }
    const event = ami.waitFor('UserEvent', { where: (each) => each.get('UserEvent') === 'Byte' })
    await probe(ami, 'Byte', 1)
    expect((await event).get('Number')).toBe('1')
    expect((await ami.command('core show version'))[0]).toContain('Asterisk')
  })

  it('a latency of 400 ms leaves all answered, and the connection alive', async () => {
    const { proxy, ami } = await behindProxy(server, { keepAlive: { intervalMs: 300, timeoutMs: 1_500 } })
    proxy.fromServer = (bytes, socket) => {
      setTimeout(() => socket.write(bytes), 400)
      return undefined
    }
    for (let round = 0; round < 4; round += 1) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => ami.sendAction('Ping')))
      expect(answers.every((answer) => answer.get('Ping') === 'Pong')).toBe(true)
    }
    expect(proxy.connections).toBe(1)
  })

  it('events are late but complete at 20 KB/s', async () => {
    const { proxy, ami } = await behindProxy(server)
    throttle(proxy)
    const stream = ami.events('UserEvent', { where: (event) => event.get('UserEvent') === 'Slow' })
    const producer = await loggedIn(server, { events: false })
    await Promise.all(Array.from({ length: 300 }, (_, index) => probe(producer, 'Slow', index + 1)))
    const numbers: string[] = []
    for await (const event of stream) if (numbers.push(event.headers.Number ?? '') === 300) break
    expect(numbers).toEqual(Array.from({ length: 300 }, (_, index) => String(index + 1)))
  })

  it('an answer that takes 2 s at 20 KB/s is life while it comes, though it is one message', async () => {
    const { proxy, ami } = await behindProxy(server, { keepAlive: { intervalMs: 300, timeoutMs: 300 } })
    const expected = await ami.command('module show')
    throttle(proxy)
    expect(await ami.command('module show')).toHaveLength(expected.length)
    expect(proxy.connections).toBe(1)
  })

  it('a reset with 20 actions in flight rejects all of them at once, and nothing is sent again', async () => {
    const { proxy, ami } = await behindProxy(server)
    proxy.mute = true
    const actions = Array.from({ length: 20 }, (_, index) => caught(probe(ami, 'InFlight', index)))
    await caught(ami.waitFor(unlisted('NeverHappens'), { timeoutMs: 50 }))
    proxy.mute = false
    const started = performance.now()
    proxy.reset()
    for (const error of await Promise.all(actions)) {
      expect(error).toBeInstanceOf(ConnectionLostError)
      expect(error).toMatchObject({ sent: 'maybe' })
    }
    expect(performance.now() - started).toBeLessThan(250)
    await changeTo(ami, 'online')
    await ami.sendAction('Ping')
    expect(proxy.sent.split('UserEvent: InFlight').length - 1).toBe(20)
  })

  it('a reset at the response leaves the effect there once, and the caller is told maybe', async () => {
    const { proxy, ami } = await behindProxy(server)
    const witness = await loggedIn(server)
    const seen = witness.events('UserEvent', { where: (event) => event.get('UserEvent') === 'Once' })
    proxy.fromServer = (bytes, socket) => {
      if (!bytes.includes('Event Sent')) return bytes
      socket.resetAndDestroy()
      return undefined
    }
    expect(await caught(probe(ami, 'Once', 1))).toMatchObject({ name: 'ConnectionLostError', sent: 'maybe' })
    proxy.fromServer = (bytes) => bytes
    await changeTo(ami, 'online')
    await probe(ami, 'Once', 2)
    expect((await seen.next()).value.get('Number')).toBe('1')
    expect((await seen.next()).value.get('Number')).toBe('2')
    expect(seen.buffered).toBe(0)
  })

  it('5 resets in a row are 5 recoveries, and one session', async () => {
    const { proxy, ami } = await behindProxy(server)
    for (let round = 1; round <= 5; round += 1) {
      const online = changeTo(ami, 'waiting').then(() => changeTo(ami, 'online'))
      proxy.reset()
      await online
    }
    expect(proxy.connections).toBe(6)
    expect((await ami.sendAction('Ping')).type).toBe('success')
  }, 20_000)

  it('a half-open connection is noticed: what is in flight is settled, and a new one is there within 2 s of the network', async () => {
    const { proxy, ami } = await behindProxy(server, { keepAlive: { intervalMs: 300, timeoutMs: 300 }, connectTimeoutMs: 500 })
    const waiting = changeTo(ami, 'waiting')
    proxy.swallowing = true
    const inFlight = caught(ami.sendAction('Ping'))
    expect((await waiting).reason.message).toContain('did not answer a Ping')
    expect(await inFlight).toMatchObject({ name: 'ConnectionLostError', sent: 'maybe' })
    proxy.swallowing = false
    const started = performance.now()
    await changeTo(ami, 'online')
    expect(performance.now() - started).toBeLessThan(2_000)
  })

  it('the client is back within the backoff after the port was closed, with less than 30 attempts', async () => {
    const { proxy, ami } = await behindProxy(server)
    let attempts = 0
    ami.on('status', (status) => {
      if (status.state === 'connecting') attempts += 1
    })
    await proxy.refuse()
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    const online = changeTo(ami, 'online')
    await proxy.listen()
    await online
    expect(attempts).toBeLessThan(30)
  })

  it('a server that accepts and closes is tried after growing delays, and then used', async () => {
    const { proxy, ami } = await behindProxy(server)
    proxy.closing = true
    proxy.end()
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    expect(proxy.connections).toBeLessThan(10)
    const online = changeTo(ami, 'online')
    proxy.closing = false
    await online
  })

  it('a list that is cut in the middle rejects: the part that came is not an answer', async () => {
    const { proxy, ami } = await behindProxy(server)
    proxy.fromServer = (bytes, socket) => {
      const text = bytes.toString('latin1')
      const cut = text.indexOf('Event: ListDialplan', text.indexOf('Event: ListDialplan') + 1)
      if (cut < 0) return bytes
      socket.write(bytes.subarray(0, cut + 30))
      socket.end()
      return undefined
    }
    expect(await caught(ami.sendAction('ShowDialPlan'))).toMatchObject({ name: 'ConnectionLostError', sent: 'maybe' })
  })

  it('a client survives one corrupted byte in 40, and is back after a reset', async () => {
    const { proxy, ami } = await behindProxy(server, { actionTimeoutMs: 500 })
    proxy.fromServer = (bytes) => {
      const corrupted = Buffer.from(bytes)
      for (let at = 7; at < corrupted.length; at += 40) corrupted[at] = (at * 31) & 0xff
      return corrupted
    }
    const producer = await loggedIn(server, { events: false })
    ami.events('UserEvent', { overflow: 'drop-oldest' })
    await Promise.all(Array.from({ length: 100 }, (_, index) => probe(producer, 'Corrupt', index)))
    await Promise.all(Array.from({ length: 20 }, () => caught(ami.sendAction('Ping'))))
    proxy.fromServer = (bytes) => bytes
    if (ami.status.state === 'online') {
      const waiting = changeTo(ami, 'waiting')
      proxy.reset()
      await waiting
    }
    if (ami.status.state !== 'online') await changeTo(ami, 'online')
    expect((await ami.sendAction('Ping')).get('Ping')).toBe('Pong')
  })

  it('a forged event and a forged response with a guessed ActionID settle no promise', async () => {
    const { proxy, ami } = await behindProxy(server)
    const warnings: string[] = []
    ami.on('warning', (warning) => warnings.push(warning))
    proxy.mute = true
    const ping = ami.sendAction('Ping', {}, { timeoutMs: 5_000 })
    for (const id of ['1', '2', '3-000000000000000000000000'])
      proxy.inject(`Response: Success\r\nActionID: ${id}\r\nMessage: forged\r\n\r\n`)
    proxy.inject('Event: Forged\r\n__proto__: x\r\nconstructor: y\r\n\r\n')
    const forged = await ami.waitFor('UserEvent', { timeoutMs: 100 }).catch(() => 'none')
    expect(forged).toBe('none')
    proxy.mute = false
    proxy.reset()
    expect(await caught(ping)).toBeInstanceOf(ConnectionLostError)
    expect(warnings.filter((warning) => warning.includes('forged'))).toHaveLength(3)
  })

  it('two clients with the same ActionID in broadcast events do not get answers of each other', async () => {
    const [one, two] = [await loggedIn(server), await loggedIn(server)]
    const [heardByOne, heardByTwo] = [one.waitFor('UserEvent'), two.waitFor('UserEvent')]
    const [first, second] = await Promise.all([
      one.sendAction('UserEvent', { UserEvent: 'Mine', ActionID: 'same', From: 'one' }),
      two.sendAction('Ping', { ActionID: 'same' }),
    ])
    expect(first.message).toBe('Event Sent')
    expect(second.get('Ping')).toBe('Pong')
    expect([(await heardByOne).get('From'), (await heardByTwo).get('From')]).toEqual(['one', 'one'])
  })

  it('an Originate without Async blocks the connection, which is not declared dead meanwhile, and the user is warned', async () => {
    const { proxy, ami } = await behindProxy(server, { keepAlive: { intervalMs: 200, timeoutMs: 200 } })
    const warned = new Promise<string>((resolve) => ami.on('warning', resolve))
    const error = await caught(
      ami.sendAction('Originate', { Channel: 'Local/ring@default', Application: 'Wait', Data: 1, Timeout: 2_500 }),
    )
    expect(error).toMatchObject({ name: 'ActionError', message: 'Action Originate failed: Originate failed' })
    expect(await warned).toContain('Originate holds up the connection for up to 2500 ms')
    expect(proxy.connections).toBe(1)
  })

  it('nothing is lost while the event loop is blocked for 3 s in a flood', async () => {
    const { proxy, ami } = await behindProxy(server)
    const producer = await loggedIn(server, { events: false })
    const stream = ami.events('UserEvent', { where: (event) => event.get('UserEvent') === 'Blocked' })
    const produced = Promise.all(Array.from({ length: 100 }, (_, index) => probe(producer, 'Blocked', index)))
    const until = performance.now() + 3_000
    while (performance.now() < until);
    await produced
    let seen = 0
    for await (const _ of stream) if (++seen === 100) break
    expect(proxy.connections).toBe(1)
  })

  it.each(['connecting', 'in login', 'in backoff', 'stalled'] as const)(
    'close() while %s takes less than 2 s, and the process exits by itself',
    async (when) => {
      const proxy = await FaultProxy.open(server)
      onTestFinished(() => proxy.close())
      if (when === 'connecting') proxy.mute = true
      if (when === 'in login') proxy.fromServer = (bytes) => (bytes.includes('Call Manager') ? bytes : undefined)
      if (when === 'in backoff') await proxy.refuse()
      const program = `
      import { AMIClient } from 'obelus-asterisk'
      const ami = new AMIClient(${JSON.stringify({ host: '127.0.0.1', port: proxy.port, username: server.username, secret: server.secret })})
      const login = ami.login().catch((error) => error.name)
      if (${when === 'stalled'}) await login
      while (${when !== 'stalled'} && ami.status.state !== '${states[when]}') await new Promise((resolve) => ami.on('status', resolve))
      console.log('ready')
      process.stdin.once('data', async () => {
        const started = performance.now()
        await ami.close()
        console.log(Math.round(performance.now() - started), await login)
        process.stdin.destroy()
      })
    `
      const file = join(import.meta.dirname, `.close-${when.replace(' ', '-')}.mts`)
      writeFileSync(file, program)
      onTestFinished(() => rmSync(file))
      const running = promisify(execFile)(process.execPath, ['--import', 'tsx', file], { timeout: 15_000 })
      let printed = ''
      await new Promise<void>((resolve) =>
        running.child.stdout?.on('data', (data) => {
          printed += data
          if (printed.includes('ready')) resolve()
        }),
      )
      if (when === 'stalled') proxy.swallowing = true
      running.child.stdin?.write('close\n')
      const { stdout } = await running
      const [took] = stdout.trim().split('\n').at(-1)?.split(' ') ?? []
      expect(Number(took)).toBeLessThan(2_000)
    },
  )

  it('a client that is closed leaves nothing that keeps the process', async () => {
    const before = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap' || name === 'TLSWrap').length
    const ami = client(server)
    await ami.login()
    await ami.close()
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    const after = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap' || name === 'TLSWrap').length
    expect(after).toBeLessThanOrEqual(before)
  })
})
