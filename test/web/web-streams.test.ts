import { AMIClient, ConnectionError, type DuplexStreams, webStreamsTransport } from 'obelus-asterisk'
import { expect, it, onTestFinished, vi } from 'vitest'
import { settle } from '../support/virtual-clock.js'

/** A connection over streams whose other ends are in the test's hand. */
async function open() {
  const incoming = new TransformStream<Uint8Array, Uint8Array>()
  const outgoing = new TransformStream<Uint8Array, Uint8Array>()
  const told: string[] = []
  const protocol = {
    connectionMade: () => told.push('made'),
    dataReceived: (data: Uint8Array) => told.push(new TextDecoder().decode(data)),
    connectionLost: (error?: Error) => told.push(`lost ${error?.message ?? 'in order'}`),
  }
  let closed = 0
  const streams = {
    readable: incoming.readable,
    writable: outgoing.writable,
    close: () => {
      closed += 1
    },
  }
  const link = await webStreamsTransport(() => streams)(protocol, new AbortController().signal)
  return { link, told, peer: incoming.writable.getWriter(), written: outgoing.readable.getReader(), closed: () => closed }
}

it('reads, writes a copy, and ends in order when the peer does', async () => {
  const { link, told, peer, written, closed } = await open()
  void peer.write(new TextEncoder().encode('hello'))
  const bytes = new TextEncoder().encode('mine')
  link.write(bytes)
  bytes.fill(0)
  expect(new TextDecoder().decode((await written.read()).value)).toBe('mine')
  await peer.close()
  await settle()
  link.write(bytes)
  expect([told, closed()]).toEqual([['made', 'hello', 'lost in order'], 1])
})

it('tells why it was lost', async () => {
  const { told, peer } = await open()
  await peer.abort(new Error('read ECONNRESET'))
  await settle()
  expect(told).toEqual(['made', 'lost The connection was lost: read ECONNRESET'])
})

it('closes once, also a stalled one', async () => {
  const { link, told, closed } = await open()
  link.close()
  link.close()
  await settle()
  expect([told, closed()]).toEqual([['made', 'lost in order'], 1])
})

it('what is written goes out before the end', async () => {
  const { link, told, written, closed } = await open()
  link.write(new TextEncoder().encode('last words'))
  link.close()
  await settle()
  expect([told, closed()]).toEqual([['made', 'lost in order'], 0])
  expect(new TextDecoder().decode((await written.read()).value)).toBe('last words')
  expect((await written.read()).done).toBe(true)
  await settle()
  expect(closed()).toBe(1)
})

it('a peer that takes nothing is not waited for', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const { link, told, closed } = await open()
  link.write(new Uint8Array(1))
  link.close()
  await vi.advanceTimersByTimeAsync(499)
  expect([told, closed()]).toEqual([['made', 'lost in order'], 0])
  await vi.advanceTimersByTimeAsync(1)
  expect(closed()).toBe(1)
})

it('a signal that aborts ends the connection at once, also one that is closing', async () => {
  const abort = new AbortController()
  const open = async () => {
    const outgoing = new TransformStream<Uint8Array, Uint8Array>()
    const told: string[] = []
    const protocol = {
      connectionMade: () => undefined,
      dataReceived: () => undefined,
      connectionLost: (error?: Error) => told.push(`lost ${error?.message ?? 'in order'}`),
    }
    const streams = {
      readable: new TransformStream<Uint8Array, Uint8Array>().readable,
      writable: outgoing.writable,
      close: () => told.push('closed'),
    }
    const link = await webStreamsTransport(() => streams)(protocol, abort.signal)
    link.write(new Uint8Array(1))
    return { link, told }
  }
  const [running, closing] = [await open(), await open()]
  closing.link.close()
  await settle()
  expect([running.told, closing.told]).toEqual([[], ['lost in order']])
  abort.abort()
  await settle()
  expect([running.told, closing.told]).toEqual([
    ['lost in order', 'closed'],
    ['lost in order', 'closed'],
  ])
})

it('streams that somebody else has locked are no connection, and are not asked for again', async () => {
  const readable = new TransformStream<Uint8Array, Uint8Array>().readable
  const { writable } = new TransformStream<Uint8Array, Uint8Array>()
  readable.getReader()
  let opened = 0
  const connect = webStreamsTransport(() => {
    opened += 1
    return { readable, writable }
  })
  await using ami = new AMIClient({ username: 'admin', secret: 's3cret', connect })
  await expect(ami.login()).rejects.toMatchObject({
    name: 'ConnectionError',
    retryable: false,
    message: 'No connection: somebody else has locked the streams',
  })
  expect(opened).toBe(1)
})

it('what was opened and is no streams is no connection; what is given must be streams or a function', async () => {
  const protocol = { connectionMade: () => undefined, dataReceived: () => undefined, connectionLost: () => undefined }
  await expect(webStreamsTransport(() => undefined as never)(protocol, new AbortController().signal)).rejects.toMatchObject({
    retryable: false,
    message: 'No connection: what was opened is not { readable, writable }',
  })
  expect(() => webStreamsTransport('pbx:5038' as never)).toThrow(
    'a connection over streams needs { readable, writable }, or a function that opens them, not "pbx:5038"',
  )
})

it('streams that open after the attempt was given up are closed, unless somebody else has them', async () => {
  const protocol = { connectionMade: () => undefined, dataReceived: () => undefined, connectionLost: () => undefined }
  for (const isLocked of [false, true]) {
    const abort = new AbortController()
    let opened: (streams: DuplexStreams) => void = () => undefined
    const connect = webStreamsTransport(() => new Promise((resolve) => (opened = resolve)))
    const attempt = connect(protocol, abort.signal).catch((error: Error) => error.message)
    await settle()
    abort.abort(new Error('too late'))
    expect(await attempt).toBe('too late')
    let closed = 0
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    if (isLocked) readable.getReader()
    opened({ readable, writable, close: () => (closed += 1) })
    await settle()
    expect(closed).toBe(isLocked ? 0 : 1)
  }
})

it('streams that cannot be opened are no connection; streams that were given serve one connection', async () => {
  const protocol = { connectionMade: () => undefined, dataReceived: () => undefined, connectionLost: () => undefined }
  const { signal } = new AbortController()
  const refused = webStreamsTransport(() => {
    throw new Error('connect ECONNREFUSED')
  })
  await expect(refused(protocol, signal)).rejects.toThrow('No connection: connect ECONNREFUSED')
  await expect(refused(protocol, signal)).rejects.toBeInstanceOf(ConnectionError)
  const given = webStreamsTransport(new TransformStream<Uint8Array, Uint8Array>())
  await given(protocol, signal)
  await expect(given(protocol, signal)).rejects.toMatchObject({ retryable: false })
  await expect(given(protocol, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
})
