import { FrameKind, FrameReader, frameBytes, kindOf, rateOf, uuidBytes, uuidText } from 'obelus-asterisk/media'
import { describe, expect, it } from 'vitest'
import { SPLITS } from '../support/splits.js'
import { joined, tone } from '../support/tone.js'

const UUID = '40325ec2-5efd-4bd3-805f-53576e581d13'
const FRAMES: readonly (readonly [kind: number, payload: Uint8Array])[] = [
  [FrameKind.uuid, uuidBytes(UUID)],
  [kindOf(8_000), tone(20)],
  [FrameKind.digit, Uint8Array.of(0x35)],
  [FrameKind.silence, new Uint8Array(0)],
  [kindOf(192_000), new Uint8Array(65_535).fill(7)],
  [0x77, Uint8Array.of(1, 2, 3)],
  [FrameKind.error, Uint8Array.of(2)],
  [FrameKind.end, new Uint8Array(0)],
]

describe.each(SPLITS)('frames, %s', (_, split) => {
  it('are the same', () => {
    const read: (readonly [number, Uint8Array])[] = []
    const reader = new FrameReader()
    for (const piece of split(joined(FRAMES.map(([kind, payload]) => frameBytes(kind, payload)))))
      reader.read(piece, ({ kind, payload }) => read.push([kind, payload.slice()]) > 0)
    expect(read).toEqual(FRAMES.map(([kind, payload]) => [kind, new Uint8Array(payload)]))
  })

  it('are read as long as they are wanted', () => {
    let read = 0
    const reader = new FrameReader()
    const bytes = joined([frameBytes(FrameKind.end, new Uint8Array(0)), frameBytes(FrameKind.digit, Uint8Array.of(1))])
    for (const piece of split(bytes)) if (read === 0) reader.read(piece, () => ++read < 1)
    expect(read).toBe(1)
  })
})

it('a UUID is its text', () => {
  expect(uuidText(uuidBytes(UUID))).toBe(UUID)
  expect(uuidText(new Uint8Array(15))).toBeUndefined()
})

it.each([8_000, 12_000, 16_000, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000])('%d samples a second have a kind', (rate) => {
  expect(rateOf(kindOf(rate))).toBe(rate)
})

it('other rates have none', () => {
  expect(() => kindOf(11_025)).toThrow(
    new RangeError('AudioSocket has no sound of 11025 Hz; it has 8000, 12000, 16000, 24000, 32000, 44100, 48000, 96000, 192000'),
  )
  expect(rateOf(FrameKind.uuid)).toBeUndefined()
  expect(rateOf(0x19)).toBeUndefined()
})
