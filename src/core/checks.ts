/** A duration in milliseconds; Infinity is allowed. @throws RangeError that quotes any other value. */
export function duration(name: string, value: number, least = 1): number {
  if (typeof value !== 'number' || !(value >= least))
    throw new RangeError(`${name} must be a number of milliseconds from ${least} up, not ${quote(value)}`)
  return value
}

/** A whole number above 0; Infinity is allowed. @throws RangeError that quotes any other value. */
export function count(name: string, value: number): number {
  if (!(Number.isInteger(value) || value === Number.POSITIVE_INFINITY) || value < 1)
    throw new RangeError(`${name} must be a whole number above 0, not ${quote(value)}`)
  return value
}

const LONGEST_QUOTE = 80

/** A text of a peer's as a message shows it: short, and on one line. */
export function oneLine(text: string): string {
  return inQuotes(text).slice(1, -1)
}

/**
 * A value as an error quotes it: short, on one line, an object only by its kind. Of a text is shown neither what stands before an
 * `@` or behind a `?`, where a URL has its secrets, nor any of `secrets`.
 */
export function quote(value: unknown, secrets: readonly string[] = []): string {
  if (typeof value === 'string') return inQuotes(withoutSecrets(value, secrets))
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return String(value)
  return Array.isArray(value) ? 'a list' : 'an object'
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  // A shorter one is part of many words, and tells nothing.
  const masked = secrets.filter(({ length }) => length > 2).reduce((shown, secret) => shown.replaceAll(secret, '…'), text)
  return withoutQuery(withoutUser(masked))
}

function withoutUser(text: string): string {
  const at = text.lastIndexOf('@')
  if (at < 0) return text
  const slashes = text.indexOf('//')
  const start = slashes >= 0 && slashes < at ? slashes + 2 : 0
  // An @ of the query tells of no host.
  const isQuery = text.slice(start, at).includes('?')
  return `${text.slice(0, start)}…${isQuery ? '' : text.slice(at)}`
}

function withoutQuery(text: string): string {
  const query = text.indexOf('?')
  return query < 0 ? text : `${text.slice(0, query + 1)}…`
}

/** JSON leaves some that a terminal obeys: DEL, C1 controls, and marks that end a line or turn it around. */
const UNSEEN = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

function inQuotes(text: string): string {
  return JSON.stringify(shortened(text)).replace(UNSEEN, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function shortened(text: string): string {
  return text.length <= LONGEST_QUOTE ? text : `${text.slice(0, LONGEST_QUOTE)}…`
}
