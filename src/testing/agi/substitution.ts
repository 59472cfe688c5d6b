/** Where variables are read and written. */
export interface VariableScope {
  get(name: string): string
  set(name: string, value: string): void
}

/**
 * A text as Asterisk evaluates it (`main/pbx_variables.c`): `${NAME}`, `${NAME:2:3}`, `${IF(1?a:b)}`, `${SET(NAME=value)}`, and in `$[…]` texts compared by
 * `=` and `!=`, joined by `|` or by `&`. Another function gives nothing.
 */
export function substitute(text: string, scope: VariableScope): string {
  let result = ''
  for (let at = 0; at < text.length; ) {
    const opening = text.slice(at, at + 2)
    if (opening !== '${' && opening !== '$[') {
      result += text.charAt(at)
      at += 1
      continue
    }
    const end = endOf(text, at + 2, opening === '${' ? '{}' : '[]')
    const inner = substitute(text.slice(at + 2, end), scope)
    result += opening === '${' ? evaluated(inner, scope) : String(isTrue(inner) ? 1 : 0)
    at = end + 1
  }
  return result
}

/** Where the bracket closes that was opened before; the end of the text where none does. */
function endOf(text: string, from: number, [open, close]: string): number {
  let depth = 1
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === open) depth += 1
    else if (text[at] === close) depth -= 1
    if (depth === 0) return at
  }
  return text.length
}

function evaluated(inner: string, scope: VariableScope): string {
  const [, name = '', args = ''] = /^(IF|SET)\((.*)\)$/s.exec(inner) ?? []
  if (name === 'IF') {
    const [, condition = '', yes = '', no = ''] = /^([^?]*)\?([^:]*):?(.*)$/s.exec(args) ?? []
    return ['', '0'].includes(condition.trim()) ? no : yes
  }
  if (name === 'SET') {
    const [, variable = '', value = ''] = /^([^=]*)=(.*)$/s.exec(args) ?? []
    scope.set(variable, value)
    return value
  }
  const [, variable = inner, offset, length] = /^([^:]*):(-?\d+)(?::(\d+))?$/.exec(inner) ?? []
  const value = scope.get(variable)
  if (offset === undefined) return value
  return value.slice(Number(offset)).slice(0, length === undefined ? undefined : Number(length))
}

/** An expression: any of its parts that `|` separates, of each all that `&` does. */
function isTrue(expression: string): boolean {
  return expression.split('|').some((any) => any.split('&').every((comparison) => holds(comparison.trim())))
}

function holds(comparison: string): boolean {
  const [, left = '', operator, right = ''] = /^(.*?)\s*(!?=)\s*(.*)$/s.exec(comparison) ?? []
  if (operator === undefined) return !['', '0', '""'].includes(comparison)
  return (left === right) === (operator === '=')
}
