import { systemClock } from '../../ami/system-clock.js'
import type { Clock } from '../../core/clock.js'
import { MessageFramer } from '../../core/message-framer.js'
import type { Connector, Protocol, Transport } from '../../core/transport.js'
import { tcpConnector } from '../../node/tcp.js'
import { linesOf, printRecording, type RecordedItem } from './recording.js'

/** A connector that keeps what its links carry. */
export interface Recorder extends Connector {
  /** The recording so far, without secrets. */
  readonly text: string
}

const MAX_MESSAGE_BYTES = 1 << 24

/**
 * Records what a client and a server say to each other: `const recorder = record(5038)`, `new AMIClient({ connect: recorder, … })`, and in the end
 * `writeFileSync(file, recorder.text)`. `FakeAsterisk.fromRecording(file)` plays it back.
 *
 * @param target a port of this machine, a host and port, or any connector
 */
export function record(
  target: number | { readonly host: string; readonly port: number } | Connector,
  { clock = systemClock }: { readonly clock?: Clock } = {},
): Recorder {
  const connector =
    typeof target === 'function'
      ? target
      : tcpConnector(typeof target === 'number' ? { host: '127.0.0.1', port: target } : target)
  const items: RecordedItem[] = []
  const began = clock.now()
  const keep = (direction: RecordedItem['direction'], lines: readonly string[]) => {
    if (lines.length > 0) items.push({ direction, atMs: clock.now() - began, lines })
  }
  const connect: Connector = async (protocol, signal) => {
    const link = new RecordedLink(protocol, keep)
    link.inner = await connector(link, signal)
    return link
  }
  return Object.defineProperties(connect, { text: { get: () => printRecording(items) } }) as Recorder
}

class RecordedLink implements Protocol, Transport {
  readonly #protocol: Protocol
  readonly #keep: (direction: RecordedItem['direction'], lines: readonly string[]) => void
  readonly #incoming: MessageFramer
  readonly #outgoing: MessageFramer
  inner!: Transport
  #greeting: Uint8Array | undefined = new Uint8Array(0)

  constructor(protocol: Protocol, keep: (direction: RecordedItem['direction'], lines: readonly string[]) => void) {
    this.#protocol = protocol
    this.#keep = keep
    const framer = (direction: '<' | '>') =>
      new MessageFramer(
        MAX_MESSAGE_BYTES,
        (bytes, start, end) => {
          keep(direction, linesOf(bytes.subarray(start, end)))
          return true
        },
        () => undefined,
      )
    this.#incoming = framer('<')
    this.#outgoing = framer('>')
  }

  write(data: Uint8Array): void {
    this.#outgoing.push(data)
    this.inner.write(data)
  }

  close(): void {
    this.inner.close()
  }

  connectionMade(transport: Transport): void {
    this.inner = transport
    this.#keep('=', ['open'])
    this.#protocol.connectionMade(this)
  }

  dataReceived(data: Uint8Array): void {
    if (this.#greeting === undefined) this.#incoming.push(data)
    else this.#greetingReceived(data, this.#greeting)
    this.#protocol.dataReceived(data)
  }

  connectionLost(error?: Error): void {
    this.#keep('=', ['close'])
    this.#protocol.connectionLost(error)
  }

  /** The first line ends by itself; what follows are messages. */
  #greetingReceived(data: Uint8Array, before: Uint8Array): void {
    const all = new Uint8Array(before.length + data.length)
    all.set(before)
    all.set(data, before.length)
    const end = all.indexOf(10) + 1
    if (end === 0) {
      this.#greeting = all
      return
    }
    this.#greeting = undefined
    this.#keep('<', linesOf(all.subarray(0, end)))
    if (end < all.length) this.#incoming.push(all.subarray(end))
  }
}
