import { describe, expect, it } from 'vitest'
import type { CallState } from '../../src/calls/call-state.js'
import type { Party } from '../../src/calls/party.js'
import { BoardRig } from '../support/board-rig.js'
import { recordedCall } from '../support/recorded-call.js'

const who = (party: Party | undefined) => party?.endpoint.replace('PJSIP/', '') ?? 'nobody'

/** A call in a line, as somebody in it would tell it. */
function told({ caller, answeredBy, hungUpBy, facts, direction, outcome }: CallState): string {
  const said = outcome ?? { answered: false, talked: false, reason: 'lives', dialStatus: '', mergedInto: undefined }
  const how = said.talked ? 'talked' : said.answered ? 'answered' : 'not answered'
  const end = said.mergedInto === undefined ? '' : ', goes on in another'
  return `${direction}: ${who(caller)} calls ${facts.exten ?? 'somebody'}: ${how}, by ${who(answeredBy)}, hung up by ${who(hungUpBy)}, ${said.dialStatus ?? 'no dialling'}, ${said.reason ?? 'no reason'}${end}`
}

const RECORDED: readonly (readonly [recording: string, calls: readonly string[]])[] = [
  ['simple', ['internal: 101 calls 102: talked, by 102, hung up by 102, ANSWER, no reason']],
  ['outbound', ['outbound: 101 calls 95551234: talked, by trunk, hung up by trunk, ANSWER, no reason']],
  ['anonymous', ['inbound: trunk calls 5551002: talked, by 102, hung up by trunk, ANSWER, no reason']],
  ['cancel', ['internal: 101 calls 102: not answered, by nobody, hung up by nobody, CANCEL, cancelled']],
  ['busy', ['internal: 101 calls 102: not answered, by nobody, hung up by nobody, BUSY, busy']],
  ['reject', ['internal: 101 calls 102: not answered, by nobody, hung up by nobody, NOANSWER, rejected']],
  ['group', ['internal: 104 calls 600: talked, by 102, hung up by 104, ANSWER, no reason']],
  ['hunt', ['inbound: trunk calls 5551691: talked, by 103, hung up by 103, ANSWER, no reason']],
  ['fmopt', ['inbound: trunk calls 5551601: talked, by 104, hung up by trunk, ANSWER, no reason']],
  ['fmdecline', ['inbound: trunk calls 5551603: answered, by nobody, hung up by nobody, CANCEL, no reason']],
  ['chain', ['inbound: trunk calls 5551605: talked, by 104, hung up by trunk, ANSWER, no reason']],
  ['queue', ['inbound: trunk calls 5551610: talked, by 101, hung up by 101, ANSWER, no reason']],
  ['queueabandon', ['inbound: trunk calls 5551610: answered, by nobody, hung up by nobody, CANCEL, abandoned']],
  ['queuetimeout', ['inbound: trunk calls 5551610: answered, by nobody, hung up by nobody, NOANSWER, timeout']],
  ['blindrefer', ['internal: 101 calls 102: talked, by 102, hung up by 101, ANSWER, no reason']],
  [
    'attrefer',
    [
      'internal: 101 calls 102: talked, by 102, hung up by 101, ANSWER, no reason',
      'internal: 102 calls 103: talked, by 103, hung up by nobody, ANSWER, no reason, goes on in another',
    ],
  ],
  [
    'attreferring',
    [
      'internal: 101 calls 102: talked, by 102, hung up by 101, ANSWER, no reason',
      'internal: 102 calls 103: not answered, by nobody, hung up by nobody, no dialling, no reason, goes on in another',
    ],
  ],
  ['atxferami', ['internal: 101 calls 102: talked, by 102, hung up by 101, ANSWER, no reason']],
  [
    'pickup',
    [
      'internal: 101 calls 102: talked, by 103, hung up by 103, ANSWER, no reason',
      'internal: 103 calls *8102: answered, by nobody, hung up by nobody, no dialling, no reason, goes on in another',
    ],
  ],
  ['parktimeout', ['internal: 101 calls 102: talked, by 102, hung up by 101, ANSWER, no reason']],
  ['parkgiveup', ['internal: 101 calls 102: talked, by 102, hung up by 101, ANSWER, no reason']],
  ['page', ['internal: 104 calls 630: talked, by 101, hung up by 104, ANSWER, no reason']],
  ['forward', ['internal: 101 calls 102: talked, by 103, hung up by 101, ANSWER, no reason']],
  ['voicemail', ['inbound: trunk calls 5551001: answered, by nobody, hung up by nobody, NOANSWER, noAnswer']],
  ['ivronly', ['inbound: trunk calls 5551500: answered, by nobody, hung up by nobody, no dialling, no reason']],
  ['originatelocal', ['internal: 101 calls somebody: talked, by 102, hung up by 102, ANSWER, no reason']],
  ['originatecustomerbusy', ['outbound: 101 calls somebody: answered, by nobody, hung up by nobody, BUSY, busy']],
  ['amihangup', ['internal: 101 calls 102: talked, by 102, hung up by nobody, ANSWER, no reason']],
  ['recording', ['inbound: trunk calls 5551670: talked, by 102, hung up by trunk, ANSWER, no reason']],
]

describe.each([16, 22])('calls between real telephones, as Asterisk %s tells of them', (version) => {
  it.each(RECORDED)('%s', (recording, calls) => {
    const rig = new BoardRig({ trunks: ['PJSIP/trunk'] }).play(recordedCall(`telephony-${version}/${recording}`))
    expect(rig.calls.map(told)).toEqual(calls)
    // A talk never stops and begins again because Asterisk takes a Local channel out.
    if (recording.startsWith('fmopt') || recording === 'originatelocal') {
      const talks = rig.calls[0]?.history.filter(({ facts }) => facts.type.endsWith('bridged')).map(({ facts }) => facts.type)
      expect(talks).toEqual(['bridged', 'unbridged'])
    }
  })
})

describe.each([16, 22])('what Asterisk %s says of a channel behind its hangup, as a busy server does,', (version) => {
  it.each(RECORDED)('is of no new call: %s', (recording, calls) => {
    const events = recordedCall(`telephony-${version}/${recording}`)
    const rig = new BoardRig({ trunks: ['PJSIP/trunk'] }).play(events)
    rig.play(events.filter(({ name }) => name !== 'Newchannel'))
    expect(rig.calls.map(told)).toEqual(calls)
    expect(rig.board.channels).toEqual([])
  })

  it('is told of the call while that lives', () => {
    const events = recordedCall(`telephony-${version}/queue`)
    const complete = events.filter(({ name }) => name === 'AgentComplete')
    const rest = events.filter(({ name }) => name !== 'AgentComplete')
    const caller = complete[0]?.headers.find(([header]) => header === 'Uniqueid')?.[1]
    const [hangup, ...before] = rest.filter(({ name }) => name === 'Hangup').reverse()
    if (hangup === undefined || caller === undefined) throw new Error('nobody completed')
    const live = rest.filter((event) => event !== hangup && event !== before[0])
    const [call] = new BoardRig().play([...live, hangup, ...complete, ...before.slice(0, 1)]).calls
    const types = call?.history.map(({ facts }) => facts.type)
    expect(types?.filter((type) => type === 'agentEnded' || type === 'ended')).toEqual(['agentEnded', 'ended'])
  })
})

it('a call can begin on a channel whose id was another one’s', () => {
  const events = recordedCall('telephony-22/simple')
  const rig = new BoardRig().play(events).play(events)
  expect(rig.calls.map(({ outcome }) => outcome?.result)).toEqual(['ended', 'ended'])
})

describe.each([16, 22])('what happened to a call, as Asterisk %s tells of it', (version) => {
  const happened = (recording: string, type: string) => {
    const [call] = new BoardRig().play(recordedCall(`telephony-${version}/${recording}`)).calls
    return call?.history.flatMap(({ facts }) => (facts.type === type ? [facts] : []))
  }

  it.each([
    ['blindrefer', 'transferred', [{ kind: 'blind', channel: expect.stringMatching('^PJSIP/102-'), to: '103' }]],
    ['attrefer', 'transferred', [{ kind: 'attended', channel: expect.stringMatching('^PJSIP/102-') }]],
    ['attreferring', 'transferred', [{ kind: 'attended' }]],
    ['atxferami', 'transferred', [{ kind: 'attended' }]],
    ['pickup', 'pickedUp', [{ channel: expect.stringMatching('^PJSIP/103-'), target: expect.stringMatching('^PJSIP/102-') }]],
    ['park', 'parked', [{ lot: 'default', space: '701' }]],
    ['park', 'unparked', [{ result: 'retrieved', retriever: expect.stringMatching('^PJSIP/103-') }]],
    ['parktimeout', 'unparked', [{ result: 'timeout' }]],
    ['parkgiveup', 'unparked', [{ result: 'abandoned' }]],
    ['queue', 'queueLeft', [{ queue: 'sales', result: 'connected' }]],
    ['queueabandon', 'queueLeft', [{ queue: 'sales', result: 'abandoned' }]],
    ['queuetimeout', 'queueLeft', [{ queue: 'sales', result: 'timeout' }]],
    ['queue', 'agentConnected', [{ member: 'Ann', interface: 'PJSIP/101' }]],
    ['recording', 'recordingStarted', [{ channel: expect.stringMatching('^PJSIP/trunk-') }]],
  ])('%s: %s', (recording, type, facts) => {
    expect(happened(recording, type)).toMatchObject(facts)
  })
})

it.each([16, 22])('fault: a parked caller gave up, though a busy Asterisk %s says so after the hangup', (version) => {
  const events = recordedCall(`telephony-${version}/parkgiveup`)
  const late = events.filter(({ name }) => name === 'ParkedCallGiveUp')
  expect(late).toHaveLength(1)
  const [call] = new BoardRig().play([...events.filter((event) => !late.includes(event)), ...late]).calls
  const told = call?.history.map(({ facts }) => facts).filter(({ type }) => type === 'unparked' || type === 'ended')
  expect(told).toMatchObject([{ type: 'unparked', result: 'abandoned' }, { type: 'ended' }])
})

it('a withheld number is marked as such', () => {
  const [call] = new BoardRig().play(recordedCall('telephony-22/anonymous')).calls
  expect(call?.caller).toMatchObject({ isWithheld: true })
  expect(call?.answeredBy).toMatchObject({ isWithheld: false, number: '102', name: 'Bob' })
})

it('cause and techCause are those of the leg that decided, and each party keeps its own', () => {
  const [busy] = new BoardRig().play(recordedCall('telephony-22/busy')).calls
  expect(busy?.outcome).toMatchObject({
    cause: 17,
    techCause: '486',
    legs: { b: { answered: false, dialStatus: 'BUSY', cause: 17 } },
  })
  const [hunt] = new BoardRig().play(recordedCall('telephony-22/hunt')).calls
  expect(hunt?.outcome).toMatchObject({ cause: 16, techCause: undefined })
  expect(hunt?.parties.map(({ cause, techCause }) => [cause, techCause])).toContainEqual([17, '486'])
})

it('times are those of the events', () => {
  const [call] = new BoardRig().play(recordedCall('telephony-22/simple')).calls
  expect(call?.ringMs).toBe(306)
  expect(call?.talkMs).toBe(503)
})

it('what a merged call had dialled, the one that goes on has too', () => {
  const [call] = new BoardRig().play(recordedCall('telephony-22/attrefer')).calls
  const dialed = call?.happenings.flatMap(({ facts }) => (facts.type === 'dialingStarted' ? [facts.dialString] : []))
  expect(dialed).toEqual(['102', '103'])
})
