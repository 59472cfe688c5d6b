import type { AMIAction } from '../ami/action-reader.js'
import type { ActionHandler } from './handlers.js'

/** Letters that differ are tolerated up to this share of a name. */
const SIMILAR = 0.5

/** What says why no handler answered an action: the nearest one, and how it differs. Empty when none is near. */
export function nearestHandler(action: AMIAction, handlers: readonly ActionHandler[]): string {
  const name = action.name.toLowerCase()
  const ranked = handlers
    .map((handler) => ({ handler, distance: distance(name, handler.name.toLowerCase()) }))
    .filter(({ handler, distance }) => distance <= Math.max(name.length, handler.name.length) * SIMILAR)
    .sort((one, two) => one.distance - two.distance)
  const [nearest] = ranked
  if (nearest === undefined) return ''
  const { handler } = nearest
  if (handler.name.toLowerCase() !== name) return `The nearest handler is for ${handler.label}; is the name right?`
  const differing = handler.differs?.(action) ?? []
  return differing.length === 0
    ? `The nearest handler, for ${handler.label}, did not fit.`
    : `The nearest handler, for ${handler.label}, did not fit: ${differing.join('; ')}`
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
