/// <reference types="node" preserve="true" />
import { connect as connectTCP, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTLS, type TLSSocket } from 'node:tls'
import { onAbort } from '../core/abort.js'
import {
  anObject,
  checkOptions,
  either,
  flag,
  hostName,
  type OptionKind,
  type OptionsShape,
  required,
  wholeNumber,
} from '../core/options.js'
import type { Connector, Transport } from '../core/transport.js'
import { connectionFailed, connectionLost, isTLSRefusal, wrongTLSOptions } from './socket-errors.js'
import { prepareSocket, SOCKET_OPTIONS, type SocketOptions } from './socket-options.js'

export interface TCPOptions extends SocketOptions {
  readonly host: string
  readonly port: number
  /** `true`, or options of `node:tls` such as `ca`, `servername`, `cert` and `key`. @default false */
  readonly tls?: boolean | ConnectionOptions | undefined
}

export const TLS: OptionKind = { ...either(flag, anObject), expected: 'true, false or options of node:tls' }

const SHAPE: OptionsShape<TCPOptions> = {
  ...SOCKET_OPTIONS,
  host: required(hostName),
  port: required(wholeNumber(1, 65_535)),
  tls: TLS,
}

/** Connections over TCP, with or without TLS. @throws TypeError or RangeError that names a wrong option and quotes its value. */
export function tcpConnector(options: TCPOptions): Connector {
  checkOptions(options, SHAPE)
  return socketConnector(options)
}

/** The same, of options that are checked already. */
export function socketConnector(options: TCPOptions): Connector {
  return (protocol, signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted()
      let isConnected = false
      let hasReceived = false
      let failure: Error | undefined
      const socket = open(options, (data) => {
        hasReceived = true
        protocol.dataReceived(data)
      })
      const forgetSignal = onAbort(signal, () => socket.destroy())
      prepareSocket(socket, options)
      socket.once(options.tls ? 'secureConnect' : 'connect', () => {
        isConnected = true
        const transport = new SocketTransport(socket)
        protocol.connectionMade(transport)
        resolve(transport)
      })
      socket.on('error', (error) => {
        failure = error
      })
      // What this side wrote after the peer's end would reach nobody.
      socket.on('end', () => socket.destroy())
      socket.on('close', () => {
        forgetSignal()
        if (!isConnected) reject(signal.aborted ? signal.reason : connectionFailed(options, failure))
        // In TLS 1.3 a server refuses this side's certificate only when this side takes the connection for made.
        else if (!hasReceived && isTLSRefusal(options, failure)) protocol.connectionLost(connectionFailed(options, failure))
        else protocol.connectionLost(failure && connectionLost(options, failure))
      })
    })
}

const READ_BYTES = 65_536

/** Data comes as plain arrays: to cut a piece out of a Buffer costs several times as much. */
function open(options: TCPOptions, received: (data: Uint8Array) => void): Socket | TLSSocket {
  const { host, port, tls } = options
  if (!tls) {
    // One buffer for all that comes: a protocol keeps none of it.
    const buffer = new Uint8Array(READ_BYTES)
    const callback = (length: number) => {
      received(buffer.subarray(0, length))
      return true
    }
    return connectTCP({ host, port, onread: { buffer, callback } })
  }
  const given = tls === true ? {} : tls
  // The name tells a server of several which certificate to show; an address does not.
  const servername = given.servername ?? (isIP(host) === 0 ? host : undefined)
  try {
    const socket = connectTLS({ ...given, servername, host, port })
    return socket.on('data', (data) => received(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)))
  } catch (error) {
    throw wrongTLSOptions(options, error as Error)
  }
}

/** How long a closing connection may take to hand over what is written; a stalled peer must not keep it. */
const LINGER_MS = 500

/** Bytes that are written within one turn of the event loop leave in one call of the system. */
export class SocketTransport implements Transport {
  readonly #socket: Socket
  #pieces: Uint8Array[] = []
  readonly #flush = () => {
    const pieces = this.#pieces
    this.#pieces = []
    const [first] = pieces
    if (first !== undefined && this.#socket.writable) this.#socket.write(pieces.length === 1 ? first : Buffer.concat(pieces))
  }

  constructor(socket: Socket) {
    this.#socket = socket
  }

  get unsentBytes(): number {
    return this.#socket.writableLength
  }

  write(data: Uint8Array): void {
    if (!this.#socket.writable) return
    if (this.#pieces.length === 0) process.nextTick(this.#flush)
    this.#pieces.push(data)
  }

  close(): void {
    if (this.#socket.destroyed) return
    this.#flush()
    if (this.#socket.writableLength === 0) {
      this.#socket.destroy()
      return
    }
    this.#socket.destroySoon()
    setTimeout(() => this.#socket.destroy(), LINGER_MS).unref()
  }
}
