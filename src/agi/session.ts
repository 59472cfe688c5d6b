import type { Clock } from '../core/clock.js'
import { amount, callback, checkOptions, milliseconds, type OptionsShape, text, wholeNumber } from '../core/options.js'
import type { CallWatch } from './call-watch.js'
import { INTERRUPTED } from './command-options.js'
import { CommandSender } from './command-sender.js'
import { AGICommands, type InterruptOptions } from './commands.js'
import { type DialOptions, type DialResult, dial } from './dial.js'
import type { AGIEnvironment } from './environment.js'
import { type QueueOptions, type QueueOutcome, queue } from './queue.js'
import type { AGISessionConnection } from './session-connection.js'
import type { Traffic, TrafficListener } from './traffic.js'
import { ChannelVariables } from './variables.js'

/** The parameters of a route that is not known to the compiler. */
export type AnyParams = Readonly<Record<string, string>>

/** Where a script was called, and how. */
export interface SessionContext {
  readonly clock: Clock
  /** Aborts when the caller hangs up or the session is over. */
  readonly signal: AbortSignal
  /** The parameters of the URL: `?lang=en`. */
  readonly query?: URLSearchParams | undefined
  /** The parts of the path that the route names: `:id`. */
  readonly params?: AnyParams | undefined
}

/** Something that can be said. */
export type Utterance =
  | { readonly number: number; readonly gender?: string | undefined }
  | { readonly digits: number | string }
  | { readonly alpha: string }
  | { readonly phonetic: string }
  | { readonly date: Date }
  | { readonly time: Date }
  | { readonly datetime: Date; readonly format?: string | undefined; readonly timezone?: string | undefined }
  | { readonly file: string }

/** How digits are asked for. */
export interface PromptOptions {
  /** How many digits there are at the most; that many need no `#`. From 1 to 1,023. @default 1,023 */
  readonly maxDigits?: number | undefined
  /** How long to wait for each digit. @default what `getData` has; a menu waits 6_000 */
  readonly timeoutMs?: number | undefined
  /** Whether the digits are right. What it throws, the prompt throws. @default at least one digit */
  readonly validate?: ((digits: string) => boolean | Promise<boolean>) | undefined
  /** What is played when they are not, before the prompt is played again. */
  readonly invalid?: string | undefined
  /** How often it asks. @default 3 */
  readonly attempts?: number | undefined
}

const MENU_SHAPE: OptionsShape<Omit<PromptOptions, 'maxDigits' | 'validate'>> = {
  timeoutMs: milliseconds(),
  invalid: text,
  attempts: amount,
}
const PROMPT_SHAPE: OptionsShape<PromptOptions> = { ...MENU_SHAPE, maxDigits: wholeNumber(1), validate: callback }

/** What is done for a key. */
export type MenuChoices<Result = unknown> = Readonly<Record<string, () => Result | Promise<Result>>>

/** What one of these choices gives. */
export type MenuResult<Choices extends MenuChoices> = Awaited<ReturnType<Choices[keyof Choices]>>

/**
 * A call that a script has in hand: every AGI command is a method, one goes to Asterisk at a time. It is over when the script returns, when
 * `end()` is called, or with its connection.
 */
export class AGISession<Params = AnyParams> extends AGICommands {
  readonly #connection: AGISessionConnection
  readonly #clock: Clock
  readonly #traffic: Traffic
  /** Aborts when the caller hangs up or the session is over; its reason is an AGIHangupError or an AGISessionEndedError. */
  readonly signal: AbortSignal
  /** The parameters of the URL: of `agi://host/hello?lang=en`, `lang` is `en`. */
  readonly query: URLSearchParams
  /** The parts of the path that the route names: of the route `queue/:name`, `name`. */
  readonly params: Params
  /** The channel's variables. */
  readonly variables: ChannelVariables

  private constructor(
    connection: AGISessionConnection,
    { clock, signal, query = new URLSearchParams(), params = {} }: SessionContext,
  ) {
    const sender = new CommandSender(connection, clock, signal)
    super(sender)
    this.#connection = connection
    this.#clock = clock
    this.#traffic = sender.traffic
    this.signal = signal
    this.query = query
    this.params = params as Params
    this.variables = new ChannelVariables(this)
  }

  /** @internal */
  static on(connection: AGISessionConnection, context: SessionContext): AGISession {
    return new AGISession(connection, context)
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

  async #watched<T>(use: (watch: CallWatch | undefined) => Promise<T>): Promise<T> {
    const watch = this.#connection.watch?.(this.#clock)
    return use(watch).finally(() => watch?.stop())
  }

  /** Says one thing after the other, until a key of `escapeDigits` is pressed. The key, if one was. */
  async say(what: Utterance | readonly Utterance[], options: InterruptOptions = {}): Promise<string | undefined> {
    checkOptions(options, INTERRUPTED)
    const all = Array.isArray(what) ? (what as readonly Utterance[]) : [what as Utterance]
    for (const each of all) {
      const { digit } = await this.#sayOne(each, options)
      if (digit !== undefined) return digit
    }
    return undefined
  }

  /** Plays a file, collects digits and asks again when they are not right. The digits; undefined when they never were. */
  async prompt(file: string, options: PromptOptions = {}): Promise<string | undefined> {
    checkOptions(options, PROMPT_SHAPE)
    const { maxDigits, timeoutMs, validate = (digits) => digits !== '', invalid, attempts = 3 } = options
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const { digits } = await this.getData(file, { timeoutMs, maxDigits })
      if (await validate(digits)) return digits
      if (invalid !== undefined && attempt < attempts) await this.streamFile(invalid)
    }
    return undefined
  }

  /** Plays a file, waits for one of these keys and does what belongs to it. What that gave; undefined when no key of them was pressed. */
  async menu<Choices extends MenuChoices>(
    file: string,
    choices: Choices,
    options: Omit<PromptOptions, 'maxDigits' | 'validate'> = {},
  ): Promise<MenuResult<Choices> | undefined> {
    const keys = Object.keys(choices)
    const wrong = keys.find((key) => !/^[0-9*#]$/.test(key))
    if (wrong !== undefined) throw new TypeError(`a choice of a menu is one key of 0-9, * and #, not ${JSON.stringify(wrong)}`)
    checkOptions(options, MENU_SHAPE)
    const { timeoutMs = 6_000, invalid, attempts = 3 } = options
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      // GET DATA would take # for an end; any key is let through, so that a wrong one is told at once.
      const pressed = await this.streamFile(file, { escapeDigits: '0123456789*#' })
      const digit = pressed.digit ?? (await this.waitForDigit(timeoutMs)).digit
      const chosen = digit === undefined ? undefined : choices[digit]
      if (chosen !== undefined) return (await chosen()) as MenuResult<Choices>
      if (invalid !== undefined && attempt < attempts) await this.streamFile(invalid)
    }
    return undefined
  }

  #sayOne(what: Utterance, options: InterruptOptions): Promise<{ readonly digit: string | undefined }> {
    if ('number' in what) return this.sayNumber(what.number, { ...options, gender: what.gender })
    if ('digits' in what) return this.sayDigits(what.digits, options)
    if ('alpha' in what) return this.sayAlpha(what.alpha, options)
    if ('phonetic' in what) return this.sayPhonetic(what.phonetic, options)
    if ('date' in what) return this.sayDate(what.date, options)
    if ('time' in what) return this.sayTime(what.time, options)
    if ('datetime' in what) {
      const { datetime, ...rest } = what
      return this.sayDatetime(datetime, { ...options, ...rest })
    }
    return this.streamFile(what.file, options)
  }
}
