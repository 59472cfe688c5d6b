import { asciiBytes, startsWith } from '../../core/ascii.js'
import { HeaderFields } from '../../core/header-fields.js'
import { callback, checkOptions, encoding, line, type Optional, type OptionsShape, section } from '../../core/options.js'
import { type RandomBytes, systemRandomBytes } from '../../core/random-bytes.js'
import { type TextCodec, textCodec } from '../../core/text-codec.js'
import type { Protocol, Transport } from '../../core/transport.js'
import { ActionError, ConnectionLostError, InvalidActionError, ProtocolError } from '../messages/errors.js'
import { AMIEvent, type EventOrigin } from '../messages/event.js'
import { AMIResponse } from '../messages/response.js'
import type { ActionHeaders } from '../messages/typed-names.js'
import { type PreparedAction, prepareAction } from './action.js'
import { actionIdSource } from './action-id.js'
import { AnswerReader } from './answer-reader.js'
import { actionIdIn, isFollows, outputMayFollow } from './answer-start.js'
import { EventNames } from './event-names.js'
import { eventNumber } from './event-number.js'
import { type AMILimits, type Excess, excessText, LIMITS_SHAPE, resolveLimits } from './limits.js'
import { announcesLists } from './list-actions.js'
import { AMIParser } from './parser.js'
import { PendingAction } from './pending-action.js'
import { PendingActions } from './pending-actions.js'
import type { Variables } from './variables.js'

export interface AMIProtocolOptions {
  /** Character encoding of the server's text. @default 'utf-8' */
  readonly encoding?: string | undefined
  /** How much of what the server sends is taken. */
  readonly limits?: Optional<AMILimits> | undefined
  /** Source of the chance in ActionIDs. @default the runtime's `crypto.getRandomValues` */
  readonly randomBytes?: RandomBytes | undefined
  /** What errors call the server, such as `127.0.0.1:5038`. @default 'the server' */
  readonly peer?: string | undefined
}

const SHAPE: OptionsShape<AMIProtocolOptions> = { encoding, limits: section(LIMITS_SHAPE), randomBytes: callback, peer: line }

/** Is called with each event of a name. */
export type EventHandler = (event: AMIEvent) => void

/**
 * The client's side of AMI, without I/O: bytes come in by `dataReceived`, actions go out by the transport, answers come
 * by handlers. One instance serves one connection; make a new one for the next.
 *
 * Methods named `…Received` and `callbackFailed` are hooks to override.
 */
export class AMIProtocol implements Protocol {
  readonly #codec: TextCodec
  readonly #limits: AMILimits
  readonly #parser: AMIParser
  readonly #newActionId: () => string
  readonly #peer: string
  readonly #eventHandlers = new EventNames<EventHandler>()
  #anyEventHandler: EventHandler | undefined
  readonly #actions = new PendingActions()
  #transport: Transport | undefined
  #lost = false
  #failure: ProtocolError | undefined
  #malformedLineReported = false
  #serverAnnouncesLists = true
  #outputMayFollow = false
  readonly #countsEvents = this.eventNumberReceived !== AMIProtocol.prototype.eventNumberReceived

  /** @throws TypeError or RangeError that names a wrong option and quotes its value. */
  constructor(options: AMIProtocolOptions = {}) {
    checkOptions(options, SHAPE)
    this.#codec = textCodec(options.encoding ?? 'utf-8')
    this.#limits = resolveLimits(options.limits)
    this.#newActionId = actionIdSource(options.randomBytes ?? systemRandomBytes)
    this.#peer = options.peer ?? 'the server'
    this.#parser = new AMIParser(this.#limits, {
      greeting: (bytes, start, end) => this.#greeting(this.#codec.decode(bytes.subarray(start, end))),
      event: (bytes, start, end, nameStart, nameEnd) => this.#event(bytes, start, end, nameStart, nameEnd),
      response: (bytes, start, end) => this.#response(this.#codec.decode(bytes.subarray(start, end)), undefined),
      awaitsOutput: () => this.#actions.awaitsOutput,
      answerReader: (bytes, start, end) => this.#answerReader(bytes, start, end),
      other: (bytes, start, end) =>
        this.#guard(() => this.unknownMessageReceived(this.#codec.decode(bytes.subarray(start, end)))),
      failed: (reason, retryable) => this.#fail(new ProtocolError(`${this.#peer}: ${reason}`, { retryable })),
    })
  }

  /** @internal What all events of the connection have in common. */
  protected get eventOrigin(): EventOrigin | undefined {
    return undefined
  }

  /** Why this side gave the connection up, if it did. */
  get failure(): ProtocolError | undefined {
    return this.#failure
  }

  connectionMade(transport: Transport): void {
    this.#transport = transport
  }

  dataReceived(data: Uint8Array): void {
    if (this.#parser.push(data)) this.#guard(() => this.progressReceived())
  }

  /** Settles every action that waits, with a `ConnectionLostError`. A message that was cut is never delivered. */
  connectionLost(error?: Error): void {
    if (this.#lost) return
    this.#lost = true
    this.#transport = undefined
    this.#parser.stop()
    this.#settleAll(this.#failure ?? error)
  }

  /**
   * Sends an action. The handler's exception is an `ActionError` when Asterisk refuses it, a `ConnectionLostError` when
   * the connection ends first, a `ProtocolError` when its answer or list goes past a limit.
   *
   * @throws InvalidActionError when Asterisk would read something else; nothing is written then.
   */
  sendAction(name: string, headers: ActionHeaders = {}, variables?: Variables): PendingAction {
    return this.writeAction(prepareAction(name, headers, variables, this.#codec, this.#newActionId))
  }

  /**
   * Sends an action that is checked already; `pending` takes its answer.
   *
   * @throws InvalidActionError when its ActionID is in use.
   * @internal
   */
  writeAction(action: PreparedAction, pending = new PendingAction(action.name, action.actionId)): PendingAction {
    if (this.#actions.get(action.actionId) !== undefined) {
      throw new InvalidActionError(
        `Action ${JSON.stringify(action.name)} cannot be sent: another action with its ActionID waits for an answer`,
      )
    }
    if (this.#transport === undefined || this.#failure !== undefined) {
      const cause = this.#failure
      pending.setException(
        new ConnectionLostError(
          `Action ${action.name} was not sent: not connected to ${this.#peer}`,
          cause ? { sent: 'no', cause } : { sent: 'no' },
        ),
      )
      return pending
    }
    this.#actions.add(pending)
    this.#transport.write(action.bytes)
    return pending
  }

  /**
   * Stops waiting for an action: an answer that comes after all is swallowed. The action is not unsent. The last 1,000 that were given up are
   * remembered for that; an answer to an earlier one is as one that no action has.
   */
  abandonAction(pending: PendingAction): void {
    this.#actions.giveUp(pending)
  }

  /** Calls `fn` for each event with this name, in any case. One function a name; `'*'` is for all other names. */
  registerEventHandler(name: string, fn: EventHandler): void {
    if (name === '*') this.#anyEventHandler = fn
    else this.#eventHandlers.set(name, fn)
  }

  unregisterEventHandler(name: string): void {
    if (name === '*') this.#anyEventHandler = undefined
    else this.#eventHandlers.delete(name)
  }

  /** Hook: the server greeted, for example with `Asterisk Call Manager` and `11.0.0`. */
  greetingReceived(_apiName: string, _apiVersion: string): void {}

  /**
   * Hook: bytes came that complete a message, or go on with the answer to an action of this side. Only such are a sign of life: others may be
   * anything.
   */
  progressReceived(): void {}

  /** Hook: this side gives the connection up; called before the actions that wait are settled. */
  protocolFailed(_error: ProtocolError): void {}

  /** Hook: the server gave an event this number; called before the event itself is handed on, also if nobody wants that. */
  eventNumberReceived(_number: number): void {}

  /** Hook: an event that no handler is registered for. */
  unhandledEventReceived(_event: AMIEvent): void {}

  /** Hook: a response without ActionID, or with one that no action has; it settles nothing. */
  unmatchedResponseReceived(_response: AMIResponse): void {}

  /** Hook: an answer to an action that was abandoned. */
  lateResponseReceived(_response: AMIResponse): void {}

  /** Hook: a message that is neither event nor response. */
  unknownMessageReceived(_text: string): void {}

  /** Hook: the first line without a colon on this connection; its message keeps it in `unparsedLines`. */
  malformedLineReceived(_line: string): void {}

  /** Hook: whether `malformedLineReceived` is worth looking for such a line in each message. */
  watchesMalformedLines(): boolean {
    return this.malformedLineReceived !== AMIProtocol.prototype.malformedLineReceived
  }

  /** Hook: a callback or hook threw. Unless overridden, the error is thrown outside of the protocol. */
  callbackFailed(error: unknown): void {
    queueMicrotask(() => {
      throw error
    })
  }

  #greeting(line: string): void {
    const slash = line.lastIndexOf('/')
    const apiName = line.slice(0, Math.max(slash, 0))
    const apiVersion = line.slice(slash + 1)
    if (!/call manager/i.test(apiName) || !/^\S+$/.test(apiVersion)) {
      this.#fail(new ProtocolError(`${this.#peer} does not speak AMI: no Asterisk greeting${quoted(line)}`, { retryable: false }))
      return
    }
    this.#serverAnnouncesLists = announcesLists(apiVersion)
    this.#outputMayFollow = outputMayFollow(apiVersion)
    this.#guard(() => this.greetingReceived(apiName, apiVersion))
  }

  #event(bytes: Uint8Array, start: number, end: number, nameStart: number, nameEnd: number): void {
    if (this.#countsEvents) this.#number(bytes, nameEnd, end)
    const entry = this.#eventHandlers.find(bytes, nameStart, nameEnd)
    const handler = entry?.value ?? this.#anyEventHandler
    const hooked = this.unhandledEventReceived !== AMIProtocol.prototype.unhandledEventReceived
    if (handler === undefined && !hooked && !this.#actions.awaitsList && !this.#endsDroppedList(bytes, nameEnd)) return
    const fields = this.#fields(this.#codec.decode(bytes.subarray(start, end)))
    const isKnown = entry !== undefined && startsWith(bytes, nameStart, nameEnd, entry.bytes)
    const event = AMIEvent.read(isKnown ? entry.name : (fields.get('Event') ?? ''), fields, this.eventOrigin)
    if ((this.#actions.awaitsList || this.#actions.dropsList) && this.#takenByList(event)) return
    if (handler !== undefined) this.#guard(() => handler(event))
    else if (hooked) this.#guard(() => this.unhandledEventReceived(event))
  }

  #number(bytes: Uint8Array, from: number, end: number): void {
    const number = eventNumber(bytes, from, end)
    if (number === undefined) return
    try {
      this.eventNumberReceived(number)
    } catch (error) {
      this.callbackFailed(error)
    }
  }

  /** Whether an event that nobody wants may complete a list that was given up: such have their ActionID in the second line. */
  #endsDroppedList(bytes: Uint8Array, nameEnd: number): boolean {
    return this.#actions.dropsList && startsWith(bytes, nameEnd, bytes.length, ACTION_ID)
  }

  #takenByList(event: AMIEvent): boolean {
    const list = this.#actions.listOf(event)
    const role = list?.roleOf(event)
    if (list === undefined || role === undefined) return false
    if (role === 'cancelled') {
      this.#actions.forget(list)
      this.#guard(() => list.setException(new ActionError(list.action, list.listResponse(event), 'Asterisk cancelled its list')))
      return true
    }
    if (role !== 'completion') {
      const { maxListEvents } = this.#limits
      if (list.keptItems < maxListEvents) this.#guard(() => list.takeItem(event))
      else this.#failAnswer(list, 'list', { limit: 'maxListEvents', seen: `${maxListEvents + 1} came so far` })
    }
    if (role !== 'item') {
      this.#actions.forget(list)
      this.#guard(() => list.setResult(list.listResponse(role === 'completion' ? event : undefined)))
    }
    return true
  }

  /** Only the action fails: what still comes for it is dropped, and what comes behind it is read. */
  #failAnswer(pending: PendingAction, what: string, excess: Excess): void {
    const error = new ProtocolError(`${this.#peer}: ${excessText(`the ${what} of ${pending.action}`, this.#limits, excess)}`)
    this.#guard(() => pending.setException(error))
    this.#actions.giveUp(pending)
  }

  /** What reads an answer by itself: one that is not whole yet, holds a command's output, or goes past a limit. */
  #answerReader(bytes: Uint8Array, start: number, end: number): AnswerReader | undefined {
    const actionId = actionIdIn(bytes, start, end)
    const pending = actionId && this.#actions.get(this.#codec.decode(actionId))
    if (pending === undefined) return undefined
    const form = !pending.isCommand ? 'headers' : this.#outputMayFollow && isFollows(bytes, start, end) ? 'follows' : 'output'
    return new AnswerReader(form, this.#limits, (each) => this.#codec.decode(each), {
      isAwaited: () => !pending.abandoned,
      answered: (headers, output) => this.#response(headers, output),
      exceeded: (excess) => this.#failAnswer(pending, pending.isCommand ? 'output' : 'answer', excess),
      skipped: () => this.#actions.forget(pending),
    })
  }

  #response(headers: string, output: readonly string[] | undefined): void {
    const fields = this.#fields(headers)
    const response = AMIResponse.read(fields, output === undefined ? {} : { output })
    const actionId = fields.get('ActionID')
    const pending = actionId === undefined ? undefined : this.#actions.get(actionId)
    if (pending === undefined || (this.#actions.isList(pending) && response.type !== 'error')) {
      if (actionId === undefined || (pending === undefined && !this.#actions.isDone(actionId))) {
        this.#guard(() => this.unmatchedResponseReceived(response))
      }
      return
    }
    if (pending.abandoned) this.#guard(() => this.lateResponseReceived(response))
    if (response.type === 'error') {
      this.#actions.forget(pending)
      this.#guard(() => pending.setException(new ActionError(pending.action, response)))
      return
    }
    if (pending.opensList(fields, response, this.#serverAnnouncesLists)) {
      this.#actions.openList(pending)
      return
    }
    this.#actions.forget(pending)
    this.#guard(() => pending.setResult(response))
  }

  #fields(text: string): HeaderFields {
    const fields = new HeaderFields(text)
    if (!this.#malformedLineReported && this.watchesMalformedLines() && fields.hasUnparsed) {
      this.#malformedLineReported = true
      this.#guard(() => this.malformedLineReceived(fields.unparsed[0] ?? ''))
    }
    return fields
  }

  /** Gives the connection up: whoever is settled by that must find it so already. */
  #fail(error: ProtocolError): void {
    this.#failure = error
    this.#parser.stop()
    this.#guard(() => this.protocolFailed(error))
    this.#settleAll(error)
    this.#transport?.close()
  }

  #settleAll(cause: Error | undefined): void {
    for (const pending of this.#actions.all()) {
      this.#actions.forget(pending)
      const why = this.#failure === undefined ? '' : `: ${this.#failure.message}`
      const message = `The connection to ${this.#peer} was lost before ${pending.action} was answered; Asterisk may have done it${why}`
      this.#guard(() =>
        pending.setException(new ConnectionLostError(message, cause ? { sent: 'maybe', cause } : { sent: 'maybe' })),
      )
    }
  }

  #guard(callback: () => void): void {
    try {
      callback()
    } catch (error) {
      this.callbackFailed(error)
    }
  }
}

/** The second line of an event that belongs to an action, with the end of the first. */
const ACTION_ID = asciiBytes('\r\nActionID: ')

/** What was seen, short and on one line. */
function quoted(text: string): string {
  return text === '' ? '' : `, but ${JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)}`
}
