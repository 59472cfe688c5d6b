/** A caller: his number and his name, empty where they are not known. */
export interface CallerId {
  readonly name: string
  readonly number: string
}

/** Reads a caller as Asterisk does: `"Ann" <100>`, `Ann <100>` or `100`. */
export function parseCallerId(text: string): CallerId {
  const caller = text.trim()
  const open = caller.indexOf('<')
  const quoted = caller.slice(0, Math.max(open, 0)).trim()
  const name = quoted.slice(quoted.startsWith('"') ? 1 : 0, quoted.length > 1 && quoted.endsWith('"') ? -1 : undefined)
  const isWhole = open >= 0 && caller.indexOf('>', open) === caller.length - 1 && !name.includes('"')
  return isWhole ? { name, number: caller.slice(open + 1, -1) } : { name: '', number: caller }
}
