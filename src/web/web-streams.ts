import { ConnectionError, ConnectionLostError } from '../ami/messages/errors.js'
import type { Connector, Protocol, Transport } from '../core/transport.js'

/** A way in and a way out, as Deno's `connect` and a Worker's `connect` give them. */
export interface DuplexStreams {
  readonly readable: ReadableStream<Uint8Array>
  readonly writable: WritableStream<Uint8Array>
  /** Ends both, where the runtime has something for it. */
  close?(): unknown
}

/**
 * Links over Web Streams. Streams that are given serve one link, and no reconnect; a function that opens them serves each.
 *
 *     new AMIClient({ connect: webStreamsTransport(() => Deno.connect({ hostname, port: 5038 })), … })
 */
export function webStreamsTransport(target: DuplexStreams | (() => DuplexStreams | Promise<DuplexStreams>)): Connector {
  let isUsed = false
  const open = async () => {
    if (typeof target === 'function') return target()
    if (isUsed)
      throw new ConnectionError('The streams were used already; give a function that opens them anew', { retryable: false })
    isUsed = true
    return target
  }
  return async (protocol, signal) => {
    signal.throwIfAborted()
    const streams = await unlessAborted(open(), signal)
    const link = new StreamLink(streams, protocol)
    protocol.connectionMade(link)
    void link.read()
    return link
  }
}

/** Streams that open after the attempt was given up are closed again. */
function unlessAborted(opening: Promise<DuplexStreams>, signal: AbortSignal): Promise<DuplexStreams> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(signal.reason)
    signal.addEventListener('abort', aborted, { once: true })
    const settled = () => signal.removeEventListener('abort', aborted)
    opening.then(
      (streams) => {
        settled()
        if (signal.aborted) new StreamLink(streams, NOBODY).close()
        else resolve(streams)
      },
      (error) => {
        settled()
        const why = error instanceof Error ? error.message : String(error)
        reject(error instanceof ConnectionError ? error : new ConnectionError(`No connection: ${why}`, { cause: error }))
      },
    )
  })
}

const NOBODY: Protocol = { connectionMade: () => undefined, dataReceived: () => undefined, connectionLost: () => undefined }

/** How long a closing link may take to hand over what is written; a stalled peer must not keep it. */
const LINGER_MS = 500

class StreamLink implements Transport {
  readonly #streams: DuplexStreams
  readonly #protocol: Protocol
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>
  #isOver = false

  constructor(streams: DuplexStreams, protocol: Protocol) {
    this.#streams = streams
    this.#protocol = protocol
    this.#reader = streams.readable.getReader()
    this.#writer = streams.writable.getWriter()
    // A link that is lost is told by the reader.
    this.#writer.closed.catch(() => undefined)
  }

  write(data: Uint8Array): void {
    // A copy: what is written may be queued, and the array used again.
    if (!this.#isOver) this.#writer.write(new Uint8Array(data)).catch((error: unknown) => this.#lost(error))
  }

  close(): void {
    if (this.#isOver) return
    queueMicrotask(() => this.#lost(undefined))
  }

  async read(): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await this.#reader.read()
        if (done || this.#isOver) break
        this.#protocol.dataReceived(value)
      }
      this.#lost(undefined)
    } catch (error) {
      this.#lost(error)
    }
  }

  #lost(error: unknown): void {
    if (this.#isOver) return
    this.#isOver = true
    void this.#end(error === undefined)
    const why = error instanceof Error ? error.message : String(error)
    this.#protocol.connectionLost(
      error === undefined
        ? undefined
        : new ConnectionLostError(`The connection was lost: ${why}`, { sent: 'maybe', cause: error }),
    )
  }

  /** In order: what is written goes out first, where the peer takes it. */
  async #end(isOrderly: boolean): Promise<void> {
    if (isOrderly) {
      let timer: ReturnType<typeof setTimeout> | undefined
      const patience = new Promise((resolve) => {
        timer = setTimeout(resolve, LINGER_MS)
      })
      await Promise.race([this.#writer.close().catch(() => undefined), patience])
      clearTimeout(timer)
    }
    this.#reader.cancel().catch(() => undefined)
    this.#writer.abort().catch(() => undefined)
    try {
      await this.#streams.close?.()
    } catch {
      // Closed already.
    }
  }
}
