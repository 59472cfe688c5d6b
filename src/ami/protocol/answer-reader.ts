import { asciiBytes, startsWith } from '../../core/ascii.js'
import { LineFramer } from '../../core/line-framer.js'
import type { AMILimits, Excess } from './limits.js'

/**
 * How an answer is written: as headers; as headers of which `Output` is one line of a command's output each (Asterisk 14 and
 * later); or, `follows`, as some headers, then the output's own lines that end in LF, then `--END COMMAND--` (up to Asterisk 13).
 */
export type AnswerForm = 'headers' | 'output' | 'follows'

/** What becomes of an answer; one of `answered` and `skipped` is called, at its end. */
export interface AnswerSink {
  /** Whether somebody still waits for it: else no output is kept. */
  isAwaited(): boolean
  /** The answer is whole. `output` is a command's, without the headers that it came in. */
  answered(headers: string, output: readonly string[] | undefined): void
  /** The answer goes beyond a limit: no more of it is kept. Called once. */
  exceeded(excess: Excess): void
  /** The end of an answer beyond a limit has come. */
  skipped(): void
}

/**
 * Reads one answer as it comes, from its first byte to its end: the output of a command can be too large to be kept as a message
 * and then cut. Of an answer beyond a limit only the end is looked for.
 */
export class AnswerReader {
  readonly #form: AnswerForm
  readonly #limits: AMILimits
  readonly #decode: (bytes: Uint8Array) => string
  readonly #sink: AnswerSink
  readonly #lines: LineFramer
  #headers = ''
  #headerCount = 0
  #output: string[] = []
  #bytes = 0
  /** In the form `follows`: whether headers are read, or output. */
  #inHeaders = true
  /** In the form `follows`: what stands before the mark in a line that ends with it. An empty line must follow. */
  #beforeMark: string | undefined
  #isExceeded = false
  #isComplete = false

  constructor(form: AnswerForm, limits: AMILimits, decode: (bytes: Uint8Array) => string, sink: AnswerSink) {
    this.#form = form
    this.#limits = limits
    this.#decode = decode
    this.#sink = sink
    this.#lines = new LineFramer(
      { needsCR: form !== 'follows', maxBytes: limits.maxLineBytes },
      {
        line: (bytes, start, end) => this.#line(bytes, start, end),
        tooLong: (bytes) =>
          this.#exceed({
            limit: 'maxLineBytes',
            seen: `${bytes} bytes of line ${this.#headerCount + this.#output.length + 1} came so far`,
          }),
      },
    )
  }

  /** Whether the end of the answer has come. */
  get isComplete(): boolean {
    return this.#isComplete
  }

  /** Reads on; returns how many of the bytes were read: all, unless the answer ends among them. */
  push(bytes: Uint8Array): number {
    const read = this.#lines.push(bytes)
    this.#bytes += read
    const limit = this.#form === 'headers' ? 'maxMessageBytes' : 'maxOutputBytes'
    if (this.#bytes > this.#limits[limit]) {
      const lines = this.#form === 'headers' ? '' : ` in ${this.#output.length} lines`
      this.#exceed({ limit, seen: `${this.#bytes} bytes${lines} came so far` })
    }
    if (!this.#isComplete) return read
    if (this.#isExceeded) this.#sink.skipped()
    else this.#sink.answered(this.#headers, this.#form === 'headers' ? undefined : this.#output)
    return read
  }

  #exceed(excess: Excess): void {
    if (this.#isExceeded) return
    this.#isExceeded = true
    this.#headers = ''
    this.#output = []
    this.#sink.exceeded(excess)
  }

  #line(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#form === 'follows') this.#followsLine(this.#decode(bytes.subarray(start, end)))
    else if (start === end) this.#isComplete = true
    else if (this.#form === 'output' && startsWith(bytes, start, end, OUTPUT)) {
      const value = start + OUTPUT.length
      this.#outputLine(this.#decode(bytes.subarray(bytes[value] === SPACE ? value + 1 : value, end)))
    } else this.#header(this.#decode(bytes.subarray(start, end)))
    return !this.#isComplete
  }

  #followsLine(line: string): void {
    const before = this.#beforeMark
    this.#beforeMark = undefined
    if (before !== undefined && line === '\r') {
      // Nothing stands before the mark where the last line of the output ended in LF.
      if (before !== '' || this.#output.length === 0) this.#outputLine(before)
      this.#isComplete = true
      return
    }
    if (before !== undefined) this.#outputLine(before + MARK)
    if (this.#inHeaders && isFollowsHeader(line)) {
      this.#header(line.slice(0, -1))
      return
    }
    this.#inHeaders = false
    if (line.endsWith(MARK)) this.#beforeMark = line.slice(0, -MARK.length)
    else this.#outputLine(line)
  }

  #header(line: string): void {
    if (this.#isExceeded) return
    this.#headerCount += 1
    if (this.#headerCount > this.#limits.maxHeaders) {
      this.#exceed({ limit: 'maxHeaders', seen: `${this.#headerCount} came so far` })
      return
    }
    this.#headers += `${line}\r\n`
  }

  #outputLine(line: string): void {
    if (this.#isExceeded) return
    if (this.#sink.isAwaited()) this.#output.push(line)
    else if (this.#output.length > 0) this.#output = []
  }
}

const SPACE = 32
const OUTPUT = asciiBytes('Output:')
const MARK = '--END COMMAND--\r'
const FOLLOWS_HEADERS = ['response:', 'privilege:', 'actionid:', 'message:']

function isFollowsHeader(line: string): boolean {
  if (!line.endsWith('\r')) return false
  const name = line.slice(0, line.indexOf(':') + 1).toLowerCase()
  return FOLLOWS_HEADERS.includes(name)
}
