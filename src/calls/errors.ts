import { AsteriskError, isOfFamily, markFamily } from '../core/errors.js'
import type { CallOutcome } from './transition.js'

/** The base of all errors of calls. Each has a literal `code`. */
export abstract class CallError extends AsteriskError {
  static {
    markFamily(CallError, 'call')
  }
}

/**
 * The call came to nothing, so what was waited for can no longer be.
 *
 * When: something is asked of a call of ours that was never answered, or is waited for when it fails: busy, no answer, refused by Asterisk, taken
 * back. `outcome` says which.
 */
export class CallFailedError extends CallError {
  override readonly name = 'CallFailedError' as const
  readonly code = 'CALL_FAILED' as const
  readonly outcome: CallOutcome

  constructor(message: string, outcome: CallOutcome) {
    super(message, outcome.error === undefined ? undefined : { cause: outcome.error })
    this.outcome = outcome
  }
}

/**
 * The call has ended, or was lost sight of, so what was asked of it can no longer be.
 *
 * When: something is asked of a call that is over, or is waited for when it ends.
 */
export class CallEndedError extends CallError {
  override readonly name = 'CallEndedError' as const
  readonly code = 'CALL_ENDED' as const
  readonly outcome: CallOutcome

  constructor(message: string, outcome: CallOutcome) {
    super(message)
    this.outcome = outcome
  }
}

/**
 * A call of ours was taken back before it was written: Asterisk never heard of it.
 *
 * When: `hangup()` of a call that waits for its turn, or its signal aborts. It is the `error` of the call's outcome.
 */
export class CallCancelledError extends CallError {
  override readonly name = 'CallCancelledError' as const
  readonly code = 'CALL_CANCELLED' as const
}

/**
 * A call is not followed any longer.
 *
 * When: the server has more live channels than a manager keeps in mind. It is the `error` of the call's outcome.
 */
export class TooManyChannelsError extends CallError {
  override readonly name = 'TooManyChannelsError' as const
  readonly code = 'TOO_MANY_CHANNELS' as const
}

/**
 * A call's channel is not there yet.
 *
 * When: something is asked of the channel of a call that waits for its turn, or whose channel Asterisk has not made.
 */
export class NoChannelError extends CallError {
  override readonly name = 'NoChannelError' as const
  readonly code = 'NO_CHANNEL' as const
}

/** Every error of calls, told apart by `code`. */
export type AnyCallError = CallFailedError | CallEndedError | CallCancelledError | TooManyChannelsError | NoChannelError

/**
 * Whether this is an error of a call, and of this code where one is given: `isCallError(error, 'CALL_FAILED')` lets `error.outcome` be read. True
 * for errors of another copy of this package too.
 */
export function isCallError(error: unknown): error is AnyCallError
export function isCallError<const Code extends AnyCallError['code']>(
  error: unknown,
  code: Code,
): error is Extract<AnyCallError, { readonly code: Code }>
export function isCallError(error: unknown, code?: string): boolean {
  return isOfFamily(error, 'call', code)
}
