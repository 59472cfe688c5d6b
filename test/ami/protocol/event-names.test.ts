import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventNames } from '../../../src/ami/protocol/event-names.js'
import { bytesOf } from '../../support/splits.js'

function find<T>(names: EventNames<T>, text: string): T | undefined {
  const bytes = bytesOf(`Event: ${text}\r\n`)
  return names.find(bytes, 7, bytes.length - 2)?.value
}

describe('EventNames', () => {
  it('finds a name in any case, and no other', () => {
    const names = new EventNames<number>()
    names.set('NewExten', 1)
    names.set('Hangup', 2)
    expect(
      ['NewExten', 'Newexten', 'NEWEXTEN', 'hangup', 'Hangu', 'Hangup ', 'HangupRequest', ''].map((text) => find(names, text)),
    ).toEqual([1, 1, 1, 2, undefined, undefined, undefined, undefined])
  })

  it('tells characters apart that differ by the bit of the case and are no letters', () => {
    const names = new EventNames<number>()
    names.set('a[b', 1)
    names.set('a{b', 2)
    names.set('@', 3)
    expect(['A[B', 'A{B', '@', '`'].map((text) => find(names, text))).toEqual([1, 2, 3, undefined])
    names.delete('a[b')
    expect(['a[b', 'a{b'].map((text) => find(names, text))).toEqual([undefined, 2])
  })

  it('keeps one value a name, and the spelling of the last', () => {
    const names = new EventNames<number>()
    names.set('Hangup', 1)
    names.set('HANGUP', 2)
    const entry = names.find(bytesOf('hangup'), 0, 6)
    expect([entry?.value, entry?.name]).toEqual([2, 'HANGUP'])
    names.delete('hangup')
    names.delete('hangup')
    expect(find(names, 'Hangup')).toBeUndefined()
  })

  it('behaves as a map by lower-case name', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'B', '@', '`', '[', '{', '-'), maxLength: 3 })
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.option(fc.nat())), { maxLength: 40 }), name, (steps, asked) => {
        const names = new EventNames<number>()
        const model = new Map<string, number>()
        for (const [each, value] of steps) {
          if (value === null) {
            names.delete(each)
            model.delete(each.toLowerCase())
          } else {
            names.set(each, value)
            model.set(each.toLowerCase(), value)
          }
          expect(find(names, asked)).toBe(model.get(asked.toLowerCase()))
        }
      }),
      { numRuns: 500, interruptAfterTimeLimit: 3000 },
    )
  })
})
