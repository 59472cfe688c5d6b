// npx vitest run
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { userTests } from './user-tests.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  // What a test leaves running would go on in the next one.
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

for (const [title, test] of Object.entries(userTests)) it(title, () => test((ms) => vi.advanceTimersByTimeAsync(ms)))
