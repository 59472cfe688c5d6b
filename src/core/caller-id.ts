/** A caller: their number and their name, empty where they are not known. */
export interface CallerId {
  readonly name: string
  readonly number: string
}

/**
 * Reads a caller as Asterisk does: `"Ann" <100>`, `Ann <100>`, `100` or `Ann` (`ast_callerid_parse` in `main/callerid.c`,
 * compared with 16.28 and 22.10). What stands between the last `<` and the last `>` is the number. Without `<`, the text is a
 * number if only digits, `+`, `*` and `#` remain of it, and else a name.
 */
export function parseCallerId(text: string): CallerId {
  const whole = stripped(text)
  if (!whole.includes('<')) {
    const number = withoutSeparators(whole)
    return isNumber(number) ? { name: '', number } : { name: unescaped(stripped(unquoted(whole))), number: '' }
  }
  const caller = unquoted(whole)
  const open = caller.lastIndexOf('<')
  const close = caller.lastIndexOf('>')
  const location = close > open ? caller.slice(open + 1, close) : caller.slice(open + 1)
  return { name: unescaped(unquoted(stripped(caller.slice(0, open)))), number: withoutSeparators(location) }
}

/** Without the bytes 1 to 32 around it. */
function stripped(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && text.charCodeAt(start) <= 32) start += 1
  while (end > start && text.charCodeAt(end - 1) <= 32) end -= 1
  return text.slice(start, end)
}

function unquoted(text: string): string {
  return text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text
}

/** A backslash stands for the character that follows it. */
function unescaped(text: string): string {
  let plain = ''
  for (let at = 0; at < text.length; at += 1) {
    if (text.charAt(at) === '\\') at += 1
    plain += text.charAt(at)
  }
  return plain
}

/**
 * As people write numbers, `(030) 12-34`: without parentheses, spaces, dashes outside of brackets, and points before the last
 * place.
 */
function withoutSeparators(text: string): string {
  let number = ''
  let brackets = 0
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (character === '[') brackets += 1
    else if (character === ']') brackets -= 1
    else if (character === '(' || character === ' ' || character === ')') continue
    else if (character === '-' && brackets === 0) continue
    else if (character === '.' && at + 1 < text.length) continue
    number += character
  }
  return number
}

function isNumber(text: string): boolean {
  for (const character of text) if (!'0123456789*#+'.includes(character)) return false
  return text !== ''
}
