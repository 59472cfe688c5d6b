import { quote } from '../../core/checks.js'
import { escapeArgument } from '../../core/escape-argument.js'
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

/** The variables as pairs of text. @throws TypeError for names that are not text, and values that are not text, finite numbers or booleans. */
export function variablePairs(variables: Variables): (readonly [name: string, value: string])[] {
  const pairs: Iterable<unknown> = Symbol.iterator in variables ? variables : Object.entries(variables)
  return Array.from(pairs, (pair) => {
    const [name, value]: readonly unknown[] = Array.isArray(pair) ? pair : []
    if (typeof name !== 'string')
      throw new TypeError('variables must be an object, a Map or a list of pairs, of which the first is a name')
    if (typeof value !== 'string' && typeof value !== 'boolean' && !Number.isFinite(value))
      throw new TypeError(`the variable ${quote(name)} must be text, a finite number or a boolean`)
    return [name, String(value)]
  })
}

/**
 * Writes one variable so that Asterisk reads back exactly this name and value: a backslash before each character that
 * its argument parser gives a meaning (`main/app.c`, verified on 16.28 and 22.10).
 */
export function escapeVariable(name: string, value: string): string {
  return `${escapeArgument(name)}=${escapeArgument(value)}`
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
