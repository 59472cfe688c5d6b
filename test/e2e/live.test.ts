import { setTimeout as delay } from 'node:timers/promises'
import type { AMIClient } from 'obelus-asterisk'
import { LiveModel } from 'obelus-asterisk/live'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FaultProxy } from './fault-proxy.js'
import { afterStorm, liveStorm } from './live-storm.js'
import { listed, modelled } from './live-truth.js'
import { changeTo, client, loggedIn, servers } from './target.js'

const MAILBOXES = ['100@default']
/** How many storms there are, of some 8 s each. */
const STORMS = Number(process.env.SOAK_STORMS ?? 2)

/** Waits until the model says what the server's lists say, for 1 s at the most. */
async function isRight(pbx: LiveModel, ami: AMIClient): Promise<void> {
  const until = performance.now() + 1_000
  for (;;) {
    const truth = await listed(ami, MAILBOXES)
    const known = modelled(pbx)
    if (pbx.isComplete && JSON.stringify(sorted(truth)) === JSON.stringify(sorted(known))) return
    if (performance.now() > until) {
      expect(known).toEqual(truth)
      expect(pbx.isComplete).toBe(true)
      return
    }
    await delay(20)
  }
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [two]) => (one < two ? -1 : 1))
      .map(([name, each]) => [name, sorted(each)]),
  )
}

describe.each(servers)('the live model of $name', (server) => {
  it('is as the lists of the server within 1 s, in storms, after reloads and cuts', {
    timeout: 60_000 + STORMS * 20_000,
  }, async () => {
    const witness = await loggedIn(server)
    onTestFinished(() => afterStorm(witness))
    const proxy = await FaultProxy.open(server)
    onTestFinished(() => proxy.close())
    const ami = client(server, { host: '127.0.0.1', port: proxy.port, reconnect: { initialDelayMs: 20, maxDelayMs: 50 } })
    await ami.login()
    using pbx = new LiveModel(ami, { mailboxes: MAILBOXES })
    await pbx.ready()
    await isRight(pbx, witness)
    for (let storm = 0; storm < STORMS; storm += 1) {
      await liveStorm(witness, storm, 60)
      await isRight(pbx, witness)
      await Promise.all([
        liveStorm(witness, storm + 1_000, 40),
        delay(500).then(() => witness.sendAction('Reload', { Module: 'app_queue.so' })),
      ])
      await isRight(pbx, witness)
      const back = changeTo(ami, 'online')
      const cut = delay(200 + ((storm * 97) % 700)).then(() => proxy.reset())
      await Promise.all([liveStorm(witness, storm + 2_000, 40), cut, back])
      await isRight(pbx, witness)
      await afterStorm(witness)
      await isRight(pbx, witness)
    }
  })
})
