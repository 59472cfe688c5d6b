import { printable } from '../core/printable.js'
import { AGIDeadChannelError, type AGIError, AGIProtocolError, AGISyntaxError, AGIUnknownCommandError } from './errors.js'
import type { AGIRefusal } from './response.js'

/** The error of an answer that refuses a command. */
export function refusalError(command: string, { code, text }: AGIRefusal, shown: string = command): AGIError {
  switch (code) {
    case 510:
      return new AGIUnknownCommandError(command, text, shown)
    case 511:
      return new AGIDeadChannelError(command, text, shown)
    case 520:
      return new AGISyntaxError(command, text, shown)
    default:
      return new AGIProtocolError(`The answer to ${command} is no AGI: "${printable(`${code === 0 ? '' : `${code} `}${text}`)}"`)
  }
}
