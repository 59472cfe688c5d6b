import { asciiBytes, startsWith } from '../../core/ascii.js'
import { MessageFramer } from '../../core/message-framer.js'
import type { AnswerReader } from './answer-reader.js'
import { type AMILimits, type Excess, excessText } from './limits.js'

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
  /** Whether the output of a command can come. */
  awaitsOutput(): boolean
  /** The beginning of a response, or all of it: what reads it, if an action waits for it; else it is a message like any other. */
  answerReader(bytes: Uint8Array, start: number, end: number): AnswerReader | undefined
  /**
   * The stream breaks a limit or does not begin with a greeting; nothing more is read from it. `retryable`: another one may not.
   */
  failed(reason: string, retryable: boolean): void
}

const CR = 13
const LF = 10
const SPACE = 32
/** A greeting is some 30 bytes long; what has no line end by then is not one. */
const MAX_GREETING_BYTES = 256

/** Cuts what a server sends into the greeting and messages, and tells their kind by their first line. */
export class AMIParser {
  readonly #events: AMIParserEvents
  readonly #limits: AMILimits
  readonly #framer: MessageFramer
  #greeting: number[] | undefined = []
  /** Reads the answer that is under way. */
  #answer: AnswerReader | undefined
  #stopped = false
  /** Whether the bytes at hand complete something, or go on with an answer. */
  #progressed = false

  constructor(limits: AMILimits, events: AMIParserEvents) {
    this.#limits = limits
    this.#events = events
    this.#framer = new MessageFramer({
      message: (bytes, start, end) => this.#message(bytes, start, end),
      unfinished: (bytes, start, end) => this.#unfinished(bytes, start, end),
    })
  }

  /** From now on nothing is reported any more. */
  stop(): void {
    this.#stopped = true
    this.#framer.stop()
  }

  /** Reads on. True when the bytes complete a message, or go on with the answer to an action: others can be anything. */
  push(chunk: Uint8Array): boolean {
    this.#progressed = false
    let rest = this.#greeting === undefined ? chunk : this.#pushGreeting(this.#greeting, chunk)
    while (rest.length > 0 && !this.#stopped) {
      rest = rest.subarray(this.#answer === undefined ? this.#framer.push(rest) : this.#readAnswer(this.#answer, rest))
    }
    return this.#progressed
  }

  /** Returns what follows the greeting. */
  #pushGreeting(line: number[], chunk: Uint8Array): Uint8Array {
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] as number
      if (byte === LF && line.at(-1) === CR) {
        this.#greeting = undefined
        this.#progressed = true
        this.#events.greeting(Uint8Array.from(line), 0, line.length - 1)
        return chunk.subarray(at + 1)
      }
      line.push(byte)
      if (line.length > MAX_GREETING_BYTES) {
        this.#fail(`no greeting within ${MAX_GREETING_BYTES} bytes, but ${quoted(Uint8Array.from(line), 0, line.length)}`, false)
        break
      }
    }
    return new Uint8Array(0)
  }

  /** Returns whether messages follow: not while an answer is under way. */
  #message(bytes: Uint8Array, start: number, end: number): boolean {
    this.#progressed = true
    const isEvent = startsWith(bytes, start, end, EVENT)
    const isResponse = !isEvent && startsWith(bytes, start, end, RESPONSE)
    const excess = this.#excess(bytes, start, end)
    if (isResponse && (excess !== undefined || this.#events.awaitsOutput())) {
      const answer = this.#events.answerReader(bytes, start, end)
      if (answer !== undefined) {
        this.#readAnswer(answer, bytes.subarray(start, end))
        return this.#answer === undefined
      }
    }
    if (excess !== undefined) {
      this.#failBy(excess, bytes, start, end)
    } else if (isEvent) {
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

  /** Returns whether the rest of the message is waited for as a whole. */
  #unfinished(bytes: Uint8Array, start: number, end: number): boolean {
    const answer = startsWith(bytes, start, end, RESPONSE) ? this.#events.answerReader(bytes, start, end) : undefined
    if (answer !== undefined) {
      this.#readAnswer(answer, bytes.subarray(start, end))
      return false
    }
    if (end - start > this.#limits.maxMessageBytes) this.#failBy(this.#sizeExcess(end - start), bytes, start, end)
    return true
  }

  #readAnswer(answer: AnswerReader, bytes: Uint8Array): number {
    this.#progressed = true
    const read = answer.push(bytes)
    this.#answer = answer.isComplete ? undefined : answer
    return read
  }

  /** The limit that a whole message goes past. */
  #excess(bytes: Uint8Array, start: number, end: number): Excess | undefined {
    const size = end - start
    if (size > this.#limits.maxMessageBytes) return this.#sizeExcess(size)
    // A line is at least its CR LF long, so only a large message can go past these two.
    return (
      (size > this.#limits.maxLineBytes ? this.#lineExcess(bytes, start, end) : undefined) ??
      (size > 2 * this.#limits.maxHeaders ? this.#headerExcess(bytes, start, end) : undefined)
    )
  }

  #sizeExcess(size: number): Excess {
    return { limit: 'maxMessageBytes', seen: `${size} came so far` }
  }

  #lineExcess(bytes: Uint8Array, start: number, end: number): Excess | undefined {
    let lineStart = start
    for (let at = start; at < end; at += 1) {
      if (bytes[at] !== LF || bytes[at - 1] !== CR) continue
      const length = at - 1 - lineStart
      if (length > this.#limits.maxLineBytes) return { limit: 'maxLineBytes', seen: `one has ${length}` }
      lineStart = at + 1
    }
    return undefined
  }

  #headerExcess(bytes: Uint8Array, start: number, end: number): Excess | undefined {
    // The empty line at the end counts as no header; where a bare LF ends the message, it was not counted at all.
    let headers = bytes[end - 2] === CR ? -1 : 0
    for (let at = start + 1; at < end; at += 1) if (bytes[at] === LF && bytes[at - 1] === CR) headers += 1
    return headers > this.#limits.maxHeaders ? { limit: 'maxHeaders', seen: `it has ${headers}` } : undefined
  }

  #failBy(excess: Excess, bytes: Uint8Array, start: number, end: number): void {
    const isKnown = startsWith(bytes, start, end, EVENT) || startsWith(bytes, start, end, RESPONSE)
    // What is neither can be anything, also a part of a file with secrets.
    const kind = isKnown ? `It begins with ${quoted(bytes, start, end)}` : 'It is neither event nor response'
    this.#fail(`${excessText('a message', this.#limits, excess)}. ${kind}`, true)
  }

  #fail(reason: string, retryable: boolean): void {
    this.stop()
    this.#events.failed(reason, retryable)
  }
}

const EVENT = asciiBytes('Event:')
const RESPONSE = asciiBytes('Response:')

/** The first line, short. */
function quoted(bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  for (let at = start; at < end && bytes[at] !== CR && text.length < 80; at += 1) text += String.fromCharCode(bytes[at] as number)
  return JSON.stringify(text)
}
