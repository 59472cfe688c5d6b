import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { type AddressInfo, createServer, type Server, Socket } from 'node:net'
import { AMIClient, type AMIClientOptions, tcpConnector } from 'obelus-asterisk'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { settle } from '../support/virtual-clock.js'

async function loggedIn(options: Partial<AMIClientOptions>): Promise<AMIClient> {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
  const { port } = await pbx.listen({ tcpKeepAliveMs: Number.POSITIVE_INFINITY })
  const ami = new AMIClient({ port, username: 'admin', secret: 's3cret', ...options })
  onTestFinished(async () => {
    await ami.close()
    await pbx.close()
  })
  await ami.login()
  return ami
}

describe('TCP keepalive', () => {
  it.each([
    [{}, [[true, 30_000]]],
    [{ tcpKeepAliveMs: 5_000 }, [[true, 5_000]]],
    [{ tcpKeepAliveMs: Number.POSITIVE_INFINITY }, []],
  ])('with %o is set by %j', async (options, calls) => {
    const keepAlive = vi.spyOn(Socket.prototype, 'setKeepAlive')
    onTestFinished(() => keepAlive.mockRestore())
    await loggedIn(options)
    expect(keepAlive.mock.calls).toEqual(calls)
  })

  it.each([999, 0, '30s', Number.NaN])('of %o is refused, as the system counts in seconds', (tcpKeepAliveMs) => {
    const message = 'tcpKeepAliveMs must be a number of milliseconds from 1000 up'
    const options = { host: '127.0.0.1', port: 5038, tcpKeepAliveMs: tcpKeepAliveMs as number }
    expect(() => tcpConnector(options)).toThrow(message)
    expect(() => new AMIClient({ ...options, username: 'a', secret: 'b' })).toThrow(message)
  })
})

/** A server that logs everybody in and then reads no more. */
function deaf(): Server {
  return createServer((socket) => {
    onTestFinished(() => void socket.destroy())
    socket.on('error', () => undefined)
    socket.write('Asterisk Call Manager/11.0.0\r\n')
    socket.on('data', (data) => {
      const id = /ActionID: (\S+)/.exec(data.toString('latin1'))?.[1]
      socket.write(`Response: Success\r\nActionID: ${id}\r\n\r\nEvent: FullyBooted\r\n\r\n`)
      socket.pause()
    })
  })
}

it('a peer that does not read keeps no socket: it is gone when close() has resolved', async () => {
  const server = deaf()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  let socket: Socket | undefined
  const made = (message: unknown) => {
    socket = (message as { socket: Socket }).socket
  }
  subscribe('net.client.socket', made)
  onTestFinished(() => void unsubscribe('net.client.socket', made))
  const ami = new AMIClient({ port, username: 'admin', secret: 's3cret', authType: 'plaintext', maxInFlight: 100_000 })
  await ami.login()
  const UserEvent = 'x'.repeat(900)
  const lost = Array.from({ length: 10_000 }, () => ami.sendAction('UserEvent', { UserEvent }).catch(() => undefined))
  await settle()
  expect(socket?.writableLength).toBeGreaterThan(0)
  await ami.close()
  expect(socket?.destroyed).toBe(true)
  await Promise.all(lost)
})
