// The tests under jest's fake timers. In a project with jest: `beforeEach(() => jest.useFakeTimers())`, and `it(title, …)` for each. Here no more
// of jest is installed than its timers, so that this is a program of its own: npx tsx examples/testing/jest.ts
import assert from 'node:assert/strict'
import { ModernFakeTimers } from '@jest/fake-timers'
import { userTests } from './user-tests.js'

const config = { rootDir: '/', fakeTimers: { enableGlobally: false } }
const jest = new ModernFakeTimers({ global: globalThis, config: config as never })

for (const [title, test] of Object.entries(userTests)) {
  const began = performance.now()
  jest.useFakeTimers()
  await test((ms) => jest.advanceTimersByTimeAsync(ms))
  // What a test leaves running would go on in the next one.
  assert.equal(jest.getTimerCount(), 0)
  jest.useRealTimers()
  console.log(`ok ${Math.round(performance.now() - began)} ms ${title}`)
}
