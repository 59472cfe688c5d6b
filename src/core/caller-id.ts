/** A caller: his number and his name, empty where they are not known. */
export interface CallerId {
  readonly name: string
  readonly number: string
}

/** Reads a caller as Asterisk does: `"Ann" <100>`, `Ann <100>` or `100`. */
export function parseCallerId(text: string): CallerId {
  const found = /^\s*"?([^"<]*?)"?\s*<([^>]*)>\s*$/.exec(text)
  return { name: found?.[1] ?? '', number: found?.[2] ?? text.trim() }
}
