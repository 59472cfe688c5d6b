import { setTimeout as delay } from 'node:timers/promises'
import type { AMIClient } from 'obelus-asterisk'
import { seededRandom } from '../../src/testing/random.js'

/** Members as they are met: who answers, who is busy, who only rings, who refuses; some with a state of a device that there is, some with none. */
const DEVICES = [
  'Local/brief@day/n',
  'Local/answer@day/n',
  'Local/busy@day/n',
  'Local/ring@day/n',
  'Local/phone-answer@day',
  'PJSIP/200',
]
const EXTENSIONS = ['queue', 'queue', 'queue', 'conference', 'bridged', 'dialring', 'answer', 'sip'] as const

/**
 * Calls, pauses, parking, conferences and whatever else an evening has, on the queue `day` of a server: so many things, one each `everyMs`. What a
 * server refuses, since whom it is about has just gone, is part of it.
 */
export async function liveStorm(ami: AMIClient, seed: number, count: number, everyMs = 40): Promise<void> {
  const random = seededRandom(seed)
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const channels = async () => (await ami.sendAction('CoreShowChannels')).events
  const member = () => ({ Queue: 'day', Interface: one(DEVICES) })
  const things: readonly (() => Promise<unknown>)[] = [
    ...Array.from({ length: 6 }, () => () => call(one(EXTENSIONS))),
    () => ami.sendAction('QueueAdd', { ...member(), MemberName: one(['Ann', 'Bob']), Penalty: Math.floor(random() * 3) }),
    () =>
      ami.sendAction('QueueAdd', {
        ...member(),
        Paused: random() < 0.3,
        StateInterface: one(['Custom:lamp', 'PJSIP/200', 'hint:300@day']),
      }),
    () => ami.sendAction('QueueRemove', member()),
    () => ami.sendAction('QueuePause', { ...member(), Paused: true, Reason: one(['lunch', 'meeting']) }),
    () => ami.sendAction('QueuePause', { ...member(), Paused: false }),
    () => ami.sendAction('QueuePenalty', { ...member(), Penalty: Math.floor(random() * 3) }),
    () => onChannel((Channel) => ami.sendAction('Hangup', { Channel })),
    () => onChannel((Channel) => ami.sendAction('Hangup', { Channel })),
    () => onChannel((Channel) => ami.sendAction('Redirect', { Channel, Context: 'day', Exten: 'brief', Priority: 1 })),
    () => onChannel((Channel) => ami.sendAction('Park', { Channel, Timeout: 2_000 })),
    () => onChannel((Channel) => ami.sendAction('ConfbridgeMute', { Conference: 'room', Channel })),
    () => ami.command(`devstate change Custom:lamp ${one(['INUSE', 'NOT_INUSE', 'RINGING'])}`),
  ]
  async function call(exten: string): Promise<void> {
    await ami.sendAction('Originate', {
      Channel: `Local/${exten}@day/n`,
      Context: 'day',
      Exten: 'answer',
      Priority: 1,
      Async: true,
    })
  }
  async function onChannel(what: (channel: string) => Promise<unknown>): Promise<void> {
    const list = await channels()
    if (list.length > 0) await what(one(list).get('Channel') ?? '')
  }
  for (let number = 0; number < count; number += 1) {
    await one(things)().catch(() => undefined)
    await delay(everyMs)
  }
}

/** Hangs up everybody, and empties the queue. */
export async function afterStorm(ami: AMIClient): Promise<void> {
  await ami.sendAction('Hangup', { Channel: '/.*/' }).catch(() => undefined)
  for (const Interface of DEVICES) await ami.sendAction('QueueRemove', { Queue: 'day', Interface }).catch(() => undefined)
}
