import { ConnectionError, ConnectionLostError } from '../ami/messages/errors.js'
import { onAbort } from '../core/abort.js'
import { oneLine, quote } from '../core/checks.js'
import { asError } from '../core/errors.js'
import { callback, checkOptions, either, listOf, type OptionsShape, text } from '../core/options.js'
import type { Connector, Protocol, Transport } from '../core/transport.js'
import { Frames } from './frames.js'

/** What is used of a `WebSocket`: any that keeps to the standard will do. */
export interface WebSocketLike {
  binaryType: string
  readonly readyState: number
  send(data: ArrayBuffer): void
  close(code?: number, reason?: string): void
  addEventListener(type: never, listener: never): void
}

/** The events that are listened to. */
interface SocketEvents {
  open: unknown
  /** Node and the package `ws` say what is wrong; browsers do not. */
  error: { readonly message?: string | undefined }
  message: { readonly data: unknown }
  close: { readonly code?: number | undefined; readonly reason?: string | undefined; readonly isFailure?: boolean | undefined }
}

export interface WebSocketOptions {
  /** Sub-protocols to ask for; websockify wants `binary`. @default none */
  readonly protocols?: string | readonly string[] | undefined
  /** Makes the socket, where the runtime has no `WebSocket` of its own. @default the runtime's */
  readonly WebSocket?: (new (url: string | URL, protocols?: string | string[]) => WebSocketLike) | undefined
}

const SHAPE: OptionsShape<WebSocketOptions> = { protocols: either(text, listOf(text)), WebSocket: callback }

const CONNECTING = 0
const OPEN = 1

/**
 * Connections over WebSocket, to a bridge that speaks TCP to the manager port (Asterisk itself has no AMI over WebSocket). Frames may be binary (Blobs
 * too) or text, and cut the messages anywhere.
 *
 * With a URL each connection has a socket of its own. A socket that is given serves one connection, and no reconnect; give it before it is open, as what came
 * before is lost.
 *
 * Where the runtime has no `WebSocket` (Node 20: use the package `ws`), the login rejects with a ConnectionError.
 *
 * @throws TypeError for an invalid URL, and for a wrong option.
 */
export function webSocketTransport(target: string | URL | WebSocketLike, options: WebSocketOptions = {}): Connector {
  checkOptions(options, SHAPE)
  if (typeof target !== 'string' && !(target instanceof URL)) return once(target)
  const url = String(target)
  const { protocols } = options
  const peer = publicPart(url)
  const connector: Connector = async (protocol, signal) => {
    signal.throwIfAborted()
    // That of this moment: a test may put another in its place.
    const { WebSocket = globalThis.WebSocket as WebSocketOptions['WebSocket'] } = options
    if (WebSocket === undefined)
      throw new ConnectionError('This runtime has no WebSocket; give one: webSocketTransport(url, { WebSocket })', {
        retryable: false,
      })
    const asked = typeof protocols === 'string' ? protocols : protocols && [...protocols]
    let socket: WebSocketLike
    try {
      socket = asked === undefined ? new WebSocket(url) : new WebSocket(url, asked)
    } catch (error) {
      // Some runtimes repeat the URL, with what is secret in it: so the error is no cause either.
      const why = oneLine(asError(error).message.replaceAll(url, peer))
      throw new ConnectionError(`No connection to ${peer}: ${why}`, { retryable: false })
    }
    return connect(socket, peer, protocol, signal)
  }
  return Object.assign(connector, { peer })
}

/** A URL without what may be secret. @throws TypeError when it is not one. */
function publicPart(url: string): string {
  if (!URL.canParse(url) || !/^wss?:/i.test(url))
    throw new TypeError(`a WebSocket URL begins with ws:// or wss://, not ${quote(url)}`)
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname}`
}

function once(socket: WebSocketLike): Connector {
  if (typeof socket?.send !== 'function' || typeof socket.addEventListener !== 'function')
    throw new TypeError(`a WebSocket connection needs a URL or a WebSocket, not ${quote(socket)}`)
  let isUsed = false
  return async (protocol, signal) => {
    if (isUsed)
      throw new ConnectionError('The WebSocket was used already; give a URL, for connections that are made anew', {
        retryable: false,
      })
    isUsed = true
    return connect(socket, 'the WebSocket', protocol, signal)
  }
}

function connect(socket: WebSocketLike, name: string, protocol: Protocol, signal: AbortSignal): Promise<Transport> {
  socket.binaryType = 'arraybuffer'
  return new Promise((resolve, reject) => {
    const transport = new WebSocketTransport(socket)
    let isConnected = false
    const connected = () => {
      isConnected = true
      protocol.connectionMade(transport)
      resolve(transport)
    }
    const ended = (event: SocketEvents['close'] = {}) => {
      if (transport.hasEnded) return
      transport.hasEnded = true
      forgetSignal()
      if (isConnected) protocol.connectionLost(isOrderly(event) ? undefined : lossOf(name, event))
      else reject(signal.aborted ? signal.reason : new ConnectionError(`No connection to ${name}: ${whyClosed(event)}`))
    }
    const end = (event?: SocketEvents['close']) => {
      socket.close()
      ended(event)
    }
    const forgetSignal = onAbort(signal, () => end())
    const frames = new Frames({
      dataReceived: (data) => {
        if (!transport.hasEnded) protocol.dataReceived(data)
      },
      failed: (reason) => end({ reason, isFailure: true }),
    })
    transport.closed = ended
    const listen = <Name extends keyof SocketEvents>(name: Name, listener: (event: SocketEvents[Name]) => void) =>
      socket.addEventListener(name as never, listener as never)
    listen('message', ({ data }) => frames.push(data))
    listen('close', (event) => frames.afterwards(() => ended(event)))
    // Of an open one, the close that follows tells.
    listen('error', ({ message }) => {
      if (socket.readyState !== OPEN) ended({ reason: message || 'it could not be reached', isFailure: true })
    })
    if (socket.readyState === CONNECTING) listen('open', connected)
    else if (socket.readyState === OPEN) connected()
    else ended()
  })
}

/** Why a socket was closed, as messages say it. */
function whyClosed({ code, reason = '' }: SocketEvents['close']): string {
  const said = oneLine(reason)
  return code === undefined ? said || 'it was closed' : `it was closed with code ${code}${said && `: ${said}`}`
}

/** 1000 and 1001 end in order. */
function isOrderly({ code, isFailure }: SocketEvents['close']): boolean {
  return !isFailure && (code === undefined || code === 1000 || code === 1001)
}

function lossOf(name: string, event: SocketEvents['close']): ConnectionLostError {
  return new ConnectionLostError(`The connection to ${name} was lost: ${whyClosed(event)}`, { sent: 'maybe' })
}

class WebSocketTransport implements Transport {
  readonly #socket: WebSocketLike
  hasEnded = false
  closed: () => void = () => undefined

  constructor(socket: WebSocketLike) {
    this.#socket = socket
  }

  write(data: Uint8Array): void {
    if (this.hasEnded || this.#socket.readyState !== OPEN) return
    // A copy: what is sent may be queued, and the array used again. Not all that stand in for a WebSocket take a view.
    this.#socket.send(new Uint8Array(data).buffer)
  }

  close(): void {
    if (this.hasEnded) return
    this.#socket.close(1000)
    // The closing handshake of a stalled peer never ends.
    queueMicrotask(this.closed)
  }
}
