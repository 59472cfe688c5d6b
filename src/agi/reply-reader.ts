import { type AGIReply, parseAnswer } from './response.js'

const USAGE = '520-'
/** What closes a usage; before 13.17 it can follow the last word of it, without a newline. */
const END_OF_USAGE = '520 End of proper usage.'
/** The notice of the hangup, which comes between answers. */
export const HANGUP = 'HANGUP'
/** An answer whose value Asterisk takes from elsewhere, so that it may hold anything. */
const VALUE = '200 result=1 ('
/** The commands that answer so. What comes in parentheses from others is a word of Asterisk's own: `200 result=1 (speech) endpos=…`. */
const FREE_VALUES = new Set(['GET VARIABLE', 'GET FULL VARIABLE', 'DATABASE GET', 'RECEIVE TEXT'])

/** What was in one piece of what came. */
export interface ReplyPiece {
  /** Whether there was a notice of the hangup in it. */
  readonly hasHangup: boolean
  /** The answer to the command that was expected, when it is complete. */
  readonly reply: AGIReply | undefined
  /** Lines that answer no command. */
  readonly stray: readonly string[]
}

type State =
  | { readonly name: 'idle' }
  | { readonly name: 'expecting'; readonly command: string }
  /** EXEC gave 1: its usage follows, and answers nothing. The next command may be written before it comes. */
  | { readonly name: 'owed'; next: string | undefined; isUsage: boolean }
  | { readonly name: 'usage'; readonly lines: string[] }
  | { readonly name: 'value'; readonly lines: string[]; notices: number; isClosed: boolean }

const IDLE: State = { name: 'idle' }

/**
 * Finds Asterisk's answers in the lines that come, one for each command. While none is expected, what comes is a notice of the hangup, or the end
 * of an answer that was taken for complete.
 *
 * A value may hold newlines, and nothing marks its end but a parenthesis that it may hold too: an answer is complete when all that has come ends
 * with one. Asterisk writes it in one piece, and nothing comes behind it before the next command but the notice of the hangup.
 */
export class ReplyReader {
  #state: State = IDLE
  #length = 0

  /** Here every answer is to a command of the session's. */
  readonly isInStep = true

  /** The session begins. */
  begin(): void {}

  /** A command is written: its answer is the next one. */
  expect(command: string): void {
    const words = command.replace(/ +/g, ' ').toUpperCase()
    if (this.#state.name === 'owed') this.#state.next = words
    else this.#state = { name: 'expecting', command: words }
  }

  /** How many characters of an answer have come that is not complete. */
  get length(): number {
    return this.#length
  }

  /** Takes the lines of one piece, without their LF. `isOver`: what comes next does not belong to the same answer. */
  read(lines: readonly string[], isOver = false): ReplyPiece {
    let hasHangup = false
    let reply: AGIReply | undefined
    const stray: string[] = []
    for (const line of lines) {
      const state = this.#state
      if (state.name === 'value') this.#continueValue(state, line)
      else if (state.name === 'usage') reply = this.#continueUsage(state, line)
      else if (state.name === 'owed' && this.#isOwed(state, line)) stray.push(line)
      else if (line === HANGUP) hasHangup = true
      else if (this.#state.name === 'expecting') reply = this.#begin(this.#state.command, line)
      else if (line !== '') stray.push(line)
    }
    const state = this.#state
    if (state.name === 'value' && (isOver || state.isClosed)) {
      const end = isOver ? state.lines.findLastIndex((line) => line.endsWith(')')) + 1 : state.lines.length - state.notices
      const behind = state.lines.slice(end)
      hasHangup ||= behind.includes(HANGUP)
      stray.push(...behind.filter((line) => line !== HANGUP && line !== ''))
      reply = this.#end(replyOf(state.lines.slice(0, end).join('\n'), true))
    }
    return { hasHangup, reply, stray }
  }

  /** The first line of an answer; the answer, if it is all of it. */
  #begin(command: string, line: string): AGIReply | undefined {
    // Empty lines, and "100 result=0 Trying..." of GOSUB, come before the answer.
    if (line === '' || /^1\d\d[ -]/.test(line)) return undefined
    if (line.startsWith(USAGE)) {
      const usage: State = { name: 'usage', lines: [] }
      this.#state = usage
      return line.includes(END_OF_USAGE) ? this.#continueUsage(usage, END_OF_USAGE) : undefined
    }
    if (line.startsWith(VALUE) && (FREE_VALUES.has(command) || !line.includes(')'))) {
      const value: State = { name: 'value', lines: [], notices: 0, isClosed: false }
      this.#state = value
      this.#continueValue(value, line)
      return undefined
    }
    const reply = this.#end(replyOf(line, false))
    // Asterisk takes the result of an application for its own code of wrong arguments (`res/res_agi.c`).
    if (command === 'EXEC' && line === '200 result=1') this.#state = { name: 'owed', next: undefined, isUsage: false }
    return reply
  }

  /** Whether the line is part of a usage that answers nothing. */
  #isOwed(owed: State & { name: 'owed' }, line: string): boolean {
    const isPart = owed.isUsage || line.startsWith(USAGE)
    owed.isUsage = isPart && !line.includes(END_OF_USAGE)
    const isOver = isPart ? !owed.isUsage : line !== '' && line !== HANGUP
    if (isOver) this.#state = owed.next === undefined ? IDLE : { name: 'expecting', command: owed.next }
    return isPart
  }

  #continueUsage(usage: State & { name: 'usage' }, line: string): AGIReply | undefined {
    const end = line.startsWith('520 ') ? 0 : line.indexOf(END_OF_USAGE)
    this.#length += line.length + 1
    if (end !== 0) usage.lines.push(end < 0 ? line : line.slice(0, end))
    return end < 0 ? undefined : this.#end({ kind: 'refused', refusal: { code: 520, text: usage.lines.join('\n') } })
  }

  #continueValue(value: State & { name: 'value' }, line: string): void {
    this.#length += line.length + 1
    value.lines.push(line)
    // A line like the notice may be part of the value: that shows when more of it comes.
    if (line === HANGUP) value.notices += 1
    else {
      value.notices = 0
      value.isClosed = line.endsWith(')')
    }
  }

  #end(reply: AGIReply): AGIReply {
    this.#state = IDLE
    this.#length = 0
    return reply
  }
}

/** A line that is no answer refuses the command, by its code or, without one, as no AGI. */
function replyOf(text: string, isFree: boolean): AGIReply {
  const response = parseAnswer(text, isFree)
  if (response !== undefined) return { kind: 'answer', response }
  const isStatus = /^\d{3}[ -]/.test(text)
  return {
    kind: 'refused',
    refusal: isStatus ? { code: Number(text.slice(0, 3)), text: text.slice(4) } : { code: 0, text },
  }
}
