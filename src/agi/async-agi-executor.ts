import type { ManagerConnection } from '../ami/client/manager-connection.js'
import { type ConnectionStatus, isUsable } from '../ami/client/status.js'
import { ActionError, ClosedError, ConnectionLostError } from '../ami/messages/errors.js'
import type { AMIEvent } from '../ami/messages/event.js'
import { unlisted } from '../ami/messages/typed-names.js'
import type { Clock } from '../core/clock.js'
import { deferred } from '../core/deferred.js'
import { callback, checkOptions, clock, encoding, flag, milliseconds, type OptionsShape } from '../core/options.js'
import { printable } from '../core/printable.js'
import { systemRandomBytes } from '../core/random-bytes.js'
import { systemClock } from '../core/system-clock.js'
import { type TextCodec, textCodec } from '../core/text-codec.js'
import { type AGIEvents, AGIListeners } from './agi-events.js'
import { AsyncAGIChannels } from './async-agi-channels.js'
import { type Claim, UNCLAIMED } from './async-agi-claim.js'
import { AsyncAGIConnection, type ConnectionHost } from './async-agi-connection.js'
import { listedChannel } from './async-agi-listing.js'
import { isGone } from './async-agi-refusal.js'
import { AsyncAGIRivals, claimOn, type RivalChannel } from './async-agi-rivals.js'
import { type AGIEnvironment, environmentOf } from './environment.js'
import { type ReadEnvironment, readEnvironment } from './environment-reader.js'
import { AGIHangupError, AGIProtocolError, AGISessionEndedError } from './errors.js'
import { percentDecode } from './percent-encoding.js'
import { AGIRouter, type AGIScript } from './router.js'
import { ScriptRun } from './script-run.js'
import type { AGISession } from './session.js'

export interface AsyncAGIOptions {
  /** Whether channels are answered too that waited before this executor was there, or while the connection was down. @default true */
  readonly adopt?: boolean | undefined
  /** Whether this executor answers a channel; the others are left to other processes. Where it throws, no. @default all are answered */
  readonly accept?: ((env: AGIEnvironment) => boolean) | undefined
  /**
   * How long a channel stays this process's when nothing is heard of it any more; then another process with an executor may run its script from the
   * beginning. It is renewed while a script runs. At least 1,000. @default 15_000
   */
  readonly leaseMs?: number | undefined
  /** @default 'utf-8' */
  readonly encoding?: string | undefined
  /** Time, for tests. @default the runtime's */
  readonly clock?: Clock | undefined
}

const CLOSE_SHAPE = { timeoutMs: milliseconds(0) }
const SHAPE: OptionsShape<AsyncAGIOptions> = { adopt: flag, accept: callback, leaseMs: milliseconds(1_000), encoding, clock }

interface Fields {
  get(name: string): string | undefined
}

const NOTHING = new Uint8Array(0)
/** The longest answer to a claim is shorter, percent signs and all. */
const MOST_OF_A_CLAIM = 100
const NO_CLAIMS =
  'Asterisk has no functions SET and IF (func_logic.so), by which executors agree on who answers a channel: every executor runs its script on it'

/** What no other process calls itself. */
function newOwner(): string {
  const bytes = new Uint8Array(8)
  systemRandomBytes(bytes)
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

const LIMITS = { maxEnvironmentBytes: 65_536, maxEnvironmentVariables: 1_000 }
const EVENTS = ['AsyncAGI', 'AsyncAGIStart', 'AsyncAGIExec', 'AsyncAGIEnd', 'HangupRequest', 'Hangup', 'Rename'] as const

/** The channels of each client, whichever executor has them: no two scripts may command one. */
const CHANNELS = new WeakMap<ManagerConnection, AsyncAGIChannels>()

/**
 * Answers the channels that the dialplan sends to `AGI(agi:async)`, all over one manager connection. The account needs `agi` and `call` for reading and
 * writing: `call` to be told of hangups early, and to keep a channel while a command runs.
 *
 * Any number of processes may do so on one server: each call is answered by one of them, and by another one if that is gone.
 *
 * With an AGIRouter, the first argument is the path: `AGI(agi:async,queue/sales?lang=en)`.
 */
export class AsyncAGIExecutor implements Disposable, AsyncDisposable {
  readonly #ami: ManagerConnection
  readonly #router: AGIRouter
  readonly #adopt: boolean
  readonly #accept: (env: AGIEnvironment) => boolean
  readonly #host: ConnectionHost
  readonly #rivals: AsyncAGIRivals
  readonly #codec: TextCodec
  readonly #clock: Clock
  readonly #listeners: AGIListeners
  readonly #channels: AsyncAGIChannels
  readonly #connections = new Set<AsyncAGIConnection>()
  readonly #runs = new Map<AsyncAGIConnection, ScriptRun>()
  /** Of runs whose channels have left AsyncAGI: until it is known whether they were taken elsewhere. */
  readonly #asked = new Map<ScriptRun, Promise<void>>()
  #subscriptions: (() => void)[] = []
  #isConnected = false
  readonly #told = new Set<string>()
  #closed: Promise<void> | undefined
  #idle: () => void = () => undefined

  /** Begins at once; see `unbind()`. @throws TypeError or RangeError that names a wrong option and quotes its value. */
  constructor(ami: ManagerConnection, script: AGIScript | AGIRouter, options: AsyncAGIOptions = {}) {
    checkOptions(options, SHAPE)
    const { adopt = true, accept = () => true, leaseMs = 15_000, encoding = 'utf-8', clock = systemClock } = options
    this.#ami = ami
    this.#listeners = new AGIListeners((error) => ami.report(error))
    this.#router = script instanceof AGIRouter ? script : new AGIRouter().routeDefault(script)
    this.#adopt = adopt
    this.#accept = accept
    this.#host = {
      clock,
      owner: newOwner(),
      leaseMs,
      taken: (connection, claim) => this.#taken(connection, claim),
      renewalRefused: (error) => this.#refused(error),
    }
    this.#rivals = new AsyncAGIRivals(
      ami,
      clock,
      (rival, claim) => this.#freed(rival, claim),
      (error) => this.#refused(error),
    )
    this.#codec = textCodec(encoding)
    this.#clock = clock
    this.#channels = CHANNELS.get(ami) ?? new AsyncAGIChannels()
    CHANNELS.set(ami, this.#channels)
    this.bind()
  }

  /** The sessions whose scripts run. */
  get sessions(): readonly AGISession[] {
    return [...this.#runs.values()].map(({ session }) => session)
  }

  /**
   * Calls `listener` at each of these events, until the returned function is called.
   *
   * @throws TypeError for a name that there is not, and for a listener that is no function.
   */
  on<Name extends keyof AGIEvents>(name: Name, listener: AGIEvents[Name]): () => void {
    return this.#listeners.on(name, listener)
  }

  /** Answers channels from now on. Idempotent. @throws AGISessionEndedError after `close()`. */
  bind(): void {
    if (this.#closed !== undefined) throw new AGISessionEndedError('the executor is closed; make a new one')
    if (this.#subscriptions.length > 0) return
    const events = EVENTS.map((name) => this.#ami.onEvent(unlisted(name), (event) => this.#eventReceived(event)))
    this.#subscriptions = [...events, this.#ami.on('status', (status) => this.#statusChanged(status))]
    this.#statusChanged(this.#ami.status)
  }

  /** Answers no more channels. The scripts that run are told that their sessions are over; their channels stay in AsyncAGI. Idempotent. */
  unbind(): void {
    for (const stop of this.#subscriptions.splice(0)) stop()
    const reason = new AGISessionEndedError('the executor was unbound')
    if (this.#isConnected) for (const connection of this.#connections) connection.release(reason.message)
    this.#isConnected = false
    this.#endAll(reason)
  }

  [Symbol.dispose](): void {
    this.unbind()
  }

  /**
   * Answers no more channels, waits until the scripts that run are over, and unbinds. After `timeoutMs`, the callers of those that still run are hung
   * up. Idempotent. To leave them to another process instead: `unbind()`.
   *
   * @param options `timeoutMs`, default: Infinity
   * @throws TypeError or RangeError for a wrong option.
   */
  close(options: { readonly timeoutMs?: number | undefined } = {}): Promise<void> {
    checkOptions(options, CLOSE_SHAPE)
    this.#closed ??= this.#close(options.timeoutMs ?? Number.POSITIVE_INFINITY)
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(timeoutMs: number): Promise<void> {
    const over = deferred<void>()
    this.#idle = over.resolve
    this.#tellIfIdle()
    const stopAll = () => {
      const reason = new AGISessionEndedError('the executor was closed')
      void Promise.all([...this.#runs.values()].map((run) => run.stop(reason))).then(() => over.resolve())
    }
    const cancel = timeoutMs === Number.POSITIVE_INFINITY ? () => undefined : this.#clock.after(timeoutMs, stopAll)
    await over.promise
    cancel()
    this.unbind()
  }

  #tellIfIdle(): void {
    if (this.#connections.size === 0 && this.#runs.size === 0) this.#idle()
  }

  #statusChanged(status: ConnectionStatus): void {
    const isConnected = isUsable(status)
    if (isConnected && !this.#isConnected && this.#adopt) void this.#adoptWaiting()
    if (!isConnected && this.#isConnected) this.#endAll(new AGISessionEndedError('the connection to Asterisk was lost'))
    this.#isConnected = isConnected
  }

  #eventReceived(event: AMIEvent): void {
    const fields = event as Fields
    switch (event.name === 'AsyncAGI' ? `AsyncAGI${fields.get('SubEvent')}` : event.name) {
      case 'AsyncAGIStart':
        this.#started(fields)
        break
      case 'AsyncAGIExec':
        this.#executed(fields)
        break
      case 'AsyncAGIEnd':
        this.#asyncAGIEnded(this.#connectionOf(fields))
        this.#forgetRival(fields)
        break
      case 'HangupRequest':
      case 'Hangup':
        this.#hungUp(this.#connectionOf(fields), event.name)
        if (event.name === 'Hangup') this.#forgetRival(fields)
        break
      case 'Rename': {
        const connection = this.#connectionOf(fields)
        const rival = this.#rivals.find(fields)
        if (connection !== undefined) this.#channels.rename(connection, fields.get('Newname') ?? connection.channel)
        if (rival !== undefined) rival.channel = fields.get('Newname') ?? rival.channel
        break
      }
    }
  }

  /** The channel of an event, if it is this executor's. */
  #connectionOf(fields: Fields): AsyncAGIConnection | undefined {
    const connection = this.#channels.find(fields)
    return connection !== undefined && this.#connections.has(connection) ? connection : undefined
  }

  #executed(fields: Fields): void {
    const encoded = fields.get('Result') ?? ''
    this.#connectionOf(fields)?.answered(fields.get('CommandID') ?? '', encoded)
    const rival = this.#rivals.find(fields)
    if (rival !== undefined && encoded.length < MOST_OF_A_CLAIM)
      this.#rivals.freedBy(rival, this.#codec.decode(percentDecode(encoded)))
  }

  #started(fields: Fields): void {
    const bytes = percentDecode(fields.get('Env') ?? '')
    const text = this.#codec.decode(bytes)
    const channel = fields.get('Channel') ?? ''
    // Asterisk before 12 tells it here only.
    const uniqueId = fields.get('Uniqueid') ?? /^agi_uniqueid: (.*)$/m.exec(text)?.[1] ?? ''
    this.#forgetRival(fields)
    const known = text === '' || text.endsWith('\n\n') ? readIfValid(text) : undefined
    if (known !== undefined && !this.#accepts(known.env)) return
    const begun = known === undefined ? bytes : NOTHING
    void this.#claim({ channel, uniqueId }, known, { begun, instead: UNCLAIMED, isEntering: true })
  }

  #accepts(env: AGIEnvironment): boolean {
    try {
      return this.#accept(env)
    } catch (error) {
      this.#listeners.report(error, undefined)
      return false
    }
  }

  /** Claims a channel, and runs its script unless another process has it. */
  async #claim(
    place: { readonly channel: string; readonly uniqueId: string },
    known: ReadEnvironment | undefined,
    { begun, instead, isEntering }: { readonly begun: Uint8Array; readonly instead: string; readonly isEntering: boolean },
  ): Promise<void> {
    const connection = this.#take(place, known?.env)
    if (connection === undefined) return
    try {
      const { environment, rival, isClaimed } = await connection.claim(begun, instead, isEntering)
      if (connection.isOver) return
      if (rival !== undefined) {
        connection.env = (known ?? readIfValid(environment))?.env ?? connection.env
        this.#leave(connection, rival)
        return
      }
      const { env, warning } = known ?? readEnvironment(environment, LIMITS)
      connection.env = env
      if (!isClaimed) this.#warnOnce(NO_CLAIMS)
      if (warning !== undefined) this.#listeners.warn(`${printable(connection.channel)}: ${warning}`)
      if (known !== undefined || this.#accepts(env)) this.#run(connection, env.args[0] ?? '')
      else {
        connection.release('it was not accepted')
        this.#forget(connection)
      }
    } catch (error) {
      if (error instanceof AGIProtocolError) connection.close()
      if (!(error instanceof AGIHangupError) && !isLost(error)) this.#listeners.report(error, undefined)
      this.#forget(connection)
    }
  }

  /** Another process has the channel. */
  #leave(connection: AsyncAGIConnection, rival: Claim): void {
    const { channel, uniqueId, env } = connection
    connection.ended('another executor answers the channel')
    this.#forget(connection)
    if (this.#adopt && this.#closed === undefined) this.#rivals.watch({ channel, uniqueId, env }, rival)
  }

  /** Another process has taken the channel over: this one was not heard of for too long. */
  #taken(connection: AsyncAGIConnection, rival: Claim): void {
    const reason = new AGISessionEndedError(
      'another executor answers the channel now, since this one did not renew its claim in time',
    )
    this.#runs.get(connection)?.lost(reason)
    this.#leave(connection, rival)
  }

  /** Nobody has the channel any more. */
  #freed({ channel, uniqueId, env }: RivalChannel, instead: string): void {
    void this.#claim({ channel, uniqueId }, { env, warning: undefined }, { begun: NOTHING, instead, isEntering: false })
  }

  #forgetRival(fields: Fields): void {
    const rival = this.#rivals.find(fields)
    if (rival !== undefined) this.#rivals.delete(rival)
  }

  #refused(error: Error): void {
    this.#warnOnce(
      `Asterisk refuses to read or renew the claims of this executor (${printable(error.message)}): another executor may run a script once more while a command of this one's runs. Give its account call for writing`,
    )
  }

  #warnOnce(message: string): void {
    if (this.#told.has(message)) return
    this.#told.add(message)
    this.#listeners.warn(message)
  }

  /** Makes a channel this executor's. Undefined when it is closed and, reported, when another one has it. */
  #take(
    { channel, uniqueId }: { readonly channel: string; readonly uniqueId: string },
    env = environmentOf(new Map()),
  ): AsyncAGIConnection | undefined {
    if (this.#closed !== undefined) return undefined
    const before = this.#channels.at(channel, uniqueId)
    if (before !== undefined && !this.#connections.has(before)) {
      const message = `${printable(channel)} is answered by another executor of this client already`
      this.#listeners.report(new AGIProtocolError(message), undefined)
      return undefined
    }
    // It came back, and its end was not heard.
    this.#ended(before)
    const connection = new AsyncAGIConnection(this.#ami, this.#codec, this.#host, { channel, uniqueId, env })
    this.#connections.add(connection)
    this.#channels.add(connection)
    return connection
  }

  #run(connection: AsyncAGIConnection, path: string): void {
    const match = this.#router.match(path)
    if (match === undefined) {
      const message = `No route fits "${printable(path)}", the first argument of ${printable(connection.channel)}`
      this.#listeners.report(new AGIProtocolError(message), undefined)
      connection.close()
      this.#forget(connection)
      return
    }
    connection.open()
    const run = new ScriptRun(connection, { clock: this.#clock, observer: this.#ami.observer }, match)
    this.#runs.set(connection, run)
    if (connection.isHungUp) run.hungUp()
    this.#listeners.tell('session', run.session)
    void run.run().then(async (end) => {
      // A script may be over before it is known why.
      await this.#asked.get(run)
      if (end !== undefined) this.#listeners.report(end.threw, run.session)
      run.session.reportUnawaited((error) => this.#listeners.report(error, run.session))
      this.#runs.delete(connection)
      this.#forget(connection)
      this.#listeners.tell('ended', run.session)
      this.#tellIfIdle()
    })
  }

  #hungUp(connection: AsyncAGIConnection | undefined, name: string): void {
    if (connection === undefined) return
    connection.hungUp()
    this.#runs.get(connection)?.hungUp()
    // AsyncAGIEnd comes before; where it was not heard, this is the end.
    if (name === 'Hangup') this.#ended(connection)
  }

  /** Of a hangup it is told before. */
  #asyncAGIEnded(connection: AsyncAGIConnection | undefined): void {
    const run = connection && this.#runs.get(connection)
    if (connection === undefined || connection.isHungUp || run === undefined) {
      this.#ended(connection)
      return
    }
    // At once: a hangup that is told behind it has not ended the session.
    connection.ended('Asterisk has ended AsyncAGI')
    this.#forget(connection)
    const told = connection.askWhetherTransferred().then((isTransferred) => {
      if (isTransferred) run.transferred()
      else run.lost(undefined)
      this.#asked.delete(run)
    })
    this.#asked.set(run, told)
  }

  #ended(connection: AsyncAGIConnection | undefined): void {
    if (connection === undefined) return
    connection.ended('Asterisk has ended AsyncAGI')
    this.#runs.get(connection)?.lost(undefined)
    this.#forget(connection)
  }

  #endAll(reason: AGISessionEndedError): void {
    this.#rivals.clear()
    for (const connection of [...this.#connections]) {
      connection.ended(reason.message)
      this.#runs.get(connection)?.lost(reason)
      this.#forget(connection)
    }
  }

  #forget(connection: AsyncAGIConnection): void {
    if (!this.#connections.delete(connection)) return
    this.#channels.delete(connection)
    this.#tellIfIdle()
  }

  /** Looks for channels that wait in AsyncAGI for somebody. Of their environment the list tells the most important. */
  async #adoptWaiting(): Promise<void> {
    try {
      const { events } = await this.#ami.sendAction('CoreShowChannels')
      await Promise.all(events.map((item) => this.#adoptOne(item as Fields)))
    } catch (error) {
      if (!(error instanceof ConnectionLostError || error instanceof ClosedError)) this.#listeners.report(error, undefined)
    }
  }

  async #adoptOne(fields: Fields): Promise<void> {
    const found = listedChannel(fields)
    const isKnown = this.#channels.find(fields) !== undefined || this.#rivals.find(fields) !== undefined
    if (found === undefined || isKnown || !this.#accepts(found.env)) return
    const claim = await claimOn(this.#ami, found.channel).catch((error: Error) => {
      if (error instanceof ActionError && !isGone(error)) this.#refused(error)
      return undefined
    })
    if (!this.#isConnected || this.#channels.find(fields) !== undefined) return
    if (claim === undefined || claim.owner === this.#host.owner) this.#freed(found, UNCLAIMED)
    else this.#rivals.watch(found, claim)
  }
}

function isLost(error: unknown): boolean {
  const cause = error instanceof AGISessionEndedError ? error.cause : error
  return cause === undefined || cause instanceof ConnectionLostError || cause instanceof ClosedError
}

/** Undefined for an environment that is not complete, or is none. */
function readIfValid(text: string): ReadEnvironment | undefined {
  try {
    return readEnvironment(text, LIMITS)
  } catch {
    return undefined
  }
}
