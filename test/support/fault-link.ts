import type { Connector, Protocol, Transport } from 'obelus-asterisk'

/** Links that can be made to fail: wraps a connector, and lies between the client and it. */
export class FaultLink {
  /** How many times a link was asked for. */
  attempts = 0
  /** What the client wrote, over all links. */
  written = ''
  /** While set, no link can be made. */
  refusal: Error | undefined
  /** While true, an attempt to make a link gets no answer. */
  hanging = false
  /** While true, bytes are lost in both directions. */
  stalled = false
  /** While true, a write breaks the link. */
  breakOnWrite = false
  #current: Link | undefined

  /** The connector to give to the client. */
  wrap(connector: Connector): Connector {
    return async (protocol, signal) => {
      this.attempts += 1
      if (this.hanging) return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      if (this.refusal !== undefined) throw this.refusal
      const link = new Link(this, protocol)
      this.#current = link
      link.inner = await connector(link, signal)
      return link
    }
  }

  /** The link breaks: the client is told so. */
  break(error?: Error): void {
    this.#current?.lose(error)
  }

  /** Bytes reach the client as if the server had sent them. */
  inject(text: string): void {
    this.#current?.protocol.dataReceived(new TextEncoder().encode(text))
  }

  /** How often this text was written. */
  count(text: string): number {
    return this.written.split(text).length - 1
  }
}

class Link implements Protocol, Transport {
  readonly protocol: Protocol
  readonly #faults: FaultLink
  inner!: Transport
  #lost = false

  constructor(faults: FaultLink, protocol: Protocol) {
    this.#faults = faults
    this.protocol = protocol
  }

  write(data: Uint8Array): void {
    this.#faults.written += new TextDecoder().decode(data)
    if (this.#faults.breakOnWrite) {
      this.lose()
      return
    }
    if (!this.#faults.stalled) this.inner.write(data)
  }

  close(): void {
    this.inner.close()
    queueMicrotask(() => this.lose())
  }

  connectionMade(transport: Transport): void {
    this.inner = transport
    this.protocol.connectionMade(this)
  }

  dataReceived(data: Uint8Array): void {
    if (!this.#faults.stalled && !this.#lost) this.protocol.dataReceived(data)
  }

  connectionLost(error?: Error): void {
    if (!this.#faults.stalled) this.lose(error)
  }

  lose(error?: Error): void {
    if (this.#lost) return
    this.#lost = true
    this.inner.close()
    this.protocol.connectionLost(error)
  }
}
