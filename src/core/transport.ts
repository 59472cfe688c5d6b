/**
 * The way out: what a protocol needs to send. An adapter for a new runtime implements these two methods.
 */
export interface Transport {
  /**
   * Sends bytes, in order. Never throws and never blocks; on a connection that has ended the bytes go nowhere. `data` can be a
   * view of a larger buffer: send the view.
   */
  write(data: Uint8Array): void
  /** Ends the connection, also a stalled one. The protocol's `connectionLost` is called afterwards. Idempotent. */
  close(): void
  /** How many bytes wait here to be sent, because the peer takes no more. Left out where it cannot be known. */
  readonly unsentBytes?: number | undefined
}

/**
 * The way in: what an adapter tells a protocol, in the shape of PEP 3156. `connectionMade` comes first and once,
 * then any number of `dataReceived`, then `connectionLost` once.
 */
export interface Protocol {
  connectionMade(transport: Transport): void
  /** `data` belongs to the adapter and may be overwritten after the call: keep a copy, not the array. */
  dataReceived(data: Uint8Array): void
  /** `error` tells why; without one the peer or this side ended the connection in order. */
  connectionLost(error?: Error): void
}

/**
 * Connects a protocol: calls its `connectionMade` and resolves with the transport, or rejects. When `signal` aborts, the attempt
 * is given up; a connection that there is already should end at once, without waiting for what is not handed over yet.
 */
export interface Connector {
  (protocol: Protocol, signal: AbortSignal): Promise<Transport>
  /** What messages call the other end; without secrets. @default 'the server' */
  readonly peer?: string | undefined
}
