import { readFileSync } from 'node:fs'
import { createServer as createHTTP } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { createServer as createTLS } from 'node:tls'
import { AMIClient, type AMIClientOptions, ConnectionError, ProtocolError, unlisted } from 'obelus-asterisk'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { afterEach, describe, expect, it } from 'vitest'

const pem = (name: string) => readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url))
const GREETING = 'Asterisk Call Manager/11.0.0\r\n'

let cleanUp: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const each of cleanUp.reverse()) await each()
  cleanUp = []
})

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUp.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

function client(port: number, options: Partial<AMIClientOptions> = {}): AMIClient {
  const ami = new AMIClient({ port, username: 'admin', secret: 'hunter2', reconnect: false, ...options })
  cleanUp.push(() => ami.close())
  return ami
}

const refusal = (ami: AMIClient) =>
  ami.login().then(
    () => undefined,
    (error: Error) => error,
  )

/** A server that logs everybody in, and does something when a Ping comes. */
function loggingIn(then: (socket: Socket) => void): Server {
  return createServer((socket) => {
    socket.write(GREETING)
    socket.on('data', (data) => {
      const text = data.toString('latin1')
      const id = /ActionID: (\S+)/.exec(text)?.[1]
      if (text.includes('Action: Challenge')) socket.write(`Response: Success\r\nActionID: ${id}\r\nChallenge: 1\r\n\r\n`)
      else if (text.includes('Action: Login')) {
        socket.write(`Response: Success\r\nActionID: ${id}\r\n\r\nEvent: FullyBooted\r\n\r\n`)
      } else if (text.includes('Action: Ping')) then(socket)
    })
  })
}

const lossOf = async (ami: AMIClient): Promise<Error> => {
  const statuses = ami.statusChanges()
  await ami.login()
  ami.sendAction('Ping').catch(() => undefined)
  for await (const status of statuses) if (status.state === 'failed' || status.state === 'waiting') return status.reason
  throw new Error('the connection was not lost')
}

describe('a port that is not AMI', () => {
  it('an HTTP server: no greeting, by the deadline', async () => {
    const port = await listen(createHTTP())
    const error = await refusal(client(port, { connectTimeoutMs: 100 }))
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error?.message).toMatch(new RegExp(`Connected to 127.0.0.1:${port}, but no greeting came within 100 ms`))
  })

  it('a server that greets as something else: at once, final, quoting what was seen', async () => {
    const port = await listen(createServer((socket) => socket.write('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')))
    const error = await refusal(client(port, { reconnect: {} }))
    expect(error).toBeInstanceOf(ProtocolError)
    expect(error?.message).toBe(`127.0.0.1:${port} does not speak AMI: no Asterisk greeting, but "HTTP/1.1 400 Bad Request"`)
  })

  it('a TLS port without tls: it says so', async () => {
    const port = await listen(createTLS({ key: pem('server.key'), cert: pem('server.pem') }) as unknown as Server)
    const error = await refusal(client(port, { connectTimeoutMs: 100 }))
    expect(error?.message).toContain('one that speaks TLS')
  })

  it('a plain port with tls: final, and says so', async () => {
    const port = await listen(createServer((socket) => socket.write(GREETING)))
    const error = await refusal(client(port, { tls: true, reconnect: {} }))
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error).toMatchObject({ retryable: false, message: expect.stringMatching(/by TLS: .*the port may not speak TLS/s) })
  })

  it('a certificate that nobody vouches for: final', async () => {
    const port = await listen(createTLS({ key: pem('server.key'), cert: pem('server.pem') }) as unknown as Server)
    const error = await refusal(client(port, { tls: true, reconnect: {} }))
    expect(error).toMatchObject({ name: 'ConnectionError', retryable: false })
  })

  it('a certificate for another name: final', async () => {
    const port = await listen(createTLS({ key: pem('server.key'), cert: pem('server.pem') }) as unknown as Server)
    const error = await refusal(client(port, { tls: { ca: pem('ca.pem'), servername: 'other.test' }, reconnect: {} }))
    expect(error).toMatchObject({ name: 'ConnectionError', retryable: false, message: expect.stringContaining('other.test') })
  })

  it('nothing listens: the port and the reason', async () => {
    const server = createServer()
    const port = await listen(server)
    server.close()
    const error = await refusal(client(port))
    expect(error?.message).toBe(`No connection to 127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}`)
  })

  it('garbage without a line end: bounded, final', async () => {
    const port = await listen(createServer((socket) => socket.write(Buffer.alloc(10_000, 0x78))))
    const error = await refusal(client(port, { reconnect: {} }))
    expect(error).toMatchObject({
      name: 'ProtocolError',
      retryable: false,
      message: expect.stringContaining('no greeting within 256 bytes, but "xxx'),
    })
  })

  it('closed before the greeting', async () => {
    const port = await listen(createServer((socket) => socket.end()))
    const error = await refusal(client(port))
    expect(error).toMatchObject({
      name: 'ConnectionError',
      retryable: true,
      message: expect.stringContaining('without an Asterisk greeting'),
    })
  })

  it('closed in the middle of the login', async () => {
    const port = await listen(
      createServer((socket) => {
        socket.write(GREETING)
        socket.once('data', () => socket.end('Response: Succ'))
      }),
    )
    const error = await refusal(client(port))
    expect(error).toMatchObject({ name: 'ConnectionLostError', message: `127.0.0.1:${port} closed the connection` })
  })
})

describe('TLS', () => {
  it('trusts a CA of its own, names the server, shows a certificate', async () => {
    const pbx = new FakeAsterisk({ users: { admin: 'hunter2' } })
    cleanUp.push(() => pbx.close())
    const { port } = await pbx.listen({
      tls: { key: pem('server.key'), cert: pem('server.pem'), ca: pem('ca.pem'), requestCert: true, rejectUnauthorized: true },
    })
    const tls = { ca: pem('ca.pem'), servername: 'pbx.test', cert: pem('client.pem'), key: pem('client.key') }
    const ami = client(port, { tls })
    await ami.login()
    expect((await ami.sendAction('Ping')).type).toBe('success')
  })
})

describe('TLS that fails', () => {
  /** One line, and none of OpenSSL's file names. */
  const PLAIN = /^No connection to 127\.0\.0\.1:\d+ by TLS: (?:ssl\/tls|[\w :;{},.])+$/

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('a certificate of the client that is missing is final with %s', async (version) => {
    const port = await listen(
      createTLS({
        key: pem('server.key'),
        cert: pem('server.pem'),
        ca: pem('ca.pem'),
        requestCert: true,
        rejectUnauthorized: true,
        minVersion: version,
        maxVersion: version,
      }) as unknown as Server,
    )
    const error = await refusal(client(port, { tls: { ca: pem('ca.pem'), servername: 'pbx.test' }, reconnect: {} }))
    expect(error).toMatchObject({ name: 'ConnectionError', retryable: false, message: expect.stringMatching(PLAIN) })
    expect(error?.message).toContain('the server may want another certificate of this client: tls: { cert, key }')
  })

  it('a port that does not speak it: the reason is a line of plain words', async () => {
    const port = await listen(createServer((socket) => socket.write(GREETING)))
    const error = await refusal(client(port, { tls: true, reconnect: {} }))
    expect(error?.message).toMatch(PLAIN)
    expect(error?.message).toContain('wrong version number; the port may not speak TLS')
  })

  it('a connection that breaks before the greeting, without an alert, is tried again', async () => {
    const port = await listen(
      createTLS({ key: pem('server.key'), cert: pem('server.pem') }, (socket) => socket.destroy()) as unknown as Server,
    )
    const error = await refusal(client(port, { tls: { rejectUnauthorized: false } }))
    expect(error).not.toMatchObject({ retryable: false })
  })

  it('options that cannot be used are final', async () => {
    const error = await refusal(client(1, { tls: { key: 'nonsense', cert: 'nonsense' }, reconnect: {} }))
    expect(error).toMatchObject({
      name: 'ConnectionError',
      retryable: false,
      message: 'No connection to 127.0.0.1:1 by TLS: wrong options of tls: no start line',
    })
  })

  it.each([
    ['localhost', {}, 'localhost'],
    ['localhost', { servername: 'pbx.test' }, 'pbx.test'],
    ['127.0.0.1', {}, undefined],
    ['127.0.0.1', { servername: 'pbx.test' }, 'pbx.test'],
  ])('to %s with %o it asks for the certificate of %s', async (host, tls, name) => {
    const asked = new Promise<string | false>((resolve) => {
      const server = createTLS({ key: pem('server.key'), cert: pem('server.pem') }, (socket) =>
        resolve(socket.servername ?? false),
      )
      server.listen(0, '127.0.0.1', () => {
        const { port } = server.address() as AddressInfo
        client(port, { host, tls: { ...tls, rejectUnauthorized: false } })
          .login()
          .catch(() => undefined)
      })
      cleanUp.push(() => new Promise((closed) => server.close(closed)))
    })
    expect(await asked).toBe(name ?? false)
  })
})

describe('a server that sends nonsense after the login', () => {
  function* repeat(start: string, text: string, times: number, end: string) {
    yield start
    const batch = Math.ceil(65_536 / text.length)
    for (let sent = 0; sent < times; sent += batch) yield text.repeat(Math.min(batch, times - sent))
    yield end
  }

  it.each([
    ['200,000 headers', () => repeat('Event: X\r\n', 'a: b\r\n', 200_000, '\r\n'), /more than 1048576 bytes/],
    ['10,001 headers', () => repeat('Event: X\r\n', 'a: b\r\n', 10_001, '\r\n'), /more than 10000 headers/],
    ['a value of 100 MB', () => repeat('Event: X\r\nValue: ', 'x', 100_000_000, '\r\n\r\n'), /more than 1048576 bytes/],
    [
      'a line of 600 kB',
      () => repeat('Event: X\r\nValue: ', 'x', 600_000, '\r\n\r\n'),
      /more than 524288 bytes in a line \(limits\.maxLineBytes\)/,
    ],
    ['a message without end', () => repeat('', 'Event: X\r\n', 300_000, ''), /more than 1048576 bytes/],
  ])('fault: %s: ProtocolError that names the server and the limit; the rest is not read', async (_, bytes, message) => {
    let sent = 0
    const port = await listen(
      loggingIn((socket) => {
        const source = Readable.from(bytes())
        source.on('data', (chunk: string) => {
          sent += chunk.length
        })
        source.pipe(socket)
        socket.on('close', () => source.destroy())
      }),
    )
    const loss = await lossOf(client(port))
    expect(loss).toBeInstanceOf(ProtocolError)
    expect(loss.message).toMatch(message)
    expect(loss.message).toContain(`127.0.0.1:${port}`)
    expect(sent).toBeLessThan(30_000_000)
  })

  it('fault: 3 MB without an end: bounded memory, reconnect', async () => {
    let connections = 0
    const port = await listen(
      loggingIn((socket) => {
        connections += 1
        if (connections === 1) socket.write('x'.repeat(3_000_000))
        else socket.write('Response: Success\r\n\r\n')
      }),
    )
    const ami = client(port, { reconnect: { initialDelayMs: 1, maxDelayMs: 1 } })
    const statuses = ami.statusChanges()
    await ami.login()
    ami.sendAction('Ping').catch(() => undefined)
    let online = 0
    for await (const status of statuses) if (status.state === 'online' && ++online === 2) break
    expect(ami.status.state).toBe('online')
  })

  it('fault: FIN inside a message: the half is never delivered', async () => {
    const port = await listen(loggingIn((socket) => socket.end('Event: Hangup\r\nChannel: PJSIP/half')))
    const ami = client(port)
    const stream = ami.events('Hangup')
    expect(await lossOf(ami)).toMatchObject({ name: 'ConnectionLostError' })
    expect(stream.buffered).toBe(0)
  })

  it('fault: server FIN while the client may write (halfclose): down at once, nothing is written into the dead socket', async () => {
    let written = ''
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.write(GREETING)
      socket.on('data', (data) => {
        written += data.toString('latin1')
        const id = /ActionID: (\S+)/.exec(data.toString('latin1'))?.[1]
        if (written.includes('Action: Login'))
          socket.end(`Response: Success\r\nActionID: ${id}\r\n\r\nEvent: FullyBooted\r\n\r\n`)
        else socket.write(`Response: Success\r\nActionID: ${id}\r\nChallenge: 1\r\n\r\n`)
      })
    })
    const port = await listen(server)
    const ami = client(port, { authType: 'md5' })
    expect(await lossOf(ami)).toMatchObject({ name: 'ConnectionLostError' })
    await expect(ami.sendAction(unlisted('AfterTheEnd'))).rejects.toMatchObject({ name: 'ConnectionError' })
    expect(written).not.toContain('AfterTheEnd')
  })

  it('an ActionID nobody asked for settles nothing and is reported', async () => {
    const port = await listen(loggingIn((socket) => socket.write('Response: Success\r\nActionID: 1\r\nMessage: forged\r\n\r\n')))
    const ami = client(port)
    const warned = new Promise<string>((resolve) => ami.on('warning', resolve))
    await ami.login()
    ami.sendAction('Ping').catch(() => undefined)
    expect(await warned).toContain(`127.0.0.1:${port}: a response that no action waits for was ignored: Success, "forged"`)
    expect(ami.status.state).toBe('online')
  })
})
