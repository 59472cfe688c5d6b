import { describe, expect, it } from 'vitest'
import { Resampler } from '../../src/media/resampler.js'
import { SPLITS } from '../support/splits.js'
import { frequencyOf, joined, levelOf, tone } from '../support/tone.js'

const RATES = [8_000, 16_000, 24_000]

describe.each(RATES.flatMap((from) => RATES.filter((to) => to !== from).map((to) => [from, to] as const)))(
  'from %d to %d samples a second',
  (from, to) => {
    it.each([200, 440, 1_000])('a tone of %d Hz stays what it is, within half a decibel', (hz) => {
      const source = tone(1_000, { hz, rate: from })
      const converted = new Resampler(from, to).convert(source)
      expect(converted.length / 2).toBeCloseTo(to, -1)
      expect(Math.abs(frequencyOf(converted, to) - hz)).toBeLessThan(3)
      expect(Math.abs(levelOf(converted) - levelOf(source))).toBeLessThan(0.5)
    })

    it.each(SPLITS)('is the same, %s', (_, split) => {
      const source = tone(100, { rate: from })
      const resampler = new Resampler(from, to)
      expect(joined(split(source).map((piece) => resampler.convert(piece)))).toEqual(new Resampler(from, to).convert(source))
    })
  },
)

it('what the lower rate cannot carry does not come back as loud as it was', () => {
  const source = tone(1_000, { hz: 7_000, rate: 24_000 })
  expect(levelOf(new Resampler(24_000, 8_000).convert(source))).toBeLessThan(levelOf(source) - 10)
})

it('the loudest samples stay what they are', () => {
  const loud = new Uint8Array(new Int16Array([32_767, -32_768, 32_767, -32_768]).buffer)
  expect([...new Int16Array(new Resampler(8_000, 16_000).convert(loud).slice().buffer)]).toEqual([
    0, 16_384, 32_767, 0, -32_768, 0, 32_767, 0,
  ])
})
