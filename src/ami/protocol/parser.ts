import { MessageFramer } from '../../core/message-framer.js'
import type { AMILimits } from './limits.js'

/** What the parser finds. Bytes are handed on where they lie and are valid during the call only. */
export interface AMIParserEvents {
  /** The first line of the stream, without its end. */
  greeting(bytes: Uint8Array, start: number, end: number): void
  /** A message whose first line is `Event: <name>`; the name lies between `nameStart` and `nameEnd`. */
  event(bytes: Uint8Array, start: number, end: number, nameStart: number, nameEnd: number): void
  /** A message whose first line is `Response: …`. */
  response(bytes: Uint8Array, start: number, end: number): void
  /** A message of another kind. */
  other(bytes: Uint8Array, start: number, end: number): void
  /** The stream breaks a limit or does not begin with a greeting; nothing more is read from it. */
  failed(reason: string, seen: Uint8Array): void
}

const CR = 13
const LF = 10
const SPACE = 32
/** A greeting is some 30 bytes long; what has no line end by then is none. */
const MAX_GREETING_BYTES = 256

/** Cuts what a server sends into the greeting and messages, and tells their kind by their first line. */
export class AMIParser {
  readonly #events: AMIParserEvents
  readonly #limits: AMILimits
  readonly #framer: MessageFramer
  #greeting: number[] | undefined = []

  constructor(limits: AMILimits, events: AMIParserEvents) {
    this.#limits = limits
    this.#events = events
    this.#framer = new MessageFramer(
      limits.maxMessageBytes,
      (bytes, start, end) => this.#message(bytes, start, end),
      () => this.#fail(`a message has more than ${limits.maxMessageBytes} bytes (limits.maxMessageBytes)`),
    )
  }

  /** From now on nothing is reported any more. */
  stop(): void {
    this.#greeting = undefined
    this.#framer.stop()
  }

  push(chunk: Uint8Array): void {
    if (this.#greeting === undefined) this.#framer.push(chunk)
    else this.#pushGreeting(this.#greeting, chunk)
  }

  #pushGreeting(line: number[], chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] as number
      if (byte === LF && line.at(-1) === CR) {
        this.#greeting = undefined
        this.#events.greeting(Uint8Array.from(line), 0, line.length - 1)
        this.#framer.push(chunk.subarray(at + 1))
        return
      }
      line.push(byte)
      if (line.length > MAX_GREETING_BYTES) {
        this.#fail(`no greeting within ${MAX_GREETING_BYTES} bytes`, Uint8Array.from(line))
        return
      }
    }
  }

  #message(bytes: Uint8Array, start: number, end: number): boolean {
    const isEvent = matches(bytes, start, EVENT)
    const isResponse = !isEvent && matches(bytes, start, RESPONSE)
    // Before anything else: text that may go on is looked at again and again, so that has to cost nothing.
    if (isResponse && isUnfinishedOutput(bytes, start, end)) return false
    const size = end - start
    // A line is at least its CR LF long, so only a large message can break these two.
    if (size > this.#limits.maxLineBytes && this.#breaksLineLimit(bytes, start, end)) return true
    if (size > 2 * this.#limits.maxHeaders && this.#breaksHeaderLimit(bytes, start, end)) return true
    if (isEvent) {
      const nameStart = bytes[start + 6] === SPACE ? start + 7 : start + 6
      let nameEnd = nameStart
      while (bytes[nameEnd] !== CR || bytes[nameEnd + 1] !== LF) nameEnd += 1
      this.#events.event(bytes, start, end, nameStart, nameEnd)
    } else if (isResponse) {
      this.#events.response(bytes, start, end)
    } else {
      this.#events.other(bytes, start, end)
    }
    return true
  }

  #breaksLineLimit(bytes: Uint8Array, start: number, end: number): boolean {
    let lineStart = start
    for (let at = start; at < end; at += 1) {
      if (bytes[at] !== LF || bytes[at - 1] !== CR) continue
      if (at - 1 - lineStart > this.#limits.maxLineBytes) {
        this.#fail(`a line has more than ${this.#limits.maxLineBytes} bytes (limits.maxLineBytes)`)
        return true
      }
      lineStart = at + 1
    }
    return false
  }

  #breaksHeaderLimit(bytes: Uint8Array, start: number, end: number): boolean {
    // The empty line at the end is none; where a bare LF ends the message, it was not counted.
    let headers = bytes[end - 2] === CR ? -1 : 0
    for (let at = start + 1; at < end; at += 1) if (bytes[at] === LF && bytes[at - 1] === CR) headers += 1
    if (headers <= this.#limits.maxHeaders) return false
    this.#fail(`a message has more than ${this.#limits.maxHeaders} headers (limits.maxHeaders)`)
    return true
  }

  #fail(reason: string, seen: Uint8Array = new Uint8Array(0)): void {
    this.stop()
    this.#events.failed(reason, seen)
  }
}

const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0))
const EVENT = ascii('Event:')
const RESPONSE = ascii('Response:')
const FOLLOWS = ascii('Response: Follows\r\n')
const END_COMMAND = ascii('--END COMMAND--\r\n\r\n')

/** Before Asterisk 13 a command's output came as text between the headers and `--END COMMAND--`; it may hold blank lines. */
function isUnfinishedOutput(bytes: Uint8Array, start: number, end: number): boolean {
  return matches(bytes, start, FOLLOWS) && !matches(bytes, end - END_COMMAND.length, END_COMMAND)
}

function matches(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  for (let index = 0; index < expected.length; index += 1) if (bytes[at + index] !== expected[index]) return false
  return true
}
