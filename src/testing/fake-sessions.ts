import { ConnectionError } from '../ami/messages/errors.js'
import type { ServerHeaders } from '../ami/protocol/server-protocol.js'
import type { Connector } from '../core/transport.js'
import { type ListenOptions, TCPListener } from '../node/tcp-listener.js'
import { FakeStateError } from './errors.js'
import { eventClass } from './event-class.js'
import { type FakeServer, FakeSession } from './fake-session.js'
import { type HeaderPairs, headerPairs } from './handlers.js'
import { memoryConnector } from './memory-connection.js'
import { WebSocketListener } from './web-socket-listener.js'

/** The clients that are connected to a fake, and the ways by which they reach it. */
export class FakeSessions {
  readonly #serve: () => FakeSession
  readonly #sessions = new Set<FakeSession>()
  readonly #listeners: TCPListener[] = []
  readonly #webSockets: WebSocketListener[] = []
  readonly #isNumbered: boolean
  #nextNumber = 0
  #isClosed = false

  constructor(server: FakeServer, isNumbered: boolean, connected: () => void) {
    this.#isNumbered = isNumbered
    this.#serve = () => {
      const session = new FakeSession(server)
      this.#sessions.add(session)
      connected()
      return session
    }
  }

  get connector(): Connector {
    return memoryConnector(() => {
      if (this.#isClosed) throw new ConnectionError('The fake is closed', { retryable: false })
      return this.#serve()
    })
  }

  get loggedIn(): readonly FakeSession[] {
    return [...this.#sessions].filter(({ username }) => username !== undefined)
  }

  /** @throws the system's error when the port cannot be had, Error when the fake is closed. */
  async listen(options: ListenOptions): Promise<{ host: string; port: number }> {
    this.#refuseClosed()
    const listener = await TCPListener.open(this.#serve, options)
    this.#listeners.push(listener)
    if (this.#isClosed) await listener.close()
    this.#refuseClosed()
    return { host: listener.host, port: listener.port }
  }

  /** @throws Error when the package mock-socket is not installed, the URL is served already, or the fake is closed. */
  listenWebSocket(url: string): void {
    this.#refuseClosed()
    this.#webSockets.push(new WebSocketListener(url, this.#serve))
  }

  /** Sends an event to each client that may and wants to see it, of Asterisk's own class unless `Privilege` is among the headers. */
  emit(name: string, headers: ServerHeaders): void {
    const pairs = headerPairs(headers)
    const given = pairs.find(([header]) => header.toLowerCase() === 'privilege')
    const privilege = given === undefined ? `${eventClass(name)},all` : String(given[1])
    const lines = [...this.#number(), ...pairs.filter((pair) => pair !== given)]
    for (const session of this.#sessions) session.notify(name, privilege, lines)
  }

  /** The next number has begun anew, as with Asterisk. */
  restarted(): void {
    this.#nextNumber = 0
  }

  /** What Asterisk adds when it numbers events; it numbers none while nobody is there. */
  #number(): HeaderPairs {
    if (!this.#isNumbered || this.loggedIn.length === 0) return []
    const number = this.#nextNumber
    this.#nextNumber += 1
    return [
      ['SequenceNumber', number],
      ['File', 'manager.c'],
      ['Line', '0'],
      ['Func', 'fake'],
    ]
  }

  /** Each client that plays its part of a recording begins it anew. */
  rewind(): void {
    for (const session of this.#sessions) session.rewind()
  }

  ended(session: FakeSession): void {
    this.#sessions.delete(session)
  }

  disconnectAll(): void {
    for (const session of [...this.#sessions]) session.close()
  }

  /** Ends every connection and closes the ports. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.disconnectAll()
    for (const listener of this.#webSockets.splice(0)) listener.close()
    await Promise.all(this.#listeners.splice(0).map((listener) => listener.close()))
  }

  #refuseClosed(): void {
    if (this.#isClosed) throw new FakeStateError('The fake is closed')
  }
}
