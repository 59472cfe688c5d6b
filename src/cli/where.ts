import type { AMIEvent } from '../ami/messages/event.js'
import { quote } from '../core/checks.js'
import { UsageError } from './usage-error.js'

type Test = (event: AMIEvent) => boolean

/**
 * What events must have, all of it: `Header=value`, `Header!=value` or `Header~pattern`, a regular expression. Header names in any
 * case; a header that stands several times needs to fit once. Undefined where nothing is asked.
 *
 * @throws UsageError that quotes what cannot be read.
 */
export function eventTest(conditions: readonly string[]): Test | undefined {
  const tests = conditions.map(testOf)
  return tests.length === 0 ? undefined : (event) => tests.every((test) => test(event))
}

function testOf(condition: string): Test {
  const [, name = '', operator = '', value = ''] = /^\s*([^\s=!~]+)\s*(!=|=|~)(.*)$/s.exec(condition) ?? []
  if (name === '') throw new UsageError(`--where takes Header=value, Header!=value or Header~pattern, not ${quote(condition)}`)
  if (operator === '~') {
    const pattern = patternOf(value)
    return (event) => event.getAll(name).some((each) => pattern.test(each))
  }
  const has: Test = (event) => event.getAll(name).includes(value)
  return operator === '=' ? has : (event) => !has(event)
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text)
  } catch (error) {
    throw new UsageError(`--where: ${(error as Error).message}`, { cause: error })
  }
}
