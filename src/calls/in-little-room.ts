/** Up to here a list is copied to have no more room than it needs: most lists stay short, and there are many. */
const SHORT = 12

/** How many of the first items of a list are kept, and of the last ones at least; and how many between them are dropped at once. */
export interface Bounds {
  readonly first: number
  readonly last: number
  readonly atOnce: number
}

/** The same number of milliseconds: as a small integer, which takes no room of its own, if it is less than 12 days. */
export function small(ms: number): number {
  return ms < 2 ** 30 ? Math.round(ms) | 0 : ms
}

/** The list with one item more, and without some between the first and the last ones if it would be too long. */
export function appended<T>(list: T[], item: T, { first, last, atOnce }: Bounds): T[] {
  if (list.length < SHORT) return list.concat([item])
  list.push(item)
  if (list.length >= first + last + atOnce) list.splice(first, atOnce)
  return list
}
