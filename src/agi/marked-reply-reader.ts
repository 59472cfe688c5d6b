import { AGIProtocolError } from './errors.js'
import { HANGUP, type ReplyPiece, ReplyReader } from './reply-reader.js'
import type { AGIReply } from './response.js'

/** What Asterisk is asked begins so. */
const PREFIX = 'agi-marker-'

/** How often Asterisk is asked at the most until it answers. */
const MOST_QUESTIONS = 1_000

interface Search {
  /** The refusal that began it: it may answer what somebody else wrote. Undefined at the start of a session. */
  readonly refusal: AGIReply | undefined
  /** What came since. */
  readonly lines: string[]
}

/**
 * Finds Asterisk's answers where somebody else may write to it too, as on stdout, which a program shares with its libraries and child processes.
 * Asterisk answers each such line, mostly with 510, and those answers would be taken for the session's. So it is asked for a text that nobody can
 * guess: what comes behind the answer to that is the session's again. This is done at the start, at each 510, and where a value does not end.
 *
 * Asterisk may read several lines at once; it then answers the first, and comes to the others when more is written. So where another answer comes
 * instead, it is asked again.
 */
export class MarkedReplyReader {
  readonly #nonce: () => string
  readonly #write: (line: string) => void
  readonly #reader = new ReplyReader()
  /** The answers to what was asked since the last command was written. */
  readonly #markers = new Set<string>()
  /** Those to what was asked before: they show nothing any more. */
  readonly #late = new Set<string>()
  #asked = 0
  #command = ''
  #search: Search | undefined = { refusal: undefined, lines: [] }
  #length = 0

  constructor(nonce: () => string, write: (line: string) => void) {
    this.#nonce = nonce
    this.#write = write
  }

  /** Whether it is known what the next answer belongs to. */
  get isInStep(): boolean {
    return this.#search === undefined
  }

  /** How many characters have come of what is not complete. */
  get length(): number {
    return this.#length + this.#reader.length
  }

  /** The session begins: asks for the first time. */
  begin(): void {
    this.#ask()
  }

  /** A command is written: its answer is the next one. */
  expect(command: string): void {
    for (const marker of this.#markers) this.#late.add(marker)
    this.#markers.clear()
    this.#asked = 0
    this.#command = command
    this.#reader.expect(command)
  }

  /** Takes the lines of one piece, without their LF. @throws AGIProtocolError when Asterisk does not answer what it is asked. */
  read(lines: readonly string[]): ReplyPiece {
    const end = lines.findIndex((line) => this.#markers.delete(line))
    const before = end < 0 ? lines : lines.slice(0, end)
    const piece =
      this.#search === undefined ? this.#readReply(before, end >= 0) : this.#readSearch(this.#search, before, end >= 0)
    if (end < 0) return piece
    const rest = this.read(lines.slice(end + 1))
    return {
      hasHangup: piece.hasHangup || rest.hasHangup,
      reply: piece.reply ?? rest.reply,
      stray: [...piece.stray, ...rest.stray],
    }
  }

  /** `isOver`: what comes next does not belong to the answer. */
  #readReply(lines: readonly string[], isOver: boolean): ReplyPiece {
    const piece = this.#reader.read(
      lines.filter((line) => !this.#late.delete(line)),
      isOver,
    )
    if (isUnknownCommand(piece.reply)) {
      // The answer that belongs to the command may have come with it.
      this.#search = { refusal: piece.reply, lines: [...piece.stray] }
      this.#ask()
      return { hasHangup: piece.hasHangup, reply: undefined, stray: [] }
    }
    if (this.#reader.length > 0) this.#ask()
    return piece
  }

  #readSearch(search: Search, lines: readonly string[], isOver: boolean): ReplyPiece {
    const others = lines.filter((line) => line !== '' && line !== HANGUP)
    for (const line of others) {
      if (this.#late.delete(line)) continue
      search.lines.push(line)
      this.#length += line.length + 1
    }
    const hasHangup = lines.includes(HANGUP)
    if (!isOver) {
      if (others.length > 0) this.#ask()
      return { hasHangup, reply: undefined, stray: [] }
    }
    this.#search = undefined
    this.#length = 0
    const reply = search.refusal && (answerAmong(search.lines, this.#command) ?? search.refusal)
    return { hasHangup, reply, stray: search.lines }
  }

  #ask(): void {
    if (this.#asked === MOST_QUESTIONS)
      throw new AGIProtocolError(`Asterisk was asked GET FULL VARIABLE ${MOST_QUESTIONS} times, and never gave the answer`)
    this.#asked += 1
    const text = `${PREFIX}${this.#nonce()}`
    this.#markers.add(`200 result=1 (${text})`)
    this.#write(`GET FULL VARIABLE "${text}"\n`)
  }
}

/** The answer to the command among others, which are to what is no command. */
function answerAmong(lines: readonly string[], command: string): AGIReply | undefined {
  const reader = new ReplyReader()
  reader.expect(command)
  let found: AGIReply | undefined
  for (const line of lines) {
    const { reply } = reader.read([line])
    if (reply === undefined) continue
    if (!isUnknownCommand(reply)) found = reply
    reader.expect(command)
  }
  return found
}

function isUnknownCommand(reply: AGIReply | undefined): boolean {
  return reply?.kind === 'refused' && reply.refusal.code === 510
}

/** Asterisk's answer to such a question; undefined for any other command. */
export function markerAnswer(line: string): string | undefined {
  const text = /^GET FULL VARIABLE "(agi-marker-[\w-]+)"$/.exec(line)?.[1]
  return text === undefined ? undefined : `200 result=1 (${text})\n`
}
