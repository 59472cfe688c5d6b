/** Letters that differ are tolerated up to this share of the longer name. */
const SIMILAR = 0.5

/** How many letters one name is from another (Levenshtein), in any case. */
export function lettersApart(one: string, two: string): number {
  const wanted = two.toLowerCase()
  let row = Array.from({ length: wanted.length + 1 }, (_, at) => at)
  for (const [at, letter] of [...one.toLowerCase()].entries()) {
    const next = [at + 1]
    for (let other = 1; other <= wanted.length; other += 1) {
      const kept = (row[other - 1] ?? 0) + (letter === wanted[other - 1] ? 0 : 1)
      next.push(Math.min(kept, (row[other] ?? 0) + 1, (next[other - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[wanted.length] ?? 0
}

/** Whether one name could be meant by another. */
export function isNear(one: string, two: string): boolean {
  const longer = Math.max(one.length, two.length)
  // So many letters too many differ at least so much: no need to count.
  return Math.abs(one.length - two.length) <= longer * SIMILAR && lettersApart(one, two) <= longer * SIMILAR
}

/** The known name that a wrong one is the nearest to; undefined when none is near. */
export function nearestName(wrong: string, known: readonly string[]): string | undefined {
  const [nearest] = known
    .filter((name) => isNear(wrong, name))
    .sort((one, two) => lettersApart(wrong, one) - lettersApart(wrong, two))
  return nearest
}
