/// <reference types="node" preserve="true" />
import { connect as connectTCP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTLS, type TLSSocket } from 'node:tls'
import { ConnectionError, ConnectionLostError } from '../ami/messages/errors.js'
import type { Connector, Transport } from '../core/transport.js'

export interface TCPOptions {
  readonly host: string
  readonly port: number
  /** `true`, or options of `node:tls` such as `ca`, `servername`, `cert` and `key`. @default false */
  readonly tls?: boolean | ConnectionOptions | undefined
}

/** Errors of TLS that another attempt does not mend: the certificate is refused, or the peer does not speak TLS. */
const FINAL_TLS_CODES =
  /^(CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_|ERR_TLS_CERT_|HOSTNAME_MISMATCH|INVALID_CA|ERR_SSL_|EPROTO)/

/** Links over TCP, with or without TLS. */
export function tcpConnector(options: TCPOptions): Connector {
  return (protocol, signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted()
      const socket = open(options, (data) => protocol.dataReceived(data))
      let made = false
      let failure: Error | undefined
      const abort = () => socket.destroy()
      signal.addEventListener('abort', abort, { once: true })
      socket.setNoDelay(true)
      socket.once(options.tls ? 'secureConnect' : 'connect', () => {
        made = true
        signal.removeEventListener('abort', abort)
        const transport = new SocketTransport(socket)
        protocol.connectionMade(transport)
        resolve(transport)
      })
      socket.on('error', (error) => {
        failure = error
      })
      // The end is the end: what this side wrote after it would reach nobody.
      socket.on('end', () => socket.destroy())
      socket.on('close', () => {
        signal.removeEventListener('abort', abort)
        if (made) protocol.connectionLost(failure && lostError(options, failure))
        else reject(signal.aborted ? signal.reason : connectError(options, failure))
      })
    })
}

const READ_BYTES = 65_536

/** Data comes as plain arrays: to cut a piece out of a Buffer costs several times as much. */
function open({ host, port, tls }: TCPOptions, received: (data: Uint8Array) => void): Socket | TLSSocket {
  if (!tls) {
    // One buffer for all that comes: a protocol keeps none of it.
    const buffer = new Uint8Array(READ_BYTES)
    const callback = (length: number) => {
      received(buffer.subarray(0, length))
      return true
    }
    return connectTCP({ host, port, onread: { buffer, callback } })
  }
  const socket = connectTLS({ host, port, ...(tls === true ? undefined : tls) })
  return socket.on('data', (data) => received(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)))
}

/** How long a closing link may take to hand over what is written; a stalled peer must not keep it. */
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

function connectError({ host, port, tls }: TCPOptions, failure: Error | undefined): ConnectionError {
  const code = codeOf(failure)
  const retryable = !(tls && FINAL_TLS_CODES.test(code))
  const hint = /ERR_SSL_|EPROTO/.test(code) ? '; the port may not speak TLS' : ''
  const why = failure === undefined ? 'it closed the connection' : failure.message || code
  return new ConnectionError(`No connection to ${host}:${port}${tls ? ' by TLS' : ''}: ${why}${hint}`, {
    cause: failure,
    retryable,
  })
}

function lostError({ host, port }: TCPOptions, failure: Error): ConnectionLostError {
  return new ConnectionLostError(`The connection to ${host}:${port} was lost: ${failure.message}`, {
    sent: 'maybe',
    cause: failure,
  })
}

function codeOf(error: Error | undefined): string {
  return error !== undefined && 'code' in error ? String(error.code) : ''
}
