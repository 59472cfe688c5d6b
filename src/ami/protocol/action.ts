import type { TextCodec } from '../../core/text-codec.js'
import { InvalidActionError } from '../messages/errors.js'
import type { ActionHeaders } from '../messages/typed-names.js'
import { fieldRules, losesItsStart, ruleOf } from './field-rules.js'
import { escapeVariable, isVariableName, VARIABLE_NAME_RULE, type Variables, variablePairs } from './variables.js'

/** Bytes of one line without its CR LF: Asterisk's input buffer is 1,024 (`main/manager.c`, verified on 16.28 and 22.10). */
export const MAX_LINE_BYTES = 1022
/** Headers of one message (`AST_MAX_MANHEADERS`, verified on 16.28 and 22.10). */
export const MAX_HEADERS = 128
/** Bytes of an ActionID: longer ones are cut by some actions, and take the line's end with them. */
export const MAX_ACTION_ID_BYTES = 64

/** An action that is checked and ready to be written. */
export interface PreparedAction {
  readonly name: string
  readonly actionId: string
  readonly headers: ActionHeaders
  readonly bytes: Uint8Array
}

/**
 * Checks an action and writes it as bytes. An `ActionID` among the headers is used as it is.
 *
 * @throws InvalidActionError when Asterisk would read something else than what was given: CR, LF or NUL anywhere, a space or
 * control character at the start of a value, a colon in a header's name, what `field-rules` says of a field, a line or a message
 * beyond Asterisk's input buffer, an ActionID over 64 bytes, characters that the encoding lacks,
 * headers that are no object.
 * @throws TypeError for variables that are not text, finite numbers or booleans.
 */
export function prepareAction(
  name: string,
  headers: ActionHeaders,
  variables: Variables | undefined,
  codec: TextCodec,
  newActionId: () => string,
): PreparedAction {
  if (typeof headers !== 'object' || headers === null || Symbol.iterator in headers)
    throw invalid(name, 'its headers must be an object that has a value for each name')
  const lines: string[] = [`Action: ${checkedValue(name, 'Action', requireName(name))}`]
  const names = Object.keys(headers)
  const actionId = actionIdOf(name, headers, names) ?? newActionId()
  lines.push(`ActionID: ${actionId}`)
  const rules = fieldRules(name)
  for (const header of names) {
    const value = headers[header]
    if (value === undefined) continue
    const folded = header.toLowerCase()
    if (folded === 'actionid') continue
    if (folded === 'action') throw invalid(name, 'the header Action is the action itself and cannot be given again')
    const rule = ruleOf(rules, header)
    const write = (each: unknown) => {
      const text = textOf(name, header, each)
      lines.push(line(name, header, text))
      const wrong = rule?.(text, codec)
      if (wrong !== undefined) throw invalid(name, `the value of ${quoted(header)} ${wrong}`)
    }
    if (Array.isArray(value)) value.forEach(write)
    else write(value)
  }
  if (variables !== undefined) {
    for (const [variable, value] of variablePairs(variables)) {
      if (!isVariableName(variable) || variable.includes('=')) {
        throw invalid(name, `${VARIABLE_NAME_RULE} or "="; ${JSON.stringify(variable)} does`)
      }
      lines.push(line(name, 'Variable', escapeVariable(variable, value), variable))
    }
  }
  if (lines.length > MAX_HEADERS) {
    throw invalid(name, `it has ${lines.length} headers, and Asterisk takes ${MAX_HEADERS} a message`)
  }
  return { name, actionId, headers, bytes: encode(name, lines, codec) }
}

function requireName(name: string): string {
  if (typeof name !== 'string' || name === '' || name.trim() !== name) {
    throw new InvalidActionError(`An action's name must be text without spaces around it, not ${JSON.stringify(name)}`)
  }
  return name
}

function actionIdOf(action: string, headers: ActionHeaders, names: readonly string[]): string | undefined {
  let id: string | undefined
  for (const header of names) {
    const value = headers[header]
    if (value === undefined || header.toLowerCase() !== 'actionid') continue
    if (id !== undefined || Array.isArray(value)) throw invalid(action, 'it has more than one ActionID')
    id = textOf(action, header, value)
  }
  if (id === undefined) return undefined
  if (id === '' || losesItsStart(id))
    throw invalid(action, 'its ActionID is empty or begins with a space or control character, so Asterisk would not send it back')
  return checkedValue(action, 'ActionID', id)
}

function textOf(action: string, header: string, value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return String(value)
  throw invalid(
    action,
    `the header ${JSON.stringify(header)} has a value of type ${value === null ? 'null' : typeof value}; text, a finite number or a boolean is needed`,
  )
}

/** One line. Values stay out of the messages: they can be secrets. */
function line(action: string, header: string, value: string, variable?: string): string {
  if (header === '' || header.includes(':') || header.trim() !== header) {
    throw invalid(action, `${quoted(header)} needs a name without a colon and without spaces around it`)
  }
  if (BREAKS_LINE.test(header))
    throw invalid(action, `the name of ${quoted(header)} holds CR, LF or NUL, which would end the line`)
  return `${header}: ${checkedValue(action, header, value, variable)}`
}

function checkedValue(action: string, header: string, value: string, variable?: string): string {
  if (!BREAKS_LINE.test(value) && !losesItsStart(value)) return value
  const what = variable === undefined ? quoted(header) : `the variable ${JSON.stringify(variable)}`
  const at = value.search(BREAKS_LINE)
  if (at >= 0) throw invalid(action, `the value of ${what} holds CR, LF or NUL at character ${at + 1}, which would end the line`)
  throw invalid(action, `the value of ${what} begins with a space or control character, which Asterisk leaves out`)
}

function quoted(header: string): string {
  return `the header ${JSON.stringify(header)}`
}

const BREAKS_LINE = /[\r\n\0]/

function encode(action: string, lines: readonly string[], codec: TextCodec): Uint8Array {
  const bytes = codec.encode(`${lines.join('\r\n')}\r\n\r\n`)
  if (bytes === undefined) throw invalid(action, `it holds characters that ${codec.encoding} cannot write`)
  // No character takes more than three bytes a code unit, so only a long line needs counting.
  for (let index = 0; index < lines.length; index += 1) {
    const text = lines[index] as string
    const limit = index === 1 ? MAX_ACTION_ID_BYTES + 'ActionID: '.length : MAX_LINE_BYTES
    if (text.length * 3 <= limit) continue
    const length = codec.encode(text)?.length ?? 0
    if (length <= limit) continue
    if (index === 1)
      throw invalid(
        action,
        `its ActionID has ${length - 'ActionID: '.length} bytes, and Asterisk answers safely up to ${MAX_ACTION_ID_BYTES}`,
      )
    const header = text.slice(0, text.indexOf(':'))
    throw invalid(
      action,
      `the header ${JSON.stringify(header)} is ${length} bytes long, and Asterisk takes ${MAX_LINE_BYTES} a line`,
    )
  }
  return bytes
}

function invalid(action: string, reason: string): InvalidActionError {
  return new InvalidActionError(`Action ${JSON.stringify(action)} cannot be sent: ${reason}`)
}
