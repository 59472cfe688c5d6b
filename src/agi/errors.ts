import { AsteriskError } from '../core/errors.js'
import { printable } from '../core/printable.js'
import type { AGIResponse } from './response.js'

/** How much of a usage its error quotes. */
const MOST_OF_A_USAGE = 600

/** The base of all errors of the Gateway Interface. Each has a literal `code`. */
export abstract class AGIError extends AsteriskError {
  /** The command as it was written, without its arguments; empty where there was none. */
  readonly command: string

  constructor(message: string, command: string, options?: ErrorOptions) {
    super(message, options)
    this.command = command
  }
}

/** Asterisk does not know the command (510). */
export class AGIUnknownCommandError extends AGIError {
  override readonly name = 'AGIUnknownCommandError' as const
  readonly code = 'AGI_UNKNOWN_COMMAND' as const
  /** What Asterisk said: `Invalid or unknown command`. */
  readonly text: string

  constructor(command: string, text = '') {
    super(`Asterisk does not know the AGI command ${command}${because(text)}`, command)
    this.text = text
  }
}

/**
 * The command needs a caller, and there is none any more (511). In `h` and in hangup handlers this is all that tells of the hangup, so the session
 * counts as hung up from then on; commands that need no caller still work. Asterisk says the same in interception routines (`CONNECTED_LINE_SEND_SUB`).
 */
export class AGIDeadChannelError extends AGIError {
  override readonly name = 'AGIDeadChannelError' as const
  readonly code = 'AGI_DEAD_CHANNEL' as const
  /** What Asterisk said: `Command Not Permitted on a dead channel or intercept routine`. */
  readonly text: string

  constructor(command: string, text = '') {
    super(`${command} is not permitted on a channel that has hung up${because(text)}`, command)
    this.text = text
  }
}

/** The arguments are wrong (520). */
export class AGISyntaxError extends AGIError {
  override readonly name = 'AGISyntaxError' as const
  readonly code = 'AGI_SYNTAX' as const
  /** What Asterisk says of the command's use; empty where it says nothing. */
  readonly usage: string

  constructor(command: string, usage: string) {
    super(`The arguments of ${command} are wrong${because(usage.replace(/\s+/g, ' '), MOST_OF_A_USAGE)}`, command)
    this.usage = usage
  }
}

/** The command failed: its result is below 0, or one that means failure. */
export class AGICommandFailure extends AGIError {
  override readonly name = 'AGICommandFailure' as const
  readonly code = 'AGI_COMMAND_FAILED' as const
  /** What Asterisk answered. */
  readonly response: AGIResponse
  /** Whether AsyncAGI is over because of it, as it is when a file is not there: Asterisk then goes on in the dialplan. */
  endedSession = false

  constructor(command: string, response: AGIResponse) {
    const why = response.value ?? response.fields.get('text') ?? ''
    super(`${command} failed with result ${printable(response.result)}${because(why)}`, command)
    this.response = response
  }

  /** What Asterisk gave as the result. */
  get result(): string {
    return this.response.result
  }
}

/** The caller hung up: while the command ran, or before it was sent. */
export class AGIHangupError extends AGIError {
  override readonly name = 'AGIHangupError' as const
  readonly code = 'AGI_HANGUP' as const
  /** What Asterisk answered to the command that ran, such as how far a recording came; undefined if none did. */
  readonly response: AGIResponse | undefined

  constructor(command = '', response?: AGIResponse) {
    super(command === '' ? 'The caller has hung up' : `The caller has hung up; ${command} came to nothing`, command)
    this.response = response
  }
}

/** There is no session any more: the link is lost, or the script has ended it. */
export class AGISessionEndedError extends AGIError {
  override readonly name = 'AGISessionEndedError' as const
  readonly code = 'AGI_SESSION_ENDED' as const

  constructor(why: string, command = '', options?: ErrorOptions) {
    super(
      `${command === '' ? 'The AGI session is over' : `${command} came to nothing: the AGI session is over`}: ${why}`,
      command,
      options,
    )
  }
}

/** No answer came in the time that was given for it. The session cannot go on: Asterisk may still be at it. */
export class AGITimeoutError extends AGIError {
  override readonly name = 'AGITimeoutError' as const
  readonly code = 'AGI_TIMEOUT' as const

  constructor(message: string, command = '') {
    super(message, command)
  }
}

/** The command cannot be sent as it is; nothing was written. */
export class AGIInvalidCommandError extends AGIError {
  override readonly name = 'AGIInvalidCommandError' as const
  readonly code = 'AGI_INVALID_COMMAND' as const

  constructor(message: string, command = '') {
    super(message, command)
  }
}

/** What came is no AGI. */
export class AGIProtocolError extends AGIError {
  override readonly name = 'AGIProtocolError' as const
  readonly code = 'AGI_PROTOCOL' as const

  constructor(message: string) {
    super(message, '')
  }
}

/** What the server said, as a message quotes it. */
function because(text: string, most?: number): string {
  return text === '' ? '' : `: ${printable(text, most)}`
}
