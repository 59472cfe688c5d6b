import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { CallerAudio } from '../../src/node/caller-audio.js'

it('gives frames of 20 ms, however they come, and goes on after a loop that was left', async () => {
  const pipe = new PassThrough()
  const audio = new CallerAudio(pipe)
  for (const size of [100, 500, 1, 679]) pipe.write(Buffer.alloc(size, size))
  const sizes: number[] = []
  for await (const frame of audio) {
    sizes.push(frame.length)
    if (sizes.length === 2) break
  }
  pipe.end(Buffer.alloc(320))
  for await (const frame of audio) sizes.push(frame.length)
  expect(sizes.every((size) => size === 320)).toBe(true)
  expect(sizes.length).toBeGreaterThanOrEqual(3)
})

it('a loop is over when the sound ends', async () => {
  const audio = new CallerAudio(new PassThrough())
  const loop = (async () => {
    for await (const _ of audio);
    return 'over'
  })()
  audio.end()
  audio.end()
  expect(await loop).toBe('over')
})
