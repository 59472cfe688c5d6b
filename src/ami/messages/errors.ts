import { AsteriskError, isOfFamily, markFamily } from '../../core/errors.js'
import type { AMIResponse } from './response.js'

/** The base of all errors of the Manager Interface. Each has a literal `code`; none has a secret in its message. */
export abstract class AMIError extends AsteriskError {
  static {
    markFamily(AMIError, 'ami')
  }
}

/**
 * There is no connection, and an attempt to make one failed: the host is unknown, the port refuses, nobody answers in time, nothing greets, TLS
 * is refused.
 *
 * When: `login()` used up its time or its attempts; an action is sent before `login()`. A client that was online tries on by itself, and tells
 * of each attempt by its status.
 */
export class ConnectionError extends AMIError {
  override readonly name = 'ConnectionError' as const
  readonly code = 'CONNECTION_FAILED' as const
  /** Whether another attempt can help; a certificate that is refused stays refused. */
  readonly retryable: boolean

  constructor(message: string, options: { cause?: unknown; retryable?: boolean | undefined } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.retryable = options.retryable ?? true
  }
}

/**
 * The connection was lost while an action waited for its answer, or before it was written.
 *
 * When: Asterisk restarts or crashes, a network fails, a peer is silent for longer than `keepAlive` allows. The client reconnects, and does not
 * send the action again: with `sent: 'no'` repeat it, with `'maybe'` look first what Asterisk did.
 */
export class ConnectionLostError extends AMIError {
  override readonly name = 'ConnectionLostError' as const
  readonly code = 'CONNECTION_LOST' as const
  /** `maybe`: it was written, and Asterisk may have done it. `no`: it was not written, and can be repeated safely. */
  readonly sent: 'no' | 'maybe'

  constructor(message: string, options: { sent: 'no' | 'maybe'; cause?: unknown }) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.sent = options.sent
  }
}

/**
 * Asterisk refused the login.
 *
 * When: user, secret or address are not those of `manager.conf` (its `secret`, `permit`, `deny`), of which Asterisk does not say which. It is
 * not tried again: `login()` rejects, or the client, if it was online before, gives up and its status is `failed`.
 */
export class AuthenticationError extends AMIError {
  override readonly name = 'AuthenticationError' as const
  readonly code = 'AUTHENTICATION_FAILED' as const
  /** What Asterisk answered. */
  readonly response: AMIResponse

  constructor(message: string, response: AMIResponse) {
    super(message)
    this.response = response
  }
}

/**
 * Asterisk answered an action with an error, or cancelled its list.
 *
 * When: a channel, queue or peer is not there, a parameter is missing, the account may not run the action ("Permission denied"), the action is
 * not known to this release, Asterisk is shutting down.
 */
export class ActionError extends AMIError {
  override readonly name = 'ActionError' as const
  readonly code = 'ACTION_FAILED' as const
  /** The action's name. */
  readonly action: string
  /** The answer; for a failed `Command` its `output` says why. */
  readonly response: AMIResponse

  constructor(action: string, response: AMIResponse, reason?: string) {
    // A failed command's Message only says that output follows.
    super(`Action ${action} failed: ${reason ?? (response.output.find(Boolean) || response.message || 'no reason given')}`)
    this.action = action
    this.response = response
  }
}

/**
 * The time for an action's answer ran out.
 *
 * When: the connection is down for longer than the action may wait (`sent: 'no'`), or Asterisk is at it still (`'maybe'`): an answer that comes
 * later is dropped, and counted in `lateAnswers`.
 */
export class ActionTimeoutError extends AMIError {
  override readonly name = 'ActionTimeoutError' as const
  readonly code = 'ACTION_TIMEOUT' as const
  readonly timeoutMs: number
  /** `maybe`: it was written, and Asterisk may still do it. `no`: it was not written. */
  readonly sent: 'no' | 'maybe'

  constructor(message: string, options: { timeoutMs: number; sent: 'no' | 'maybe' }) {
    super(message)
    this.timeoutMs = options.timeoutMs
    this.sent = options.sent
  }
}

/**
 * The time of a wait ran out: what was waited for did not happen, or was missed.
 *
 * When: `waitFor` of a client or a call got no event, or its call no further, within `timeoutMs`.
 */
export class WaitTimeoutError extends AMIError {
  override readonly name = 'WaitTimeoutError' as const
  readonly code = 'WAIT_TIMEOUT' as const
  readonly timeoutMs: number
  /** In how many gaps, such as outages, the event may have been missed. 0 for a call: its state is read anew after each. */
  readonly gaps: number

  constructor(message: string, options: { timeoutMs: number; gaps?: number | undefined }) {
    super(message)
    this.timeoutMs = options.timeoutMs
    this.gaps = options.gaps ?? 0
  }
}

/**
 * The action cannot be sent as it is: Asterisk would read something else. Nothing was written.
 *
 * When: a name or value holds CR, LF or NUL, a line is longer than Asterisk reads, there are too many headers, an ActionID is too long or used
 * already, text cannot be written in the `encoding`.
 */
export class InvalidActionError extends AMIError {
  override readonly name = 'InvalidActionError' as const
  readonly code = 'INVALID_ACTION' as const
}

/**
 * The peer does not speak AMI, or sends more than the limits allow; the message says which limit, by which option it is set, and what came.
 *
 * When: the port is another service's; or an answer, a list or a command's output goes past one of `limits`. For the answer or the list of an
 * action only that action fails; for anything else the connection is closed.
 */
export class ProtocolError extends AMIError {
  override readonly name = 'ProtocolError' as const
  readonly code = 'PROTOCOL_ERROR' as const
  /** Whether another attempt can help: not when the peer greeted as something else. */
  readonly retryable: boolean

  constructor(message: string, options: { retryable?: boolean | undefined } = {}) {
    super(message)
    this.retryable = options.retryable ?? true
  }
}

/**
 * A stream's reader was slower than its events.
 *
 * When: more than `maxBuffered` events wait, and `overflow` is `'error'`; or more than `limits.maxListEvents` items of `listAction`. The stream
 * has ended; the connection and other streams go on.
 */
export class StreamOverflowError extends AMIError {
  override readonly name = 'StreamOverflowError' as const
  readonly code = 'STREAM_OVERFLOW' as const
  readonly maxBuffered: number

  constructor(
    maxBuffered: number,
    message = `An event stream's reader fell ${maxBuffered} events behind. Read faster, raise maxBuffered, or set overflow to 'drop-oldest' or 'drop-newest'.`,
  ) {
    super(message)
    this.maxBuffered = maxBuffered
  }
}

/**
 * The client, or what was built on it, was closed.
 *
 * When: `close()` was called while something waited, or before; a closed client stays closed.
 */
export class ClosedError extends AMIError {
  override readonly name = 'ClosedError' as const
  readonly code = 'CLOSED' as const
  /** For an action: `maybe` when it was written before the close. */
  readonly sent: 'no' | 'maybe'

  constructor(message: string, options: { sent?: 'no' | 'maybe' | undefined } = {}) {
    super(message)
    this.sent = options.sent ?? 'no'
  }
}

/** Every error of the Manager Interface, told apart by `code`. */
export type AnyAMIError =
  | ConnectionError
  | ConnectionLostError
  | AuthenticationError
  | ActionError
  | ActionTimeoutError
  | WaitTimeoutError
  | InvalidActionError
  | ProtocolError
  | StreamOverflowError
  | ClosedError

/**
 * Whether this is an error of the Manager Interface, and of this code where one is given: `isAMIError(error, 'CONNECTION_LOST')` lets
 * `error.sent` be read. True for errors of another copy of this package too, where `instanceof` is not.
 */
export function isAMIError(error: unknown): error is AnyAMIError
export function isAMIError<const Code extends AnyAMIError['code']>(
  error: unknown,
  code: Code,
): error is Extract<AnyAMIError, { readonly code: Code }>
export function isAMIError(error: unknown, code?: string): boolean {
  return isOfFamily(error, 'ami', code)
}
