import type { Clock } from '../core/clock.js'
import type { Protocol, Transport } from '../core/transport.js'
import type { AudioSocketConnection } from './audio-socket-connection.js'
import { MediaClosedError, MediaProtocolError } from './errors.js'
import { type Frame, FrameKind, FrameReader, uuidText } from './frames.js'

/** What a socket needs of the server that it belongs to. */
export interface Reception {
  readonly clock: Clock
  readonly identifyTimeoutMs: number
  /** The connection of a UUID, or nothing for one that nobody expects. */
  readonly admit: (uuid: string, transport: Transport) => AudioSocketConnection | undefined
  readonly refuse: (error: Error) => void
  readonly gone: () => void
}

/** One socket: it says which it is first, then it is a connection. */
export class AudioSocketProtocol implements Protocol {
  readonly #reception: Reception
  readonly #address: string
  readonly #frames = new FrameReader()
  #transport: Transport | undefined
  #connection: AudioSocketConnection | undefined
  #cancelTimer = () => {}

  constructor(address: string, reception: Reception) {
    this.#address = address
    this.#reception = reception
  }

  connectionMade(transport: Transport): void {
    const { clock, identifyTimeoutMs } = this.#reception
    this.#transport = transport
    this.#cancelTimer = clock.after(identifyTimeoutMs, () => this.#refuse(`said nothing within ${identifyTimeoutMs} ms`))
  }

  dataReceived(data: Uint8Array): void {
    if (this.#transport === undefined) return
    this.#frames.read(data, (frame) => this.#take(frame))
  }

  connectionLost(error?: Error): void {
    this.#cancelTimer()
    this.#transport = undefined
    const connection = this.#connection
    connection?.end(
      new MediaClosedError(`the connection ${connection.uuid} is over: hung up${error ? ` (${error.message})` : ''}`),
    )
    this.#reception.gone()
  }

  /** Ends the connection, or a socket that has not said yet what it is. */
  close(): void {
    const open = this.#connection ?? this.#transport
    open?.close()
  }

  #take({ kind, payload }: Frame): boolean {
    if (this.#connection !== undefined) return this.#connection.receive(kind, payload)
    const uuid = kind === FrameKind.uuid ? uuidText(payload) : undefined
    if (uuid === undefined)
      return this.#refuse(`began with a frame of kind 0x${kind.toString(16)} and ${payload.length} bytes, not with a UUID`)
    this.#cancelTimer()
    this.#connection = this.#reception.admit(uuid, this.#transport as Transport)
    return this.#connection !== undefined || this.#refuse(`named the UUID ${uuid}, which nobody expects`)
  }

  #refuse(why: string): false {
    const transport = this.#transport
    this.#transport = undefined
    this.#cancelTimer()
    transport?.close()
    this.#reception.refuse(new MediaProtocolError(`A connection from ${this.#address} ${why}: closed`))
    return false
  }
}
