import { AsteriskError } from '../core/errors.js'

/** What was typed cannot be done; the message says what is wrong with it and what to type instead. */
export class UsageError extends AsteriskError {
  override readonly name = 'UsageError' as const
  readonly code = 'USAGE' as const
}
