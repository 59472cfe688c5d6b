import { MessageLines } from '../../core/message-lines.js'
import type { TextCodec } from '../../core/text-codec.js'
import type { Protocol, Transport } from '../../core/transport.js'
import { SecretAnswers } from './secret-answers.js'

/** Stands between a protocol and its transport, and tells of each message without its secrets, before it takes effect. */
export class TracedConnection implements Protocol, Transport {
  readonly #protocol: Protocol
  readonly #received: MessageLines
  readonly #sent: MessageLines
  #transport: Transport | undefined

  constructor(protocol: Protocol, codec: TextCodec, tell: (direction: 'sent' | 'received', lines: readonly string[]) => void) {
    const secrets = new SecretAnswers()
    this.#protocol = protocol
    this.#received = new MessageLines(codec, { greets: true }, (lines) => tell('received', secrets.received(lines)))
    this.#sent = new MessageLines(codec, { greets: false }, (lines) => tell('sent', secrets.sent(lines)))
  }

  connectionMade(transport: Transport): void {
    this.#transport = transport
    this.#protocol.connectionMade(this)
  }

  dataReceived(data: Uint8Array): void {
    this.#received.push(data)
    this.#protocol.dataReceived(data)
  }

  connectionLost(error?: Error): void {
    this.#protocol.connectionLost(error)
  }

  write(data: Uint8Array): void {
    this.#sent.push(data)
    this.#transport?.write(data)
  }

  close(): void {
    this.#transport?.close()
  }
}
