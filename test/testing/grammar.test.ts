import { AMIClient, type Connector, tcpConnector, unlisted, webSocketTransport } from 'obelus-asterisk'
import {
  action,
  delay,
  event,
  FakeAsterisk,
  type FakeAsteriskOptions,
  failure,
  once,
  success,
  UnhandledActionError,
} from 'obelus-asterisk/testing'
import { describe, expect, it, onTestFinished } from 'vitest'

let urls = 0
const TRANSPORTS: readonly (readonly [string, (pbx: FakeAsterisk) => Promise<Connector>])[] = [
  ['memory', async (pbx) => pbx.connector],
  ['TCP', async (pbx) => tcpConnector(await pbx.listen())],
  [
    'mock-socket',
    async (pbx) => {
      urls += 1
      const url = `ws://pbx-${urls}.test/ami`
      pbx.listenWebSocket(url)
      return webSocketTransport(url)
    },
  ],
]

describe.each(TRANSPORTS)('the fake over %s', (_, reach) => {
  async function open(options: FakeAsteriskOptions = {}, ...handlers: ReturnType<typeof action>[]) {
    const pbx = new FakeAsterisk({ users: { admin: 's3cret' }, ...options }, ...handlers)
    const connect = await reach(pbx)
    const clients: AMIClient[] = []
    onTestFinished(async () => {
      await Promise.all(clients.map((each) => each.close()))
      await pbx.close().catch(() => undefined)
    })
    const login = async () => {
      const ami = new AMIClient({ username: 'admin', secret: 's3cret', connect, reconnect: false, actionTimeoutMs: 5_000 })
      clients.push(ami)
      await ami.login()
      return ami
    }
    return { pbx, login }
  }
  const send = (ami: AMIClient, name: string, headers = {}) => ami.sendAction(name as 'Ping', headers as object)

  it('asks handlers by name, by headers and by function; what is used goes first, until reset', async () => {
    const { pbx, login } = await open(
      {},
      action('Originate', () => failure('busy')),
      action({ name: 'Originate', headers: { Channel: /^PJSIP\/1/, Async: 'true' } }, () =>
        success('never: the first one fits too'),
      ),
    )
    pbx.use(
      action({ name: unlisted('originate'), headers: { channel: /^PJSIP\/2/ } }, () => success('by header')),
      action(
        (request) => request.get('Exten') === '9',
        () => success('by function'),
      ),
    )
    const ami = await login()
    expect((await send(ami, 'Originate', { Channel: 'PJSIP/200' })).message).toBe('by header')
    expect((await send(ami, 'Originate', { Channel: 'PJSIP/100', Exten: '9' })).message).toBe('by function')
    await expect(send(ami, 'Originate', { Channel: 'PJSIP/100' })).rejects.toThrow('busy')
    expect(pbx.listHandlers().map(({ label }) => label)).toEqual([
      'originate with channel: /^PJSIP\\/2/',
      expect.stringContaining('request.get("Exten")'),
      'Originate',
      'Originate with Channel: /^PJSIP\\/1/, Async: true',
    ])
    expect(() => pbx.assertAllHandlersUsed()).toThrow('Originate with Channel: /^PJSIP\\/1/, Async: true')
    pbx.reset()
    await expect(send(ami, 'Originate', { Channel: 'PJSIP/200' })).rejects.toThrow('busy')
  })

  it('a handler for once answers once', async () => {
    const { pbx, login } = await open(
      {},
      action('Originate', () => success('always')),
    )
    pbx.use(once(action('Originate', () => failure('the first time'))))
    const ami = await login()
    await expect(send(ami, 'Originate')).rejects.toThrow('the first time')
    expect((await send(ami, 'Originate')).message).toBe('always')
    pbx.assertAllHandlersUsed()
  })

  it('resolvers may wait, stream, answer twice, late, out of order, and end the connection', async () => {
    const { pbx, login } = await open(
      {},
      action(unlisted('Slow'), async () => {
        await delay(5)
        return success('slow')
      }),
      action('QueueStatus', async function* () {
        yield event('QueueParams', { Queue: 'a' })
        await delay(1)
        yield event('QueueParams', { Queue: 'b' })
      }),
      action(unlisted('Twice'), (request, client) => {
        client.respond(request, success('first'))
        return success('second')
      }),
      action(unlisted('Later'), (request, client) => {
        setTimeout(() => client.respond(request, success('later')), 5)
        return undefined
      }),
      action(unlisted('Drop'), (_request, client) => client.disconnect()),
    )
    const ami = await login()
    const order: string[] = []
    const later = send(ami, 'Later').then(({ message }) => order.push(message))
    await send(ami, 'Slow').then(({ message }) => order.push(message))
    await later
    expect(order.sort()).toEqual(['later', 'slow'])
    expect((await ami.sendAction('QueueStatus')).events.map((each) => each.get('Queue'))).toEqual(['a', 'b'])
    expect((await send(ami, 'Twice')).message).toBe('first')
    expect((await send(ami, 'Ping')).type).toBe('success')
    await expect(send(ami, 'Drop')).rejects.toMatchObject({ name: 'ConnectionLostError' })
    expect(pbx.clients).toBe(0)
  })

  it('an answer for one client concerns no other', async () => {
    const { login } = await open(
      {},
      action(unlisted('Whisper'), (_request, client) => {
        client.emit('UserEvent', { UserEvent: `for ${client.username}` })
        return success()
      }),
    )
    const [one, two] = [await login(), await login()]
    const heard = [one.events('UserEvent'), two.events('UserEvent')]
    await send(one, 'Whisper')
    await send(two, 'Ping')
    expect(heard.map(({ buffered }) => buffered)).toEqual([1, 0])
  })

  it('an action that nobody handles: an error that shows the nearest handler', async () => {
    const { pbx, login } = await open(
      {},
      action({ name: 'Originate', headers: { Channel: 'PJSIP/100', Async: 'true' } }, () => success()),
      action('Hangup', () => success()),
    )
    const ami = await login()
    await expect(send(ami, 'Originate', { Channel: 'PJSIP/200', Exten: '1' })).rejects.toThrow(
      'Invalid/unknown command: Originate',
    )
    await expect(send(ami, 'Hangpu')).rejects.toThrow('Invalid/unknown command')
    await expect(send(ami, 'SomethingElse')).rejects.toThrow('Invalid/unknown command')
    const error = await pbx.close().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UnhandledActionError)
    expect((error as Error).message).toContain(
      'The nearest handler, for Originate with Channel: PJSIP/100, Async: true, did not fit: Channel is "PJSIP/200", not PJSIP/100; Async is missing, not true',
    )
    expect((error as Error).message).toContain('The nearest handler is for Hangup; is the name right?')
    expect((error as UnhandledActionError).actions).toHaveLength(3)
  })

  it.each(['warn', 'bypass'] as const)('an action that nobody handles: %s', async (unhandled) => {
    const warnings: string[] = []
    const warned = ({ message }: Error) => warnings.push(message)
    process.on('warning', warned)
    onTestFinished(() => {
      process.off('warning', warned)
    })
    const { pbx, login } = await open({ unhandled })
    const ami = await login()
    await expect(send(ami, 'Pong')).rejects.toThrow('Invalid/unknown command: Pong')
    await ami.close()
    await pbx.close()
    await delay(1)
    expect(warnings.map((each) => each.split('\n')[1]?.trim())).toEqual(
      unhandled === 'warn' ? ['The nearest handler is for Ping; is the name right?'] : [],
    )
  })

  it('nothing comes after an end', async () => {
    const { pbx, login } = await open(
      {},
      action(unlisted('Leave'), (_, client) => {
        client.disconnect()
        return success('after the end')
      }),
    )
    const ami = await login()
    await expect(send(ami, 'Leave')).rejects.toMatchObject({ name: 'ConnectionLostError' })
    const other = await login()
    const events = other.events('Hangup')
    pbx.disconnectAll()
    pbx.emit('Hangup', { Channel: 'PJSIP/1-1' })
    await expect(events.next()).rejects.toThrow()
  })

  it('bytes are replayed as they are, also from a buffer that is part of another', async () => {
    const { pbx, login } = await open()
    const ami = await login()
    const raw = ami.waitFor(unlisted('Raw'))
    pbx.replay(Buffer.from('Event: Raw\r\nX: y\r\n\r\n'))
    expect((await raw).get(unlisted('X'))).toBe('y')
  })

  it('reports connections, logins, actions and disconnects', async () => {
    const { pbx, login } = await open()
    const reported: string[] = []
    pbx.on('connection', () => reported.push('connection'))
    pbx.on('login', (username) => reported.push(`login ${username}`))
    const off = pbx.on('action', ({ name }, handler) => reported.push(`${name} for ${handler?.label}`))
    pbx.on('disconnect', (username) => reported.push(`disconnect ${username}`))
    const ami = await login()
    await send(ami, 'Ping')
    off()
    await send(ami, 'Ping')
    await ami.close()
    await expect.poll(() => reported.at(-1)).toBe('disconnect admin')
    expect(reported.filter((each) => !each.startsWith('Core'))).toEqual([
      'connection',
      'Challenge for Challenge',
      'Login for Login',
      'login admin',
      'Ping for Ping',
      'disconnect admin',
    ])
  })

  it('a secret is in no message', async () => {
    const { pbx, login } = await open()
    const ami = await login()
    await send(ami, 'Nope', { Secret: 'hunter2' }).catch(() => undefined)
    const error = (await pbx.close().catch((thrown: unknown) => thrown)) as Error
    expect(error.message).not.toContain('hunter2')
  })
})

describe('boundary', () => {
  const pbx = new FakeAsterisk(
    { users: { admin: 's3cret' } },
    action('Originate', () => success('shared')),
  )
  const messages = async (scoped: FakeAsterisk) => {
    const ami = new AMIClient({ username: 'admin', secret: 's3cret', connect: scoped.connector })
    await ami.login()
    const { message } = await ami.sendAction('Originate' as 'Ping').catch((error: Error) => error)
    await ami.close()
    return message
  }
  it.concurrent(
    'one test has its own handlers',
    pbx.boundary(async (scoped) => {
      scoped.use(action('Originate', () => success('mine')))
      expect(await messages(scoped)).toBe('mine')
      expect(scoped.received.filter(({ name }) => name === 'Originate')).toHaveLength(1)
    }),
  )
  it.concurrent(
    'another at the same time has not',
    pbx.boundary(async (scoped) => {
      expect(await messages(scoped)).toBe('shared')
    }),
  )
  it('what is not handled rejects the test', async () => {
    const test = pbx.boundary(async (scoped) => {
      const ami = new AMIClient({ username: 'admin', secret: 's3cret', connect: scoped.connector })
      await ami.login()
      await ami.sendAction('Nope' as 'Ping').catch(() => undefined)
      await ami.close()
    })
    await expect(test()).rejects.toBeInstanceOf(UnhandledActionError)
    expect(pbx.received).toEqual([])
  })
})

it('WebSocket addresses are given back: two fakes cannot serve one, and the runtime has its own WebSocket afterwards', async () => {
  const before = globalThis.WebSocket
  const pbx = new FakeAsterisk()
  pbx.listenWebSocket('ws://pbx.test/once')
  expect(globalThis.WebSocket).not.toBe(before)
  expect(() => new FakeAsterisk().listenWebSocket('ws://pbx.test/once')).toThrow()
  await pbx.close()
  expect(globalThis.WebSocket).toBe(before)
})
