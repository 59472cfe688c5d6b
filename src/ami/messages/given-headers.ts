import { quote } from '../../core/checks.js'
import { HeaderFields } from '../../core/header-fields.js'
import type { ActionHeaders } from './typed-names.js'

/**
 * Headers that a program gives, as a message carries them.
 *
 * @throws TypeError that names a header which no message can carry, such as one of two lines.
 */
export function givenFields(message: string, headers: ActionHeaders): HeaderFields {
  let text = ''
  for (const [name, given] of Object.entries(headers)) {
    for (const value of Array.isArray(given) ? given : [given]) {
      if (value === undefined) continue
      const line = `${name}: ${String(value)}\r\n`
      const [[readName, readValue] = [], ...more] = new HeaderFields(line)
      if (readName !== name || readValue !== String(value) || more.length > 0)
        throw new TypeError(`${message} cannot have the header ${quote(name)} with the value ${quote(value)}`)
      text += line
    }
  }
  return new HeaderFields(text)
}
