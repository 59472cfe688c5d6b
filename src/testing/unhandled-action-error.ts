import type { AMIAction } from '../ami/protocol/action-reader.js'
import { TestingError } from './errors.js'

/** An action that no handler answered. */
export interface UnhandledAction {
  readonly action: AMIAction
  /** The action, and the handler that was the nearest when it came. */
  readonly description: string
}

/**
 * Actions came that no handler answers. The message has each without secrets, with the handler that was the nearest when it came.
 *
 * When: `close()` and `reset()` tell of it, unless `unhandled` is `'warn'` or `'bypass'`.
 */
export class UnhandledActionError extends TestingError {
  override readonly name = 'UnhandledActionError' as const
  readonly code = 'UNHANDLED_ACTION' as const
  readonly actions: readonly AMIAction[]

  /** @internal */
  constructor(unhandled: readonly UnhandledAction[], handled: readonly string[]) {
    const list = unhandled.map(({ description }) => description).join('\n  ')
    super(
      `The fake has no handler for these actions:\n  ${list}${handled.length === 0 ? '' : `\nHandled are: ${handled.join(', ')}`}`,
    )
    this.actions = unhandled.map(({ action }) => action)
  }
}
