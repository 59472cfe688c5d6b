import type { RandomBytes } from '../core/random-bytes.js'

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * Chance that repeats itself, for tests whose snapshots have ids in them: `new AMIClient({ randomBytes: seeded(1) })` makes the same ActionIDs each
 * time, `new CallManager(ami, { randomBytes: seeded(1) })` the same ids of calls and channels. Never for a server that others reach.
 */
export function seeded(seed: number): RandomBytes {
  const random = seededRandom(seed)
  return (bytes) => {
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = Math.floor(random() * 256)
  }
}
