import { isSecretName, REMOVED, redactLines } from '../../core/redaction.js'

/** Headers of an answer that hold nothing of what was asked for. */
const OPEN = /^(?:Response|Message|ActionID|Event|Privilege|Channel|Uniqueid|CommandID|Variable|Family|Key):/i
/** What asks for something by a name. */
const QUESTION = /^(?:Command|Variable|Family|Key):\s*(.*)$/i
const ID = /^(?:ActionID|CommandID):\s*(.*)$/i
/** How many questions are remembered: more do not wait for their answers at a time. */
const MAX_QUESTIONS = 1_000

/**
 * The messages of one connection without their secrets, also without those that an answer holds and only the question names: `GET VARIABLE PIN`
 * in AsyncAGI, `database get users/100 pin` on the console.
 */
export class SecretAnswers {
  /** The ActionIDs and CommandIDs of questions for secrets. */
  readonly #ids = new Set<string>()

  sent(lines: readonly string[]): readonly string[] {
    if (lines.some((line) => namesSecret(QUESTION.exec(line)?.[1] ?? ''))) {
      for (const line of lines) this.#remember(ID.exec(line)?.[1])
    }
    return redactLines(lines)
  }

  received(lines: readonly string[]): readonly string[] {
    const isSecret = this.#ids.size > 0 && lines.some((line) => this.#ids.has(ID.exec(line)?.[1] ?? ''))
    return redactLines(isSecret ? lines.map(withoutValue) : lines)
  }

  #remember(id: string | undefined): void {
    if (id === undefined || id === '') return
    this.#ids.add(id)
    const [oldest] = this.#ids
    if (this.#ids.size > MAX_QUESTIONS && oldest !== undefined) this.#ids.delete(oldest)
  }
}

function namesSecret(question: string): boolean {
  return question.split(/[\s"'(){}$,]+/).some((word) => isSecretName(word))
}

function withoutValue(line: string): string {
  if (OPEN.test(line)) return line
  const colon = line.indexOf(':')
  return colon < 0 ? REMOVED : `${line.slice(0, colon)}: ${REMOVED}`
}
