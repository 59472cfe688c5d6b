import type { Client, Server } from 'mock-socket'
import type { Protocol, Transport } from '../core/transport.js'

/** mock-socket is an optional peer: without it everything else works. */
const mockSocket = await import('mock-socket').then(
  (found) => found,
  () => undefined,
)

const encoder = new TextEncoder()

/** A WebSocket address without a network: while it is open, `new WebSocket(url)` of this process reaches it. */
export class WebSocketListener {
  readonly #server: Server

  /** @throws Error when mock-socket is not installed, or somebody serves this URL already. */
  constructor(url: string, makeProtocol: () => Protocol) {
    if (mockSocket === undefined)
      throw new Error('listenWebSocket needs the package mock-socket: npm install --save-dev mock-socket')
    this.#server = new mockSocket.Server(url)
    this.#server.on('connection', (socket) => serve(socket, makeProtocol()))
  }

  /** Ends every connection, and gives the runtime its own WebSocket back. */
  close(): void {
    this.#server.stop()
  }
}

function serve(socket: Client, protocol: Protocol): void {
  socket.on('message', (data) => protocol.dataReceived(bytesOf(data)))
  socket.on('close', () => protocol.connectionLost())
  protocol.connectionMade(new WebSocketServerLink(socket))
}

function bytesOf(data: unknown): Uint8Array {
  return typeof data === 'string' ? encoder.encode(data) : new Uint8Array(data as ArrayBuffer)
}

class WebSocketServerLink implements Transport {
  readonly #socket: Client

  constructor(socket: Client) {
    this.#socket = socket
  }

  write(data: Uint8Array): void {
    this.#socket.send(data.slice().buffer as ArrayBuffer)
  }

  close(): void {
    this.#socket.close()
  }
}
