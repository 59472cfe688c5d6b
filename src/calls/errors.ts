import { AsteriskError } from '../core/errors.js'
import type { CallOutcome } from './transition.js'

/** The call came to nothing, so what was waited for can no longer be. */
export class CallFailedError extends AsteriskError {
  override readonly name = 'CallFailedError' as const
  readonly code = 'CALL_FAILED' as const
  readonly outcome: CallOutcome

  constructor(message: string, outcome: CallOutcome) {
    super(message, outcome.error === undefined ? undefined : { cause: outcome.error })
    this.outcome = outcome
  }
}

/** The call has ended, or was lost sight of, so what was asked of it can no longer be. */
export class CallEndedError extends AsteriskError {
  override readonly name = 'CallEndedError' as const
  readonly code = 'CALL_ENDED' as const
  readonly outcome: CallOutcome

  constructor(message: string, outcome: CallOutcome) {
    super(message)
    this.outcome = outcome
  }
}

/** A call of ours was taken back before it was written, by `hangup()` or by its signal. Asterisk never heard of it. */
export class CallCancelledError extends AsteriskError {
  override readonly name = 'CallCancelledError' as const
  readonly code = 'CALL_CANCELLED' as const
}

/** A call is not followed any longer, because the server has more live channels than a manager keeps in mind. */
export class TooManyChannelsError extends AsteriskError {
  override readonly name = 'TooManyChannelsError' as const
  readonly code = 'TOO_MANY_CHANNELS' as const
}

/** A call's channel is not there yet: the call waits for its turn, or Asterisk has not made the channel. */
export class NoChannelError extends AsteriskError {
  override readonly name = 'NoChannelError' as const
  readonly code = 'NO_CHANNEL' as const
}
