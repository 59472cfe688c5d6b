/** Whether an extension of the dialplan is a pattern, as `_9X.` is. */
export function isPattern(exten: string): boolean {
  return exten.startsWith('_')
}

/** Whether a pattern of the dialplan fits an extension: `X` 0 to 9, `Z` 1 to 9, `N` 2 to 9, `[…]` one of these, `.` one or more, `!` any number. */
export function fitsPattern(pattern: string, exten: string): boolean {
  let at = 0
  for (const part of partsOf(pattern)) {
    if (part === '!') return true
    const character = exten.charAt(at)
    if (character === '') return false
    if (part === '.') return true
    if (!fits(part, character)) return false
    at += 1
  }
  return at === exten.length
}

/** Sorts patterns as Asterisk asks them: at the first place where they differ, the one that fits fewer characters first. */
export function compareSpecificity(one: string, two: string): number {
  const [first, second] = [partsOf(one), partsOf(two)]
  for (let at = 0; at < Math.max(first.length, second.length); at += 1) {
    const difference = breadth(first[at]) - breadth(second[at])
    if (difference !== 0) return difference
  }
  return 0
}

function partsOf(pattern: string): string[] {
  return pattern.slice(1).match(/\[[^\]]*\]|./g) ?? []
}

function fits(part: string, character: string): boolean {
  if (part.startsWith('[')) return charactersOf(part).includes(character)
  switch (part.toUpperCase()) {
    case 'X':
      return character >= '0' && character <= '9'
    case 'Z':
      return character >= '1' && character <= '9'
    case 'N':
      return character >= '2' && character <= '9'
    default:
      return part === character
  }
}

function breadth(part: string | undefined): number {
  if (part === undefined) return 0
  if (part === '.') return 1_000
  if (part === '!') return 1_001
  if (part.startsWith('[')) return charactersOf(part).length
  return { X: 10, Z: 9, N: 8 }[part.toUpperCase()] ?? 1
}

/** The characters of `[1-35]`. */
function charactersOf(set: string): string {
  return set
    .slice(1, -1)
    .replaceAll(/(.)-(.)/g, (_, from: string, to: string) =>
      String.fromCharCode(
        ...Array.from({ length: Math.max(0, to.charCodeAt(0) - from.charCodeAt(0) + 1) }, (_each, at) => from.charCodeAt(0) + at),
      ),
    )
}
