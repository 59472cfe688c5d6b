import { describe, expect, it } from 'vitest'
import { Gap } from '../../src/core/gap.js'

const at = (seconds: number) => new Date(seconds * 1000)
const overflow = (from: number, to: number, dropped: number) =>
  new Gap({ reason: 'overflow', from: at(from), to: at(to), dropped })
const outage = (from: number, to: number, restarted?: boolean) =>
  new Gap({ reason: 'disconnect', from: at(from), to: at(to), restarted })

describe('Gap', () => {
  it('says why, when and how many', () => {
    expect({ ...overflow(1, 2, 3) }).toEqual({ reason: 'overflow', from: at(1), to: at(2), dropped: 3, restarted: false })
    expect({ ...outage(1, 2, true) }).toEqual({ reason: 'disconnect', from: at(1), to: at(2), dropped: 0, restarted: true })
  })

  for (const [what, joined, expected] of [
    ['two overflows', overflow(1, 2, 3).joinedWith(overflow(4, 5, 6)), { reason: 'overflow', dropped: 9, restarted: false }],
    [
      'an outage then an overflow',
      outage(1, 2, false).joinedWith(overflow(4, 5, 6)),
      { reason: 'disconnect', dropped: 6, restarted: false },
    ],
    [
      'an overflow then an outage',
      overflow(1, 2, 3).joinedWith(outage(4, 5, true)),
      { reason: 'disconnect', dropped: 3, restarted: true },
    ],
    [
      'a restart then none',
      outage(1, 2, true).joinedWith(outage(4, 5, false)),
      { reason: 'disconnect', dropped: 0, restarted: true },
    ],
    [
      'none then a restart',
      outage(1, 2, false).joinedWith(outage(4, 5, true)),
      { reason: 'disconnect', dropped: 0, restarted: true },
    ],
  ] as const) {
    it(`joins ${what}`, () => expect({ ...joined }).toEqual({ ...expected, from: at(1), to: at(5) }))
  }

  it('a restart that cannot be known for one of two outages is not denied', () => {
    expect(outage(1, 2, false).joinedWith(outage(4, 5)).restarted).toBeUndefined()
    expect(outage(1, 2).joinedWith(outage(4, 5, false)).restarted).toBeUndefined()
  })
})
