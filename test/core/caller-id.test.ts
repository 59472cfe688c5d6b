import { expect, it } from 'vitest'
import { parseCallerId } from '../../src/core/caller-id.js'

it.each([
  ['"Ann" <100>', 'Ann', '100'],
  ['Ann B <100>', 'Ann B', '100'],
  ['<100>', '', '100'],
  [' 100 ', '', '100'],
  ['', '', ''],
  ['"Ann" <>', 'Ann', ''],
])('%j', (text, name, number) => {
  expect(parseCallerId(text)).toEqual({ name, number })
})
