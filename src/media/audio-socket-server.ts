/// <reference types="node" preserve="true" />
import { randomUUID } from 'node:crypto'
import type { Clock } from '../core/clock.js'
import { deferred } from '../core/deferred.js'
import { Diagnostics } from '../core/diagnostics.js'
import type { ExpectedConnection, ExpectOptions, MediaServer } from '../core/media-server.js'
import {
  abortSignal,
  clock as aClock,
  amount,
  checkOptions,
  hostName,
  line,
  listOf,
  milliseconds,
  type OptionsShape,
  oneOf,
  text,
  wholeNumber,
} from '../core/options.js'
import { systemClock } from '../core/system-clock.js'
import type { Transport } from '../core/transport.js'
import { waitWithin } from '../core/waiting.js'
import { allowList } from '../node/allow-list.js'
import { TCPListener } from '../node/tcp-listener.js'
import { AudioSocketConnection } from './audio-socket-connection.js'
import { AudioSocketProtocol } from './audio-socket-protocol.js'
import { MediaClosedError, MediaTimeoutError } from './errors.js'

/** How a server of sound is set up. */
export interface AudioSocketServerOptions {
  /** Where to listen. AudioSocket has neither passwords nor TLS: what protects a call is that its UUID cannot be guessed, and `allow`. @default '127.0.0.1' */
  readonly host?: string | undefined
  /** 0: a free one. @default 9092 */
  readonly port?: number | undefined
  /** `host:port` at which Asterisk reaches this server. @default the address that the script's own Asterisk knows this machine by, and the port */
  readonly advertise?: string | undefined
  /** Who may connect: addresses, or networks such as `10.0.0.0/8`. @default everybody who can reach the port */
  readonly allow?: readonly string[] | undefined
  /** How many connections there may be at a time; more are closed at once. @default 200 */
  readonly maxConnections?: number | undefined
  /** How long a connection may take to say which UUID it is of. @default 5_000 */
  readonly identifyTimeoutMs?: number | undefined
  /** Samples a second of what is sent: what Asterisk's `AudioSocket()` takes on every channel is 8,000. @default 8_000 */
  readonly rate?: 8_000 | 16_000 | 24_000 | undefined
  /** For tests. @default the system's */
  readonly clock?: Clock | undefined
}

const SHAPE: OptionsShape<AudioSocketServerOptions> = {
  host: hostName,
  port: wholeNumber(0, 65_535),
  advertise: { expected: 'host:port', accepts: (value) => line.accepts(value) && /^\S+:\d{1,5}$/.test(String(value)) },
  allow: listOf(text),
  maxConnections: amount,
  identifyTimeoutMs: milliseconds(),
  rate: oneOf(8_000, 16_000, 24_000),
  clock: aClock,
}
const EXPECT_SHAPE: OptionsShape<ExpectOptions> = { timeoutMs: milliseconds(), signal: abortSignal }

/** What a server tells. */
export interface MediaEvents {
  /** A connection was refused or given up, or what answers it has failed. */
  error: (error: Error) => void
}

/** What answers a connection whose UUID the dialplan has chosen; the connection is closed when it is over. */
export type SoundHandler = (sound: AudioSocketConnection) => unknown

/** Whether a UUID that nobody here has made is taken. */
export type UUIDCheck = (uuid: string, remoteAddress: string) => boolean

/** Takes the sound of channels that Asterisk sends by `AudioSocket()`, from Asterisk 18 on. Of the release 16, app_audiosocket is no part. */
export class AudioSocketServer implements MediaServer<AudioSocketConnection>, AsyncDisposable {
  readonly #options: AudioSocketServerOptions
  readonly #clock: Clock
  readonly #isAllowed: (address: string) => boolean
  readonly #diagnostics = new Diagnostics<MediaEvents>({ error: true }, (error) => process.emitWarning(error))
  readonly #expected = new Map<string, (connection: AudioSocketConnection) => void>()
  readonly #sockets = new Set<AudioSocketProtocol>()
  readonly #connections = new Map<string, AudioSocketConnection>()
  readonly #closing = new AbortController()
  #listener: Promise<TCPListener> | undefined
  #port: number
  #others: { readonly handler: SoundHandler; readonly accepts: UUIDCheck } | undefined

  /** @throws TypeError or RangeError that names a wrong option. */
  constructor(options: AudioSocketServerOptions = {}) {
    checkOptions(options, SHAPE)
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#port = options.port ?? 9092
    this.#isAllowed = allowList(options.allow ?? [])
  }

  /** Those that are there now. */
  get connections(): readonly AudioSocketConnection[] {
    return [...this.#connections.values()]
  }

  /** Opens the port. @throws the system's error when it cannot be had; MediaClosedError after `close()`. */
  async listen(): Promise<{ readonly host: string; readonly port: number }> {
    if (this.#closing.signal.aborted) throw this.#closing.signal.reason
    const { host = '127.0.0.1', port = 9092 } = this.#options
    this.#listener ??= TCPListener.open((address) => this.#serve(address), { host, port })
    const listener = await this.#listener
    this.#port = listener.port
    return { host: listener.host, port: listener.port }
  }

  on<Name extends keyof MediaEvents>(name: Name, listener: MediaEvents[Name]): () => void {
    return this.#diagnostics.on(name, listener)
  }

  /**
   * Answers connections whose UUID the dialplan has chosen: `AudioSocket(${UUID},host:port)`. Anybody who reaches the port can name a UUID: `accepts`
   * says which are known. Of several handlers the last one counts.
   */
  handle(handler: SoundHandler, { accepts }: { readonly accepts: UUIDCheck }): this {
    if (typeof handler !== 'function' || typeof accepts !== 'function')
      throw new TypeError('handle takes a function, and { accepts }, which says whether a UUID is known')
    this.#others = { handler, accepts }
    return this
  }

  /** @throws TypeError or RangeError that names a wrong option. */
  expect(options: ExpectOptions = {}): ExpectedConnection<AudioSocketConnection> {
    checkOptions(options, EXPECT_SHAPE)
    const { timeoutMs = 10_000, signal } = options
    const uuid = randomUUID()
    const arrival = deferred<AudioSocketConnection>()
    const tooLate = () =>
      new MediaTimeoutError(`Asterisk has not connected for ${uuid} within ${timeoutMs} ms: does it reach this server?`)
    const givenUp = new AbortController()
    const end = AbortSignal.any([this.#closing.signal, givenUp.signal, ...(signal ? [signal] : [])])
    this.#expected.set(uuid, arrival.resolve)
    const connection = waitWithin(arrival.promise, { clock: this.#clock, timeoutMs, signal: end, tooLate }).finally(() =>
      this.#expected.delete(uuid),
    )
    connection.catch(() => undefined)
    const cancel = () => givenUp.abort(new MediaClosedError(`nobody waits for ${uuid} any more`))
    return { uuid, connection, cancel }
  }

  addressFor(host: string): string {
    return this.#options.advertise ?? `${host.includes(':') ? `[${host}]` : host}:${this.#port}`
  }

  /** Takes no more connections and ends those that are there. Whoever waits for one is told. Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort(new MediaClosedError('the server of sound was closed'))
    const listener = await this.#listener?.catch(() => undefined)
    listener?.stopAccepting()
    for (const socket of this.#sockets) socket.close()
    await listener?.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #serve(address: string): AudioSocketProtocol | undefined {
    const { maxConnections = 200, identifyTimeoutMs = 5_000 } = this.#options
    if (!this.#isAllowed(address) || this.#sockets.size >= maxConnections || this.#closing.signal.aborted) return undefined
    const socket = new AudioSocketProtocol(address, {
      clock: this.#clock,
      identifyTimeoutMs,
      admit: (uuid, transport) => this.#admit(uuid, address, transport),
      refuse: (error) => this.#diagnostics.report(error),
      gone: () => this.#sockets.delete(socket),
    })
    this.#sockets.add(socket)
    return socket
  }

  #admit(uuid: string, remoteAddress: string, transport: Transport): AudioSocketConnection | undefined {
    const arrived = this.#expected.get(uuid)
    const others = arrived === undefined && this.#isKnown(uuid, remoteAddress) ? this.#others : undefined
    if ((arrived === undefined && others === undefined) || this.#connections.has(uuid)) return undefined
    this.#expected.delete(uuid)
    const { rate = 8_000 } = this.#options
    const ended = () => this.#connections.delete(uuid)
    const connection = new AudioSocketConnection({ uuid, remoteAddress, transport, clock: this.#clock, rate, ended })
    this.#connections.set(uuid, connection)
    arrived?.(connection)
    if (others !== undefined) void this.#answer(connection, others.handler)
    return connection
  }

  #isKnown(uuid: string, remoteAddress: string): boolean {
    try {
      return this.#others?.accepts(uuid, remoteAddress) === true
    } catch (error) {
      this.#diagnostics.report(error)
      return false
    }
  }

  async #answer(connection: AudioSocketConnection, handler: SoundHandler): Promise<void> {
    try {
      await handler(connection)
    } catch (error) {
      if (!connection.signal.aborted || error !== connection.signal.reason) this.#diagnostics.report(error)
    } finally {
      connection.close()
    }
  }
}
