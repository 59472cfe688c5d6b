import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffDelayMs } from '../../src/core/backoff.js'

const options = { initialDelayMs: 250, maxDelayMs: 30_000, factor: 2, jitter: 0.5 }

describe('backoffDelayMs', () => {
  for (const [attempt, random, delay] of [
    [1, 0, 250],
    [1, 0.99, 250],
    [2, 0, 500],
    [2, 0.5, 375],
    [3, 0, 1000],
    [7, 0, 16_000],
    [8, 0, 30_000],
    [8, 0.5, 22_500],
    [50, 0, 30_000],
    [5000, 0, 30_000],
  ] as const) {
    it(`attempt ${attempt} with chance ${random} waits ${delay} ms`, () => {
      expect(backoffDelayMs(attempt, options, random)).toBe(delay)
    })
  }

  it('without jitter chance changes nothing, with all of it the delay falls to the shortest', () => {
    expect(backoffDelayMs(5, { ...options, jitter: 0 }, 0.9)).toBe(4000)
    expect(backoffDelayMs(5, { ...options, jitter: 1 }, 0.999999)).toBe(250)
  })

  it('over 50 failures every delay stays within its bounds, whatever the chance', () => {
    const bounds = fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 0, max: 100_000 }))
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(
        bounds,
        fc.double({ min: 1, max: 10, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.array(chance, { minLength: 50, maxLength: 50 }),
        ([initialDelayMs, more], factor, jitter, chances) => {
          const maxDelayMs = initialDelayMs + more
          chances.forEach((random, failures) => {
            const delay = backoffDelayMs(failures + 1, { initialDelayMs, maxDelayMs, factor, jitter }, random)
            expect(delay).toBeGreaterThanOrEqual(initialDelayMs)
            expect(delay).toBeLessThanOrEqual(maxDelayMs)
          })
        },
      ),
      { numRuns: 200, interruptAfterTimeLimit: 3000 },
    )
  })

  it('the delay grows until the longest, and stays there', () => {
    const delays = Array.from({ length: 50 }, (_, failures) => backoffDelayMs(failures + 1, options, 0))
    expect(delays.slice(0, 8)).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000])
    expect(new Set(delays.slice(7))).toEqual(new Set([30_000]))
  })

  it('attempts that always fail at once are fewer than 30 in the first 10 s', () => {
    let elapsed = 0
    let attempts = 1
    for (; elapsed <= 10_000; attempts += 1) elapsed += backoffDelayMs(attempts, options, 0.999999)
    expect(attempts).toBeLessThanOrEqual(30)
  })
})
