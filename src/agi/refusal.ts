import { printable } from '../core/printable.js'
import { AGIDeadChannelError, type AGIError, AGIProtocolError, AGISyntaxError, AGIUnknownCommandError } from './errors.js'
import type { AGIRefusal } from './response.js'

/** The error of an answer that refuses a command. */
export function refusalError(command: string, { code, text }: AGIRefusal): AGIError {
  switch (code) {
    case 510:
      return new AGIUnknownCommandError(command, text)
    case 511:
      return new AGIDeadChannelError(command, text)
    case 520:
      return new AGISyntaxError(command, text)
    default:
      return new AGIProtocolError(`The answer to ${command} is no AGI: "${printable(`${code === 0 ? '' : `${code} `}${text}`)}"`)
  }
}
