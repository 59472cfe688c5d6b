import { losesItsStart } from './field-rules.js'

/**
 * Channel variables to set: an object, a Map, or a list of pairs; the order is kept. A name that ends in `)` is a dialplan
 * function that Asterisk runs to set it, such as `CHANNEL(language)`; with `_` or `__` before the name, channels that are called
 * inherit the variable.
 */
export type Variables =
  | Readonly<Record<string, string | number | boolean>>
  | ReadonlyMap<string, string | number | boolean>
  | Iterable<readonly [name: string, value: string | number | boolean]>

/** What a variable's name must be, for errors. */
export const VARIABLE_NAME_RULE =
  'a variable\'s name must not be empty, begin with a space or control character, or hold ":" (Asterisk would read a part of its value)'

/** Whether Asterisk reads back a variable of this name, or runs a dialplan function by it. */
export function isVariableName(name: string): boolean {
  return name !== '' && !losesItsStart(name) && (!name.includes(':') || name.endsWith(')'))
}

/** The variables as pairs of text. */
export function variablePairs(variables: Variables): (readonly [name: string, value: string])[] {
  const pairs =
    Symbol.iterator in variables ? [...(variables as Iterable<readonly [string, unknown]>)] : Object.entries(variables)
  return pairs.map(([name, value]) => [name, String(value)] as const)
}

/**
 * Writes one variable so that Asterisk reads back exactly this name and value: a backslash before each character that
 * its argument parser gives a meaning (`main/app.c`, verified on 16.28 and 22.10).
 */
export function escapeVariable(name: string, value: string): string {
  return `${escapeArgument(name)}=${escapeArgument(value)}`
}

/**
 * Writes a text so that Asterisk's argument parser reads back exactly this text, as one argument (verified on 16.28 and 22.10).
 */
export function escapeArgument(text: string): string {
  let escaped = ''
  for (const character of text) escaped += SPECIAL.has(character) ? `\\${character}` : character
  return escaped
}

/** Reads `name=value` pairs as Asterisk does: unquoted commas part them, a backslash takes the next character as it is. */
export function parseVariables(header: string): [name: string, value: string][] {
  const pairs: [string, string][] = []
  let text = ''
  let equals = -1
  let quoted = false
  let parentheses = 0
  let brackets = 0
  const finish = () => {
    if (equals >= 0) pairs.push([text.slice(0, equals), text.slice(equals)])
    text = ''
    equals = -1
  }
  for (let at = 0; at < header.length; at += 1) {
    const character = header.charAt(at)
    if (character === '\\' && at + 1 < header.length) {
      at += 1
      text += header.charAt(at)
    } else if (character === '"') quoted = !quoted
    else if (character === ',' && !quoted && parentheses === 0 && brackets === 0) finish()
    else if (character === '=' && equals < 0) equals = text.length
    else {
      if (character === '(') parentheses += 1
      else if (character === '[') brackets += 1
      else if (character === ')') parentheses = Math.max(0, parentheses - 1)
      else if (character === ']') brackets = Math.max(0, brackets - 1)
      text += character
    }
  }
  finish()
  return pairs
}

const SPECIAL = new Set(['\\', '"', ',', '(', ')', '[', ']'])
