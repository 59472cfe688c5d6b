import { AsteriskError, isOfFamily, markFamily } from '../core/errors.js'
import { printable } from '../core/printable.js'
import type { AGIResponse } from './response.js'

/** How much of a usage its error quotes. */
const MOST_OF_A_USAGE = 600

/** How much of a command and its arguments they do. */
const MOST_OF_A_COMMAND = 300

/** The base of all errors of the Gateway Interface. Each has a literal `code`. */
export abstract class AGIError extends AsteriskError {
  static {
    markFamily(AGIError, 'agi')
  }

  /** The command as it was written, without its arguments, which the message has; empty where there was none. */
  readonly command: string

  constructor(message: string, command: string, options?: ErrorOptions) {
    super(message, options)
    this.command = command
  }
}

/**
 * Asterisk does not know the command (510).
 *
 * When: the release is older than the command, the module that has it is not loaded, or its name is misspelt behind `unlisted`. The session
 * goes on.
 */
export class AGIUnknownCommandError extends AGIError {
  override readonly name = 'AGIUnknownCommandError' as const
  readonly code = 'AGI_UNKNOWN_COMMAND' as const
  /** What Asterisk said: `Invalid or unknown command`. */
  readonly text: string

  constructor(command: string, text = '', shown: string = command) {
    super(`Asterisk does not know the AGI command ${quoted(shown)}${because(text)}`, command)
    this.text = text
  }
}

/**
 * The command needs a caller, and there is none any more (511). In `h` and in hangup handlers this is all that tells of the hangup, so the session
 * counts as hung up from then on; commands that need no caller still work. Asterisk says the same in interception routines (`CONNECTED_LINE_SEND_SUB`).
 *
 * When: the caller hung up before the command came to Asterisk, and the script goes on. Variables and the database can still be used.
 */
export class AGIDeadChannelError extends AGIError {
  override readonly name = 'AGIDeadChannelError' as const
  readonly code = 'AGI_DEAD_CHANNEL' as const
  /** What Asterisk said: `Command Not Permitted on a dead channel or intercept routine`. */
  readonly text: string

  constructor(command: string, text = '', shown: string = command) {
    super(`${quoted(shown)} is not permitted on a channel that has hung up${because(text)}`, command)
    this.text = text
  }
}

/**
 * The arguments are wrong (520).
 *
 * When: there are too few or too many of them, or one is not of those that the command takes. Nothing was done; the session goes on.
 */
export class AGISyntaxError extends AGIError {
  override readonly name = 'AGISyntaxError' as const
  readonly code = 'AGI_SYNTAX' as const
  /** What Asterisk says of the command's use; empty where it says nothing. */
  readonly usage: string

  constructor(command: string, usage: string, shown: string = command) {
    super(`The arguments of ${quoted(shown)} are wrong${because(usage.replace(/\s+/g, ' '), MOST_OF_A_USAGE)}`, command)
    this.usage = usage
  }
}

/**
 * The command failed: its result is below 0, or one that means failure.
 *
 * When: a file is not there, a variable cannot be set, an application is not known. Where the caller's hangup is the reason, it is an
 * AGIHangupError instead.
 */
export class AGICommandFailure extends AGIError {
  override readonly name = 'AGICommandFailure' as const
  readonly code = 'AGI_COMMAND_FAILED' as const
  /** What Asterisk answered. */
  readonly response: AGIResponse
  /** Whether AsyncAGI is over because of it, as it is when a file is not there: Asterisk then goes on in the dialplan. */
  endedSession = false

  constructor(command: string, response: AGIResponse, shown: string = command) {
    const why = response.value ?? response.fields.get('text') ?? ''
    super(`${quoted(shown)} failed with result ${printable(response.result)}${because(why)}`, command)
    this.response = response
  }

  /** What Asterisk gave as the result. */
  get result(): string {
    return this.response.result
  }
}

/**
 * The caller hung up: while the command ran, or before it was sent.
 *
 * When: any time. A script need not catch it: what it throws by this ends the script in order.
 */
export class AGIHangupError extends AGIError {
  override readonly name = 'AGIHangupError' as const
  readonly code = 'AGI_HANGUP' as const
  /** What Asterisk answered to the command that ran, such as how far a recording came; undefined if none did. */
  readonly response: AGIResponse | undefined

  constructor(command = '', response?: AGIResponse, shown: string = command) {
    super(command === '' ? 'The caller has hung up' : `The caller has hung up; ${quoted(shown)} came to nothing`, command)
    this.response = response
  }
}

/** Why a session is over whose caller was redirected. */
export const TAKEN_ELSEWHERE = 'the caller was taken elsewhere'

/**
 * There is no session any more.
 *
 * When: the caller was taken elsewhere (`agi.isTransferred`), the connection is lost, the script has returned or called `end()`, Asterisk has ended AsyncAGI, the server or the executor was closed.
 */
export class AGISessionEndedError extends AGIError {
  override readonly name = 'AGISessionEndedError' as const
  readonly code = 'AGI_SESSION_ENDED' as const

  constructor(why: string, command = '', options?: ErrorOptions, shown: string = command) {
    super(
      `${command === '' ? 'The AGI session is over' : `${quoted(shown)} came to nothing: the AGI session is over`}: ${why}`,
      command,
      options,
    )
  }
}

/**
 * Something took longer than it was given.
 *
 * When: a command was not answered within `answerTimeoutMs`: its session is closed, as Asterisk may still be at it; a script ran for longer than
 * `scriptTimeoutMs`; a peer sent no environment within `environmentTimeoutMs`.
 */
export class AGITimeoutError extends AGIError {
  override readonly name = 'AGITimeoutError' as const
  readonly code = 'AGI_TIMEOUT' as const

  constructor(message: string, command = '') {
    super(message, command)
  }
}

/**
 * The command cannot be sent as it is; nothing was written.
 *
 * When: an argument holds what Asterisk would read as something else, such as CR, LF or NUL, or there are more words or bytes than it reads.
 */
export class AGIInvalidCommandError extends AGIError {
  override readonly name = 'AGIInvalidCommandError' as const
  readonly code = 'AGI_INVALID_COMMAND' as const

  constructor(message: string, command = '') {
    super(message, command)
  }
}

/**
 * What came is not AGI, or nobody here has a script for it.
 *
 * When: the peer is not Asterisk, sends more than `limits` allow, or asks for a path that no route fits. Told to listeners of `error`.
 */
export class AGIProtocolError extends AGIError {
  override readonly name = 'AGIProtocolError' as const
  readonly code = 'AGI_PROTOCOL' as const

  constructor(message: string) {
    super(message, '')
  }
}

/** A command with its arguments, as a message quotes it. */
function quoted(command: string): string {
  return printable(command, MOST_OF_A_COMMAND)
}

/** What the server said, as a message quotes it. */
function because(text: string, most?: number): string {
  return text === '' ? '' : `: ${printable(text, most)}`
}

/** Every error of the Gateway Interface, told apart by `code`. */
export type AnyAGIError =
  | AGIUnknownCommandError
  | AGIDeadChannelError
  | AGISyntaxError
  | AGICommandFailure
  | AGIHangupError
  | AGISessionEndedError
  | AGITimeoutError
  | AGIInvalidCommandError
  | AGIProtocolError

/**
 * Whether this is an error of the Gateway Interface, and of this code where one is given: `isAGIError(error, 'AGI_SYNTAX')` lets `error.usage` be
 * read. True for errors of another copy of this package too, where `instanceof` is not.
 */
export function isAGIError(error: unknown): error is AnyAGIError
export function isAGIError<const Code extends AnyAGIError['code']>(
  error: unknown,
  code: Code,
): error is Extract<AnyAGIError, { readonly code: Code }>
export function isAGIError(error: unknown, code?: string): boolean {
  return isOfFamily(error, 'agi', code)
}
