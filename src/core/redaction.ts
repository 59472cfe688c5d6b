/** Stands where a secret was. */
export const REMOVED = '…'

/** What a text must have to hold a secret at all: most texts have none of these, and are done with. */
const HINT = /secret|pass|pwd|key|token|pin|hash|digest|credential|authorization|bearer|cookie|jwt|otp|cvv|md5cred|@/i
/**
 * The letters and digits of a name whose value nobody else should read: of headers (`core-en_US.xml`), of settings (the sample
 * configuration files), of variables, of keys of the database. Some words tell wherever they stand, some only at the end:
 * `PINNED` is no PIN.
 */
const SECRET_NAME =
  /secret|passw|passphrase|passcode|credential|authorization|md5cred|(?:api|access|auth|private|encryption)key|(?:token|pass|pwd|pin|pincode|otp|cvv|hash|digest|cookie|jwt)s?\d*$/
/** Names that only look so: SuccessfulAuth's header is 0 or 1. */
const OTHER_NAME = /(?:usingpassword|bypass)$/

/** Commands in which a name and its value are words: of AGI, and of the console. */
const SETTER = /\b(?:set\s+variable|database\s+put|dialplan\s+set\s+(?:global|chanvar))\s/i
/** A token that names itself; `Bearer capability not authorized` is the text of a hangup cause. */
const BEARER = /\bbearer\s+(?!capability)(?=\S)/i
/** What parts a name from its value, also where it is percent-encoded, as in the `Env` of AsyncAGIStart. */
const SEPARATOR = /[=:]|%3[ad]/gi
/** What may stand between a name and what parts it from its value: `"name" : `, `\"name\":`. */
const AFTER_NAME = ' \t"\'\\'
const BEFORE_VALUE = ' \t>'
/** Of a key of the database, all of its path. */
const NAME_CHARACTER = /[\w/-]/
/** What an address begins with, before its user: `sip:user:password@host`. */
const SCHEME = /^(?:sips?|tel)$/i
/**
 * A setting, with or without the header that holds it, whose value is an address: `Line-000000-000000:
 * register=user:password@host`.
 */
const REGISTER = /^\s*(?:[\w-]+:\s*)?register\s*=/i

/** What has an everyday name, and is made of a secret only in this action or event. */
const SECRETS_OF: ReadonlyMap<string, RegExp> = new Map([
  ['login', /^key$/i],
  ['challengeresponsefailed', /^response$/i],
])
/** A name in one header, and its value in another: of VarSet and Setvar, of the database, of UpdateConfig. */
const NAME_AND_VALUE: readonly (readonly [name: RegExp, value: string])[] = [
  [/^Variable$/i, 'Value'],
  [/^(?:Family|Key)$/i, 'Val'],
  [/^Var-/i, 'Value-'],
  [/^Var-/i, 'Match-'],
]

/** Whether a name tells that its value is a secret: `Secret`, `__USER_PASSWORD`, `DB(users/100/pin)`. */
export function isSecretName(name: string): boolean {
  const letters = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '')
  return SECRET_NAME.test(letters) && !OTHER_NAME.test(letters)
}

/**
 * A text with `…` in place of secrets that a name tells of: `NAME=value` and `name: value`, in which all that follows goes, as a
 * secret may hold commas and blanks; `"name": "value"` of JSON; `SET VARIABLE NAME value` and `DATABASE PUT family name value`;
 * `Bearer token`; `user:password@host`. What has no such name, as the passwords in voicemail.conf, stays. The time it takes grows
 * with the text's length alone.
 */
export function redactText(text: string): string {
  return HINT.test(text) ? without(text, [...settings(text), ...commandValues(text), ...tokens(text), ...passwords(text)]) : text
}

/**
 * The lines of a message, each as `redactText` has it, and without the secrets of which another line tells: `Variable: PASSWORD`
 * of its `Value`, `Action: Login` of its `Key`.
 */
export function redactLines(lines: readonly string[]): string[] {
  const headers = lines.map(headerOf)
  const kind = headers.find(({ name }) => /^(?:Action|Event)$/i.test(name))?.value.toLowerCase() ?? ''
  const named = new Set(headers.flatMap(({ name, value }) => (isSecretName(value) ? valueHeaders(name) : [])))
  return headers.map(({ name, value, line }) => {
    const isSecret = named.has(name.toLowerCase()) || SECRETS_OF.get(kind)?.test(name)
    return isSecret && value !== '' ? line.slice(0, line.length - value.length) + REMOVED : redactText(line)
  })
}

/** The headers of a message without secrets, as `redactLines`. */
export function redactHeaders(headers: Iterable<readonly [name: string, value: string]>): [name: string, value: string][] {
  return redactLines(Array.from(headers, ([name, value]) => `${name}: ${value}`)).map((line) => {
    const colon = line.indexOf(': ')
    return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 2)]
  })
}

function headerOf(line: string): { readonly line: string; readonly name: string; readonly value: string } {
  const colon = line.indexOf(':')
  return colon < 0
    ? { line, name: line, value: '' }
    : { line, name: line.slice(0, colon), value: line.slice(past(line, colon + 1, ' ')) }
}

/** The headers that hold the value of what this one names. */
function valueHeaders(name: string): string[] {
  return NAME_AND_VALUE.filter(([of]) => of.test(name)).map(([of, value]) => name.replace(of, value).toLowerCase())
}

/** From where to where in a text a secret stands. */
type Place = readonly [start: number, end: number]

/** The text with a mark in each of these places, in one mark where they meet. */
function without(text: string, places: readonly Place[]): string {
  let kept = ''
  let removedTo = -1
  for (const [start, end] of [...places].sort(([one], [two]) => one - two)) {
    if (start > removedTo) kept += text.slice(Math.max(0, removedTo), start) + REMOVED
    removedTo = Math.max(removedTo, end)
  }
  return kept + text.slice(Math.max(0, removedTo))
}

/** `NAME=value`, `name: value`, `"name": "value"`. */
function* settings(text: string): Generator<Place> {
  let before = 0
  for (const { 0: separator, index } of text.matchAll(SEPARATOR)) {
    // What is removed may hold separators too.
    if (index < before) continue
    const name = nameBefore(text, before, index)
    before = index + separator.length
    const value = past(text, before, BEFORE_VALUE)
    if (value === text.length || !isSecretName(name)) continue
    if (text[index - 1] !== '"' || text[value] !== '"') {
      yield [value, text.length]
      return
    }
    before = closingQuote(text, value + 1)
    if (before > value + 1) yield [value + 1, before]
  }
}

/** What stands before a separator, not further back than `from`: a name, or a function with its arguments. */
function nameBefore(text: string, from: number, separator: number): string {
  let end = separator
  while (end > from && AFTER_NAME.includes(text.charAt(end - 1))) end -= 1
  const before = text.slice(from, end)
  let start = before.endsWith(')') ? Math.max(0, before.lastIndexOf('(')) : before.length
  while (start > 0 && NAME_CHARACTER.test(before.charAt(start - 1))) start -= 1
  return before.slice(start)
}

/** Where the first character from `at` on is that is none of these. */
function past(text: string, at: number, characters: string): number {
  let end = at
  while (end < text.length && characters.includes(text.charAt(end))) end += 1
  return end
}

/** Where the quote is that ends a text of JSON, or the text ends. */
function closingQuote(text: string, from: number): number {
  let at = from
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return Math.min(at, text.length)
}

/** The value in `SET VARIABLE NAME value` and the like. */
function* commandValues(text: string): Generator<Place> {
  const command = SETTER.exec(text)
  if (command === null) return
  const words = command.index + command[0].length
  for (const { 0: word, index } of text.slice(words).matchAll(/\S+/g)) {
    const value = past(text, words + index + word.length, ' ')
    if (value < text.length && isSecretName(word)) {
      yield [value, text.length]
      return
    }
  }
}

function* tokens(text: string): Generator<Place> {
  const bearer = BEARER.exec(text)
  if (bearer !== null) yield [bearer.index + bearer[0].length, text.length]
}

/** Those of `//user:password@host`, `SIP/user:password@host`, `sip:user:password@host`, `register => user:password@host`. */
function* passwords(text: string): Generator<Place> {
  const isRegister = REGISTER.test(text)
  for (const { 0: word, index } of text.matchAll(/\S+/g)) {
    const at = word.lastIndexOf('@')
    const parts = word.slice(0, Math.max(0, at)).split(':')
    const user = parts.slice(0, -1).findIndex((part, place) => isUser(part, parts[place - 1] ?? '', isRegister))
    const start = parts.slice(0, user + 1).join(':').length + 1
    if (user >= 0 && start < at) yield [index + start, index + at]
  }
}

/** Whether a password follows: of a word that is parted at its colons, this is a part, and the one before it. */
function isUser(part: string, before: string, isRegister: boolean): boolean {
  const name = part.slice(part.lastIndexOf('/') + 1)
  if (part.endsWith(`//${name}`)) return true
  if (name === '' || name.includes('@') || SCHEME.test(name)) return false
  return name !== part || SCHEME.test(before) || isRegister
}
