import { setTimeout as delay } from 'node:timers/promises'
import { seededRandom } from '../../../src/testing/random.js'
import type { SIPCall } from '../../support/sip/call.js'
import type { Observer } from './observer.js'
import type { Office } from './office.js'
import type { Person, Service } from './people.js'

/** What is dialled in a storm: people, groups, Local channels, queues, machines. No transfers: each stays one call. */
const TARGETS: readonly (Person | Service)[] = [
  'bob',
  'cid',
  'dot',
  'eve',
  'ida',
  'zoe',
  'the ring group',
  'the follow-me number',
  'the firm follow-me number',
  'the long chain',
  'the patchy group',
  'the sales queue',
  'the unanswered sales queue',
  'the announcement',
  'the busy number',
  'the congested number',
]
const CALLERS: readonly Person[] = ['max', 'fay', 'ann']
const PER_SECOND = 10

/** How many calls of each kind there were. */
export interface Storm {
  readonly byPhones: number
  readonly byProgram: number
  /** How many there were in an office for certain: what our program begins without a connection may never be. */
  begunIn(office: Office, options: { readonly isConnected: boolean }): number
}

/** Has people and a program call each other, 10 a second, and hang up as it comes. The seed decides who does what; `at` is called before each call. */
export async function storm(
  count: number,
  seed: number,
  offices: readonly Office[],
  observer: Observer,
  at: (number: number) => void | Promise<void> = () => undefined,
): Promise<Storm> {
  // Who calls whom is the same in each run; how people take it follows the order in which phones ring.
  const [plan, mood] = [seededRandom(seed), seededRandom(seed + 1)]
  const between = (random: () => number, least: number, most: number) => least + Math.floor(random() * (most - least))
  const one = <T>(list: readonly T[]): T => list[between(plan, 0, list.length)] as T
  const hangUpLater = (call: SIPCall, afterMs: number) => setTimeout(() => call.hangUp(), afterMs)
  const meet = (call: SIPCall) => {
    const temper = mood()
    if (temper < 0.15) return call.refuse()
    call.ring()
    if (temper < 0.35) return
    setTimeout(() => call.answer(), between(mood, 50, 800))
    hangUpLater(call, between(mood, 900, 4_000))
  }
  const everybody: readonly Person[] = ['ann', 'bob', 'cid', 'dot', 'eve', 'fay', 'max', 'zoe']
  for (const office of offices) for (const person of everybody) office.setManner(person, meet)
  let byProgram = 0
  const [byPhonesIn, allIn] = [new Map<Office, number>(), new Map<Office, number>()]
  const counted = (counts: Map<Office, number>, office: Office) => counts.set(office, (counts.get(office) ?? 0) + 1)
  for (let number = 0; number < count; number += 1) {
    await at(number)
    const office = offices[number % offices.length] as Office
    counted(allIn, office)
    if (plan() < 0.25) {
      byProgram += 1
      const channel = plan() < 0.5 ? `PJSIP/${office.numberOf('bob')}` : `Local/${office.numberOf('cid')}@direct/n`
      observer.originate({ channel, context: 'internal', exten: office.numberOf(one(TARGETS)), timeoutMs: 3_000 })
    } else {
      counted(byPhonesIn, office)
      const caller = one(CALLERS)
      // Nobody outside is reached from outside.
      const target = one(caller === 'max' ? TARGETS.filter((each) => each !== 'zoe') : TARGETS)
      hangUpLater(await office.call(caller, office.numberOf(target, caller)), between(plan, 300, 4_000))
    }
    await delay(1_000 / PER_SECOND)
  }
  return {
    byPhones: count - byProgram,
    byProgram,
    begunIn: (office, { isConnected }) => (isConnected ? allIn : byPhonesIn).get(office) ?? 0,
  }
}
