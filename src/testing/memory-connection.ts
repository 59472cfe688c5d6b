import { soon } from '../core/microtask.js'
import type { Connector, Protocol, Transport } from '../core/transport.js'

/** One end of a connection in memory: what is written here is received there, in a later microtask, in order. */
class MemoryEnd implements Transport {
  readonly protocol: Protocol
  peer!: MemoryEnd
  open = true

  constructor(protocol: Protocol) {
    this.protocol = protocol
  }

  write(data: Uint8Array): void {
    if (!this.open) return
    const copy = new Uint8Array(data)
    const { peer } = this
    soon(() => {
      if (peer.open) peer.protocol.dataReceived(copy)
    })
  }

  close(): void {
    this.end()
    const { peer } = this
    soon(() => peer.end())
  }

  end(): void {
    if (!this.open) return
    this.open = false
    soon(() => this.protocol.connectionLost())
  }
}

/** Connects to a server in the same process: no port, no network. `serve` makes the server's protocol for each. */
export function memoryConnector(serve: () => Protocol): Connector {
  return async (protocol, signal) => {
    signal.throwIfAborted()
    const client = new MemoryEnd(protocol)
    const server = new MemoryEnd(serve())
    client.peer = server
    server.peer = client
    protocol.connectionMade(client)
    server.protocol.connectionMade(server)
    return client
  }
}
