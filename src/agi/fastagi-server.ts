import type { Clock } from '../core/clock.js'
import { deferred } from '../core/deferred.js'
import type { Observer } from '../core/observer.js'
import {
  amount,
  anObject,
  type Complete,
  checkOptions,
  flag,
  hostName,
  listOf,
  milliseconds,
  type Optional,
  type OptionsShape,
  text,
  wholeNumber,
} from '../core/options.js'
import { printable } from '../core/printable.js'
import type { Protocol, Transport } from '../core/transport.js'
import { type AGIEvents, AGIListeners } from './agi-events.js'
import { hangUpOver, isElsewhere, type ManagerConnection, stopSoundOver } from './async-agi-call-control.js'
import type { QueuedCommand } from './command-queue.js'
import { AGIProtocolError, AGISessionEndedError, AGITimeoutError } from './errors.js'
import { AGI_PROTOCOL_SHAPE, type AGILimits, AGIProtocol, type AGIProtocolOptions } from './protocol.js'
import { ProxyLine } from './proxy-line.js'
import { AGIRouter, type AGIScript, type RouteParams } from './router.js'
import { ScriptRun } from './script-run.js'
import type { AGISession } from './session.js'
import { isControlled, isLeftForLine } from './sound.js'

export interface FastAGIServerOptions {
  /** Where to listen. Whoever reaches this port can have the scripts run: AGI has neither passwords nor TLS. @default '127.0.0.1' */
  readonly host?: string | undefined
  /** 0: a free one. @default 4573 */
  readonly port?: number | undefined
  /** Who may connect: addresses, or networks such as `10.0.0.0/8`. @default everybody who can reach the port */
  readonly allow?: readonly string[] | undefined
  /** How many scripts may run at a time. A call beyond it gets `failure`: AGISTATUS is FAILURE, and the dialplan goes on. @default Infinity */
  readonly maxSessions?: number | undefined
  /** How long a peer may take to send its environment. @default 5_000 */
  readonly environmentTimeoutMs?: number | undefined
  /** How long a script may run; then its caller is hung up. @default Infinity */
  readonly scriptTimeoutMs?: number | undefined
  /**
   * How long a connection may be idle before TCP asks whether Asterisk is still there. One that lost its power is found ten seconds later: the
   * session is over then, as with any lost connection. At least 1,000; Infinity: never. @default 30_000
   */
  readonly tcpKeepAliveMs?: number | undefined
  /**
   * An AMI connection to the same Asterisk: callers are hung up by it at once, also while a command runs that Asterisk does not leave, such as EXEC and
   * RECORD FILE. Its account needs `call` for writing. @default none
   */
  readonly ami?: ManagerConnection | undefined
  /**
   * Whether connections come through a proxy that begins each with a line of the PROXY protocol, version 1 (`send-proxy` of HAProxy): `remoteAddress` is
   * Asterisk's then. `allow` is about the proxy. @default false
   */
  readonly proxyProtocol?: boolean | undefined
  /** @default 'utf-8' */
  readonly encoding?: string | undefined
  readonly limits?: Optional<AGILimits> | undefined
}

const SHAPE: OptionsShape<FastAGIServerOptions> = {
  host: hostName,
  port: wholeNumber(0, 65_535),
  allow: listOf(text),
  maxSessions: amount,
  environmentTimeoutMs: milliseconds(),
  scriptTimeoutMs: milliseconds(),
  tcpKeepAliveMs: milliseconds(1_000),
  ami: anObject,
  proxyProtocol: flag,
  ...AGI_PROTOCOL_SHAPE,
}

/** How a server closes. */
export interface AGICloseOptions {
  /** How long scripts may still run; then their callers are hung up. @default Infinity */
  readonly timeoutMs?: number | undefined
  /** @deprecated The former name of `timeoutMs`. */
  readonly withinMs?: number | undefined
}

const CLOSE_SHAPE: OptionsShape<AGICloseOptions> = { timeoutMs: milliseconds(0), withinMs: milliseconds(0) }

/** A port that is open. */
export interface AGIListener {
  readonly host: string
  readonly port: number
  /** Takes no more connections; those that are there go on. */
  stopAccepting(): void
  /** Ends every connection too. */
  close(): Promise<void>
}

/** What the server needs from its runtime. */
export interface AGIPlatform {
  readonly clock: Clock
  /** Opens a port that makes a protocol for each connection, except for an address that may not connect: those are closed. */
  readonly listen: (
    options: { readonly host: string; readonly port: number; readonly allow: readonly string[]; readonly tcpKeepAliveMs: number },
    serve: (address: string, localAddress: string) => Protocol,
  ) => Promise<AGIListener>
  /** What becomes of an error that nobody listens to. */
  readonly unheardError: (error: Error) => void
  /** Who watches the program, if the runtime has a place for that. */
  readonly observer?: Observer | undefined
}

/** Answers calls that Asterisk sends by `AGI(agi://host/path)`, each with the script of its path. */
export class FastAGIServer implements AsyncDisposable {
  readonly #options: Complete<Omit<FastAGIServerOptions, 'limits' | 'encoding' | 'ami'>>
  readonly #protocolOptions: AGIProtocolOptions
  readonly #ami: ManagerConnection | undefined
  readonly #platform: AGIPlatform
  readonly #router = new AGIRouter()
  readonly #listeners: AGIListeners
  readonly #runs = new Map<Connection, ScriptRun>()
  readonly #connections = new Set<Connection>()
  /** Settled when the last script is over, after `close()`. */
  readonly #idle = deferred<void>()
  #listener: Promise<AGIListener> | undefined
  #closed: Promise<void> | undefined

  /** @throws TypeError or RangeError that names a wrong option. */
  constructor(options: FastAGIServerOptions, platform: AGIPlatform) {
    checkOptions(options, SHAPE)
    const {
      host = '127.0.0.1',
      port = 4573,
      allow = [],
      maxSessions = Number.POSITIVE_INFINITY,
      environmentTimeoutMs = 5_000,
      scriptTimeoutMs = Number.POSITIVE_INFINITY,
      tcpKeepAliveMs = 30_000,
      proxyProtocol = false,
      encoding = 'utf-8',
      limits = {},
    } = options
    this.#options = { host, port, allow, maxSessions, environmentTimeoutMs, scriptTimeoutMs, tcpKeepAliveMs, proxyProtocol }
    this.#protocolOptions = { encoding, limits }
    this.#ami = options.ami
    this.#platform = platform
    this.#listeners = new AGIListeners(platform.unheardError)
  }

  /** The sessions whose scripts run. */
  get sessions(): readonly AGISession[] {
    return [...this.#runs.values()].map(({ session }) => session)
  }

  /** Answers `agi://host/path` with this script: `hello`, `queue/:name`, `shop/*`. @throws TypeError for a path that is none, or is there. */
  route<const Path extends string>(path: Path, script: AGIScript<RouteParams<Path>>): this {
    this.#router.route(path, script)
    return this
  }

  /** Answers what no route fits. Without it, such a call gets `failure`, and an error is reported. */
  routeDefault(script: AGIScript): this {
    this.#router.routeDefault(script)
    return this
  }

  /**
   * Calls `listener` at each of these events, until the returned function is called.
   *
   * @throws TypeError for a name that there is not, and for a listener that is no function.
   */
  on<Name extends keyof AGIEvents>(name: Name, listener: AGIEvents[Name]): () => void {
    return this.#listeners.on(name, listener)
  }

  /** Opens the port; resolves with where it is: `const { port } = await server.listen()`, of a server with `port: 0` the one it got. @throws the system's error when it cannot be had; AGISessionEndedError after `close()`. */
  async listen(): Promise<{ host: string; port: number }> {
    if (this.#closed !== undefined) throw new AGISessionEndedError('the server is closed; make a new one')
    this.#listener ??= this.#platform.listen(this.#options, (...addresses) => this.#connect(...addresses))
    try {
      const { host, port } = await this.#listener
      return { host, port }
    } catch (error) {
      this.#listener = undefined
      throw error
    }
  }

  /**
   * Takes no more calls, waits until the scripts that run are over, and closes the port. After `timeoutMs`, what still runs is hung up. Idempotent:
   * a later call can set a time, or a shorter one.
   *
   * @throws TypeError or RangeError for a wrong option.
   */
  close(options: AGICloseOptions = {}): Promise<void> {
    checkOptions(options, CLOSE_SHAPE)
    const { withinMs = Number.POSITIVE_INFINITY, timeoutMs = withinMs } = options
    this.#closed ??= this.#close()
    if (timeoutMs !== Number.POSITIVE_INFINITY) {
      const cancel = this.#platform.clock.after(timeoutMs, () => this.#stopAll())
      void this.#idle.promise.then(cancel)
    }
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    const listener = await this.#listener?.catch(() => undefined)
    listener?.stopAccepting()
    // Its environment has not come: as if it came now.
    for (const connection of this.#connections) if (!this.#runs.has(connection)) connection.refuse()
    if (this.#runs.size === 0) this.#idle.resolve()
    await this.#idle.promise
    await listener?.close()
  }

  #stopAll(): void {
    for (const [connection, run] of this.#runs)
      void this.#stop(connection, run, new AGISessionEndedError('the server was closed'))
  }

  #connect(address: string, localAddress: string): Protocol {
    const connection = new Connection(
      this.#protocolOptions,
      { address, localAddress, isProxied: this.#options.proxyProtocol, ami: this.#ami },
      {
        started: () => this.#start(connection),
        hungUp: () => this.#runs.get(connection)?.hungUp(),
        transferred: () => this.#runs.get(connection)?.transferred(),
        ended: (error) => this.#ended(connection, error),
        warned: (message) => this.#listeners.warn(message),
        isClosing: () => this.#closed !== undefined,
      },
    )
    this.#connections.add(connection)
    const { environmentTimeoutMs } = this.#options
    connection.stopTimer = this.#platform.clock.after(environmentTimeoutMs, () => {
      this.#listeners.report(new AGITimeoutError(`A peer sent no environment within ${environmentTimeoutMs} ms`), undefined)
      connection.close()
    })
    return connection
  }

  #start(connection: Connection): void {
    connection.stopTimer()
    const { networkScript } = connection.env
    const match = this.#router.match(networkScript)
    if (match === undefined) {
      this.#listeners.report(new AGIProtocolError(`No route fits agi://…/${printable(networkScript)}`), undefined)
      connection.refuse()
      return
    }
    if (this.#closed !== undefined || this.#runs.size >= this.#options.maxSessions) {
      connection.refuse()
      return
    }
    const run = new ScriptRun(connection, this.#platform, match)
    this.#runs.set(connection, run)
    this.#listeners.tell('session', run.session)
    const { scriptTimeoutMs } = this.#options
    if (scriptTimeoutMs !== Number.POSITIVE_INFINITY)
      connection.stopTimer = this.#platform.clock.after(scriptTimeoutMs, () => {
        const error = new AGITimeoutError(`The script of ${printable(networkScript)} was not over within ${scriptTimeoutMs} ms`)
        this.#listeners.report(error, run.session)
        const why = `its script was not over within ${scriptTimeoutMs} ms`
        void this.#stop(connection, run, new AGISessionEndedError(why, '', { cause: error }))
      })
    void this.#run(connection, run)
  }

  async #run(connection: Connection, run: ScriptRun): Promise<void> {
    const end = await run.run()
    if (end !== undefined) this.#listeners.report(end.threw, run.session)
    run.session.reportUnawaited((error) => this.#listeners.report(error, run.session))
    this.#over(connection, run)
  }

  /** Hangs up and lets go of a script, which nobody can stop. */
  async #stop(connection: Connection, run: ScriptRun, reason: AGISessionEndedError): Promise<void> {
    await run.stop(reason)
    this.#over(connection, run)
  }

  #over(connection: Connection, run: ScriptRun): void {
    connection.stopTimer()
    if (!this.#runs.delete(connection)) return
    this.#listeners.tell('ended', run.session)
    if (this.#runs.size === 0 && this.#closed !== undefined) this.#idle.resolve()
  }

  #ended(connection: Connection, error: Error | undefined): void {
    this.#connections.delete(connection)
    const run = this.#runs.get(connection)
    if (run !== undefined) run.lost(error)
    else connection.stopTimer()
    if (error instanceof AGIProtocolError) this.#listeners.report(error, run?.session)
  }
}

const NOTHING = new Uint8Array(0)

/** Whether what comes first is a request of HTTP's. */
function isHTTP(data: Uint8Array): boolean {
  return /^(GET|HEAD) \//.test(String.fromCharCode(...data.subarray(0, 6)))
}

interface ConnectionEvents {
  started(): void
  hungUp(): void
  transferred(): void
  ended(error: Error | undefined): void
  warned(message: string): void
  isClosing(): boolean
}

/** Where a connection comes from. */
interface Origin {
  readonly address: string
  readonly localAddress: string
  /** Whether a proxy says whom it speaks for. */
  readonly isProxied: boolean
  readonly ami: ManagerConnection | undefined
}

/** One connection of Asterisk's. */
class Connection extends AGIProtocol {
  readonly #events: ConnectionEvents
  readonly #ami: ManagerConnection | undefined
  #proxy: ProxyLine | undefined
  #transport: Transport | undefined
  #hasBegun = false
  #isTransferred = false
  readonly localAddress: string
  remoteAddress: string
  stopTimer: () => void = () => undefined

  constructor(options: AGIProtocolOptions, { address, localAddress, isProxied, ami }: Origin, events: ConnectionEvents) {
    super(options)
    this.remoteAddress = address
    this.localAddress = localAddress
    this.#proxy = isProxied ? new ProxyLine() : undefined
    this.#ami = ami
    this.#events = events
  }

  override connectionMade(transport: Transport): void {
    this.#transport = transport
    super.connectionMade(transport)
  }

  override dataReceived(data: Uint8Array): void {
    try {
      const rest = this.#behindProxy(data)
      if (rest.length === 0) return
      const isFirst = !this.#hasBegun
      this.#hasBegun = true
      if (isFirst && isHTTP(rest)) this.#answerHTTP()
      else super.dataReceived(rest)
    } catch (error) {
      if (!(error instanceof AGIProtocolError)) throw error
      this.connectionLost(error)
      this.#transport?.close()
    }
  }

  #behindProxy(data: Uint8Array): Uint8Array {
    if (this.#proxy === undefined) return data
    const peer = this.#proxy.read(data)
    if (peer === undefined) return NOTHING
    this.#proxy = undefined
    this.remoteAddress = peer.address ?? this.remoteAddress
    return peer.rest
  }

  /** A load balancer asks whether somebody is here; nobody is for new calls while the server closes. */
  #answerHTTP(): void {
    const status = this.#events.isClosing() ? '503 Service Unavailable' : '200 OK'
    this.#transport?.write(new TextEncoder().encode(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`))
    this.close()
  }

  override hangUp(): Promise<unknown> {
    const byCommand = () => super.hangUp()
    if (this.#ami === undefined) return byCommand()
    // What the command answers may come before the notice.
    this.noteHangup()
    return hangUpOver(this.#ami, this.env.channel, byCommand)
  }

  protected override stopWritten(written: QueuedCommand): void {
    // Of GET DATA and GET OPTION, AMI stops the sound alone.
    if (this.#ami !== undefined && isControlled(written) && !isLeftForLine(written)) stopSoundOver(this.#ami, this.env.channel)
    else super.stopWritten(written)
  }

  override sessionStarted(): void {
    this.#events.started()
  }

  override get isTransferred(): boolean {
    return this.#isTransferred
  }

  override get isHungUp(): boolean {
    return super.isHungUp && !this.#isTransferred
  }

  /** Asterisk says the same of a caller who was redirected. */
  override hangupReceived(): void {
    if (this.#ami === undefined) this.#events.hungUp()
    else void this.#askWhether(this.#ami)
  }

  async #askWhether(ami: ManagerConnection): Promise<void> {
    this.#isTransferred = await isElsewhere(ami, this.env)
    if (this.#isTransferred) this.#events.transferred()
    else this.#events.hungUp()
  }

  override warningRaised(message: string): void {
    this.#events.warned(message)
  }

  override sessionEnded(error?: Error): void {
    this.#events.ended(error)
  }
}
