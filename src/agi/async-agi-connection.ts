import type { ManagerConnection } from '../ami/client/manager-connection.js'
import { ActionError } from '../ami/messages/errors.js'
import { unlisted } from '../ami/messages/typed-names.js'
import { actionIdSource } from '../ami/protocol/action-id.js'
import type { AGIArgument } from '../catalog/values.js'
import type { Clock } from '../core/clock.js'
import { Handler } from '../core/handler.js'
import { joined } from '../core/joined.js'
import { printable } from '../core/printable.js'
import { systemRandomBytes } from '../core/random-bytes.js'
import type { TextCodec } from '../core/text-codec.js'
import { hasFailed, hidesHangup } from './application-answer.js'
import { ManagerCallWatch } from './async-agi-call-watch.js'
import type { CallWatch } from './call-watch.js'
import { encodeCommand } from './command-line.js'
import { CommandQueue, type QueuedCommand } from './command-queue.js'
import { commandText } from './command-text.js'
import type { AGIEnvironment } from './environment.js'
import { AGICommandFailure, type AGIError, AGIHangupError, AGIProtocolError, AGISessionEndedError } from './errors.js'
import { percentDecode } from './percent-encoding.js'
import { refusalError } from './refusal.js'
import { ReplyReader } from './reply-reader.js'
import type { AGIResponse } from './response.js'
import type { AGISessionConnection } from './session-connection.js'

/** A line of AMI without its `Command: ` (`main/manager.c`; verified on 16 and 22). */
const MAX_COMMAND_BYTES = 1_013
/** Asterisk writes 2,047 characters of a `Result` at the most, and no half of an escape (verified on 16 and 22): what is as long may be longer. */
const MAX_RESULT_CHARACTERS = 2_045
/** The longest answer that is put together. Asterisk gives 1,024 bytes at a time. */
const MAX_ANSWER_BYTES = 1 << 20
const MAX_PROBES = 1_200

/** What has come of an answer. */
interface Answer {
  /** The id of its command. */
  readonly id: string
  /** Its bytes: a character may be cut. */
  readonly pieces: Uint8Array[]
  length: number
  /** Whether Asterisk left something out. */
  isCut: boolean
  /** The ids of the questions that fetch the rest. */
  readonly probes: string[]
}

const newId = actionIdSource(systemRandomBytes)

/**
 * One channel in AsyncAGI. Its commands go out as actions, one at a time; their answers come as events.
 *
 * Asterisk cuts an answer after 1,024 bytes and gives the rest to the next command. Then this connection asks for an expression that nobody can guess,
 * until the answer to that comes whole: what came before it is the rest.
 */
export class AsyncAGIConnection implements AGISessionConnection {
  readonly noticeMs = 100
  /** Empty where Asterisk does not tell it. */
  readonly uniqueId: string
  channel: string
  env: AGIEnvironment
  readonly #ami: ManagerConnection
  readonly #codec: TextCodec
  readonly #commands = new CommandQueue((command) => this.#send(command))
  /** The one that is out. */
  #out: Answer | undefined
  /** The environment, while it is read on. */
  #environment: Handler<string> | undefined
  #hungUp = false
  #over = false
  /** The failure that Asterisk may end AsyncAGI for. */
  #lastFailure: AGICommandFailure | undefined

  constructor(
    ami: ManagerConnection,
    codec: TextCodec,
    { channel, uniqueId, env }: { readonly channel: string; readonly uniqueId: string; readonly env: AGIEnvironment },
  ) {
    this.#ami = ami
    this.#codec = codec
    this.channel = channel
    this.uniqueId = uniqueId
    this.env = env
    this.#commands.open()
  }

  get isHungUp(): boolean {
    return this.#hungUp
  }

  get isOver(): boolean {
    return this.#over
  }

  sendCommand(command: string, ...args: readonly (AGIArgument | undefined)[]): Handler<AGIResponse> {
    const handler = new Handler<AGIResponse>()
    try {
      const line = encodeCommand(command, args, this.#codec, MAX_COMMAND_BYTES)
      if (this.#over) handler.setException(this.#overError(command))
      else this.#commands.add({ command, args, line, handler })
    } catch (error) {
      handler.setException(error as AGIError)
    }
    return handler
  }

  withdraw(handler: Handler<AGIResponse>): boolean {
    return this.#commands.withdraw(handler)
  }

  watch(clock: Clock): CallWatch {
    return new ManagerCallWatch(this.#ami, clock, this.uniqueId)
  }

  /** Hands the call back to the dialplan. */
  close(): void {
    if (this.#over) return
    // Refused when the channel is gone, which is as good.
    this.#act('ASYNCAGI BREAK', newId()).catch(() => undefined)
    this.ended('the script has ended it')
  }

  /** Reads what is left of an environment that was cut; resolves with all of it. @throws AGIProtocolError when it is too long; what ends the session. */
  readOn(begun: Uint8Array): Promise<string> {
    this.#commands.pause()
    this.#environment = new Handler<string>()
    this.#out = { id: '', pieces: [begun], length: begun.length, isCut: false, probes: [] }
    this.#probe(this.#out)
    return this.#environment.toPromise()
  }

  /** An AsyncAGIExec of this channel. */
  answered(id: string, encoded: string): void {
    const out = this.#out
    if (out === undefined || id !== (out.probes.at(-1) ?? out.id)) return
    const piece = percentDecode(encoded)
    out.pieces.push(piece)
    out.length += piece.length
    out.isCut ||= encoded.length >= MAX_RESULT_CHARACTERS
    const text = this.#wholeText(out)
    if (text !== undefined) this.#settle(text, out.isCut)
    else if (out.length > MAX_ANSWER_BYTES || out.probes.length === MAX_PROBES) this.#tooLong()
    else this.#probe(out)
  }

  hungUp(): void {
    this.#hungUp = true
  }

  /** AsyncAGI is over: nothing more is answered. */
  ended(why: string): void {
    if (this.#over) return
    this.#over = true
    if (this.#lastFailure !== undefined) this.#lastFailure.endedSession = true
    this.#out = undefined
    this.#environment?.setException(this.#overError('', why))
    for (const { command, args, handler } of this.#commands.end())
      handler.setException(this.#overError(command, why, commandText(command, args)))
  }

  #overError(command: string, why = 'AsyncAGI has ended', shown: string = command): AGIError {
    return this.#hungUp ? new AGIHangupError(command, undefined, shown) : new AGISessionEndedError(why, command, undefined, shown)
  }

  #settle(text: string, isCut: boolean): void {
    this.#out = undefined
    const environment = this.#environment
    this.#environment = undefined
    if (environment === undefined) {
      this.#settleFirst(text, isCut)
      return
    }
    environment.setResult(text)
    this.#commands.open()
  }

  /** An answer without those to the questions, once it is whole. */
  #wholeText({ pieces, probes, isCut }: Answer): string | undefined {
    // A look at the end first: to join all of it at each piece would cost too much.
    const end = probes.length === 0 ? '\n' : markerOf(probes.at(-1) ?? '')
    if (!this.#codec.decode(joined(pieces.slice(-2))).endsWith(end)) return undefined
    const all = this.#codec.decode(joined(pieces))
    const tail = probes.map(markerOf).join('')
    const isWhole = all.endsWith(`\n${tail}`) || (tail !== '' && isCut && all.endsWith(tail))
    return isWhole ? all.slice(0, all.length - tail.length) : undefined
  }

  /** What is left of it would come with the next answer: the session cannot go on. */
  #tooLong(): void {
    const error = new AGIProtocolError(`An answer over AsyncAGI takes more than ${MAX_ANSWER_BYTES} bytes`)
    if (this.#environment === undefined) this.#commands.written?.handler.setException(error)
    else this.#environment.setException(error)
    this.close()
  }

  #settleFirst(text: string, isCut: boolean): void {
    const { written } = this.#commands
    if (written === undefined) return
    this.#settleBy(written, text, isCut)
    this.#commands.answered()
  }

  #settleBy(written: QueuedCommand, text: string, isCut: boolean): void {
    const { command, args, handler } = written
    const reader = new ReplyReader()
    reader.expect(command)
    const { reply } = reader.read(isCut ? [] : text.replace(/\n$/, '').split('\n'))
    if (reply === undefined)
      handler.setException(new AGIProtocolError(`Asterisk cut the answer to ${command}: it is too long for AsyncAGI`))
    else if (reply.kind === 'refused') handler.setException(refusalError(command, reply.refusal, commandText(command, args)))
    else if (hasFailed(command, reply.response) || (hidesHangup(command) && this.#hungUp)) this.#fail(written, reply.response)
    else handler.setResult(reply.response)
  }

  #fail({ command, args, handler }: QueuedCommand, response: AGIResponse): void {
    const shown = commandText(command, args)
    if (this.#hungUp) {
      handler.setException(new AGIHangupError(command, response, shown))
      return
    }
    this.#lastFailure = new AGICommandFailure(command, response, shown)
    handler.setException(this.#lastFailure)
  }

  #send(command: QueuedCommand): void {
    this.#lastFailure = undefined
    this.#out = { id: newId(), pieces: [], length: 0, isCut: false, probes: [] }
    const line = this.#codec.decode(command.line).slice(0, -1)
    this.#act(line, this.#out.id).catch((error: Error) => this.#refused(command, error))
  }

  #probe(out: Answer): void {
    const id = newId()
    out.probes.push(id)
    // A failure shows when the channel's end does.
    this.#act(`GET FULL VARIABLE "${id}"`, id).catch(() => undefined)
  }

  #act(line: string, id: string): Promise<unknown> {
    return this.#ami.sendAction(unlisted('AGI'), { Channel: this.channel, Command: line, CommandID: id })
  }

  #refused(command: QueuedCommand, error: Error): void {
    if (this.#commands.written !== command) return
    this.#out = undefined
    const isGone = error instanceof ActionError && /does not exist/.test(error.response.message)
    command.handler.setException(
      isGone
        ? new AGIHangupError(command.command)
        : new AGISessionEndedError(printable(error.message), command.command, { cause: error }),
    )
    this.#commands.answered()
  }
}

function markerOf(probe: string): string {
  return `200 result=1 (${probe})\n`
}
