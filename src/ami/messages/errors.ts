import { AsteriskError } from '../../core/errors.js'
import type { AMIResponse } from './response.js'

/** The base of all errors of the Manager Interface. Each has a literal `code`; none has a secret in its message. */
export abstract class AMIError extends AsteriskError {}

/** There is no link, and an attempt to make one failed: refused, timed out, no greeting, TLS refused. */
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

/** The link was lost while an action waited for its answer, or before it was written. */
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

/** Asterisk refused the login: user, secret or address. It does not say which, and it is not tried again. */
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

/** Asterisk answered an action with an error. */
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

/** The time for an answer or an event ran out. */
export class ActionTimeoutError extends AMIError {
  override readonly name = 'ActionTimeoutError' as const
  readonly code = 'ACTION_TIMEOUT' as const
  readonly timeoutMs: number
  /** `maybe`: it was written, and Asterisk may still do it. `no`: it was not written. */
  readonly sent: 'no' | 'maybe'
  /** Of a wait for an event: in how many holes, such as outages, the event may have been missed. */
  readonly gaps: number

  constructor(message: string, options: { timeoutMs: number; sent: 'no' | 'maybe'; gaps?: number | undefined }) {
    super(message)
    this.timeoutMs = options.timeoutMs
    this.sent = options.sent
    this.gaps = options.gaps ?? 0
  }
}

/** The action cannot be sent as it is: Asterisk would read something else. Nothing was written. */
export class InvalidActionError extends AMIError {
  override readonly name = 'InvalidActionError' as const
  readonly code = 'INVALID_ACTION' as const
}

/**
 * The peer does not speak AMI, or sends more than the limits allow; the message says which limit, by which option it is set, and what came. For the
 * answer or the list of an action only that action fails; for anything else the connection is closed.
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

/** A stream's reader was slower than its events, and the stream was told to fail rather than to drop. */
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

/** The client was closed. */
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
