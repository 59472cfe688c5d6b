import type { AGIArgument } from '../catalog/values.js'
import { Handler } from '../core/handler.js'
import { checkOptions, encoding, type Optional, type OptionsShape, section, wholeNumber } from '../core/options.js'
import { type TextCodec, textCodec } from '../core/text-codec.js'
import type { Protocol, Transport } from '../core/transport.js'
import { encodeCommand, MAX_COMMAND_BYTES } from './command-line.js'
import { type AGIEnvironment, type EnvironmentLimits, EnvironmentReader } from './environment.js'
import { AGICommandFailure, type AGIError, AGIHangupError, AGIProtocolError, AGISessionEndedError } from './errors.js'
import { refusalError } from './refusal.js'
import { ReplyReader } from './reply-reader.js'
import type { AGIResponse } from './response.js'

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
}

const LIMITS: AGILimits = {
  maxEnvironmentBytes: 65_536,
  maxEnvironmentVariables: 1_000,
  maxReplyBytes: 1 << 20,
  maxCommandBytes: MAX_COMMAND_BYTES,
}

export const AGI_PROTOCOL_SHAPE: OptionsShape<AGIProtocolOptions> = {
  encoding,
  limits: section({
    maxEnvironmentBytes: wholeNumber(1),
    maxEnvironmentVariables: wholeNumber(1),
    maxReplyBytes: wholeNumber(1),
    maxCommandBytes: wholeNumber(1),
  } satisfies OptionsShape<AGILimits>),
}

interface PendingCommand {
  readonly command: string
  readonly bytes: Uint8Array
  readonly handler: Handler<AGIResponse>
}

/**
 * The script's side of AGI without I/O: reads the environment, writes one command at a time and reads its answer. The hooks are there to be
 * overridden, as in Obelus.
 */
export class AGIProtocol implements Protocol {
  /** Asterisk writes the notice when it reads from the channel next: 43 ms behind the answer on 22. */
  readonly noticeMs = 100
  readonly #codec: TextCodec
  readonly #limits: AGILimits
  readonly #environment: EnvironmentReader
  readonly #replies = new ReplyReader()
  /** The one that was written first; the others wait. */
  readonly #commands: PendingCommand[] = []
  #transport: Transport | undefined
  #env: AGIEnvironment | undefined
  #line = new Uint8Array(0)
  #hungUp = false
  #over = false

  /** @throws TypeError or RangeError that names a wrong option and quotes its value. */
  constructor(options: AGIProtocolOptions = {}) {
    checkOptions(options, AGI_PROTOCOL_SHAPE)
    const { encoding = 'utf-8', limits = {} } = options
    this.#codec = textCodec(encoding)
    this.#limits = resolveLimits(limits)
    this.#environment = new EnvironmentReader(this.#limits)
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

  /** Whether the caller was said to have hung up. */
  get isHungUp(): boolean {
    return this.#hungUp
  }

  /** The environment has come: commands can be sent. To be overridden. */
  sessionStarted(_env: AGIEnvironment): void {}

  /** The caller hung up; commands that need none still work. Called once. To be overridden. */
  hangupReceived(): void {}

  /** Something came that answers no command: the rest of a value that holds newlines. To be overridden. */
  strayReceived(_text: string): void {}

  /** The session is over; `error` says why, if it was not in order. Called once. To be overridden. */
  sessionEnded(_error?: Error): void {}

  connectionMade(transport: Transport): void {
    this.#transport = transport
  }

  dataReceived(data: Uint8Array): void {
    if (this.#over) return
    try {
      if (this.#env === undefined) this.#environmentReceived(data)
      else this.#answersReceived(data)
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
      const bytes = encodeCommand(command, args, this.#codec, this.#limits.maxCommandBytes)
      if (this.#over) handler.setException(new AGISessionEndedError('its link is closed', command))
      else {
        this.#commands.push({ command, bytes, handler })
        if (this.#commands.length === 1 && this.#env !== undefined) this.#transport?.write(bytes)
      }
    } catch (error) {
      handler.setException(error as AGIError)
    }
    return handler
  }

  /** Takes back commands that were not written yet. True if this one was among them. */
  withdraw(handler: Handler<AGIResponse>): boolean {
    const at = this.#commands.findIndex((each) => each.handler === handler)
    if (at <= 0) return false
    this.#commands.splice(at, 1)
    return true
  }

  /** Ends the session with AGISTATUS=FAILURE: the dialplan goes on. Verified on 16 and 22. */
  refuse(): void {
    this.#transport?.write(this.#codec.encode('failure\n') ?? new Uint8Array(0))
    this.close()
  }

  /** Ends the session with AGISTATUS=SUCCESS: the dialplan goes on. */
  close(): void {
    this.#transport?.close()
    this.#end(undefined)
  }

  #environmentReceived(data: Uint8Array): void {
    let rest = joined(this.#line, data)
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = this.#codec.decode(rest.subarray(0, end))
      rest = rest.subarray(end + 1)
      const env = this.#environment.lineReceived(line)
      if (env === undefined) continue
      this.#env = env
      this.#line = new Uint8Array(0)
      // Commands that were given before; one that comes now is written as it comes.
      const [first] = this.#commands
      if (first !== undefined) this.#transport?.write(first.bytes)
      this.sessionStarted(env)
      if (rest.length > 0) this.#answersReceived(rest)
      return
    }
    if (rest.length > this.#limits.maxEnvironmentBytes)
      throw new AGIProtocolError(`A line of the environment takes more than ${this.#limits.maxEnvironmentBytes} bytes`)
    this.#line = rest.slice()
  }

  #answersReceived(data: Uint8Array): void {
    // Up to the last LF: a character is never cut by the decoder.
    const all = joined(this.#line, data)
    const end = all.lastIndexOf(10) + 1
    this.#line = all.slice(end)
    this.#replies.push(this.#codec.decode(all.subarray(0, end)))
    if (this.#replies.length + this.#line.length > this.#limits.maxReplyBytes)
      throw new AGIProtocolError(`An answer takes more than ${this.#limits.maxReplyBytes} bytes`)
    this.#readReplies()
  }

  #readReplies(): void {
    for (;;) {
      while (this.#replies.takeHangup()) this.#hangup()
      const [first] = this.#commands
      if (first === undefined) {
        const stray = this.#replies.takeStray()
        if (stray !== '') this.strayReceived(stray)
        return
      }
      const reply = this.#replies.takeReply()
      if (reply === undefined) return
      // What follows an answer in one piece belongs to it: a notice says why a command failed.
      while (this.#replies.takeHangup()) this.#hangup()
      this.#commands.shift()
      const [next] = this.#commands
      if (next !== undefined) this.#transport?.write(next.bytes)
      if (reply.kind === 'refused') first.handler.setException(refusalError(first.command, reply.refusal))
      else if (Number(reply.response.result) >= 0 || Number.isNaN(Number(reply.response.result)))
        first.handler.setResult(reply.response)
      else first.handler.setException(this.#failure(first.command, reply.response))
    }
  }

  #failure(command: string, response: AGIResponse): AGIError {
    return this.#hungUp ? new AGIHangupError(command, response) : new AGICommandFailure(command, response)
  }

  /** Where the hangup is told in another way: stdio has a signal for it. */
  protected noteHangup(): void {
    this.#hungUp = true
  }

  #hangup(): void {
    if (this.#hungUp) return
    this.#hungUp = true
    this.hangupReceived()
  }

  #end(error: Error | undefined): void {
    if (this.#over) return
    this.#over = true
    for (const { command, handler } of this.#commands.splice(0))
      handler.setException(new AGISessionEndedError(error?.message ?? 'its link is closed', command, error && { cause: error }))
    this.sessionEnded(error)
  }
}

function joined(before: Uint8Array, after: Uint8Array): Uint8Array {
  if (before.length === 0) return after
  const all = new Uint8Array(before.length + after.length)
  all.set(before)
  all.set(after, before.length)
  return all
}

function resolveLimits(limits: Optional<AGILimits>): AGILimits {
  return {
    maxEnvironmentBytes: limits.maxEnvironmentBytes ?? LIMITS.maxEnvironmentBytes,
    maxEnvironmentVariables: limits.maxEnvironmentVariables ?? LIMITS.maxEnvironmentVariables,
    maxReplyBytes: limits.maxReplyBytes ?? LIMITS.maxReplyBytes,
    maxCommandBytes: limits.maxCommandBytes ?? LIMITS.maxCommandBytes,
  }
}
