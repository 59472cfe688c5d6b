import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A TCP proxy before a real server that can misbehave. What is set counts from the next byte on. */
export class FaultProxy {
  readonly #target: { host: string; port: number }
  readonly #server: Server
  readonly #pairs = new Set<{ client: Socket; server: Socket }>()
  /** Connections that were made so far. */
  connections = 0
  /** Bytes the client sent, over all connections. */
  sent = ''
  /** While true, bytes are swallowed in both directions. */
  swallowing = false
  /** While true, a new connection is closed at once. */
  closing = false
  /** While true, a new connection gets no byte. */
  mute = false
  /** What becomes of bytes from the server; undefined keeps them back. */
  fromServer: (bytes: Buffer, client: Socket) => Buffer | undefined = (bytes) => bytes

  private constructor(target: { host: string; port: number }) {
    this.#target = target
    this.#server = createServer((client) => this.#serve(client))
  }

  static async open(target: { host: string; port: number }): Promise<FaultProxy> {
    const proxy = new FaultProxy(target)
    await proxy.listen(0)
    return proxy
  }

  get port(): number {
    return this.#port
  }
  #port = 0

  /** Serves, after a `refuse()` on the same port again. */
  async listen(port = this.#port): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve))
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Cuts every connection and refuses new ones until `listen()`. */
  async refuse(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.reset()
    await closed
  }

  /** Ends every connection by a reset. */
  reset(): void {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy()
      server.destroy()
    }
  }

  /** Ends every connection in order. */
  end(): void {
    for (const { client, server } of this.#pairs) {
      client.end()
      server.destroy()
    }
  }

  /** Sends bytes to every client as if the server had sent them. */
  inject(text: string): void {
    for (const { client } of this.#pairs) client.write(text)
  }

  async close(): Promise<void> {
    this.reset()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #serve(client: Socket): void {
    this.connections += 1
    client.setNoDelay(true)
    client.on('error', () => undefined)
    if (this.closing) {
      client.end()
      return
    }
    const server = connect(this.#target)
    server.setNoDelay(true)
    server.on('error', () => undefined)
    const pair = { client, server }
    this.#pairs.add(pair)
    client.on('data', (bytes) => {
      this.sent += bytes.toString('latin1')
      if (!this.swallowing) server.write(bytes)
    })
    server.on('data', (bytes) => {
      if (this.swallowing || this.mute) return
      const passed = this.fromServer(bytes, client)
      if (passed !== undefined) client.write(passed)
    })
    client.on('close', () => {
      this.#pairs.delete(pair)
      server.destroy()
    })
    server.on('close', () => {
      if (!this.swallowing) client.end()
    })
  }
}
