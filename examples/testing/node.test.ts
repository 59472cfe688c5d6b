// node --import tsx --test examples/testing/node.test.ts
import { afterEach, beforeEach, it, mock } from 'node:test'
import { userTests } from './user-tests.js'

beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate', 'Date'] }))
afterEach(() => mock.timers.reset())

/** Has time pass in steps, and lets everything happen that is due in each. */
async function advance(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 500) {
    mock.timers.tick(Math.min(left, 500))
    for (let turn = 0; turn < 50; turn += 1) await undefined
  }
}

for (const [title, test] of Object.entries(userTests)) it(title, () => test(advance))
