import type { Clock } from '../core/clock.js'
import type { MediaConnection, MediaServer } from '../core/media-server.js'
import type { Observer } from '../core/observer.js'
import { checkOptions } from '../core/options.js'
import { type AudioSocketOptions, audioSocket, type SoundScript } from './audio-socket.js'
import type { CallWatch } from './call-watch.js'
import { INTERRUPTED } from './command-options.js'
import { containMethods, type UnawaitedCommands } from './command-promise.js'
import { CommandSender } from './command-sender.js'
import { AGICommands, type InterruptOptions } from './commands.js'
import { type DialOptions, type DialResult, dial } from './dial.js'
import type { AGIEnvironment } from './environment.js'
import { AGIProtocolError } from './errors.js'
import { type MenuChoices, type MenuOptions, type MenuResult, menu } from './menu.js'
import { type PromptOptions, type PromptResult, prompt } from './prompt.js'
import { type QueueOptions, type QueueOutcome, queue } from './queue.js'
import type { AGISessionConnection } from './session-connection.js'
import type { Traffic, TrafficListener } from './traffic.js'
import { type Prompt, speak } from './utterance.js'
import { ChannelVariables } from './variables.js'

/** The parameters of a route that is not known to the compiler. */
export type AnyParams = Readonly<Record<string, string>>

/** Where a script was called, and how. */
export interface SessionContext {
  readonly clock: Clock
  /** Who watches the program. */
  readonly observer?: Observer | undefined
  /** Aborts when the caller hangs up or the session is over. */
  readonly signal: AbortSignal
  /** The parameters of the URL: `?lang=en`. */
  readonly query?: URLSearchParams | undefined
  /** The parts of the path that the route names: `:id`. */
  readonly params?: AnyParams | undefined
}

/**
 * A call that a script has in hand: every AGI command is a method, one goes to Asterisk at a time. It is over when the script returns, when
 * `end()` is called, or with its connection.
 */
export class AGISession<Params = AnyParams> extends AGICommands {
  static {
    containMethods(AGISession.prototype, (session) => session.#unawaited)
  }

  readonly #connection: AGISessionConnection
  readonly #clock: Clock
  readonly #traffic: Traffic
  readonly #unawaited: UnawaitedCommands
  readonly #context: SessionContext
  /** The parameters of the URL: of `agi://host/hello?lang=en`, `lang` is `en`. */
  readonly query: URLSearchParams
  /** The parts of the path that the route names: of the route `queue/:name`, `name`. */
  readonly params: Params
  /** The channel's variables. */
  readonly variables: ChannelVariables

  private constructor(connection: AGISessionConnection, context: SessionContext) {
    const { clock, observer, query = new URLSearchParams(), params = {} } = context
    const sender = new CommandSender(connection, context, observer?.agiCommand)
    super(sender)
    this.#connection = connection
    this.#clock = clock
    this.#traffic = sender.traffic
    this.#unawaited = sender.unawaited
    this.#context = context
    this.query = query
    this.params = params as Params
    this.variables = new ChannelVariables(this, sender.unawaited)
  }

  /** @internal */
  static on(connection: AGISessionConnection, context: SessionContext): AGISession {
    return new AGISession(connection, context)
  }

  /** @internal The script is over: `report` gets, once, what a command threw that it did not wait for. */
  reportUnawaited(report: (error: unknown) => void): void {
    this.#unawaited.reportTo(report)
  }

  /** Aborts when the caller hangs up or the session is over; its reason is an AGIHangupError or an AGISessionEndedError. */
  get signal(): AbortSignal {
    return this.#context.signal
  }

  /**
   * Where Asterisk's connection comes from: its address, or the one that a proxy tells (`proxyProtocol`). Undefined for AsyncAGI, whose AMI connection
   * knows its server, and for programs, which run beside it.
   */
  get remoteAddress(): string | undefined {
    return this.#connection.remoteAddress
  }

  get env(): AGIEnvironment {
    return this.#connection.env
  }

  /** The arguments that the dialplan gave. */
  get args(): readonly string[] {
    return this.env.args
  }

  /**
   * Whether the caller has hung up, as far as Asterisk has told: in `h` and in hangup handlers it tells by the first AGIDeadChannelError only. Commands
   * that need no caller still work.
   */
  get isHungUp(): boolean {
    return this.#connection.isHungUp
  }

  /**
   * Whether the caller was taken elsewhere, by a Redirect or a transfer, and has not hung up: the script's session is over then. Known over AsyncAGI, and over
   * FastAGI with the option `ami`; else Asterisk says the same as of a hangup. Of a channel that Originate put into AsyncAGI by itself (`Application: 'AGI'`)
   * Asterisk 16 and 22 tell nothing: its session ends with the call.
   */
  get isTransferred(): boolean {
    return this.#connection.isTransferred
  }

  /**
   * The caller's sound, in a program that the dialplan starts by `EAGI(…)`: frames of 320 bytes, 20 ms of signed linear sound of 16 bits and 8 kHz (another
   * format where the channel's variable `EAGI_AUDIO_FORMAT` names one). It ends with the call, or with the session. There is none while an application
   * has the caller (`exec`, `dial`). Nothing is kept for one who reads late: Asterisk drops what does not fit into a pipe, some 4 s. Verified on 16 and 22.
   *
   * @throws AGIProtocolError over FastAGI and AsyncAGI, and where `AGI(…)` started the program: they have no sound.
   */
  get audio(): AsyncIterable<Uint8Array> {
    const { audio } = this.#connection
    if (audio === undefined)
      throw new AGIProtocolError("Asterisk gives the caller's sound only to a program that the dialplan starts by EAGI(…)")
    return audio
  }

  /**
   * Calls `listener` with each command that is sent and what comes of it, as lines without secrets, until the returned function is called; for
   * `trace(session, …)`.
   */
  onTraffic(listener: TrafficListener): () => void {
    return this.#traffic.listen(listener)
  }

  /** Hands the call back to the dialplan. Commands that come later throw AGISessionEndedError. Idempotent. */
  end(): void {
    this.#connection.close()
  }

  /**
   * Calls somebody, and connects the caller with them: `dial('PJSIP/200', { timeoutMs: 20_000 })`; several ring at once. Resolves when that is over, also when
   * nobody answers, and when the caller hung up meanwhile.
   *
   * @throws AGIInvalidCommandError for a channel with a comma; as `exec`, but for the hangup.
   */
  async dial(channels: string | readonly string[], options: DialOptions = {}): Promise<DialResult> {
    return this.#watched((watch) => dial(this, this.#clock, watch, channels, options))
  }

  /**
   * Has the caller wait in a queue: `queue('support', { timeoutMs: 120_000 })`. Resolves when they have left it, also when they hung up.
   *
   * @throws AGIInvalidCommandError for a name with a comma; as `exec`, but for the hangup.
   */
  async queue(name: string, options: QueueOptions = {}): Promise<QueueOutcome> {
    return this.#watched((watch) => queue(this, watch, name, options))
  }

  /**
   * Sends the caller's sound to a server of `obelus-asterisk/media`, and plays what it plays, for as long as `use` takes; the script goes on then.
   * Resolves with what `use` gives, also when the caller hangs up meanwhile: its connection's `signal` tells. From Asterisk 18 on.
   *
   * @throws AGICommandFailure where Asterisk has no AudioSocket, or does not reach the server; MediaTimeoutError when it does not come in time;
   * AGIInvalidCommandError where the server's address is not known; what `use` throws; the signal's reason; as `exec`.
   */
  async audioSocket<Connection extends MediaConnection, T>(
    media: MediaServer<Connection>,
    use: SoundScript<Connection, T>,
    options: AudioSocketOptions = {},
  ): Promise<T> {
    return audioSocket(this, { signal: this.signal, localAddress: this.#connection.localAddress }, media, use, options)
  }

  async #watched<T>(use: (watch: CallWatch | undefined) => Promise<T>): Promise<T> {
    const watch = this.#connection.watch?.(this.#clock)
    return use(watch).finally(() => watch?.stop())
  }

  /** Plays files and says things, one after the other, until a key of `escapeDigits` is pressed. The key, if one was. */
  async say(what: Prompt, options: InterruptOptions = {}): Promise<string | undefined> {
    checkOptions(options, INTERRUPTED)
    return speak(this, what, options)
  }

  /**
   * Plays a prompt, collects digits and asks again when they are not right: `prompt(['you-have', { number: 3 }, 'messages'], { maxDigits: 1 })`. Keys cut
   * through all of it, also through what is played when nothing or something wrong was pressed.
   *
   * @throws as `getData`; what `validate` throws; the signal's reason.
   */
  async prompt(what: Prompt, options: PromptOptions = {}): Promise<PromptResult> {
    return prompt(this, this.#clock, what, options)
  }

  /**
   * Plays a prompt, waits for the keys of one of these choices and does what belongs to it: `{ '1': sales, '20': door, '200-299': (extension) => call(extension) }`.
   * What that gave; undefined when there was none. While what was pressed could begin another choice, it waits for the next key; `#` ends that.
   *
   * @throws TypeError for a choice that is none; what a choice throws; as `streamFile`; the signal's reason.
   */
  async menu<Choices extends MenuChoices>(
    what: Prompt,
    choices: Choices,
    options: MenuOptions = {},
  ): Promise<MenuResult<Choices> | undefined> {
    return menu(this, this.#clock, what, choices, options) as Promise<MenuResult<Choices> | undefined>
  }
}
