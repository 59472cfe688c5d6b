import type { AGIArgument } from '../catalog/values.js'
import { isSecretName, REMOVED, redactText } from '../core/redaction.js'
import { commandText } from './command-text.js'
import { AGICommandFailure, type AGIError, AGIHangupError } from './errors.js'
import type { AGIResponse } from './response.js'

/** Is told of a command that is sent and of what comes of it, without secrets. */
export type TrafficListener = (direction: 'sent' | 'received', line: string) => void

/** What goes to and fro in one session, for those who listen. It costs nothing while nobody does. */
export class Traffic {
  readonly #listeners = new Set<TrafficListener>()

  listen(listener: TrafficListener): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** Tells of a command. The answer, when it comes, is handed to what it returns; undefined while nobody listens. */
  sent(command: string, args: readonly (AGIArgument | undefined)[]): ((answer: AGIResponse | AGIError) => void) | undefined {
    if (this.#listeners.size === 0) return undefined
    const isSecret = args.some((each) => isSecretName(String(each ?? '')))
    this.#tell('sent', commandText(command, args))
    return (answer) => this.#tell('received', isSecret ? withoutValue(answer) : redactText(textOf(answer)))
  }

  #tell(direction: 'sent' | 'received', line: string): void {
    for (const listener of this.#listeners) listener(direction, line)
  }
}

function textOf(answer: AGIResponse | AGIError): string {
  const response = responseOf(answer)
  if (response === undefined) return (answer as AGIError).message
  const { code, result, value, fields } = response
  const rest = [...fields].map(([name, field]) => (name === 'text' ? ` ${field}` : ` ${name}=${field}`))
  return `${code} result=${result}${value === undefined ? '' : ` (${value})`}${rest.join('')}`
}

/** What an answer looks like that holds what its command names as a secret: a variable, or digits that were asked for. */
function withoutValue(answer: AGIResponse | AGIError): string {
  const response = responseOf(answer)
  return response === undefined ? textOf(answer) : `${response.code} result=${REMOVED} (${REMOVED})`
}

function responseOf(answer: AGIResponse | AGIError): AGIResponse | undefined {
  if (answer instanceof AGICommandFailure || answer instanceof AGIHangupError) return answer.response
  return answer instanceof Error ? undefined : answer
}
