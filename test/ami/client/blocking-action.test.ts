import { describe, expect, it } from 'vitest'
import { blockingMs } from '../../../src/ami/client/blocking-action.js'
import type { ActionHeaders } from '../../../src/ami/messages/typed-names.js'

describe('blockingMs', () => {
  for (const [action, headers, expected] of [
    ['Originate', {}, 30_000],
    ['originate', { Timeout: 5000 }, 5000],
    ['Originate', { timeout: '5000' }, 5000],
    ['Originate', { Timeout: '' }, 30_000],
    ['Originate', { Timeout: 'soon' }, 30_000],
    ['Originate', { Timeout: -1 }, 30_000],
    ['Originate', { Async: false, Timeout: 7 }, 7],
    ['Originate', { Async: 'no' }, 30_000],
    ['Originate', { Async: undefined }, 30_000],
    ['Originate', { Async: true }, 0],
    ['Originate', { Async: 'true' }, 0],
    ['Originate', { Async: 'YES' }, 0],
    ['Originate', { Async: 1 }, 0],
    ['Originate', { Async: 'On' }, 0],
    ['Originate', { ASYNC: ['true', 'false'] }, 0],
    ['WaitEvent', {}, Number.POSITIVE_INFINITY],
    ['WaitEvent', { Timeout: 5 }, 5000],
    ['waitevent', { TIMEOUT: '0.5' }, 500],
    ['WaitEvent', { Timeout: -1 }, Number.POSITIVE_INFINITY],
    ['Ping', { Timeout: 5 }, 0],
    ['Status', {}, 0],
  ] as [string, ActionHeaders, number][]) {
    it(`${action} with ${JSON.stringify(headers)} may block for ${expected} ms`, () => {
      expect(blockingMs(action, headers)).toBe(expected)
    })
  }
})
