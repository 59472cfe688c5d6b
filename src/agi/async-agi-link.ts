import type { ManagerConnection } from '../ami/client/manager-connection.js'
import { ActionError } from '../ami/messages/errors.js'
import { unlisted } from '../ami/messages/typed-names.js'
import { actionIdSource } from '../ami/protocol/action-id.js'
import type { AGIArgument } from '../catalog/values.js'
import { Handler } from '../core/handler.js'
import { systemRandomBytes } from '../core/random-bytes.js'
import type { TextCodec } from '../core/text-codec.js'
import { encodeCommand } from './command-line.js'
import type { AGIEnvironment } from './environment.js'
import { AGICommandFailure, type AGIError, AGIHangupError, AGIProtocolError, AGISessionEndedError } from './errors.js'
import type { AGILink } from './link.js'
import { percentDecode } from './percent.js'
import { refusalError } from './refusal.js'
import { ReplyReader } from './reply-reader.js'
import type { AGIResponse } from './response.js'

/** A line of AMI without its `Command: ` (`main/manager.c`; verified on 16 and 22). */
const MAX_COMMAND_BYTES = 1_013
/** Asterisk writes no more of a `Result` (`res/res_agi.c`; verified on 22): what is as long may be longer. */
const MAX_RESULT_CHARACTERS = 2_047

interface PendingCommand {
  readonly command: string
  readonly line: string
  readonly handler: Handler<AGIResponse>
}

const newId = actionIdSource(systemRandomBytes)

/**
 * One channel in AsyncAGI. Its commands go out as actions, one at a time; their answers come as events.
 *
 * Asterisk cuts an answer after 1,024 bytes and gives the rest to the next command. Then this link asks for an expression that nobody can guess,
 * until the answer to that comes whole: what came before it is the rest.
 */
export class AsyncAGILink implements AGILink {
  readonly noticeMs = 100
  readonly uniqueId: string
  channel: string
  env: AGIEnvironment
  readonly #ami: ManagerConnection
  readonly #codec: TextCodec
  readonly #commands: PendingCommand[] = []
  /** The one that is out: its id, and what has come of its answer. */
  #out: { readonly id: string; text: string; isCut: boolean; readonly probes: string[] } | undefined
  #hungUp = false
  #over = false
  /** The failure that Asterisk may end AsyncAGI for. */
  #lastFailure: AGICommandFailure | undefined

  constructor(
    ami: ManagerConnection,
    codec: TextCodec,
    channel: { readonly name: string; readonly uniqueId: string; readonly env: AGIEnvironment },
  ) {
    this.#ami = ami
    this.#codec = codec
    this.channel = channel.name
    this.uniqueId = channel.uniqueId
    this.env = channel.env
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
      const line = this.#codec.decode(encodeCommand(command, args, this.#codec, MAX_COMMAND_BYTES)).slice(0, -1)
      if (this.#over) handler.setException(this.#overError(command))
      else {
        this.#commands.push({ command, line, handler })
        if (this.#commands.length === 1 && this.#out === undefined) this.#sendNext()
      }
    } catch (error) {
      handler.setException(error as AGIError)
    }
    return handler
  }

  withdraw(handler: Handler<AGIResponse>): boolean {
    const at = this.#commands.findIndex((each) => each.handler === handler)
    if (at < 0 || (at === 0 && this.#out !== undefined)) return false
    this.#commands.splice(at, 1)
    return true
  }

  /** Hands the call back to the dialplan. */
  close(): void {
    if (this.#over) return
    // Refused when the channel is gone, which is as good.
    this.#act('ASYNCAGI BREAK', newId()).catch(() => undefined)
    this.ended('the script has ended it')
  }

  /** Reads what is left of an environment that was cut; resolves with all of it. */
  async readOn(text: string): Promise<string> {
    const rest = new Handler<string>()
    this.#beginRest(text, (whole) => rest.setResult(whole))
    return rest.toPromise()
  }
  #restRead: ((whole: string) => void) | undefined

  /** An AsyncAGIExec of this channel. */
  answered(id: string, encoded: string): void {
    const out = this.#out
    if (out === undefined || id !== (out.probes.at(-1) ?? out.id)) return
    out.text += this.#codec.decode(percentDecode(encoded))
    out.isCut ||= encoded.length >= MAX_RESULT_CHARACTERS
    const tail = out.probes.map((probe) => `200 result=1 (${probe})\n`).join('')
    const isWhole = out.text.endsWith(`\n${tail}`) || (tail !== '' && out.isCut && out.text.endsWith(tail))
    if (!isWhole) {
      this.#probe()
      return
    }
    this.#out = undefined
    const text = out.text.slice(0, out.text.length - tail.length)
    if (this.#restRead !== undefined) {
      const done = this.#restRead
      this.#restRead = undefined
      done(text)
    } else this.#settleFirst(text, out.isCut)
    this.#sendNext()
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
    for (const { command, handler } of this.#commands.splice(0)) handler.setException(this.#overError(command, why))
  }

  #overError(command: string, why = 'AsyncAGI has ended'): AGIError {
    return this.#hungUp ? new AGIHangupError(command) : new AGISessionEndedError(why, command)
  }

  #settleFirst(text: string, isCut: boolean): void {
    const first = this.#commands.shift()
    if (first === undefined) return
    const { command, handler } = first
    const reader = new ReplyReader()
    reader.push(text)
    const reply = isCut ? undefined : reader.takeReply()
    if (reply === undefined)
      handler.setException(new AGIProtocolError(`Asterisk cut the answer to ${command}: it is too long for AsyncAGI`))
    else if (reply.kind === 'refused') handler.setException(refusalError(command, reply.refusal))
    else if (Number(reply.response.result) < 0) this.#fail(command, reply.response, handler)
    else handler.setResult(reply.response)
  }

  #fail(command: string, response: AGIResponse, handler: Handler<AGIResponse>): void {
    if (this.#hungUp) {
      handler.setException(new AGIHangupError(command, response))
      return
    }
    this.#lastFailure = new AGICommandFailure(command, response)
    handler.setException(this.#lastFailure)
  }

  #sendNext(): void {
    const [first] = this.#commands
    if (first === undefined || this.#over) return
    this.#lastFailure = undefined
    this.#out = { id: newId(), text: '', isCut: false, probes: [] }
    this.#act(first.line, this.#out.id).catch((error: Error) => this.#refused(first, error))
  }

  #beginRest(text: string, done: (whole: string) => void): void {
    this.#restRead = done
    this.#out = { id: '', text, isCut: false, probes: [] }
    this.#probe()
  }

  #probe(): void {
    const id = newId()
    this.#out?.probes.push(id)
    // A failure shows when the channel's end does.
    this.#act(`GET FULL VARIABLE "${id}"`, id).catch(() => undefined)
  }

  #act(line: string, id: string): Promise<unknown> {
    return this.#ami.sendAction(unlisted('AGI'), { Channel: this.channel, Command: line, CommandID: id })
  }

  #refused(pending: PendingCommand, error: Error): void {
    if (this.#commands[0] !== pending) return
    this.#commands.shift()
    this.#out = undefined
    const isGone = error instanceof ActionError && /does not exist/.test(error.response.message)
    pending.handler.setException(
      isGone ? new AGIHangupError(pending.command) : new AGISessionEndedError(error.message, pending.command, { cause: error }),
    )
    this.#sendNext()
  }
}
