import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Call } from 'obelus-asterisk'
import { describe, expect, it } from 'vitest'
import { CallRig, story } from '../support/call-rig.js'
import { channelsAfter, recordedCall } from '../support/recorded-call.js'
import { settle } from '../support/virtual-clock.js'

const dialed = ['queued', 'dialingStarted']
const ORIGINATED: readonly (readonly [recording: string, story: readonly string[], outcome: object])[] = [
  [
    'call-originate-answered',
    [...dialed, 'stateChanged Up', 'dialingFinished ANSWER', 'ended'],
    { result: 'ended', answered: true, cause: 16 },
  ],
  [
    'call-originate-busy',
    [...dialed, 'dialingFinished BUSY', 'failed'],
    { result: 'failed', cause: 17, causeText: 'User busy', reason: 'busy', originateReason: 5 },
  ],
  ['call-originate-no-device', ['queued', 'failed'], { result: 'failed', cause: 0, originateReason: 0 }],
  [
    'call-originate-no-extension',
    ['queued', 'failed'],
    { result: 'failed', cause: 0, originateReason: 0, reason: 'unknownNumber' },
  ],
  [
    'call-originate-ring-timeout',
    [...dialed, 'stateChanged Ringing', 'dialingFinished hung up', 'failed'],
    { result: 'failed', reason: 'noAnswer', originateReason: 3 },
  ],
]

describe.each([16, 22])('calls of ours, as Asterisk %s tells of them', (version) => {
  it.each(ORIGINATED)('%s', async (recording, transitions, outcome) => {
    await using rig = await CallRig.open()
    const { call, events } = await rig.originate(`ami-${version}/${recording}`)
    await rig.play(events)
    const words = story(call)
    await settle()
    expect(words).toEqual(transitions)
    expect(await call.ended()).toMatchObject(outcome)
    expect(rig.calls.trackedCalls).toEqual([])
  })

  it('lesson 28: a Local call that dials another is one call of four channels', async () => {
    await using rig = await CallRig.open()
    const { call, events } = await rig.originate(`ami-${version}/call-dial-answered`)
    await rig.play(
      events.slice(
        0,
        events.findIndex((each) => each.name === 'BridgeLeave'),
      ),
    )
    // Nobody but the dialplan is behind either Local channel.
    expect(call).toMatchObject({ status: 'up', parties: [] })
    expect(call.uniqueIds).toHaveLength(4)
    await rig.play(events.slice(events.findIndex((each) => each.name === 'BridgeLeave')))
    expect(await call.ended()).toMatchObject({ result: 'ended', answered: true, cause: 16, dialStatus: 'ANSWER' })
  })
})

describe.each([
  ['ami-16/call-inbound-hold', 1],
  ['ami-22/call-inbound-hold', 1],
  ['ami-22/call-originate-busy', 0],
  ['ami-22/call-dial-fork', 0],
  ['ami-22/call-confbridge', 0],
])('calls from outside in %s', (recording, expected) => {
  it(`are ${expected}`, async () => {
    await using rig = await CallRig.open()
    const incoming = rig.calls.incoming()
    await rig.play(recordedCall(recording))
    expect(incoming.buffered).toBe(expected)
    expect(rig.calls.trackedCalls).toEqual([])
  })
})

it('an incoming call rings, is answered, held, unheld and ends', async () => {
  await using rig = await CallRig.open()
  const incoming = rig.calls.incoming()
  await rig.play(recordedCall('ami-22/call-inbound-hold'))
  const { value: call } = await incoming.next()
  const words = story(call)
  await settle()
  expect(words).toEqual([
    'stateChanged Ring',
    'stateChanged Up',
    'dialingStarted',
    'dialingFinished ANSWER',
    'held',
    'unheld',
    'ended',
  ])
  expect(call).toMatchObject({ origin: 'device', status: 'ended', outcome: { result: 'ended', answered: true, cause: 16 } })
  expect(call.exten).not.toBe('')
})

const folder = (version: number) => fileURLToPath(new URL(`../fixtures/ami-${version}/`, import.meta.url))
const RECORDINGS = [16, 22].flatMap((version) =>
  readdirSync(folder(version))
    .filter((file) => /^call-.*\.ami$/.test(file))
    .map((file) => `ami-${version}/${file.slice(0, -4)}`),
)

describe.each(RECORDINGS)('%s', (recording) => {
  it('leaves no call but those whose channels live, and no end without its beginning', async () => {
    await using rig = await CallRig.open()
    const incoming = rig.calls.incoming()
    const { call, events } = await rig.originate(recording)
    await rig.play(events)
    await rig.rig.clock.advance(40_000)
    const live = new Set(channelsAfter(events).map(({ Uniqueid }) => Uniqueid))
    const came: Call[] = []
    for (let read = incoming.buffered; read > 0; read -= 1) came.push((await incoming.next()).value)
    for (const each of [call, ...came]) {
      const words = story(each)
      await settle()
      const isLive = each.uniqueIds.some((uniqueId) => live.has(uniqueId))
      expect(words.filter((word) => ['ended', 'failed', 'lost'].includes(word))).toHaveLength(isLive ? 0 : 1)
      expect(each.channels.map(({ uniqueId }) => uniqueId).filter((uniqueId) => !live.has(uniqueId))).toEqual([])
      const count = (word: string) => words.filter((every) => every.startsWith(word)).length
      expect(count('bridged') - count('unbridged')).toBe(each.status === 'bridged' ? 1 : 0)
      expect(count('held') - count('unheld')).toBe(each.isHeld ? 1 : 0)
      if (!isLive) expect(count('dialingStarted')).toBe(count('dialingFinished'))
    }
    expect(rig.calls.trackedCalls.every((each) => each.channels.length > 0)).toBe(true)
  })
})

it.each([
  ['ami-22/call-originate-pjsip-busy', { result: 'failed', cause: 17, techCause: '486', dialStatus: 'BUSY' }],
  ['ami-22/call-originate-pjsip-ring', { result: 'failed', reason: 'noAnswer', originateReason: 3 }],
])('%s', async (recording, outcome) => {
  await using rig = await CallRig.open()
  const { call, events } = await rig.originate(recording)
  await rig.play(events)
  expect(call.outcome).toMatchObject(outcome)
})

const KILLED = [16, 22].flatMap((version) =>
  [...ORIGINATED.map(([name]) => name), 'call-dial-answered', 'call-dial-noanswer'].map((name) => `ami-${version}/${name}`),
)

describe.each(KILLED)('fault: the link breaks at each message boundary of %s', (recording) => {
  it.each([
    ['nothing happens meanwhile', (_at: number, at: number) => at],
    ['half of the rest happens meanwhile', (length: number, at: number) => Math.ceil((at + length) / 2)],
    ['the rest happens meanwhile', (length: number) => length],
  ])('and %s: one end', async (_, resumeAt) => {
    const length = recordedCall(recording).length
    for (let at = 0; at <= length; at += 1) {
      await using rig = await CallRig.open()
      const { call, events } = await rig.originate(recording)
      const over = call.ended()
      await rig.play(events.slice(0, at))
      const resume = resumeAt(length, at)
      rig.channels = channelsAfter(events.slice(0, resume))
      rig.rig.link.break(new Error('read ECONNRESET'))
      await rig.rig.clock.advance(50)
      expect(rig.rig.ami.status.state).toBe('online')
      await rig.play(events.slice(resume))
      await rig.rig.clock.advance(40_000)
      const outcome = await over
      const ends = story(call)
      await settle()
      expect(
        ends.filter((word) => ['ended', 'failed', 'lost'].includes(word)),
        `broken after event ${at}`,
      ).toEqual([outcome.result])
      expect(rig.calls.trackedCalls).toEqual([])
      expect(rig.rig.link.count('Action: Originate')).toBe(1)
    }
  })
})
