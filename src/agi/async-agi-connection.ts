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
import { hangUpOver, isElsewhere, stopSoundOver } from './async-agi-call-control.js'
import { ManagerCallWatch } from './async-agi-call-watch.js'
import { type Claim, claimAtEnd, claimCommand, countVariable, parseClaim, releaseCommand, UNCLAIMED } from './async-agi-claim.js'
import { AsyncAGILease } from './async-agi-lease.js'
import { isGone } from './async-agi-refusal.js'
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
import { isControlled } from './sound.js'

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

/** Whose the channels are, and who is told of what becomes of them. */
export interface ConnectionHost {
  readonly clock: Clock
  /** 16 hexadecimal digits that no other process has. */
  readonly owner: string
  readonly leaseMs: number
  /** Another process has the channel now. */
  taken(connection: AsyncAGIConnection, claim: Claim): void
  /** A claim cannot be renewed while a command runs. */
  renewalRefused(error: Error): void
}

/** A claim that is asked for anew. */
interface Reclaim {
  readonly id: string
  readonly askedAt: number
  /** The command that waits for it. */
  held: QueuedCommand | undefined
}

/** How a channel answered when it was claimed. */
export interface ClaimAnswer {
  /** What is left of an environment that was cut, with its beginning. */
  readonly environment: string
  /** The claim that another process has; undefined if the channel is this one's. */
  readonly rival: Claim | undefined
  /** Whether Asterisk can write claims at all. */
  readonly isClaimed: boolean
}

const NOTHING = new Uint8Array(0)

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
  /** The answer to a claim, until it comes. */
  #opening: Handler<string> | undefined
  readonly #host: ConnectionHost
  readonly #lease: AsyncAGILease
  #isClaimed = false
  #claims = 0
  /** Whether nobody's command was answered since this connection is there. */
  #isFirst = true
  #reclaim: Reclaim | undefined
  /** Aborts when the session is over: what is not written then shall not be. */
  readonly #life = new AbortController()
  #hungUp = false
  #isTransferred = false
  /** Why the session is over; undefined while it is not. */
  #end: string | undefined
  /** The failure that Asterisk may end AsyncAGI for. */
  #lastFailure: AGICommandFailure | undefined

  constructor(
    ami: ManagerConnection,
    codec: TextCodec,
    host: ConnectionHost,
    { channel, uniqueId, env }: { readonly channel: string; readonly uniqueId: string; readonly env: AGIEnvironment },
  ) {
    this.#ami = ami
    this.#codec = codec
    this.channel = channel
    this.uniqueId = uniqueId
    this.env = env
    this.#host = host
    const variable = countVariable(host.owner)
    this.#lease = new AsyncAGILease(host.clock, host.leaseMs, {
      renew: (count) => ami.sendAction('Setvar', { Channel: this.channel, Variable: variable, Value: count }),
      reclaim: () => this.#askAgain(),
      refused: (error) => this.#renewalFailed(error),
    })
  }

  get isHungUp(): boolean {
    return this.#hungUp
  }

  get isTransferred(): boolean {
    return this.#isTransferred
  }

  /** Asterisk has ended AsyncAGI, and not because of a hangup: asks whether the caller was taken elsewhere. */
  async askWhetherTransferred(): Promise<boolean> {
    this.#isTransferred = await isElsewhere(this.#ami, { ...this.env, channel: this.channel })
    return this.#isTransferred
  }

  get isOver(): boolean {
    return this.#end !== undefined
  }

  sendCommand(command: string, ...args: readonly (AGIArgument | undefined)[]): Handler<AGIResponse> {
    const handler = new Handler<AGIResponse>()
    try {
      const line = encodeCommand(command, args, this.#codec, MAX_COMMAND_BYTES)
      if (this.isOver) handler.setException(this.#overError(command))
      else this.#commands.add({ command, args, line, handler })
    } catch (error) {
      handler.setException(error as AGIError)
    }
    return handler
  }

  withdraw(handler: Handler<AGIResponse>): boolean {
    return this.#commands.withdraw(handler)
  }

  stopSound(handler: Handler<AGIResponse>): void {
    const { written } = this.#commands
    // The channel may be another process's by now.
    if (this.#isClaimed && !this.#lease.isSafe) return
    if (written?.handler === handler && isControlled(written)) stopSoundOver(this.#ami, this.channel)
  }

  watch(clock: Clock): CallWatch {
    return new ManagerCallWatch(this.#ami, clock, this.uniqueId)
  }

  hangUp(): Promise<unknown> {
    const byCommand = () => this.sendCommand('HANGUP').toPromise()
    // Where the channel may be another process's by now, it is asked first.
    if (this.isOver || (this.#isClaimed && !this.#lease.isSafe)) return byCommand()
    // What the command answers may come before the action is answered.
    this.#hungUp = true
    return hangUpOver(this.#ami, this.channel, byCommand)
  }

  /** Hands the call back to the dialplan. */
  close(): void {
    if (this.isOver) return
    // Another process may have the channel by now: it must not lose it. If none has, the call is answered once more.
    if (this.#isClaimed && !this.#lease.isSafe) this.#last(releaseCommand(this.#host.owner))
    else this.#last('ASYNCAGI BREAK')
    this.ended('the script has ended it')
  }

  /** Leaves the channel to other processes. */
  release(why: string): void {
    if (this.isOver) return
    this.#last(releaseCommand(this.#host.owner))
    this.ended(why)
  }

  /**
   * Claims the channel: unless it is, or the claim is `instead`. With the answer comes what is left of an environment that was cut.
   *
   * @param isEntering whether the channel has come to AsyncAGI just now
   * @throws AGIProtocolError when that is too long; what ends the session.
   */
  async claim(begun: Uint8Array, instead: string, isEntering: boolean): Promise<ClaimAnswer> {
    const askedAt = this.#host.clock.now()
    let answer = await this.#ask(begun, instead)
    const environment = answer.before
    // Commands make claims: one that was there before the first command is from an earlier stay of the channel in AsyncAGI.
    if (isEntering && this.#isFirst && this.#rivalOf(answer.claim) !== undefined) answer = await this.#ask(NOTHING, answer.claim)
    const rival = this.#rivalOf(answer.claim)
    this.#isClaimed = rival === undefined && parseClaim(answer.claim) !== undefined
    if (this.#isClaimed) this.#lease.won(askedAt)
    return { environment, rival, isClaimed: this.#isClaimed }
  }

  /** The session begins. */
  open(): void {
    this.#commands.open()
  }

  async #ask(begun: Uint8Array, instead: string): Promise<{ readonly before: string; readonly claim: string }> {
    const opening = new Handler<string>()
    const id = newId()
    this.#opening = opening
    this.#out = { id, pieces: begun.length === 0 ? [] : [begun], length: begun.length, isCut: false, probes: [] }
    this.#act(this.#claimWith(instead), id).catch((error: Error) => opening.setException(this.#refusal('', error)))
    const text = await opening.toPromise()
    return claimAtEnd(text) ?? { before: text, claim: UNCLAIMED }
  }

  #claimWith(instead: string): string {
    this.#claims += 1
    return claimCommand(this.#host, this.#claims, instead)
  }

  #rivalOf(claim: string): Claim | undefined {
    const there = parseClaim(claim)
    return there?.owner === this.#host.owner ? undefined : there
  }

  /** An AsyncAGIExec of this channel, whoever sent the command. */
  answered(id: string, encoded: string): void {
    const out = this.#out
    const piece = percentDecode(encoded)
    const isOwn = out !== undefined && id === (out.probes.at(-1) ?? out.id)
    // What Asterisk has left of an answer comes before that to the next command, whosever that is.
    if (out !== undefined && (isOwn || out.pieces.length > 0)) {
      out.pieces.push(piece)
      out.length += piece.length
      out.isCut ||= encoded.length >= MAX_RESULT_CHARACTERS
    }
    if (out !== undefined && isOwn) this.#cameIn(out)
    else this.#otherAnswered(id, piece)
  }

  #cameIn(out: Answer): void {
    const text = this.#wholeText(out)
    if (text !== undefined) this.#settle(text, out.isCut)
    else if (out.length > MAX_ANSWER_BYTES || out.probes.length === MAX_PROBES) this.#tooLong()
    else this.#probe(out)
  }

  /** Another process's claim, or this one's when it was asked for anew. */
  #otherAnswered(id: string, piece: Uint8Array): void {
    this.#isFirst = false
    if (!this.#isClaimed) return
    const found = claimAtEnd(this.#codec.decode(piece))
    const rival = found && this.#rivalOf(found.claim)
    if (rival !== undefined) this.#host.taken(this, rival)
    else if (this.#reclaim?.id === id) this.#reclaimed(this.#reclaim)
  }

  #askAgain(): void {
    if (this.#reclaim !== undefined) return
    const id = newId()
    this.#reclaim = { id, askedAt: this.#host.clock.now(), held: undefined }
    this.#act(this.#claimWith(UNCLAIMED), id).catch((error: Error) => {
      const held = this.#reclaim?.held
      this.#reclaim = undefined
      if (held !== undefined) this.#refused(held, error)
    })
  }

  #reclaimed(reclaim: Reclaim): void {
    const { askedAt, held } = reclaim
    this.#reclaim = undefined
    this.#lease.won(askedAt)
    if (held !== undefined) this.#send(held)
  }

  #renewalFailed(error: Error): void {
    // Of one that is gone its end is told.
    if (!this.isOver && error instanceof ActionError && !isGone(error)) this.#host.renewalRefused(error)
  }

  hungUp(): void {
    this.#hungUp = true
  }

  /** AsyncAGI is over: nothing more is answered. */
  ended(why: string): void {
    if (this.isOver) return
    this.#end = why
    this.#lease.stop()
    this.#life.abort()
    if (this.#lastFailure !== undefined) this.#lastFailure.endedSession = true
    this.#out = undefined
    this.#opening?.setException(this.#overError(''))
    for (const { command, args, handler } of this.#commands.end())
      handler.setException(this.#overError(command, commandText(command, args)))
  }

  #overError(command: string, shown: string = command): AGIError {
    return this.#hungUp
      ? new AGIHangupError(command, undefined, shown)
      : new AGISessionEndedError(this.#end ?? '', command, undefined, shown)
  }

  #settle(text: string, isCut: boolean): void {
    this.#out = undefined
    const opening = this.#opening
    this.#opening = undefined
    if (opening === undefined) this.#settleFirst(text, isCut)
    else opening.setResult(text)
  }

  /** An answer without those to the questions, once it is whole. */
  #wholeText({ pieces, probes, isCut }: Answer): string | undefined {
    if (this.#opening !== undefined && probes.length === 0) {
      const text = this.#codec.decode(joined(pieces))
      return claimAtEnd(text) && text
    }
    // A look at the end first: to join all of it at each piece would cost too much.
    const end = probes.length === 0 ? '\n' : markerOf(probes.at(-1) ?? '')
    if (!this.#codec.decode(joined(pieces.slice(-2))).endsWith(end)) return undefined
    const all = this.#codec.decode(joined(pieces))
    const tail = probes.map(markerOf).join('')
    const isWhole = all.endsWith(`\n${tail}`) || (tail !== '' && isCut && all.endsWith(tail))
    if (!isWhole) return undefined
    const text = all.slice(0, all.length - tail.length)
    // Claims of others may have come between it and the questions.
    return this.#opening !== undefined || tail === '' ? text : (claimAtEnd(text)?.before ?? text)
  }

  /** What is left of it would come with the next answer: the session cannot go on. */
  #tooLong(): void {
    const error = new AGIProtocolError(`An answer over AsyncAGI takes more than ${MAX_ANSWER_BYTES} bytes`)
    if (this.#opening === undefined) this.#commands.written?.handler.setException(error)
    else this.#opening.setException(error)
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
    if (this.#isClaimed && !this.#lease.isSafe) {
      this.#askAgain()
      if (this.#reclaim !== undefined) this.#reclaim.held = command
      return
    }
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
    const command = { Channel: this.channel, Command: line, CommandID: id }
    return this.#ami.sendAction(unlisted('AGI'), command, { signal: this.#life.signal })
  }

  /** A last command. It is refused when the channel is gone, which is as good. */
  #last(line: string): void {
    const command = { Channel: this.channel, Command: line, CommandID: newId() }
    this.#ami.sendAction(unlisted('AGI'), command).catch(() => undefined)
  }

  #refused(command: QueuedCommand, error: Error): void {
    if (this.#commands.written !== command) return
    this.#out = undefined
    command.handler.setException(this.#refusal(command.command, error))
    this.#commands.answered()
  }

  #refusal(command: string, error: Error): AGIError {
    return isGone(error)
      ? new AGIHangupError(command)
      : new AGISessionEndedError(printable(error.message), command, { cause: error })
  }
}

function markerOf(probe: string): string {
  return `200 result=1 (${probe})\n`
}
