import type { Client, Server } from 'mock-socket'
import type { Protocol, Transport } from '../core/transport.js'
import { requireIfInstalled } from '../node/optional-package.js'
import { Frames } from '../web/frames.js'
import { FakeStateError } from './errors.js'

/** mock-socket is an optional peer: without it everything else works. */
const loadMockSocket = () => requireIfInstalled<typeof import('mock-socket')>('mock-socket')

/** A WebSocket address without a network: while one is open, `WebSocket` of this process is mock-socket's. */
export class WebSocketListener {
  /** How many are open, and what was there before the first. */
  static #open = 0
  static #before: PropertyDescriptor | undefined
  readonly #server: Server
  #isClosed = false

  /** @throws FakeStateError when mock-socket is not installed, or somebody serves this URL already. */
  constructor(url: string, makeProtocol: () => Protocol) {
    const mockSocket = loadMockSocket()
    if (mockSocket === undefined)
      throw new FakeStateError('listenWebSocket needs the package mock-socket: npm install --save-dev mock-socket')
    this.#server = serverAt(mockSocket, url)
    this.#server.on('connection', (socket) => {
      // One that was on its way when it was closed.
      if (this.#isClosed) socket.close()
      else serve(socket, makeProtocol())
    })
    if (WebSocketListener.#open === 0) {
      WebSocketListener.#before = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket')
      Object.defineProperty(globalThis, 'WebSocket', { value: mockSocket.WebSocket, configurable: true, writable: true })
    }
    WebSocketListener.#open += 1
  }

  /** Ends every connection; the last one gives the runtime its own WebSocket back. */
  close(): void {
    this.#isClosed = true
    this.#server.stop()
    WebSocketListener.#open -= 1
    if (WebSocketListener.#open > 0) return
    if (WebSocketListener.#before === undefined) Reflect.deleteProperty(globalThis, 'WebSocket')
    else Object.defineProperty(globalThis, 'WebSocket', WebSocketListener.#before)
  }
}

function serverAt({ Server }: typeof import('mock-socket'), url: string): Server {
  try {
    return new Server(url, { mock: false })
  } catch (error) {
    throw new FakeStateError(`${url} cannot be listened on: ${(error as Error).message}`, { cause: error })
  }
}

function serve(socket: Client, protocol: Protocol): void {
  const frames = new Frames({ dataReceived: (data) => protocol.dataReceived(data), failed: () => socket.close() })
  socket.on('message', (data) => frames.push(data))
  socket.on('close', () => frames.afterwards(() => protocol.connectionLost()))
  protocol.connectionMade(new WebSocketServerTransport(socket))
}

class WebSocketServerTransport implements Transport {
  readonly #socket: Client
  #isClosed = false

  constructor(socket: Client) {
    this.#socket = socket
  }

  write(data: Uint8Array): void {
    // Until its close has come through, mock-socket would still deliver what is sent.
    if (!this.#isClosed) this.#socket.send(new Uint8Array(data).buffer)
  }

  close(): void {
    this.#isClosed = true
    this.#socket.close()
  }
}
