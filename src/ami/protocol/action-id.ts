import type { RandomBytes } from '../../core/random-bytes.js'

const RANDOM_BYTES_EACH = 12
/** So many that asking the system for chance costs little beside the rest (measured: 64 took 2 % of an action's time). */
const POOLED = 512

/**
 * Makes ActionIDs: a running number, so that a trace can be read, and 96 bits of chance each. Asterisk shows ActionIDs
 * to every session (in OriginateResponse and UserEvent), so one that is seen must not tell the next.
 */
export function actionIdSource(randomBytes: RandomBytes): () => string {
  const pool = new Uint8Array(RANDOM_BYTES_EACH * POOLED)
  let used = pool.length
  let count = 0
  return () => {
    if (used === pool.length) {
      randomBytes(pool)
      used = 0
    }
    count += 1
    let id = `${count.toString(36)}-`
    for (const end = used + RANDOM_BYTES_EACH; used < end; used += 1) id += HEX[pool[used] as number]
    return id
  }
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
