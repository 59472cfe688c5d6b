import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { AMIClient } from 'obelus-asterisk'
import type { LiveModel } from 'obelus-asterisk/live'
import { expect } from 'vitest'
import { listed, modelled } from './live-truth.js'

/** How long a storm and what follows it may go on, in minutes, on each server. `npm run soak` takes longer. */
export const MINUTES: number = Number(process.env.SOAK_MINUTES ?? 0.5)

/** Waits until the model says what the server's lists say, for 1 s at the most; says after how many ms it did. */
export async function isRight(pbx: LiveModel, ami: AMIClient, mailboxes: readonly string[] = []): Promise<number> {
  const from = performance.now()
  for (;;) {
    const truth = await listed(ami, mailboxes)
    const known = modelled(pbx)
    const passed = performance.now() - from
    if (pbx.isComplete && isDeepStrictEqual(truth, known)) return passed
    if (passed > 1_000) {
      expect(known).toEqual(truth)
      expect(pbx.isComplete).toBe(true)
    }
    await delay(20)
  }
}
