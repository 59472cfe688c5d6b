import type { Clock } from '../../core/clock.js'
import { MessageFramer } from '../../core/message-framer.js'
import { checkOptions, clock as clockKind, type OptionsShape } from '../../core/options.js'
import { systemClock } from '../../core/system-clock.js'
import type { Connector, Protocol, Transport } from '../../core/transport.js'
import { tcpConnector } from '../../node/tcp.js'
import { FakeStateError } from '../errors.js'
import { linesOf, printRecording, type RecordedItem } from './recording.js'

/** What was said so far. */
export interface Recording {
  /** As text, without secrets. */
  readonly text: string
}

/** A connector that records what its connections carry. */
export interface Recorder extends Connector, Recording {}

/** What `record` needs of a client. */
export interface RecordableClient {
  readonly status: { readonly state: string }
  /** Tells of answers to actions that the client had given up. */
  on?(name: 'lateAnswer', listener: (response: { get(name: string): string | undefined }) => void): () => void
  wrapConnector(wrap: (connector: Connector) => Connector): void
}

export interface RecordOptions {
  /** What the time is. @default the runtime's */
  readonly clock?: Clock | undefined
}

const SHAPE: OptionsShape<RecordOptions> = { clock: clockKind }

/** The output of a command may be this large and more. */
const MAX_MESSAGE_BYTES = 1 << 27

/**
 * Records what a client and a server say to each other: `const recording = record(ami)` before `ami.login()`, and in the end
 * `writeFileSync(file, recording.text)`. `FakeAsterisk.fromRecording(file)` plays it back. What the client had given up when its answer came is
 * not answered there, however fast it is played.
 *
 * @throws FakeStateError when the client is connected already.
 */
export function record(ami: RecordableClient, options?: RecordOptions): Recording
/**
 * The same, before there is a client, so that nobody knows what it gives up: `const recorder = record(5038)`, `new AMIClient({ connect: recorder, … })`.
 *
 * @param target a port of this machine, a host and port, or any connector
 */
export function record(
  target: number | { readonly host: string; readonly port: number } | Connector,
  options?: RecordOptions,
): Recorder
export function record(
  target: RecordableClient | number | { readonly host: string; readonly port: number } | Connector,
  options: RecordOptions = {},
): Recording {
  checkOptions(options, SHAPE)
  const { clock = systemClock } = options
  const recording = new RunningRecording(clock)
  if (typeof target === 'function') return recorder(target, recording)
  if (typeof target === 'number') return recorder(tcpConnector({ host: '127.0.0.1', port: target }), recording)
  if (!('wrapConnector' in target)) return recorder(tcpConnector(target), recording)
  const { state } = target.status
  if (state !== 'idle' && state !== 'waiting' && state !== 'failed')
    throw new FakeStateError(
      `The client is ${state}: what its connection has carried already cannot be recorded. Call record(ami) before login()`,
    )
  target.wrapConnector((connector) => recorder(connector, recording))
  target.on?.('lateAnswer', (response) => recording.late(response.get('ActionID') ?? ''))
  return recording
}

function recorder(connector: Connector, recording: RunningRecording): Recorder {
  const connect: Connector = async (protocol, signal) => {
    const connection = new RecordingConnection(protocol, recording.newConnection())
    connection.inner = await connector(connection, signal)
    return connection
  }
  return Object.defineProperties(connect, { peer: { value: connector.peer }, text: { get: () => recording.text } }) as Recorder
}

type Keep = (direction: RecordedItem['direction'], lines: readonly string[]) => void

/** What was said, connection by connection. */
class RunningRecording implements Recording {
  readonly #clock: Clock
  readonly #began: number
  readonly #items: RecordedItem[] = []
  #connections = 0

  constructor(clock: Clock) {
    this.#clock = clock
    this.#began = clock.now()
  }

  get text(): string {
    return printRecording(this.#items)
  }

  /** What was just said is the answer to an action that the client had given up. */
  late(id: string): void {
    this.#items.push({
      connection: this.#connections,
      direction: '=',
      atMs: this.#clock.now() - this.#began,
      lines: [`late ${id}`],
    })
  }

  newConnection(): Keep {
    let connection = 0
    return (direction, lines) => {
      // An attempt that comes to nothing has no number.
      if (connection === 0) {
        this.#connections += 1
        connection = this.#connections
      }
      if (lines.length > 0) this.#items.push({ connection, direction, atMs: this.#clock.now() - this.#began, lines })
    }
  }
}

class RecordingConnection implements Protocol, Transport {
  readonly #protocol: Protocol
  readonly #keep: Keep
  readonly #incoming: MessageFramer
  readonly #outgoing: MessageFramer
  inner!: Transport
  #greeting: Uint8Array | undefined = new Uint8Array(0)
  #isClosed = false

  constructor(protocol: Protocol, keep: Keep) {
    this.#protocol = protocol
    this.#keep = keep
    const framer = (direction: '<' | '>') => {
      const own: MessageFramer = new MessageFramer({
        message: (bytes, start, end) => {
          keep(direction, linesOf(bytes.subarray(start, end)))
          return true
        },
        unfinished: (_bytes, start, end) => {
          if (end - start > MAX_MESSAGE_BYTES) own.stop()
          return true
        },
      })
      return own
    }
    this.#incoming = framer('<')
    this.#outgoing = framer('>')
  }

  write(data: Uint8Array): void {
    this.#outgoing.push(data)
    this.inner.write(data)
  }

  close(): void {
    this.#isClosed = true
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
    this.#keep('=', [this.#isClosed ? 'closed' : 'lost'])
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
