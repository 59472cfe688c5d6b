import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventNumbers } from '../../../src/ami/client/event-numbers.js'

function play(numbers: EventNumbers, came: readonly number[], atMs = 0): number {
  return came.reduce((lost, number) => lost + (numbers.came(number, () => atMs)?.count ?? 0), 0)
}
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at)

describe('the numbers of a session', () => {
  it('lose nothing where all come, in whatever order within two places', () => {
    const numbers = new EventNumbers()
    expect(play(numbers, [5, 6, 8, 7, 9, 12, 10, 11, ...range(13, 400)])).toBe(0)
    expect(numbers.missing).toBe(0)
    expect([numbers.first, numbers.next]).toEqual([5, 400])
  })

  it('are lost when a hundred others came behind them', () => {
    const numbers = new EventNumbers()
    expect(play(numbers, [...range(0, 10), ...range(13, 113)])).toBe(0)
    expect(numbers.missing).toBe(3)
    expect(numbers.came(113, () => 5)).toEqual({ count: 3, sinceMs: 0 })
    expect(numbers.missing).toBe(0)
  })

  it('are lost when they do not come for a second', () => {
    const numbers = new EventNumbers()
    expect(play(numbers, [0, 2], 1_000)).toBe(0)
    expect(numbers.came(3, () => 2_000)).toBeUndefined()
    expect(numbers.came(4, () => 2_001)).toEqual({ count: 1, sinceMs: 1_000 })
  })

  it('may begin late too', () => {
    const numbers = new EventNumbers()
    play(numbers, [7, 5, 6, 8])
    expect(numbers.first).toBe(5)
  })

  it('that come twice, or long after they were lost, change nothing', () => {
    const numbers = new EventNumbers()
    expect(play(numbers, [...range(0, 5), 3, 3, 6, ...range(7, 120)])).toBe(1)
    expect(play(numbers, [5, 5, 0])).toBe(0)
    expect(numbers.next).toBe(120)
  })

  it('are counted as a plain set would count them', () => {
    const losses = fc.uniqueArray(fc.integer({ min: 1, max: 498 }), { maxLength: 60 })
    fc.assert(
      fc.property(losses, fc.array(fc.integer({ min: 0, max: 490 }), { maxLength: 40 }), (lost, swaps) => {
        const all = range(0, 500).filter((number) => !lost.includes(number))
        for (const at of swaps) {
          const [one, other] = [all[at % (all.length - 1)] as number, all[(at % (all.length - 1)) + 1] as number]
          // Late by one place.
          if (all[at % (all.length - 1)] === one) all.splice(at % (all.length - 1), 2, other, one)
        }
        const numbers = new EventNumbers()
        const gone = play(numbers, [...all, ...range(500, 700)])
        // Those before the first are lost in the hole before the session.
        expect(gone + (numbers.first ?? 0)).toBe(lost.length)
        expect(numbers.missing).toBe(0)
      }),
    )
  })
})
