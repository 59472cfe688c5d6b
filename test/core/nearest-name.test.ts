import { expect, it } from 'vitest'
import { isNear, lettersApart, nearestName } from '../../src/core/nearest-name.js'

it.each([
  ['', '', 0],
  ['a', '', 1],
  ['kitten', 'sitting', 3],
  ['keepalive', 'keepAlive', 0],
  ['maxSession', 'maxSessions', 1],
])('%s and %s are %i letters apart, in any case', (one, two, letters) => {
  expect([lettersApart(one, two), lettersApart(two, one)]).toEqual([letters, letters])
})

it('the nearest name is the one with the fewest letters apart; none is near where half of them differ', () => {
  expect(nearestName('timeout', ['signal', 'timeoutMs', 'timeouts'])).toBe('timeouts')
  expect(nearestName('retries', ['signal', 'priority'])).toBeUndefined()
  expect(nearestName('x', [])).toBeUndefined()
})

it('a name of any length is compared at little cost', () => {
  expect(isNear('x'.repeat(10_000_000), 'timeoutMs')).toBe(false)
})
