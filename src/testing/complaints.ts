import type { AMIAction } from '../ami/protocol/action-reader.js'
import type { ActionHandler } from './handlers.js'
import { nearestHandler } from './nearest.js'

interface UnhandledAction {
  readonly action: AMIAction
  /** The action, and the handler that was the nearest when it came. */
  readonly description: string
}

/** Actions came that no handler answers. */
export class UnhandledActionError extends Error {
  override readonly name = 'UnhandledActionError'
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

/** What a test should be told of. */
export class Complaints {
  #unhandled: UnhandledAction[] = []
  #failure: Error | undefined

  /** Actions that no handler answered. */
  get unhandled(): readonly AMIAction[] {
    return this.#unhandled.map(({ action }) => action)
  }

  /** No handler answers this action. Returns what says so. */
  addUnhandled(action: AMIAction, handlers: readonly ActionHandler[], isUsedUp: (handler: ActionHandler) => boolean): string {
    const nearest = nearestHandler(action, handlers, isUsedUp)
    const description = `${JSON.stringify(action)}${nearest === '' ? '' : `\n    ${nearest}`}`
    this.#unhandled.push({ action, description })
    return description
  }

  /** Something of the test's own threw; the first time counts. */
  addFailure(message: string, cause: unknown): void {
    this.#failure ??= new Error(message, { cause })
  }

  /** What threw, or else the actions that nobody handles. `handled`: what somebody does. */
  worst(handled: readonly string[]): Error | undefined {
    return this.#failure ?? (this.#unhandled.length === 0 ? undefined : new UnhandledActionError(this.#unhandled, handled))
  }

  forget(): void {
    this.#unhandled = []
    this.#failure = undefined
  }
}
