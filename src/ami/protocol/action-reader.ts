import { HeaderFields } from '../../core/header-fields.js'
import { redactHeaders } from '../../core/redaction.js'
import { AMIMessage } from '../messages/message.js'
import { MAX_HEADERS } from './action.js'
import { LAST_BLANK } from './field-rules.js'
import { parseVariables } from './variables.js'

/** An action as a server reads it. */
export class AMIAction extends AMIMessage {
  readonly name: string
  /** Empty when the client sent none: then no answer to it has one. */
  readonly actionId: string

  private constructor(name: string, fields: HeaderFields) {
    super(fields)
    this.name = name
    this.actionId = this.get('ActionID') ?? ''
  }

  /** @internal */
  static read(name: string, fields: HeaderFields): AMIAction {
    return new AMIAction(name, fields)
  }

  /** The variables of its `Variable` headers, read as Asterisk reads them. */
  override get variables(): Map<string, string> {
    return new Map(this.getAll('Variable').flatMap(parseVariables))
  }

  /** A plain object of all of it but its secrets, for JSON and messages. */
  toJSON(): { name: string; headers: Record<string, string | string[]> } {
    const lines = redactHeaders(this.entries()).map(([name, value]) => `${name}: ${value}\r\n`)
    return { name: this.name, headers: new HeaderFields(lines.join('')).toJSON() }
  }
}

/** What Asterisk makes of a message. */
export type ReadAction =
  | { readonly kind: 'action'; readonly action: AMIAction }
  | { readonly kind: 'refused'; readonly actionId: string; readonly message: string }

/** Asterisk's input buffer for one line, the line's end included (`get_input` in `main/manager.c`). */
const LINE_BUFFER_BYTES = 1024
const LF = 10
const CR = 13

/**
 * Reads actions with Asterisk's own rules (verified on 16.28 and 22.10): a line ends at LF or CR LF and is cut at a NUL; an empty
 * line ends a message, also an empty one; a line that does not fit the buffer is dropped; lines beyond the 128th are lost.
 */
export class ActionReader {
  readonly #decode: (bytes: Uint8Array) => string
  readonly #read: (message: ReadAction) => void
  readonly #buffer = new Uint8Array(LINE_BUFFER_BYTES)
  #filled = 0
  #lines: string[] = []
  #lineTooLong = false
  /** The line at hand has lost its beginning. What is left of it is dropped too, but a lone LF is an empty line. */
  #dropping = false
  #tooManyLines = false

  constructor(decode: (bytes: Uint8Array) => string, read: (message: ReadAction) => void) {
    this.#decode = decode
    this.#read = read
  }

  push(chunk: Uint8Array): void {
    for (const byte of chunk) {
      this.#buffer[this.#filled] = byte
      this.#filled += 1
      if (byte === LF) {
        const rest = this.#dropping && this.#filled > 1
        this.#dropping = false
        if (rest) {
          this.#filled = 0
          continue
        }
        const end = this.#filled > 1 && this.#buffer[this.#filled - 2] === CR ? this.#filled - 2 : this.#filled - 1
        const nul = this.#buffer.subarray(0, end).indexOf(0)
        this.#filled = 0
        this.#line(this.#decode(this.#buffer.subarray(0, nul < 0 ? end : nul)))
      } else if (this.#filled === LINE_BUFFER_BYTES) {
        this.#filled = 0
        this.#lineTooLong = true
        this.#dropping = true
      }
    }
  }

  #line(line: string): void {
    if (line === '') this.#message()
    else if (this.#lines.length < MAX_HEADERS) this.#lines.push(line)
    else this.#tooManyLines = true
  }

  #message(): void {
    const { name, fields } = fieldsOf(this.#lines)
    const problem = this.#problem(name)
    this.#lines = []
    this.#lineTooLong = false
    this.#tooManyLines = false
    const action = AMIAction.read(name, fields)
    this.#read(
      problem === undefined ? { kind: 'action', action } : { kind: 'refused', actionId: action.actionId, message: problem },
    )
  }

  #problem(name: string): string | undefined {
    if (this.#tooManyLines) return 'Too many lines in message or allocation failure'
    if (this.#lineTooLong) return 'Failed to parse message: line too long'
    return name === '' ? 'Missing action in request' : undefined
  }
}

/**
 * Lines as headers: those without a colon are ignored, spaces and control characters at the start of a value are dropped; of
 * several actions the first not empty counts.
 */
function fieldsOf(lines: readonly string[]): { name: string; fields: HeaderFields } {
  let name = ''
  let text = ''
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon < 0) continue
    const value = withoutLeadingBlanks(line.slice(colon + 1))
    if (name === '' && line.slice(0, colon).toLowerCase() === 'action') name = value
    text += `${line.slice(0, colon)}: ${value}\r\n`
  }
  return { name, fields: new HeaderFields(text) }
}

function withoutLeadingBlanks(value: string): string {
  let start = 0
  while (value.charCodeAt(start) <= LAST_BLANK) start += 1
  return value.slice(start)
}
