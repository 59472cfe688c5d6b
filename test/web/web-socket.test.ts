import { inspect } from 'node:util'
import { AMIClient, type AMIResponse, ConnectionError, type WebSocketLike, webSocketTransport } from 'obelus-asterisk'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { AMIClient as WebClient } from 'obelus-asterisk/web'
import { describe, expect, it, onTestFinished } from 'vitest'
import { outcomeOf } from '../support/client-rig.js'
import { settle, VirtualClock } from '../support/virtual-clock.js'

const decoder = new TextDecoder()

/** A WebSocket whose other end is in the test's hand. */
class TestSocket extends EventTarget implements WebSocketLike {
  static readonly made: TestSocket[] = []
  binaryType = 'blob'
  readyState = 0
  readonly url: string
  readonly protocols: unknown
  sent = ''
  closes = 0

  constructor(url: string | URL, protocols?: unknown) {
    super()
    this.url = String(url)
    this.protocols = protocols
    TestSocket.made.push(this)
  }

  send(data: ArrayBuffer): void {
    this.sent += decoder.decode(data)
  }

  close(): void {
    this.closes += 1
  }

  open(): void {
    this.readyState = 1
    this.dispatchEvent(new Event('open'))
  }

  say(data: unknown): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data }))
  }

  end(code?: number, reason = ''): void {
    this.readyState = 3
    this.dispatchEvent(Object.assign(new Event('close'), { code, reason }))
  }

  fail(message?: string): void {
    this.dispatchEvent(Object.assign(new Event('error'), { message }))
  }
}

function latest(): TestSocket {
  const socket = TestSocket.made.at(-1)
  if (socket === undefined) throw new Error('no socket was made')
  return socket
}

/** A client over test sockets, on a virtual clock. */
function open(options = {}) {
  const clock = new VirtualClock()
  const connect = webSocketTransport('ws://bridge.test/', { WebSocket: TestSocket, protocols: 'binary' })
  const ami = new AMIClient({
    username: 'admin',
    secret: 's3cret',
    authType: 'plaintext',
    connect,
    clock,
    reconnect: false,
    ...options,
  })
  onTestFinished(async () => {
    const closed = ami.close()
    await clock.advance(2_000)
    await closed
  })
  return { ami, clock }
}

const answer = (socket: TestSocket, headers = '') => {
  const id = /ActionID: (\S+)\r\n(?![\s\S]*ActionID)/.exec(socket.sent)?.[1]
  return `Response: Success\r\nActionID: ${id}\r\n${headers}\r\n`
}

async function readAll<T>(items: AsyncIterable<T>, read: (item: T) => void): Promise<void> {
  for await (const item of items) read(item)
}

async function loggedIn(options = {}) {
  const at = open(options)
  const login = at.ami.login()
  await settle()
  const socket = latest()
  socket.open()
  socket.say('Asterisk Call Manager/11.0.0\r\n')
  await settle()
  socket.say(answer(socket))
  socket.say('Event: FullyBooted\r\nPrivilege: system,all\r\nStatus: Fully Booted\r\n\r\n')
  await settle()
  await login
  return { ...at, socket }
}

describe('a connection over WebSocket', () => {
  it('asks for binary frames and its sub-protocol, and writes what it is given', async () => {
    const { socket } = await loggedIn()
    expect(socket).toMatchObject({ url: 'ws://bridge.test/', protocols: 'binary', binaryType: 'arraybuffer' })
    expect(socket.sent).toMatch(/^Action: Login\r\nActionID: \S+\r\n/)
  })

  it('calls the bridge by its address, without what may be secret', async () => {
    const connect = webSocketTransport('wss://u:hunter2@bridge.test:8088/ami?token=hunter3', { WebSocket: TestSocket })
    const { ami } = open({ connect })
    const login = ami.login().catch((error: Error) => error.message)
    await settle()
    expect(latest().url).toContain('hunter3')
    latest().end(1006)
    expect(await login).toBe('No connection to wss://bridge.test:8088/ami: it was closed with code 1006')
    for (const [url, quoted] of [
      ['http://bridge.test/?token=hunter3', '"http://bridge.test/?…"'],
      ['//u:hunter2@bridge.test', '"//…@bridge.test"'],
    ] as const)
      expect(() => webSocketTransport(url, { WebSocket: TestSocket })).toThrow(`begins with ws:// or wss://, not ${quoted}`)
  })

  it('takes the WebSocket of the moment when it connects', async () => {
    const connect = webSocketTransport('ws://pbx.test/later')
    await using pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
    pbx.listenWebSocket('ws://pbx.test/later')
    await using ami = new AMIClient({ username: 'admin', secret: 's3cret', connect })
    await ami.login()
  })

  it('writes no more than it is given, also from a buffer that is part of another', async () => {
    const sent: number[] = []
    const protocol = { connectionMade: () => undefined, dataReceived: () => undefined, connectionLost: () => undefined }
    const made = webSocketTransport('ws://bridge.test/', { WebSocket: TestSocket })(protocol, new AbortController().signal)
    const socket = latest()
    socket.send = ({ byteLength }) => void sent.push(byteLength)
    socket.open()
    const link = await made
    link.write(Buffer.from('Action: Ping'))
    expect(sent).toEqual([12])
  })

  it('takes text and binary frames, of any view, with the messages cut anywhere', async () => {
    const { ami, socket } = await loggedIn()
    const ping = ami.sendAction('Ping')
    await settle()
    const bytes = new TextEncoder().encode(answer(socket, 'Ping: Pöng\r\n'))
    const frames: unknown[] = []
    for (let at = 0; at < bytes.length; at += 7) {
      const piece = bytes.slice(at, at + 7)
      frames.push([piece.buffer, piece, new DataView(piece.buffer)][(at / 7) % 3])
    }
    for (const frame of frames) socket.say(frame)
    expect(((await ping) as AMIResponse).get('Ping')).toBe('Pöng')
  })

  it('takes frames that come as Blobs, in their place among the others, and before the close that follows', async () => {
    const { ami, socket } = await loggedIn()
    const events = ami.events('Hangup')
    const text = (channel: number) => `Event: Hangup\r\nChannel: PJSIP/${channel}\r\n\r\n`
    socket.say(new Blob([text(1)]))
    socket.say(text(2))
    socket.say(new Blob([text(3).slice(0, 7)]))
    socket.say(new Blob([text(3).slice(7)]))
    socket.say(new TextEncoder().encode(text(4)))
    socket.end(1000)
    const channels: unknown[] = []
    await expect(readAll(events, (event) => channels.push(event.get('Channel')))).rejects.toThrow('closed the connection')
    expect(channels).toEqual(['PJSIP/1', 'PJSIP/2', 'PJSIP/3', 'PJSIP/4'])
  })

  it.each<[string, unknown, string]>([
    ['a number', 5, 'a frame came that is neither text nor bytes'],
    ['nothing', null, 'a frame came that is neither text nor bytes'],
    ['a Blob that cannot be read', { arrayBuffer: () => Promise.reject(new Error('gone')) }, 'a Blob could not be read: gone'],
  ])('a frame that is %s ends the connection, and says why', async (_, frame, why) => {
    const { ami, socket } = await loggedIn()
    const ping = ami.sendAction('Ping').catch((error: Error) => error)
    await settle()
    socket.say(frame)
    expect(((await ping) as Error).cause).toMatchObject({
      message: `The connection to ws://bridge.test/ was lost: ${why}`,
    })
    expect(socket.closes).toBeGreaterThan(0)
  })

  it('a socket that cannot be made is final, and its error shows no secret', async () => {
    class Refusing {
      constructor(url: string | URL) {
        throw new SyntaxError(`no such sub-protocol\nfor ${String(url)}`)
      }
    }
    const WebSocket = Refusing as never
    const connect = webSocketTransport('ws://u:hunter2@bridge.test/', { WebSocket, protocols: 'a b' })
    const { ami } = open({ connect, reconnect: {} })
    const error = await ami.login().catch((reason: Error) => reason)
    expect(error).toMatchObject({
      name: 'ConnectionError',
      retryable: false,
      message: 'No connection to ws://bridge.test/: no such sub-protocol\\nfor ws://bridge.test/',
    })
    // As a log shows it, with its causes.
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2')
  })

  it('shows what the peer says on one line', async () => {
    const { ami } = open()
    const login = ami.login().catch((error: Error) => error.message)
    await settle()
    latest().end(1011, 'died\r\n\u0007badly')
    expect(await login).toBe('No connection to ws://bridge.test/: it was closed with code 1011: died\\r\\n\\u0007badly')
  })

  it('a connection that its signal ends is closed at once', async () => {
    const abort = new AbortController()
    const lost: unknown[] = []
    const protocol = { connectionMade: () => undefined, dataReceived: () => undefined, connectionLost: () => lost.push('lost') }
    const made = webSocketTransport('ws://bridge.test/', { WebSocket: TestSocket })(protocol, abort.signal)
    const socket = latest()
    socket.open()
    await made
    abort.abort()
    abort.abort()
    socket.end(1000)
    expect([lost, socket.closes]).toEqual([['lost'], 1])
  })

  it.each<[string, () => unknown, string]>([
    [
      'no target',
      () => webSocketTransport(undefined as never),
      'a WebSocket connection needs a URL or a WebSocket, not undefined',
    ],
    ['options in its place', () => webSocketTransport({ url: 'ws://x' } as never), 'needs a URL or a WebSocket, not an object'],
    [
      'an unknown option',
      () => webSocketTransport('ws://x', { protocol: 'binary' } as never),
      'There is no option "protocol"; did you mean "protocols"? Known are protocols, WebSocket',
    ],
    ['wrong sub-protocols', () => webSocketTransport('ws://x', { protocols: [5] as never }), 'protocols[0] must be text, not 5'],
    ['a wrong class', () => webSocketTransport('ws://x', { WebSocket: 'ws' as never }), 'WebSocket must be a function, not "ws"'],
  ])('refuses %s', (_, make, message) => {
    expect(make).toThrow(message)
  })

  it.each<[string, (socket: TestSocket) => void, RegExp]>([
    [
      'is closed before it is open',
      (socket) => socket.end(1006),
      /No connection to ws:\/\/bridge.test\/: it was closed with code 1006/,
    ],
    ['fails', (socket) => socket.fail(), /: it could not be reached$/],
    ['fails and says why', (socket) => socket.fail('connect ECONNREFUSED'), /bridge.test\/: connect ECONNREFUSED$/],
  ])('a socket that %s is no connection', async (_, how, message) => {
    const { ami } = open()
    const login = ami.login().catch((error: Error) => error)
    await settle()
    how(latest())
    const error = await login
    expect(error).toBeInstanceOf(ConnectionError)
    expect((error as Error).message).toMatch(message)
  })

  it.each([
    [1000, undefined],
    [1006, /ws:\/\/bridge.test\/ was lost: it was closed with code 1006/],
    [1011, /with code 1011: bridge died/],
  ])('closed with %s: what waits rejects', async (code, message) => {
    const { ami, socket } = await loggedIn()
    const ping = ami.sendAction('Ping').catch((error: Error) => error)
    await settle()
    socket.end(code, code === 1011 ? 'bridge died' : '')
    const error = (await ping) as Error
    expect(error).toMatchObject({ name: 'ConnectionLostError', sent: 'maybe' })
    if (message !== undefined) expect(`${error.message} ${String(error.cause)}`).toMatch(message)
  })

  it('a bridge that goes silent is noticed, and another socket is made', async () => {
    const { ami, clock } = await loggedIn({
      reconnect: { initialDelayMs: 10, maxDelayMs: 10 },
      keepAlive: { intervalMs: 10_000, timeoutMs: 5_000 },
    })
    const made = TestSocket.made.length
    await clock.advance(15_100)
    expect(ami.status.state).toBe('connecting')
    expect(TestSocket.made).toHaveLength(made + 1)
  })

  it('an attempt that is given up closes its socket', async () => {
    const { ami, clock } = open({ connectTimeoutMs: 1_000 })
    const login = outcomeOf(ami.login())
    await clock.advance(1_000)
    await login
    expect(latest().closes).toBeGreaterThan(0)
    latest().open()
    expect(latest().sent).toBe('')
  })

  it('a socket that is given serves one connection', async () => {
    const socket = new TestSocket('ws://given')
    socket.open()
    const connect = webSocketTransport(socket)
    const protocol = { connectionMade: () => undefined, dataReceived: () => undefined, connectionLost: () => undefined }
    const { signal } = new AbortController()
    await connect(protocol, signal)
    await expect(connect(protocol, signal)).rejects.toMatchObject({ name: 'ConnectionError', retryable: false })
  })

  it('says what is wrong: a URL that is none, a runtime without WebSocket, a browser without a connection', async () => {
    expect(() => webSocketTransport('http://x', { WebSocket: TestSocket })).toThrow('begins with ws:// or wss://, not "http://x"')
    const { WebSocket } = globalThis
    Reflect.deleteProperty(globalThis, 'WebSocket')
    onTestFinished(() => {
      if (WebSocket !== undefined) globalThis.WebSocket = WebSocket
    })
    const { signal } = new AbortController()
    await expect(webSocketTransport('ws://x')({} as never, signal)).rejects.toMatchObject({
      name: 'ConnectionError',
      retryable: false,
      message: expect.stringContaining('This runtime has no WebSocket; give one'),
    })
    expect(() => new WebClient({ username: 'a', secret: 'b' } as never)).toThrow('connect must be a connector')
  })
})

it('the fake takes frames that are Blobs, too', async () => {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
  pbx.listenWebSocket('ws://pbx.test/blobs')
  const socket = new WebSocket('ws://pbx.test/blobs')
  onTestFinished(async () => {
    socket.close()
    await pbx.close()
  })
  socket.binaryType = 'arraybuffer'
  const said = new Promise<string>((resolve) => {
    let text = ''
    socket.addEventListener('message', ({ data }) => {
      text += decoder.decode(data as ArrayBuffer)
      if (text.includes('ActionID: 1')) resolve(text)
    })
  })
  await new Promise((resolve) => socket.addEventListener('open', resolve))
  socket.send(new Blob(['Action: Login\r\nActionID: 1\r\nUsername: admin\r\n']))
  socket.send('Secret: s3cret\r\n\r\n')
  expect(await said).toContain('Response: Success')
})

it('a test written from the README needs one line to clean up', async () => {
  const began = performance.now()
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
  pbx.listenWebSocket('ws://pbx.test/ami')
  const ami = new WebClient({ username: 'admin', secret: 's3cret', connect: webSocketTransport('ws://pbx.test/ami') })
  await ami.login()
  expect((await ami.sendAction('Ping')).get('Ping')).toBe('Pong')
  await Promise.all([ami.close(), pbx.close()])
  console.log(`a test over mock-socket: ${(performance.now() - began).toFixed(0)} ms`)
})
