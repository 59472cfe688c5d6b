import type { AMIAction } from '../ami/protocol/action-reader.js'
import { isNear, lettersApart } from '../core/nearest-name.js'
import type { ActionHandler } from './handlers.js'

/**
 * What says why no handler answered an action: the nearest one, and how it differs. Empty when none is near. `isUsedUp`: whether a handler is for
 * one action only, and had it.
 */
export function nearestHandler(
  action: AMIAction,
  handlers: readonly ActionHandler[],
  isUsedUp: (handler: ActionHandler) => boolean,
): string {
  const ranked = handlers
    .filter((handler) => isNear(action.name, handler.name))
    .map((handler) => ({
      handler,
      letters: lettersApart(action.name, handler.name),
      differing: handler.differs?.(action),
    }))
    .sort((one, two) => one.letters - two.letters || numberOf(one.differing) - numberOf(two.differing))
  const [nearest] = ranked
  if (nearest === undefined) return ''
  const { handler, letters, differing } = nearest
  if (letters > 0) return `The nearest handler is for ${handler.label}; is the name right?`
  if (differing !== undefined && differing.length > 0)
    return `The nearest handler, for ${handler.label}, did not fit: ${differing.join('; ')}`
  return isUsedUp(handler)
    ? `The handler for ${handler.label} was for ${handler.isOnce ? 'one action' : `${handler.times} actions`} only, and had ${handler.isOnce ? 'it' : 'them'}.`
    : `The nearest handler, for ${handler.label}, did not fit.`
}

/** One that cannot say how it differs is the last. */
function numberOf(differing: readonly string[] | undefined): number {
  return differing?.length ?? Number.POSITIVE_INFINITY
}
