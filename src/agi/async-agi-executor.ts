import type { ManagerConnection } from '../ami/client/manager-connection.js'
import { type ConnectionStatus, isUsable } from '../ami/client/status.js'
import { ClosedError, ConnectionLostError } from '../ami/messages/errors.js'
import type { AMIEvent } from '../ami/messages/event.js'
import { unlisted } from '../ami/messages/typed-names.js'
import type { Clock } from '../core/clock.js'
import { deferred } from '../core/deferred.js'
import { checkOptions, clock, encoding, flag, milliseconds, type OptionsShape } from '../core/options.js'
import { printable } from '../core/printable.js'
import { systemClock } from '../core/system-clock.js'
import { type TextCodec, textCodec } from '../core/text-codec.js'
import { type AGIEvents, AGIListeners } from './agi-events.js'
import { AsyncAGIChannels } from './async-agi-channels.js'
import { AsyncAGIConnection } from './async-agi-connection.js'
import { type AGIEnvironment, environmentOf } from './environment.js'
import { readEnvironment } from './environment-reader.js'
import { AGIProtocolError, AGISessionEndedError } from './errors.js'
import { percentDecode } from './percent-encoding.js'
import { AGIRouter, type AGIScript } from './router.js'
import { ScriptRun } from './script-run.js'
import type { AGISession } from './session.js'

export interface AsyncAGIOptions {
  /** Whether channels are answered too that waited before this executor was there, or while the connection was down. @default true */
  readonly adopt?: boolean | undefined
  /** @default 'utf-8' */
  readonly encoding?: string | undefined
  /** Time, for tests. @default the runtime's */
  readonly clock?: Clock | undefined
}

const CLOSE_SHAPE = { timeoutMs: milliseconds(0) }
const SHAPE: OptionsShape<AsyncAGIOptions> = { adopt: flag, encoding, clock }

interface Fields {
  get(name: string): string | undefined
}

const LIMITS = { maxEnvironmentBytes: 65_536, maxEnvironmentVariables: 1_000 }
const EVENTS = ['AsyncAGI', 'AsyncAGIStart', 'AsyncAGIExec', 'AsyncAGIEnd', 'HangupRequest', 'Hangup', 'Rename'] as const

/** The channels of each client, whichever executor has them: no two scripts may command one. */
const CHANNELS = new WeakMap<ManagerConnection, AsyncAGIChannels>()

/**
 * Answers the channels that the dialplan sends to `AGI(agi:async)`, all over one manager connection. The account needs `agi` for reading and
 * writing, and `call` for reading to be told of hangups early.
 *
 * With an AGIRouter, the first argument is the path: `AGI(agi:async,queue/sales?lang=en)`.
 */
export class AsyncAGIExecutor implements Disposable, AsyncDisposable {
  readonly #ami: ManagerConnection
  readonly #router: AGIRouter
  readonly #adopt: boolean
  readonly #codec: TextCodec
  readonly #clock: Clock
  readonly #listeners: AGIListeners
  readonly #channels: AsyncAGIChannels
  readonly #connections = new Set<AsyncAGIConnection>()
  readonly #runs = new Map<AsyncAGIConnection, ScriptRun>()
  #subscriptions: (() => void)[] = []
  #isConnected = false
  #closed: Promise<void> | undefined
  #idle: () => void = () => undefined

  /** Begins at once; see `unbind()`. @throws TypeError or RangeError that names a wrong option and quotes its value. */
  constructor(ami: ManagerConnection, script: AGIScript | AGIRouter, options: AsyncAGIOptions = {}) {
    checkOptions(options, SHAPE)
    const { adopt = true, encoding = 'utf-8', clock = systemClock } = options
    this.#ami = ami
    this.#listeners = new AGIListeners((error) => ami.report(error))
    this.#router = script instanceof AGIRouter ? script : new AGIRouter().routeDefault(script)
    this.#adopt = adopt
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
    this.#isConnected = false
    this.#endAll(new AGISessionEndedError('the executor was unbound'))
  }

  [Symbol.dispose](): void {
    this.unbind()
  }

  /**
   * Answers no more channels, waits until the scripts that run are over, and unbinds. After `timeoutMs`, those that still run are told that their
   * sessions are over; their channels stay in AsyncAGI. Idempotent.
   *
   * @param timeoutMs default: Infinity
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
    const cancel = timeoutMs === Number.POSITIVE_INFINITY ? () => undefined : this.#clock.after(timeoutMs, over.resolve)
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
        void this.#started(fields)
        break
      case 'AsyncAGIExec':
        this.#connectionOf(fields)?.answered(fields.get('CommandID') ?? '', fields.get('Result') ?? '')
        break
      case 'AsyncAGIEnd':
        this.#ended(this.#connectionOf(fields))
        break
      case 'HangupRequest':
      case 'Hangup':
        this.#hungUp(this.#connectionOf(fields), event.name)
        break
      case 'Rename': {
        const connection = this.#connectionOf(fields)
        if (connection !== undefined) this.#channels.rename(connection, fields.get('Newname') ?? connection.channel)
        break
      }
    }
  }

  /** The channel of an event, if it is this executor's. */
  #connectionOf(fields: Fields): AsyncAGIConnection | undefined {
    const connection = this.#channels.find(fields)
    return connection !== undefined && this.#connections.has(connection) ? connection : undefined
  }

  async #started(fields: Fields): Promise<void> {
    const bytes = percentDecode(fields.get('Env') ?? '')
    const text = this.#codec.decode(bytes)
    // Asterisk before 12 tells it here only.
    const uniqueId = fields.get('Uniqueid') ?? /^agi_uniqueid: (.*)$/m.exec(text)?.[1] ?? ''
    const connection = this.#take(fields, uniqueId)
    if (connection === undefined) return
    try {
      const { env, warning } = readEnvironment(
        text === '' || text.endsWith('\n\n') ? text : await connection.readOn(bytes),
        LIMITS,
      )
      connection.env = env
      if (warning !== undefined) this.#listeners.warn(`${printable(connection.channel)}: ${warning}`)
    } catch (error) {
      if (error instanceof AGIProtocolError) this.#listeners.report(error, undefined)
      connection.close()
    }
    if (!connection.isOver) this.#run(connection, connection.env.args[0] ?? '')
  }

  /** Makes a channel this executor's. Undefined when it is closed and, reported, when another one has it. */
  #take(fields: Fields, uniqueId: string): AsyncAGIConnection | undefined {
    if (this.#closed !== undefined) return undefined
    const channel = fields.get('Channel') ?? ''
    const before = this.#channels.find(fields)
    if (before !== undefined && !this.#connections.has(before)) {
      const message = `${printable(channel)} is answered by another executor of this client already`
      this.#listeners.report(new AGIProtocolError(message), undefined)
      return undefined
    }
    // It came back, and its end was not heard.
    this.#ended(before)
    const connection = new AsyncAGIConnection(this.#ami, this.#codec, { channel, uniqueId, env: environmentOf(new Map()) })
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
    const run = new ScriptRun(connection, { clock: this.#clock, observer: this.#ami.observer }, match)
    this.#runs.set(connection, run)
    if (connection.isHungUp) run.hungUp()
    this.#listeners.tell('session', run.session)
    void run.run().then((end) => {
      if (end !== undefined) this.#listeners.report(end.threw, run.session)
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

  #ended(connection: AsyncAGIConnection | undefined): void {
    if (connection === undefined) return
    connection.ended('Asterisk has ended AsyncAGI')
    this.#runs.get(connection)?.lost(undefined)
    this.#forget(connection)
  }

  #endAll(reason: AGISessionEndedError): void {
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
      for (const item of events) this.#adoptOne(item as Fields)
    } catch (error) {
      if (!(error instanceof ConnectionLostError || error instanceof ClosedError)) this.#listeners.report(error, undefined)
    }
  }

  #adoptOne(fields: Fields): void {
    const data = fields.get('ApplicationData') ?? ''
    const isWaiting = fields.get('Application') === 'AGI' && /^agi:async(,|$)/i.test(data)
    if (!isWaiting || this.#channels.find(fields) !== undefined) return
    const connection = this.#take(fields, fields.get('Uniqueid') ?? '')
    if (connection === undefined) return
    connection.env = listedEnvironment(fields, data.split(',').slice(1))
    this.#run(connection, connection.env.args[0] ?? '')
  }
}

/** The environment of a channel that was found in a list. */
function listedEnvironment(fields: Fields, args: readonly string[]): AGIEnvironment {
  const known = (name: string) => fields.get(name) ?? ''
  const unknown = (value: string) => (value === '' || value === '<unknown>' ? 'unknown' : value)
  const channel = known('Channel')
  return environmentOf(
    new Map([
      ['agi_request', 'async'],
      ['agi_channel', channel],
      ['agi_language', known('Language')],
      ['agi_type', channel.split('/')[0] ?? ''],
      ['agi_uniqueid', known('Uniqueid')],
      ['agi_callerid', unknown(known('CallerIDNum'))],
      ['agi_calleridname', unknown(known('CallerIDName'))],
      ['agi_context', known('Context')],
      ['agi_extension', known('Exten')],
      ['agi_priority', known('Priority')],
      ['agi_accountcode', known('AccountCode')],
      ...args.map((arg, at): [string, string] => [`agi_arg_${at + 1}`, arg]),
    ]),
  )
}
