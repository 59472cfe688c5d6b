import { describe, expect, it } from 'vitest'
import { MAX_ACTION_ID_BYTES } from '../../../src/ami/protocol/action.js'
import { actionIdSource } from '../../../src/ami/protocol/action-id.js'
import { systemRandomBytes } from '../../../src/core/random-bytes.js'

describe('actionIdSource', () => {
  it('100 000 ids are all different, also of two connections', () => {
    const sources = [actionIdSource(systemRandomBytes), actionIdSource(systemRandomBytes)]
    const ids = sources.flatMap((next) => Array.from({ length: 50_000 }, next))
    expect(new Set(ids).size).toBe(100_000)
  })

  it('ids are short, of one word, and echoed as they are', () => {
    const next = actionIdSource(systemRandomBytes)
    for (let n = 0; n < 1000; n += 1) expect(next()).toMatch(/^[0-9a-z]+-[0-9a-f]{24}$/)
    expect(next().length).toBeLessThan(MAX_ACTION_ID_BYTES)
  })

  it('fault: each id takes 96 bits of chance that no other id shows', () => {
    let byte = 0
    const next = actionIdSource((bytes) => {
      for (let at = 0; at < bytes.length; at += 1) bytes[at] = byte++
    })
    expect([next(), next()]).toEqual(['1-000102030405060708090a0b', '2-0c0d0e0f1011121314151617'])
    const parts = Array.from({ length: 18 }, () => next().split('-')[1])
    expect(new Set(parts).size).toBe(18)
  })

  it('draws chance anew when its pool is used up, and never twice from the same', () => {
    let draws = 0
    const next = actionIdSource((bytes) => {
      draws += 1
      bytes.fill(draws)
    })
    const chances = Array.from({ length: 2_000 }, () => next().split('-')[1]?.slice(0, 2))
    expect(draws).toBe(4)
    expect([...new Set(chances)]).toEqual(['01', '02', '03', '04'])
  })
})
