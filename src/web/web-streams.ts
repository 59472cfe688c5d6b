import { ConnectionError, ConnectionLostError } from '../ami/messages/errors.js'
import { onAbort } from '../core/abort.js'
import { oneLine, quote } from '../core/checks.js'
import { deferred } from '../core/deferred.js'
import { asError } from '../core/errors.js'
import { systemClock } from '../core/system-clock.js'
import type { Connector, Protocol, Transport } from '../core/transport.js'
import { waitWithin } from '../core/waiting.js'

/** A way in and a way out, as Deno's `connect` and a Worker's `connect` give them. */
export interface DuplexStreams {
  readonly readable: ReadableStream<Uint8Array>
  readonly writable: WritableStream<Uint8Array>
  /** Ends both, where the runtime has something for it. */
  close?(): unknown
}

/**
 * Connections over Web Streams. Streams that are given serve one connection, and no reconnect; a function that opens them serves
 * each.
 *
 *     new AMIClient({ connect: webStreamsTransport(() => Deno.connect({ hostname, port: 5038 })), … })
 *
 * Streams that somebody else reads or writes (locked ones) cannot be used, and are not tried again.
 *
 * @throws TypeError for what is neither streams nor a function.
 */
export function webStreamsTransport(target: DuplexStreams | (() => DuplexStreams | Promise<DuplexStreams>)): Connector {
  if (typeof target !== 'function' && !areStreams(target))
    throw new TypeError(
      `a connection over streams needs { readable, writable }, or a function that opens them, not ${quote(target)}`,
    )
  let isUsed = false
  const open = async () => {
    if (typeof target === 'function') return target()
    if (isUsed) throw finalError('the streams were used already; give a function that opens them anew')
    isUsed = true
    return target
  }
  return async (protocol, signal) => {
    signal.throwIfAborted()
    const transport = new StreamTransport(await unlessAborted(open(), signal), protocol)
    transport.forgetSignal = onAbort(signal, () => transport.cut())
    protocol.connectionMade(transport)
    void transport.read()
    return transport
  }
}

function areStreams(value: unknown): value is DuplexStreams {
  const { readable, writable } = (value ?? {}) as Partial<DuplexStreams>
  return typeof readable?.getReader === 'function' && typeof writable?.getWriter === 'function'
}

function finalError(why: string): ConnectionError {
  return new ConnectionError(`No connection: ${why}`, { retryable: false })
}

/** Streams that open after the attempt was given up are closed again. */
function unlessAborted(opening: Promise<DuplexStreams>, signal: AbortSignal): Promise<DuplexStreams> {
  return new Promise((resolve, reject) => {
    const forgetSignal = onAbort(signal, () => reject(signal.reason))
    const opened = (streams: DuplexStreams) => {
      if (!areStreams(streams)) reject(finalError('what was opened is not { readable, writable }'))
      else if (streams.readable.locked || streams.writable.locked) reject(finalError('somebody else has locked the streams'))
      else if (signal.aborted) new StreamTransport(streams, NOBODY).cut()
      else resolve(streams)
    }
    const failed = (error: unknown) => {
      const why = oneLine(asError(error).message)
      reject(error instanceof ConnectionError ? error : new ConnectionError(`No connection: ${why}`, { cause: error }))
    }
    void opening.then(opened, failed).finally(forgetSignal)
  })
}

const NOBODY: Protocol = { connectionMade: () => undefined, dataReceived: () => undefined, connectionLost: () => undefined }

/** How long a closing connection may take to hand over what is written; a stalled peer must not keep it. */
const LINGER_MS = 500

class StreamTransport implements Transport {
  readonly #streams: DuplexStreams
  readonly #protocol: Protocol
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>
  readonly #cutShort = deferred<void>()
  forgetSignal: () => void = () => undefined
  #hasEnded = false

  constructor(streams: DuplexStreams, protocol: Protocol) {
    this.#streams = streams
    this.#protocol = protocol
    this.#reader = streams.readable.getReader()
    this.#writer = streams.writable.getWriter()
    // The reader tells of a connection that is lost.
    this.#writer.closed.catch(() => undefined)
  }

  write(data: Uint8Array): void {
    // A copy: what is written may be queued, and the array used again.
    if (!this.#hasEnded) this.#writer.write(new Uint8Array(data)).catch((error: unknown) => this.#lost(asError(error)))
  }

  close(): void {
    if (this.#hasEnded) return
    queueMicrotask(() => this.#lost(undefined))
  }

  /** Ends at once: what is not handed over goes nowhere. */
  cut(): void {
    this.#cutShort.resolve()
    this.#lost(undefined)
  }

  async read(): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await this.#reader.read()
        if (done || this.#hasEnded) break
        this.#protocol.dataReceived(value)
      }
      this.#lost(undefined)
    } catch (error) {
      this.#lost(asError(error))
    }
  }

  #lost(error: Error | undefined): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    void this.#end(error === undefined)
    this.#protocol.connectionLost(
      error && new ConnectionLostError(`The connection was lost: ${oneLine(error.message)}`, { sent: 'maybe', cause: error }),
    )
  }

  /** In order: what is written goes out first, where the peer takes it. */
  async #end(isOrderly: boolean): Promise<void> {
    if (isOrderly) {
      const written = Promise.race([this.#writer.close(), this.#cutShort.promise])
      const limits = { clock: systemClock, timeoutMs: LINGER_MS, tooLate: () => new Error('the peer takes nothing') }
      await waitWithin(written, limits).catch(() => undefined)
    }
    this.forgetSignal()
    this.#reader.cancel().catch(() => undefined)
    this.#writer.abort().catch(() => undefined)
    try {
      await this.#streams.close?.()
    } catch {
      // Closed already.
    }
  }
}
