import { type AGIReply, parseAnswer } from './response.js'

const USAGE = /^520-[^\n]*\n([\s\S]*?)(?:^|\n)520 [^\n]*\n/
const HANGUP = 'HANGUP\n'
/** An answer whose value Asterisk takes from elsewhere, so that it may hold anything. */
const VALUE = '200 result=1 ('

/**
 * Finds Asterisk's answers in what comes, one for each command. While none is expected, what comes is a notice of the hangup, or the end of an
 * answer that was taken for complete.
 *
 * A value may hold newlines, and nothing marks its end but a parenthesis that it may hold too: an answer is complete when all that has come ends
 * with one. Asterisk writes it in one piece, and nothing comes behind it before the next command but the notice of the hangup.
 */
export class ReplyReader {
  #text = ''

  /** Adds what came. */
  push(text: string): void {
    this.#text += text
  }

  /** How much has come and is not read. */
  get length(): number {
    return this.#text.length
  }

  /** The next notice of the hangup before an answer, or an empty line, is taken away. True for a notice. */
  takeHangup(): boolean {
    while (this.#text.startsWith('\n')) this.#text = this.#text.slice(1)
    if (!this.#text.startsWith(HANGUP)) return false
    this.#text = this.#text.slice(HANGUP.length)
    return true
  }

  /** Whole lines that answer no command. */
  takeStray(): string {
    // The beginning of a notice waits for its end.
    const end = this.#text.lastIndexOf('\n') + 1
    const stray = this.#text.slice(0, end)
    this.#text = this.#text.slice(end)
    return stray
  }

  /** The answer, once it is complete. */
  takeReply(): AGIReply | undefined {
    for (;;) {
      const end = this.#text.indexOf('\n')
      if (end < 0) return undefined
      const line = this.#text.slice(0, end)
      // Empty lines, and "100 result=0 Trying..." of GOSUB, come before the answer.
      if (line === '' || /^1\d\d[ -]/.test(line)) this.#text = this.#text.slice(end + 1)
      else if (line.startsWith('520-')) return this.#takeUsage()
      else if (line.startsWith(VALUE)) return this.#takeValue(line)
      else {
        this.#text = this.#text.slice(end + 1)
        return replyOf(line)
      }
    }
  }

  #takeUsage(): AGIReply | undefined {
    const found = USAGE.exec(this.#text)
    if (found === null) return undefined
    this.#text = this.#text.slice(found[0].length)
    return { kind: 'refused', refusal: { code: 520, text: found[1] ?? '' } }
  }

  #takeValue(line: string): AGIReply | undefined {
    const [, body = '', notices = ''] = /^([\s\S]*?)((?:HANGUP\n)*)$/.exec(this.#text) ?? []
    const response = parseAnswer(line)
    const isWhole = response?.value !== undefined && body.length === line.length + 1
    if (!isWhole && !body.endsWith(')\n')) return undefined
    this.#text = notices
    return replyOf(body.slice(0, -1))
  }
}

/** A line that is no answer refuses the command, by its code or, without one, as no AGI. */
function replyOf(text: string): AGIReply {
  const response = parseAnswer(text)
  if (response !== undefined) return { kind: 'answer', response }
  const [, code, rest = ''] = /^(\d{3})[ -](.*)$/s.exec(text) ?? []
  return { kind: 'refused', refusal: code === undefined ? { code: 0, text } : { code: Number(code), text: rest } }
}
