/** A channel's sound, for as long as the connection that carries it lasts. */
export interface MediaConnection {
  /** What tells it from all others, at Asterisk and here. */
  readonly uuid: string
  /** Aborts when the connection is over. */
  readonly signal: AbortSignal
  /** Ends the connection; the channel goes on. Idempotent. */
  close(): void
}

/** A connection that Asterisk was told to make, or is going to be. */
export interface ExpectedConnection<Connection extends MediaConnection = MediaConnection> {
  readonly uuid: string
  /** Rejects when it does not come in time, when the signal aborts, when it is given up, and when the server closes. Rejections that nobody handles harm nobody. */
  readonly connection: Promise<Connection>
  /** Gives it up: who comes with this UUID later is sent away. Idempotent, and nothing once the connection is there. */
  cancel(): void
}

/** How long a connection is waited for. */
export interface ExpectOptions {
  /** @default 10_000 */
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** What a script or a call needs of a server that takes a channel's sound. */
export interface MediaServer<Connection extends MediaConnection = MediaConnection> {
  /** Makes a UUID that nobody can guess, and waits for the connection that carries it. */
  expect(options?: ExpectOptions): ExpectedConnection<Connection>
  /** Where Asterisk reaches the server, as `host:port`. `host`: this machine as that Asterisk sees it, where nothing else was advertised. */
  addressFor(host: string): string
}
