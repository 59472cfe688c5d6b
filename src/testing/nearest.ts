import type { AMIAction } from '../ami/protocol/action-reader.js'
import type { ActionHandler } from './handlers.js'

/** Letters that differ are tolerated up to this share of a name. */
const SIMILAR = 0.5

/**
 * What says why no handler answered an action: the nearest one, and how it differs. Empty when none is near. `isUsedUp`: whether a handler is for
 * one action only, and had it.
 */
export function nearestHandler(
  action: AMIAction,
  handlers: readonly ActionHandler[],
  isUsedUp: (handler: ActionHandler) => boolean,
): string {
  const name = action.name.toLowerCase()
  const ranked = handlers
    .map((handler) => ({
      handler,
      letters: distance(name, handler.name.toLowerCase()),
      differing: handler.differs?.(action),
    }))
    .filter(({ handler, letters }) => letters <= Math.max(name.length, handler.name.length) * SIMILAR)
    .sort((one, two) => one.letters - two.letters || numberOf(one.differing) - numberOf(two.differing))
  const [nearest] = ranked
  if (nearest === undefined) return ''
  const { handler, letters, differing } = nearest
  if (letters > 0) return `The nearest handler is for ${handler.label}; is the name right?`
  if (differing !== undefined && differing.length > 0)
    return `The nearest handler, for ${handler.label}, did not fit: ${differing.join('; ')}`
  return isUsedUp(handler)
    ? `The handler for ${handler.label} was for one action only, and had it.`
    : `The nearest handler, for ${handler.label}, did not fit.`
}

/** One that cannot say how it differs is the last. */
function numberOf(differing: readonly string[] | undefined): number {
  return differing?.length ?? Number.POSITIVE_INFINITY
}

/** How many letters one name is from another (Levenshtein). */
function distance(one: string, two: string): number {
  let row = Array.from({ length: two.length + 1 }, (_, at) => at)
  for (let at = 1; at <= one.length; at += 1) {
    const next = [at]
    for (let other = 1; other <= two.length; other += 1) {
      const kept = (row[other - 1] ?? 0) + (one[at - 1] === two[other - 1] ? 0 : 1)
      next.push(Math.min(kept, (row[other] ?? 0) + 1, (next[other - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[two.length] ?? 0
}
