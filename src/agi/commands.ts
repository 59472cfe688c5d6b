import { CHANNEL_STATES } from '../catalog/channel-states.js'
import type { AGIArgument } from '../catalog/values.js'
import { duration, quote } from '../core/checks.js'
import type { Unlisted } from '../core/unlisted.js'
import { joinRawArguments } from './arguments.js'
import type { AGICommandArguments, AGICommandName } from './command-names.js'
import { containMethods } from './command-promise.js'
import type { CommandOptions, CommandSender } from './command-sender.js'
import { commandText } from './command-text.js'
import { AGICommandFailure, AGIHangupError, AGIInvalidCommandError } from './errors.js'
import type { AGIResponse } from './response.js'
import {
  type ChannelStatusResult,
  type CharResult,
  type ControlPlaybackResult,
  type DataResult,
  type DigitResult,
  dataOf,
  digitOf,
  endPositionMsOf,
  endPositionOf,
  type PlaybackResult,
  type RecordingResult,
  recordingAfter,
  recordingOf,
  requireDone,
  type SpeechResult,
  speechOf,
  textOf,
} from './results.js'

/** Which keys end what is played or said. */
export interface InterruptOptions extends CommandOptions {
  /** Keys that end it: `'123#'`. @default none */
  readonly escapeDigits?: string | undefined
}

type Words = AGIArgument | undefined

/** Asterisk has room for so many digits; it dies of a caller who presses more (`handle_getdata` in `res/res_agi.c`; verified on 22). */
const MAX_DIGITS = 1_023
/** Asterisk writes no more of a variable's value (`handle_getvariable` in `res/res_agi.c`; verified on 16 and 22), in mid-character too. */
const MAX_VARIABLE_BYTES = 1_023
/** How long GET OPTION waits, where the dialplan has not set another time. */
const OPTION_TIMEOUT_MS = 5_000
/** What Asterisk reads of a caller ID (`handle_setcallerid` in `res/res_agi.c`). */
const MAX_CALLER_ID_BYTES = 255
/** Asterisk's numbers have 32 bits. */
const MAX_NUMBER = 2 ** 31 - 1

/**
 * Every command of Asterisk 16 and 22, one method each. Times are in ms, keys are characters.
 *
 * Besides what each says, every method can throw: AGIInvalidCommandError when nothing was sent; AGIHangupError when the caller hung up meanwhile;
 * AGIDeadChannelError when they had before; AGICommandFailure when Asterisk could not do it; AGISyntaxError and AGIUnknownCommandError;
 * AGISessionEndedError; and what its `signal` and `answerTimeoutMs` say. What a command throws that nobody waits for ends no process: it is reported when
 * the script is over. That is so for the command's own promise, not for one that is made of it with `then` or in a function of yours: await those.
 *
 * Asterisk reads every argument back as it was given. What it does with it then is its own: where it evaluates an argument, the method says so. Do
 * not build such a one from what callers say.
 *
 * What the commands answer is in `res/res_agi.c`; verified on 16.28 and 22.10.
 */
export abstract class AGICommands {
  static {
    containMethods(AGICommands.prototype, (commands) => commands.#sender.unawaited)
  }

  readonly #sender: CommandSender

  constructor(sender: CommandSender) {
    this.#sender = sender
  }

  /** Any command: `sendCommand('GET VARIABLE', 'CHANNEL')`. One that the catalog does not list: `sendCommand(unlisted('MY COMMAND'), 1)`. */
  sendCommand<const Command extends AGICommandName | Unlisted>(
    command: Command,
    ...args: AGICommandArguments<Command>
  ): Promise<AGIResponse> {
    return this.#sender.send(command, args)
  }

  /** Answers the call, if it is not yet. */
  async answer(options?: CommandOptions): Promise<void> {
    await this.#send('ANSWER', [], options)
  }

  /** Ends AsyncAGI: the dialplan goes on. Elsewhere it does nothing. `end()` works everywhere. */
  async asyncAGIBreak(options?: CommandOptions): Promise<void> {
    await this.#send('ASYNCAGI BREAK', [], options)
  }

  /** The state of this channel, or of the one that is named. @throws AGICommandFailure when there is no such channel. */
  async channelStatus(channel?: string, options?: CommandOptions): Promise<ChannelStatusResult> {
    const state = Number((await this.#send('CHANNEL STATUS', [channel], options)).result)
    return { state, stateText: CHANNEL_STATES[state] ?? '' }
  }

  /** Plays a file that the caller can wind. A key that winds does not end it, though `escapeDigits` has it. */
  async controlStreamFile(
    file: string,
    options: InterruptOptions & {
      /** How far a key winds. @default 3_000 */
      readonly skipMs?: number | undefined
      /** The key that winds forward. @default '#' */
      readonly forward?: string | undefined
      /** The key that winds back. @default '*' */
      readonly rewind?: string | undefined
      /** The key that halts it, and has it go on. @default none */
      readonly pause?: string | undefined
      /** Where to begin. @default 0 */
      readonly offsetMs?: number | undefined
    } = {},
  ): Promise<ControlPlaybackResult> {
    const { escapeDigits = '', skipMs = 3_000, forward = '', rewind = '', pause = '', offsetMs = 0 } = options
    const args = [file, escapeDigits, whole('skipMs', skipMs), forward, rewind, pause, whole('offsetMs', offsetMs)]
    const response = await this.#send('CONTROL STREAM FILE', args, options)
    return { digit: digitOf(response), endPositionMs: endPositionMsOf(response) }
  }

  /** Deletes a key of Asterisk's database; also one that is not there. */
  async databaseDel(family: string, key: string, options?: CommandOptions): Promise<void> {
    await this.#do('DATABASE DEL', [family, key], options)
  }

  /**
   * Deletes a family, or a tree of keys in it. Whether there was something to delete. Asterisk compares as SQL's LIKE does: `_` stands for any one
   * character, and `a` is `A`: `my_family` takes `MyXfamily` with it.
   *
   * @throws AGIInvalidCommandError for an empty family, which would be all of the database; for an empty tree; for `%`, which stands for anything.
   */
  async databaseDeltree(family: string, keyTree?: string, options?: CommandOptions): Promise<boolean> {
    const wrong = [family, keyTree].find((each) => each === '' || each?.includes('%'))
    if (wrong !== undefined)
      throw new AGIInvalidCommandError(
        `DATABASE DELTREE takes a family and a tree that are not empty and have no %, not ${quote(wrong)}: it would delete others too`,
        'DATABASE DELTREE',
      )
    // Here 0 is the good answer.
    return (await this.#send('DATABASE DELTREE', [family, keyTree], options)).result === '0'
  }

  /** A value of Asterisk's database; undefined if there is none. */
  async databaseGet(family: string, key: string, options?: CommandOptions): Promise<string | undefined> {
    return textOf(await this.#send('DATABASE GET', [family, key], options))
  }

  async databasePut(family: string, key: string, value: AGIArgument, options?: CommandOptions): Promise<void> {
    await this.#do('DATABASE PUT', [family, key, value], options)
  }

  /**
   * Runs an application of the dialplan and gives its result: 0 for most, -1 where it wants the channel to be hung up, as `Dial` and `Queue` do after an
   * answered call; the caller is still there then. `agi.dial()` and `agi.queue()` tell what came of those.
   *
   * The arguments are joined by commas and read by the application, as in the dialplan: of a comma in one it makes two, and it takes quotes and
   * backslashes away. Text from elsewhere needs `escapeArgument(text)`, except for applications that take all of it as one text. Where the channel's
   * variable `AGIEXECFULL` is true, Asterisk evaluates `${…}` first. With options, the arguments are a list: `exec('Read', ['PIN', 'beep'], { signal })`.
   *
   * @throws AGICommandFailure with result -2 when there is no such application; AGIHangupError when the caller hung up meanwhile, whatever the
   * application did.
   */
  async exec(application: string, ...args: readonly AGIArgument[]): Promise<number>
  async exec(application: string, args: readonly AGIArgument[], options?: CommandOptions): Promise<number>
  async exec(application: string, ...given: readonly unknown[]): Promise<number> {
    const [first, options] = given
    const isList = Array.isArray(first)
    const args = (isList ? first : given) as readonly AGIArgument[]
    const words = args.length === 0 ? [application] : [application, args.join(',')]
    return Number((await this.#send('EXEC', words, isList ? (options as CommandOptions) : undefined)).result)
  }

  /** Plays a file and collects digits up to `maxDigits`, `#`, or the end of the time after the last one. */
  async getData(
    file: string,
    options: CommandOptions & {
      /** How long to wait for each digit. @default Asterisk's own times: 6,000 for the first, 2,000 for the others */
      readonly timeoutMs?: number | undefined
      /** From 1 to 1,023. @default 1,023 */
      readonly maxDigits?: number | undefined
    } = {},
  ): Promise<DataResult> {
    const { timeoutMs, maxDigits = MAX_DIGITS } = options
    // 0 is Asterisk's own times.
    const timeout = timeoutMs === undefined ? 0 : forever('timeoutMs', timeoutMs, -1, 1)
    return dataOf(await this.#send('GET DATA', [file, timeout, integer('maxDigits', maxDigits, 1, MAX_DIGITS)], options))
  }

  /**
   * What an expression such as `${CHANNEL(state)} ${MINE}` comes to, on this channel or on the one that is named; undefined when that is not
   * there. Asterisk evaluates it, and can so be made to run any function, `SHELL` too.
   */
  async getFullVariable(expression: string, channel?: string, options?: CommandOptions): Promise<string | undefined> {
    return textOf(await this.#send('GET FULL VARIABLE', [expression, channel], options))
  }

  /** Plays a file and waits for one key of `escapeDigits`. */
  async getOption(
    file: string,
    options: InterruptOptions & {
      /** How long to wait after the end of the file. @default 5,000 */
      readonly timeoutMs?: number | undefined
    } = {},
  ): Promise<PlaybackResult> {
    const { escapeDigits = '', timeoutMs = OPTION_TIMEOUT_MS } = options
    // Never without: on a channel that the dialplan does not run, Asterisk 16 and 22 die of it.
    const timeout = forever('timeoutMs', timeoutMs, -1, 1)
    return playback(await this.#send('GET OPTION', [file, escapeDigits, timeout], options))
  }

  /**
   * A channel variable, or what a function such as `CHANNEL(state)` says; undefined if it is not set. Asterisk evaluates the name: one that ends with
   * a parenthesis is a function, and `SHELL(…)` runs a command.
   *
   * Asterisk cuts the answer after 1,023 bytes. A value that comes so long is asked for once more, by GET FULL VARIABLE: a function is run twice then.
   * Only one whose name holds `$`, `{` or `}`, which would be evaluated there, stays cut.
   */
  async getVariable(name: string, options?: CommandOptions): Promise<string | undefined> {
    const value = textOf(await this.#send('GET VARIABLE', [name], options))
    const mayBeCut = value !== undefined && new TextEncoder().encode(value).length >= MAX_VARIABLE_BYTES && !/[${}]/.test(name)
    return mayBeCut ? this.getFullVariable(`\${${name}}`, undefined, options) : value
  }

  /**
   * Runs a subroutine of the dialplan up to its Return. `args`: one argument, or several; the subroutine has them as `ARG1`, `ARG2` …
   *
   * @throws AGICommandFailure when there is no such place; AGIInvalidCommandError for what would be read as other arguments, or as another place:
   * Asterisk has no escape for a comma here. Set a variable instead.
   */
  async gosub(
    context: string,
    extension: string,
    priority: number | string = 1,
    args: AGIArgument | readonly AGIArgument[] = [],
    options?: CommandOptions,
  ): Promise<void> {
    const wrong = [context, extension, String(priority)].find((part) => /[,(]/.test(part))
    if (wrong !== undefined)
      throw new AGIInvalidCommandError(
        `GOSUB cannot go to ${quote(wrong)}: a comma or a parenthesis makes another place of it`,
        'GOSUB',
      )
    const all = typeof args === 'object' ? args : [args]
    const argument = all.length === 0 ? undefined : joinRawArguments('GOSUB', all)
    const words = [context, extension, priority, argument]
    const response = await this.#send('GOSUB', words, options)
    if (response.fields.get('text')?.includes('failed'))
      throw new AGICommandFailure('GOSUB', response, commandText('GOSUB', words))
  }

  /** Hangs up this channel, or the one that is named. @throws AGICommandFailure when there is no such channel. */
  async hangup(channel?: string, options?: CommandOptions): Promise<void> {
    await this.#send('HANGUP', [channel], options)
  }

  async noop(text?: string, options?: CommandOptions): Promise<void> {
    await this.#send('NOOP', [text], options)
  }

  /** A character that the caller sends as text. Most technologies have none: AGICommandFailure. */
  async receiveChar(timeoutMs: number, options?: CommandOptions): Promise<CharResult> {
    const response = await this.#send('RECEIVE CHAR', [forever('timeoutMs', timeoutMs, 0)], options)
    return { char: digitOf(response), timedOut: response.value === 'timeout' }
  }

  /** A text that the caller sends. @throws AGICommandFailure when none comes. */
  async receiveText(timeoutMs: number, options?: CommandOptions): Promise<string> {
    return (await this.#send('RECEIVE TEXT', [forever('timeoutMs', timeoutMs, -1)], options)).value ?? ''
  }

  /** Records the caller into a file on the server. A hangup is an end as good as another. */
  async recordFile(
    file: string,
    format: string,
    options: InterruptOptions & {
      /** The longest recording. @default Infinity */
      readonly timeoutMs?: number | undefined
      /** Where in an existing file to begin, in samples. @default 0 */
      readonly offset?: number | undefined
      /** Whether to beep first. @default false */
      readonly beep?: boolean | undefined
      /** Ends it after so long a silence; Asterisk counts whole seconds. @default never */
      readonly silenceMs?: number | undefined
    } = {},
  ): Promise<RecordingResult> {
    const { escapeDigits = '', timeoutMs = Number.POSITIVE_INFINITY, offset = 0, beep = false, silenceMs } = options
    const extra = [...(beep ? ['BEEP'] : []), ...(silenceMs === undefined ? [] : [`s=${seconds('silenceMs', silenceMs)}`])]
    const args = [
      file,
      format,
      escapeDigits,
      forever('timeoutMs', timeoutMs, -1),
      ...(extra.length > 0 || offset > 0 ? [offset] : []),
      ...extra,
    ]
    const wholeSilenceMs = silenceMs && seconds('silenceMs', silenceMs) * 1_000
    const request = { format, timeoutMs, offset, silenceMs: wholeSilenceMs }
    try {
      return recordingOf(await this.#send('RECORD FILE', args, options), request)
    } catch (error) {
      return recordingAfter(error, request)
    }
  }

  /** Spells a text. `letterCase`: which letters are said to be upper or lower case. */
  async sayAlpha(
    text: string,
    options: InterruptOptions & { readonly letterCase?: 'all' | 'lower' | 'none' | 'upper' | undefined } = {},
  ): Promise<DigitResult> {
    return this.#say('SAY ALPHA', [text], options, [options.letterCase?.charAt(0)])
  }

  async sayDate(date: Date, options: InterruptOptions = {}): Promise<DigitResult> {
    return this.#say('SAY DATE', [unixTime(date)], options)
  }

  /** `format` is that of the application SayUnixTime, `timezone` a name such as `Europe/Berlin`. */
  async sayDatetime(
    date: Date,
    options: InterruptOptions & { readonly format?: string | undefined; readonly timezone?: string | undefined } = {},
  ): Promise<DigitResult> {
    const { timezone, format = timezone === undefined ? undefined : "ABdY 'digits/at' IMp" } = options
    return this.#say('SAY DATETIME', [unixTime(date)], options, [format, timezone])
  }

  async sayDigits(digits: AGIArgument, options: InterruptOptions = {}): Promise<DigitResult> {
    return this.#say('SAY DIGITS', [digits], options)
  }

  /** A whole number of at most 32 bits. */
  async sayNumber(
    number: number,
    options: InterruptOptions & { readonly gender?: string | undefined } = {},
  ): Promise<DigitResult> {
    return this.#say('SAY NUMBER', [integer('number', number, -MAX_NUMBER, MAX_NUMBER)], options, [options.gender])
  }

  async sayPhonetic(text: string, options: InterruptOptions = {}): Promise<DigitResult> {
    return this.#say('SAY PHONETIC', [text], options)
  }

  async sayTime(date: Date, options: InterruptOptions = {}): Promise<DigitResult> {
    return this.#say('SAY TIME', [unixTime(date)], options)
  }

  /** Sends an image. Asterisk says that it did also where the technology has none. */
  async sendImage(image: string, options?: CommandOptions): Promise<void> {
    await this.#send('SEND IMAGE', [image], options)
  }

  /** Sends a text. Asterisk says that it did also where the technology has none. */
  async sendText(text: string, options?: CommandOptions): Promise<void> {
    await this.#send('SEND TEXT', [text], options)
  }

  /** Hangs up by itself after this time; 0 takes it back. */
  async setAutohangup(ms: number, options?: CommandOptions): Promise<void> {
    duration('ms', ms, 0)
    await this.#send('SET AUTOHANGUP', [ms / 1000], options)
  }

  /**
   * A number, or `"Ann" <100>`, which Asterisk takes apart: what looks like a number loses blanks, parentheses, dots and dashes. To set a name as it
   * is, use `setVariable('CALLERID(name)', name)`.
   *
   * @throws AGIInvalidCommandError for more than 255 bytes, of which Asterisk would read the first.
   */
  async setCallerId(callerId: string, options?: CommandOptions): Promise<void> {
    if (new TextEncoder().encode(callerId).length > MAX_CALLER_ID_BYTES)
      throw new AGIInvalidCommandError(`SET CALLERID takes ${MAX_CALLER_ID_BYTES} bytes at the most`, 'SET CALLERID')
    await this.#do('SET CALLERID', [callerId], options)
  }

  /** Where the dialplan goes on after the script. Asterisk does not look whether it is there. */
  async setContext(context: string, options?: CommandOptions): Promise<void> {
    await this.#send('SET CONTEXT', [context], options)
  }

  async setExtension(extension: string, options?: CommandOptions): Promise<void> {
    await this.#send('SET EXTENSION', [extension], options)
  }

  /** Plays music to the caller, or stops it. */
  async setMusic(on: boolean, musicClass?: string, options?: CommandOptions): Promise<void> {
    await this.#send('SET MUSIC', [on ? 'on' : 'off', musicClass], options)
  }

  /** A number or a label. @throws AGISyntaxError for a label that is not there. */
  async setPriority(priority: number | string, options?: CommandOptions): Promise<void> {
    await this.#send('SET PRIORITY', [priority], options)
  }

  /** Sets a channel variable, or what a function such as `CALLERID(name)` or `DB(family/key)` stands for. Asterisk evaluates the name, not the value. */
  async setVariable(name: string, value: AGIArgument, options?: CommandOptions): Promise<void> {
    await this.#do('SET VARIABLE', [name, value], options)
  }

  async speechActivateGrammar(name: string, options?: CommandOptions): Promise<void> {
    await this.#do('SPEECH ACTIVATE GRAMMAR', [name], options)
  }

  /** @throws AGICommandFailure when there is no such engine. */
  async speechCreate(engine: string, options?: CommandOptions): Promise<void> {
    await this.#do('SPEECH CREATE', [engine], options)
  }

  async speechDeactivateGrammar(name: string, options?: CommandOptions): Promise<void> {
    await this.#do('SPEECH DEACTIVATE GRAMMAR', [name], options)
  }

  async speechDestroy(options?: CommandOptions): Promise<void> {
    await this.#do('SPEECH DESTROY', [], options)
  }

  async speechLoadGrammar(name: string, path: string, options?: CommandOptions): Promise<void> {
    await this.#do('SPEECH LOAD GRAMMAR', [name, path], options)
  }

  /** Plays a prompt and listens to what the caller says. */
  async speechRecognize(
    prompt: string,
    options: CommandOptions & {
      /** How long to wait for speech after the prompt; Asterisk counts whole seconds. Infinity: without end. */
      readonly timeoutMs: number
      /** Where in the prompt to begin, in samples. @default 0 */
      readonly offset?: number | undefined
    },
  ): Promise<SpeechResult> {
    const { timeoutMs, offset } = options
    const timeout = timeoutMs === Number.POSITIVE_INFINITY ? 0 : seconds('timeoutMs', timeoutMs)
    const response = await this.#send('SPEECH RECOGNIZE', [prompt, timeout, offset], options)
    requireDone('SPEECH RECOGNIZE', [prompt], response)
    if (response.value === 'hangup') throw new AGIHangupError('SPEECH RECOGNIZE', response)
    return speechOf(response)
  }

  async speechSet(name: string, value: AGIArgument, options?: CommandOptions): Promise<void> {
    await this.#do('SPEECH SET', [name, value], options)
  }

  async speechUnloadGrammar(name: string, options?: CommandOptions): Promise<void> {
    await this.#do('SPEECH UNLOAD GRAMMAR', [name], options)
  }

  /** Plays a file. `offset` is where to begin, in samples. @throws AGICommandFailure when it is not there; this ends AsyncAGI. */
  async streamFile(
    file: string,
    options: InterruptOptions & { readonly offset?: number | undefined } = {},
  ): Promise<PlaybackResult> {
    return playback(await this.#send('STREAM FILE', [file, options.escapeDigits ?? '', options.offset], options))
  }

  /** Telecommunications for the deaf. Whether the channel is capable of it. */
  async tddMode(mode: 'on' | 'off' | 'mate' | 'tdd', options?: CommandOptions): Promise<boolean> {
    return (await this.#send('TDD MODE', [mode], options)).result === '1'
  }

  /** Writes to Asterisk's console, from this verbosity on. */
  async verbose(message: string, level: 1 | 2 | 3 | 4 = 1, options?: CommandOptions): Promise<void> {
    await this.#do('VERBOSE', [message, level], options)
  }

  /** The next key; none within the time. @default Infinity */
  async waitForDigit(timeoutMs: number = Number.POSITIVE_INFINITY, options?: CommandOptions): Promise<DigitResult> {
    return { digit: digitOf(await this.#send('WAIT FOR DIGIT', [forever('timeoutMs', timeoutMs, -1)], options)) }
  }

  #send(command: string, args: readonly Words[], options?: CommandOptions): Promise<AGIResponse> {
    return this.#sender.send(command, args, options)
  }

  /** One whose result is 1 when it is done, and 0 when it is not. */
  async #do(command: string, args: readonly Words[], options?: CommandOptions): Promise<void> {
    requireDone(command, args, await this.#send(command, args, options))
  }

  async #say(
    command: string,
    what: readonly Words[],
    options: InterruptOptions,
    more: readonly Words[] = [],
  ): Promise<DigitResult> {
    return { digit: digitOf(await this.#send(command, [...what, options.escapeDigits ?? '', ...more], options)) }
  }
}

function playback(response: AGIResponse): PlaybackResult {
  return { digit: digitOf(response), endPosition: endPositionOf(response) }
}

function whole(name: string, ms: number, least = 0): number {
  const rounded = Math.ceil(duration(name, ms, least))
  if (rounded > MAX_NUMBER) throw new RangeError(`${name} must be a number of milliseconds up to ${MAX_NUMBER}, not ${rounded}`)
  return rounded
}

/** A time that may have no end, which Asterisk writes as this. */
function forever(name: string, ms: number, endless: number, least = 0): number {
  return ms === Number.POSITIVE_INFINITY ? endless : whole(name, ms, least)
}

function integer(name: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new RangeError(`${name} must be a whole number from ${least} to ${most}, not ${quote(value)}`)
  return value
}

function seconds(name: string, ms: number): number {
  return Math.ceil(duration(name, ms, 1) / 1000)
}

function unixTime(date: Date): number {
  const ms = date.getTime()
  if (Number.isNaN(ms)) throw new RangeError('the date is no date')
  return Math.floor(ms / 1000)
}
