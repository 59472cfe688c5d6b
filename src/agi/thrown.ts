/** What a script threw, as an error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(`The script threw ${textOf(thrown)}`)
}

function textOf(value: unknown): string {
  try {
    return String(value)
  } catch {
    // An object without a prototype has no text.
    return 'an object'
  }
}
