/// <reference types="node" preserve="true" />
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTLSServer, type TlsOptions } from 'node:tls'
import { anObject, checkOptions, hostName, type OptionsShape, wholeNumber } from '../core/options.js'
import type { Protocol } from '../core/transport.js'
import { prepareSocket, SOCKET_OPTIONS, type SocketOptions } from './socket-options.js'
import { SocketTransport } from './tcp.js'

export interface ListenOptions extends SocketOptions {
  /** @default '127.0.0.1' */
  readonly host?: string | undefined
  /** 0: a free one. @default 0 */
  readonly port?: number | undefined
  /** Options of `node:tls`, such as `key` and `cert`: the port then speaks TLS only. */
  readonly tls?: TlsOptions | undefined
}

const SHAPE: OptionsShape<ListenOptions> = {
  ...SOCKET_OPTIONS,
  host: hostName,
  port: wholeNumber(0, 65_535),
  tls: anObject,
}

/** A port that makes a protocol for each connection, by the address it comes from and the one it arrived at; without one, the connection is closed. */
export class TCPListener implements AsyncDisposable {
  readonly host: string
  readonly port: number
  readonly #server: Server
  readonly #sockets: Set<Socket>
  #closed: Promise<unknown> | undefined

  private constructor(server: Server, sockets: Set<Socket>) {
    const { address, port } = server.address() as AddressInfo
    this.host = address
    this.port = port
    this.#server = server
    this.#sockets = sockets
  }

  /** @throws the system's error when the port cannot be had; TypeError or RangeError that names a wrong option. */
  static async open(
    makeProtocol: (address: string, localAddress: string) => Protocol | undefined,
    options: ListenOptions = {},
  ): Promise<TCPListener> {
    checkOptions(options, SHAPE)
    const sockets = new Set<Socket>()
    const serve = (socket: Socket) => {
      const protocol = makeProtocol(socket.remoteAddress ?? '', socket.localAddress ?? '')
      if (protocol === undefined) {
        socket.destroy()
        return
      }
      sockets.add(socket)
      prepareSocket(socket, options)
      serveSocket(socket, protocol)
      socket.once('close', () => sockets.delete(socket))
    }
    const server = options.tls === undefined ? createServer(serve) : createTLSServer(options.tls, serve)
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1')
    await once(server, 'listening')
    return new TCPListener(server, sockets)
  }

  /** Takes no more connections; those that are there go on. */
  stopAccepting(): void {
    if (this.#closed !== undefined) return
    this.#closed = once(this.#server, 'close')
    this.#server.close()
  }

  /** Stops listening and ends every connection. */
  async close(): Promise<void> {
    this.stopAccepting()
    for (const socket of this.#sockets) socket.destroy()
    await this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

function serveSocket(socket: Socket, protocol: Protocol): void {
  let failure: Error | undefined
  socket.on('error', (error) => {
    failure = error
  })
  socket.on('data', (data) => protocol.dataReceived(data))
  socket.on('close', () => protocol.connectionLost(failure))
  protocol.connectionMade(new SocketTransport(socket))
}
