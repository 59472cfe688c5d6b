import { setTimeout as delay } from 'node:timers/promises'
import { AMIClient, CallManager } from 'obelus-asterisk'
import { LiveModel } from 'obelus-asterisk/live'
import { describe, expect, it, onTestFinished } from 'vitest'
import { seededRandom } from '../../../src/testing/random.js'
import type { SIPCall } from '../../support/sip/call.js'
import { FaultProxy } from '../fault-proxy.js'
import { isRight, MINUTES } from '../live-truth-check.js'
import { Office } from './office.js'
import { PBXS } from './pbx.js'
import type { Person, Service } from './people.js'

const OFFICES = [6, 7]
const CALLERS: readonly Person[] = ['max', 'fay', 'eve']
const AGENTS: readonly Person[] = ['ann', 'bob', 'cid', 'dot']
const TARGETS: readonly Service[] = [
  'the sales queue',
  'the support queue',
  'the service queue',
  'the unanswered sales queue',
  'the two-second sales queue',
  'the duo queue',
  'the brief queue',
  'the conference',
  'the car park',
]

/** Phones call the queues, agents come, go and pause, and everybody hangs up as it comes, until the returned function is called. */
async function queueStorm(offices: readonly Office[], ami: AMIClient, seed: number, count: number): Promise<() => void> {
  const random = seededRandom(seed)
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const timers: NodeJS.Timeout[] = []
  let isOver = false
  const later = (what: () => void, afterMs: number) => {
    if (!isOver) timers.push(setTimeout(what, afterMs))
  }
  const meet = (call: SIPCall) => {
    if (random() < 0.2) return call.refuse()
    call.ring()
    if (random() < 0.2) return
    later(() => call.answer(), 50 + random() * 500)
    later(() => call.hangUp(), 700 + random() * 2_500)
  }
  for (const office of offices) for (const person of AGENTS) office.setManner(person, meet)
  for (let number = 0; number < count; number += 1) {
    const office = one(offices)
    const agent = `PJSIP/${office.numberOf(one(AGENTS))}`
    const queue = one([`sales${office.number}`, `support${office.number}`])
    const caller = one(CALLERS)
    const things = [
      () => ami.sendAction('QueueAdd', { Queue: `support${office.number}`, Interface: agent }),
      () => ami.sendAction('QueueRemove', { Queue: `support${office.number}`, Interface: agent }),
      () => ami.sendAction('QueuePause', { Queue: queue, Interface: agent, Paused: random() < 0.4, Reason: 'lunch' }),
      ...Array.from({ length: 6 }, () => async () => {
        const call = await office.call(caller, office.numberOf(one(TARGETS), caller))
        later(() => call.hangUp(), 500 + random() * 4_000)
      }),
    ]
    await one(things)().catch(() => undefined)
    await delay(100)
  }
  return () => {
    isOver = true
    for (const timer of timers) clearTimeout(timer)
  }
}

/** The queues as the scenarios expect them: nobody is paused, and those who came are gone. */
async function restored(offices: readonly Office[], ami: AMIClient): Promise<void> {
  for (const office of offices) {
    for (const person of AGENTS) {
      const member = { Interface: `PJSIP/${office.numberOf(person)}` }
      const [sales, support] = [`sales${office.number}`, `support${office.number}`]
      // Who is no member there, or not any more, is refused.
      await ami.sendAction('QueuePause', { Queue: sales, Paused: false, ...member }).catch(() => undefined)
      await ami.sendAction('QueueRemove', { Queue: support, ...member }).catch(() => undefined)
    }
  }
}

describe.each(PBXS)('the live model of $name, with phones', (server) => {
  it(
    `is as the lists of the server within 1 s: ${MINUTES} minutes of calls to queues and cuts`,
    async () => {
      const target = { host: '127.0.0.1', port: server.port }
      const account = { username: 'admin', secret: 's3cret' }
      const witness = new AMIClient({ ...target, ...account })
      const proxy = await FaultProxy.open(target)
      const reconnect = { initialDelayMs: 20, maxDelayMs: 50 }
      const ami = new AMIClient({ ...target, port: proxy.port, ...account, reconnect })
      const offices = await Promise.all(OFFICES.map((number) => Office.open(number, server)))
      onTestFinished(async () => {
        for (const office of offices) office.close()
        await Promise.all([ami.close(), witness.close(), proxy.close()])
      })
      await Promise.all([witness.login(), ami.login()])
      using calls = new CallManager(ami)
      using pbx = new LiveModel(ami, { calls })
      await pbx.ready()
      const took = [await isRight(pbx, witness)]
      const until = performance.now() + MINUTES * 60_000
      for (let storm = 0; performance.now() < until; storm += 1) {
        const calm = await queueStorm(offices, witness, storm, 40)
        calm()
        took.push(await isRight(pbx, witness))
        const cut = delay((storm * 97) % 900).then(() => proxy.reset())
        const calmAgain = await queueStorm(offices, witness, storm + 1_000, 20)
        await cut
        calmAgain()
        took.push(await isRight(pbx, witness))
        for (const office of offices) office.hangUpAll()
        for (const office of offices) await office.tidy()
        took.push(await isRight(pbx, witness))
      }
      await restored(offices, witness)
      console.log(`${server.name}, phones: right ${took.length} times, at the latest after ${Math.round(Math.max(...took))} ms`)
      expect(pbx.queues.get(`sales${OFFICES[0]}`)?.completed).toBeGreaterThan(0)
    },
    MINUTES * 60_000 + 90_000,
  )
})
