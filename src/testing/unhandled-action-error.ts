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

  private constructor(message: string, actions: readonly AMIAction[]) {
    super(message)
    this.actions = actions
  }

  /** @internal */
  static of(unhandled: readonly UnhandledAction[], handled: readonly string[]): UnhandledActionError {
    const list = unhandled.map(({ description }) => description).join('\n  ')
    const known = handled.length === 0 ? '' : `\nHandled are: ${handled.join(', ')}`
    return new UnhandledActionError(
      `The fake has no handler for these actions:\n  ${list}${known}`,
      unhandled.map(({ action }) => action),
    )
  }
}
