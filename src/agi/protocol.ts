import type { AGIArgument } from '../catalog/values.js'
import { Handler } from '../core/handler.js'
import { callback, checkOptions, encoding, type Optional, type OptionsShape, section, wholeNumber } from '../core/options.js'
import { printable } from '../core/printable.js'
import { type TextCodec, textCodec } from '../core/text-codec.js'
import type { Protocol, Transport } from '../core/transport.js'
import { HANGUP_QUESTION, hasFailed, hidesHangup } from './application-answer.js'
import { encodeCommand, MAX_COMMAND_BYTES } from './command-line.js'
import { CommandQueue, type QueuedCommand } from './command-queue.js'
import { commandText } from './command-text.js'
import type { AGIEnvironment } from './environment.js'
import { type EnvironmentLimits, EnvironmentReader } from './environment-reader.js'
import { AGICommandFailure, type AGIError, AGIHangupError, AGIProtocolError, AGISessionEndedError } from './errors.js'
import { LineBuffer } from './line-buffer.js'
import { MarkedReplyReader } from './marked-reply-reader.js'
import { refusalError } from './refusal.js'
import { ReplyReader } from './reply-reader.js'
import type { AGIReply, AGIResponse } from './response.js'
import { isLeftForLine } from './sound.js'

/** How much a peer may send, and how long a command may be. */
export interface AGILimits extends EnvironmentLimits {
  /** An answer, with a value of several lines. @default 1_048_576 */
  readonly maxReplyBytes: number
  /** A command without its LF. Asterisk 16 reads 2,046, from 20.16, 21.11 and 22.6 on 8,190. @default 2_046 */
  readonly maxCommandBytes: number
}

export interface AGIProtocolOptions {
  /** @default 'utf-8' */
  readonly encoding?: string | undefined
  readonly limits?: Optional<AGILimits> | undefined
  /**
   * Makes texts that nobody can guess, of letters and digits. With it, answers are told from those to what somebody else writes to Asterisk, as it
   * happens on stdout: the session begins, and goes on after a 510, when Asterisk has answered a question with such a text. @default none is asked
   */
  readonly nonce?: (() => string) | undefined
}

const LIMITS: AGILimits = {
  maxEnvironmentBytes: 65_536,
  maxEnvironmentVariables: 1_000,
  maxReplyBytes: 1 << 20,
  maxCommandBytes: MAX_COMMAND_BYTES,
}

/** What a user may say of the protocol. */
export const AGI_PROTOCOL_SHAPE: OptionsShape<Omit<AGIProtocolOptions, 'nonce'>> = {
  encoding,
  limits: section({
    maxEnvironmentBytes: wholeNumber(1),
    maxEnvironmentVariables: wholeNumber(1),
    maxReplyBytes: wholeNumber(1),
    maxCommandBytes: wholeNumber(1),
  } satisfies OptionsShape<AGILimits>),
}

/** What is asked over a command, and its answer. */
const STOPPED = 'obelus-sound-stopped'
const STOPPED_ANSWER = `200 result=1 (${STOPPED})`

const SHAPE: OptionsShape<AGIProtocolOptions> = { ...AGI_PROTOCOL_SHAPE, nonce: callback }

/**
 * The script's side of AGI without I/O: reads the environment, writes one command at a time and reads its answer. The hooks are there to be
 * overridden, as in Obelus.
 */
export class AGIProtocol implements Protocol {
  /** Asterisk writes the notice when it reads from the channel next: 43 ms behind the answer on 22. */
  readonly noticeMs = 100
  readonly #codec: TextCodec
  readonly #limits: AGILimits
  readonly #lines: LineBuffer
  readonly #environment: EnvironmentReader
  readonly #replies: MarkedReplyReader | ReplyReader
  readonly #commands = new CommandQueue((command) => this.#writeCommand(command))
  #transport: Transport | undefined
  /** The hangup that was written over a command. */
  #hangingUp: Handler<void> | undefined
  #env: AGIEnvironment | undefined
  #hasStarted = false
  #hungUp = false
  /** Whether the caller had hung up already when the command was written. */
  #wasHungUp = false
  /** The answer of a command that may hide a hangup: it waits for the answer to the question. */
  #heldReply: AGIReply | undefined
  /** Whether a question was written over a command, to stop its sound. */
  #isStopping = false
  #over = false

  /** @throws TypeError or RangeError that names a wrong option and quotes its value. */
  constructor(options: AGIProtocolOptions = {}) {
    checkOptions(options, SHAPE)
    const { encoding = 'utf-8', limits = {}, nonce } = options
    this.#codec = textCodec(encoding)
    this.#limits = resolveLimits(limits)
    this.#lines = new LineBuffer(this.#codec)
    this.#environment = new EnvironmentReader(this.#limits)
    this.#replies = nonce === undefined ? new ReplyReader() : new MarkedReplyReader(nonce, (line) => this.#write(line))
  }

  /** @throws AGIProtocolError before the environment has come. */
  get env(): AGIEnvironment {
    if (this.#env === undefined) throw new AGIProtocolError('The environment has not come yet')
    return this.#env
  }

  /** The arguments that the dialplan gave. @throws as `env`. */
  get args(): readonly string[] {
    return this.env.args
  }

  /** Whether the caller was said to have hung up: by a notice, or by a 511. */
  get isHungUp(): boolean {
    return this.#hungUp
  }

  /** Whether the caller was taken elsewhere; AGI alone does not tell. */
  get isTransferred(): boolean {
    return false
  }

  /** The environment has come: commands can be sent. To be overridden. */
  sessionStarted(_env: AGIEnvironment): void {}

  /** The caller hung up; commands that need none still work. Called once. To be overridden. */
  hangupReceived(): void {}

  /** Lines came that answer no command: the rest of a value that holds newlines, or answers to what somebody else wrote. To be overridden. */
  strayReceived(_text: string): void {}

  /** Something is odd that harms nothing yet: somebody may try to forge variables of the environment. To be overridden. */
  warningRaised(_message: string): void {}

  /** The session is over; `error` says why, if it was not in order. Called once. To be overridden. */
  sessionEnded(_error?: Error): void {}

  connectionMade(transport: Transport): void {
    this.#transport = transport
  }

  dataReceived(data: Uint8Array): void {
    if (this.#over) return
    try {
      this.#linesReceived(this.#lines.push(data))
      this.#checkLimits()
    } catch (error) {
      if (!(error instanceof AGIProtocolError)) throw error
      this.#end(error)
      this.#transport?.close()
    }
  }

  connectionLost(error?: Error): void {
    this.#end(error)
  }

  /**
   * Sends a command when the ones before it are answered: its words, then its arguments, which Asterisk reads back as they are.
   *
   * The exception is an AGIInvalidCommandError when nothing was written; else one of AGIUnknownCommandError (510), AGIDeadChannelError (511),
   * AGISyntaxError (520), AGICommandFailure (a result below 0), AGIHangupError (so, and the caller hung up), AGISessionEndedError.
   */
  sendCommand(command: string, ...args: readonly (AGIArgument | undefined)[]): Handler<AGIResponse> {
    const handler = new Handler<AGIResponse>()
    try {
      const line = encodeCommand(command, args, this.#codec, this.#limits.maxCommandBytes)
      if (this.#over) handler.setException(new AGISessionEndedError('its connection is closed', command))
      else this.#commands.add({ command, args, line, handler })
    } catch (error) {
      handler.setException(error as AGIError)
    }
    return handler
  }

  /** Takes back commands that were not written yet. True if this one was among them. */
  withdraw(handler: Handler<AGIResponse>): boolean {
    return this.#commands.withdraw(handler)
  }

  /** Stops what a command plays that is with Asterisk: STREAM FILE, GET DATA, GET OPTION. */
  stopSound(handler: Handler<AGIResponse>): void {
    const { written } = this.#commands
    if (written?.handler === handler) this.stopWritten(written)
  }

  /**
   * Hangs the caller up without waiting for the command that runs: Asterisk obeys in the middle of STREAM FILE, GET DATA, GET OPTION and WAIT FOR DIGIT,
   * and when others end, such as EXEC (verified on 16 and 22). No command is written behind it.
   */
  hangUp(): Promise<unknown> {
    if (this.#commands.written === undefined || this.#over) return this.sendCommand('HANGUP').toPromise()
    if (this.#hangingUp === undefined) {
      this.#hangingUp = new Handler<void>()
      this.#commands.pause()
      this.#write('HANGUP\n')
    }
    return this.#hangingUp.toPromise()
  }

  /** Ends the session with AGISTATUS=FAILURE: the dialplan goes on. Verified on 16 and 22. */
  refuse(): void {
    this.#write('failure\n')
    this.close()
  }

  /** Ends the session with AGISTATUS=SUCCESS: the dialplan goes on. */
  close(): void {
    this.#transport?.close()
    this.#end(undefined)
  }

  /** @internal Asks over the command, which Asterisk leaves then without an answer; one that had ended by itself is answered before. */
  protected stopWritten(written: QueuedCommand): void {
    if (this.#isStopping || this.#hangingUp !== undefined || !isLeftForLine(written)) return
    this.#isStopping = true
    this.#write(`GET FULL VARIABLE "${STOPPED}"\n`)
  }

  #stopped(): void {
    this.#isStopping = false
    this.#commands.answered()
  }

  #linesReceived(lines: readonly string[]): void {
    const rest = this.#env === undefined ? this.#readEnvironment(lines) : lines
    if (this.#env === undefined || this.#over || rest.length === 0) return
    const own = this.#isStopping ? rest.filter((line) => line !== STOPPED_ANSWER) : rest
    const { hasHangup, reply, stray } = this.#replies.read(own)
    // What comes with an answer belongs to it: a notice says why the command failed.
    if (hasHangup) this.#hangup()
    if (own.length < rest.length) this.#stopped()
    // Nobody waits for what a command answers whose sound is being stopped.
    else if (reply !== undefined && !this.#isStopping) this.#settleFirst(reply)
    if (stray.length > 0) this.strayReceived(`${stray.join('\n')}\n`)
    this.#startInStep(this.#env)
  }

  /** Gives the lines behind the environment. */
  #readEnvironment(lines: readonly string[]): readonly string[] {
    const length = this.#environment.read(lines)
    if (length === undefined) return []
    const { env, warning } = this.#environment.end()
    this.#env = env
    if (warning !== undefined) this.warningRaised(`${printable(env.channel)}: ${warning}`)
    this.#replies.begin()
    this.#startInStep(env)
    return lines.slice(length)
  }

  #startInStep(env: AGIEnvironment): void {
    if (this.#hasStarted || this.#over || !this.#replies.isInStep) return
    this.#hasStarted = true
    this.#commands.open()
    this.sessionStarted(env)
  }

  #writeCommand({ command, line }: QueuedCommand): void {
    this.#wasHungUp = this.#hungUp
    this.#replies.expect(command)
    this.#transport?.write(line)
  }

  #write(line: string): void {
    this.#transport?.write(this.#codec.encode(line) ?? new Uint8Array(0))
  }

  #settleFirst(reply: AGIReply): void {
    if (reply.kind === 'refused' && reply.refusal.code === 511) this.#hangup()
    const held = this.#heldReply
    this.#heldReply = undefined
    if (held === undefined && this.#mayHideHangup(reply)) this.#askForHangup(reply)
    else this.#settle(this.#commands.answered(), held ?? reply)
  }

  #mayHideHangup(reply: AGIReply): boolean {
    const command = this.#commands.written?.command ?? ''
    return (
      reply.kind === 'answer' &&
      !this.#hungUp &&
      this.#hangingUp === undefined &&
      hidesHangup(command) &&
      !hasFailed(command, reply.response)
    )
  }

  #askForHangup(reply: AGIReply): void {
    this.#heldReply = reply
    this.#replies.expect('NOOP')
    this.#write(`${HANGUP_QUESTION}\n`)
  }

  #settle(answered: QueuedCommand | undefined, reply: AGIReply): void {
    if (answered === undefined) return
    const { command, args, handler } = answered
    if (this.#hangingUp !== undefined) {
      handler.setException(new AGIHangupError(command, undefined, commandText(command, args)))
      return
    }
    if (reply.kind === 'answer' && !this.#cameToNothing(command, reply.response)) {
      handler.setResult(reply.response)
      return
    }
    const shown = commandText(command, args)
    if (reply.kind === 'refused') handler.setException(refusalError(command, reply.refusal, shown))
    else if (this.#hungUp) handler.setException(new AGIHangupError(command, reply.response, shown))
    else handler.setException(new AGICommandFailure(command, reply.response, shown))
  }

  #checkLimits(): void {
    const { maxEnvironmentBytes, maxReplyBytes } = this.#limits
    if (this.#env === undefined && this.#lines.length > maxEnvironmentBytes)
      throw new AGIProtocolError(`A line of the environment takes more than ${maxEnvironmentBytes} bytes`)
    if (this.#lines.length + this.#replies.length > maxReplyBytes)
      throw new AGIProtocolError(`An answer takes more than ${maxReplyBytes} bytes`)
  }

  #cameToNothing(command: string, response: AGIResponse): boolean {
    return hasFailed(command, response) || (hidesHangup(command) && this.#hungUp && !this.#wasHungUp)
  }

  /** Where the hangup is told in another way: stdio has a signal for it. */
  protected noteHangup(): void {
    this.#hungUp = true
  }

  #hangup(): void {
    this.#hangingUp?.setResult(undefined)
    if (this.#hungUp) return
    this.#hungUp = true
    this.hangupReceived()
  }

  #end(error: Error | undefined): void {
    if (this.#over) return
    this.#over = true
    this.#hangingUp?.setResult(undefined)
    const [written, ...waiting] = this.#commands.end()
    // Its answer came; only the one to the question did not.
    if (this.#heldReply !== undefined) this.#settle(written, this.#heldReply)
    else if (written !== undefined) waiting.unshift(written)
    const why = error?.message ?? 'its connection is closed'
    for (const { command, args, handler } of waiting)
      handler.setException(new AGISessionEndedError(why, command, error && { cause: error }, commandText(command, args)))
    this.sessionEnded(error)
  }
}

function resolveLimits(limits: Optional<AGILimits>): AGILimits {
  return {
    maxEnvironmentBytes: limits.maxEnvironmentBytes ?? LIMITS.maxEnvironmentBytes,
    maxEnvironmentVariables: limits.maxEnvironmentVariables ?? LIMITS.maxEnvironmentVariables,
    maxReplyBytes: limits.maxReplyBytes ?? LIMITS.maxReplyBytes,
    maxCommandBytes: limits.maxCommandBytes ?? LIMITS.maxCommandBytes,
  }
}
