import { type Call, unlisted } from 'obelus-asterisk'
import { describe, expect, it } from 'vitest'
import { CallRig, story } from '../support/call-rig.js'
import { recordedCall } from '../support/recorded-call.js'
import { settle } from '../support/virtual-clock.js'

type Fields = Readonly<Record<string, string | number>>

const channel = (uniqueId: string, rest: Fields = {}): Fields => ({
  Channel: `PJSIP/${uniqueId}`,
  ChannelState: 0,
  Uniqueid: uniqueId,
  Linkedid: uniqueId,
  ...rest,
})
const hangup = (uniqueId: string, cause: number, rest: Fields = {}) =>
  ['Hangup', channel(uniqueId, { Cause: cause, 'Cause-txt': cause === 0 ? 'Unknown' : `Cause ${cause}`, ...rest })] as const

/** A rig, events to it one after the other, and what came of a call. */
async function bench() {
  const rig = await CallRig.open()
  const tell = async (...events: (readonly [string, Fields])[]) => {
    for (const [name, headers] of events) rig.rig.pbx.emit(unlisted(name), headers)
    await settle()
  }
  const words = async (call: Call) => {
    const told = story(call)
    await settle()
    return told
  }
  /** A call that came in as `caller`, and is up. */
  const incoming = async (caller: string, rest: Fields = {}) => {
    const calls = rig.calls.incoming()
    await tell(['Newchannel', channel(caller, { ChannelState: 4, ...rest })], ['Newstate', channel(caller, { ChannelState: 6 })])
    const { value } = await calls.next()
    calls.close()
    return value as Call
  }
  const originate = async () => {
    const call = rig.calls.originate({ channel: 'PJSIP/200', context: 'default', exten: '200' })
    await settle()
    return call
  }
  const response = (call: Call, answered: boolean) =>
    [
      'OriginateResponse',
      { ActionID: call.id, Response: answered ? 'Success' : 'Failure', Reason: answered ? 4 : 0, Uniqueid: call.id },
    ] as const
  return {
    rig,
    calls: rig.calls,
    tell,
    words,
    incoming,
    originate,
    response,
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  }
}

describe("Obelus's CallManager", () => {
  it('Obelus: a call waits in one set, and lives in the other', async () => {
    await using rig = await CallRig.open({ maxConcurrentCalls: 1 })
    const request = { channel: 'PJSIP/200', context: 'default', exten: '200' }
    const [first, second] = [rig.calls.originate(request), rig.calls.originate(request)]
    await settle()
    expect([rig.calls.trackedCalls, rig.calls.queuedCalls]).toEqual([[first], [second]])
  })

  it('Obelus: incoming calls are made in one place, each once, for everybody who listens', async () => {
    await using at = await bench()
    const [one, two] = [at.calls.incoming(), at.calls.incoming()]
    await at.tell(['Newchannel', channel('a', { ChannelState: 4 })], ['Newstate', channel('a', { ChannelState: 4 })])
    expect([one.buffered, two.buffered]).toEqual([1, 1])
    const calls = [(await one.next()).value, (await two.next()).value]
    expect(calls[0]).toBe(calls[1])
    expect(at.calls.trackedCalls).toEqual([calls[0]])
  })

  it('Obelus: the last hangup cause that is not 0 counts', async () => {
    await using at = await bench()
    const call = await at.incoming('a')
    await at.tell(
      ['Newchannel', channel('b', { Linkedid: 'a' })],
      hangup('b', 17),
      ['Newchannel', channel('c', { Linkedid: 'a' })],
      hangup('c', 21),
      hangup('a', 0),
    )
    expect(call.outcome).toMatchObject({ cause: 21, causeText: 'Cause 21' })
  })

  it('Obelus: a Local bridge makes two channels one call', async () => {
    await using at = await bench()
    const call = await at.incoming('a')
    await at.tell(
      ['Newchannel', channel('one', { Channel: 'Local/x@y-1;1', Linkedid: 'a' })],
      ['Newchannel', channel('two', { Channel: 'Local/x@y-1;2', ChannelState: 4 })],
      ['LocalBridge', { LocalOneUniqueid: 'one', LocalTwoUniqueid: 'two' }],
    )
    expect(call.uniqueIds).toEqual(['a', 'one', 'two'])
    expect(at.calls.trackedCalls).toEqual([call])
  })

  it('Obelus: a Local bridge of Asterisk before 12 does so too', async () => {
    await using at = await bench()
    const call = await at.incoming('a')
    await at.tell(
      ['Newchannel', channel('two', { Channel: 'Local/x@y-1;2', ChannelState: 4 })],
      ['LocalBridge', { Channel1: 'PJSIP/a', Channel2: 'Local/x@y-1;2', Uniqueid1: 'a', Uniqueid2: 'two' }],
    )
    expect(call.uniqueIds).toEqual(['a', 'two'])
  })

  it('Obelus: an early hangup', async () => {
    await using at = await bench()
    const call = await at.originate()
    await at.tell(
      ['Newchannel', channel(call.id)],
      ['Newstate', channel(call.id, { ChannelState: 5 })],
      hangup(call.id, 16),
      at.response(call, false),
    )
    expect(call.outcome).toMatchObject({ result: 'failed', answered: false, cause: 16 })
  })

  it('Obelus: a failure before the response, and one after it', async () => {
    await using at = await bench()
    const [before, after] = [await at.originate(), await at.originate()]
    await at.tell(['Newchannel', channel(before.id)], hangup(before.id, 17), at.response(before, false))
    await at.tell(['Newchannel', channel(after.id)], at.response(after, false), hangup(after.id, 21))
    expect(before.outcome).toMatchObject({ result: 'failed', cause: 17, reason: 'busy', originateReason: 0 })
    expect(after.outcome).toMatchObject({ result: 'failed', cause: 21, reason: 'rejected', originateReason: 0 })
  })
})

describe('causes', () => {
  it("HangupRequest's counts when Hangup has none", async () => {
    await using at = await bench()
    const call = await at.incoming('a')
    await at.tell(['HangupRequest', channel('a', { Cause: 34 })], hangup('a', 0))
    expect(call.outcome).toMatchObject({ cause: 34, causeText: 'Circuit/channel congestion' })
  })

  it("SoftHangupRequest's is a bit mask: 32 is no cause", async () => {
    await using at = await bench()
    const call = await at.incoming('a')
    await at.tell(['SoftHangupRequest', channel('a', { Cause: 32 })], hangup('a', 0))
    expect(call.outcome).toMatchObject({ cause: 0, causeText: '' })
  })

  it('HangupRequest may lack it, as on 16', async () => {
    await using at = await bench()
    const call = await at.incoming('a')
    await at.tell(['HangupRequest', channel('a')], hangup('a', 16, { TechCause: 'BYE' }))
    expect(call.outcome).toMatchObject({ cause: 16, techCause: 'BYE' })
  })
})

describe('dialling', () => {
  const dial = (name: string, from: string, to: string, rest: Fields = {}) =>
    [
      name,
      { ...channel(from), DestChannel: `PJSIP/${to}`, DestUniqueid: to, DestLinkedid: from, DestChannelState: 0, ...rest },
    ] as const

  it('a DialEnd that comes twice, or for a channel that was never dialled, is one end', async () => {
    await using at = await bench()
    const call = await at.incoming('a')
    await at.tell(
      dial('DialBegin', 'a', 'b'),
      dial('DialEnd', 'a', 'b', { DialStatus: 'NOANSWER' }),
      dial('DialEnd', 'a', 'b', { DialStatus: 'CANCEL' }),
      dial('DialEnd', 'a', 'stranger', { DialStatus: 'ANSWER' }),
    )
    expect(await at.words(call)).toEqual(['stateChanged Ring', 'stateChanged Up', 'dialingStarted', 'dialingFinished NOANSWER'])
  })

  it('a DialEnd that never comes is made up for by the Hangup', async () => {
    await using at = await bench()
    const call = await at.incoming('a')
    await at.tell(dial('DialBegin', 'a', 'b'), hangup('b', 26))
    expect((await at.words(call)).slice(-2)).toEqual(['dialingStarted', 'dialingFinished hung up'])
  })

  it('a queue that rings its members one after the other is one call', async () => {
    await using at = await bench()
    const { call, events } = await at.rig.originate('ami-22/call-queue-ringnoanswer-abandon')
    await at.rig.play(events)
    const told = await at.words(call)
    expect(told.filter((word) => word.startsWith('dialing'))).toEqual([
      'dialingStarted',
      'dialingFinished ANSWER',
      'dialingStarted',
      'dialingFinished NOANSWER',
      'dialingStarted',
      'dialingFinished CANCEL',
    ])
    expect(told.at(-1)).toBe('ended')
  })

  it('a call that another telephone picks up goes on with that one', async () => {
    await using at = await bench()
    const incoming = at.calls.incoming()
    await at.rig.play(recordedCall('ami-22/call-pickup'))
    const { value: call } = await incoming.next()
    const told = await at.words(call)
    expect(told).toEqual(expect.arrayContaining(['dialingStarted', 'pickedUp', 'merged', 'dialingFinished hung up', 'ended']))
    expect(call.outcome).toMatchObject({ result: 'ended', answered: true, cause: 16 })
    expect(at.calls.trackedCalls).toEqual([])
  })
})

describe('channels that change', () => {
  it('a Local channel that is optimised away leaves the call bridged', async () => {
    await using at = await bench()
    const incoming = at.calls.incoming()
    const events = recordedCall('ami-22/call-local-optimization')
    const gone = events.findLastIndex(
      (each) => each.name === 'Hangup' && each.headers.some(([, value]) => value.includes('Local/')),
    )
    await at.rig.play(events.slice(0, gone + 1))
    const { value: call } = await incoming.next()
    expect(call.status).toBe('bridged')
    expect(call.channels).toHaveLength(2)
    expect(call.channels.every(({ name }: { name: string }) => name.startsWith('PJSIP/'))).toBe(true)
    await at.rig.play(events.slice(gone + 1))
    expect(call.outcome).toMatchObject({ result: 'ended', answered: true })
  })

  it('lesson 44: a channel that is renamed is acted on by its new name', async () => {
    await using at = await bench()
    const call = await at.incoming('a')
    await at.tell(['Rename', { Channel: 'PJSIP/a', Newname: 'PJSIP/a<MASQ>', Uniqueid: 'a' }])
    expect(call.channels.map(({ name }) => name)).toEqual(['PJSIP/a<MASQ>'])
    await call.hangup()
    expect(at.rig.rig.pbx.received.at(-1)?.get('Channel')).toBe('PJSIP/a<MASQ>')
  })

  it('a Linkedid that changes when bridges meet keeps a channel with its call', async () => {
    await using at = await bench()
    const [one, two] = [await at.incoming('a'), await at.incoming('b')]
    const enter = (uniqueId: string, members: number) =>
      [
        'BridgeEnter',
        channel(uniqueId, {
          ChannelState: 6,
          Linkedid: 'a',
          BridgeUniqueid: 'x',
          BridgeType: 'basic',
          BridgeNumChannels: members,
        }),
      ] as const
    await at.tell(enter('a', 1), enter('b', 2))
    expect([one.status, two.status]).toEqual(['bridged', 'bridged'])
    await at.tell(hangup('a', 16))
    expect([one.outcome?.result, two.status]).toEqual(['ended', 'up'])
    // What the second one dials now is its own, though its Linkedid was the first one's.
    await at.tell([
      'DialBegin',
      { ...channel('b', { Linkedid: 'a' }), DestChannel: 'PJSIP/c', DestUniqueid: 'c', DestLinkedid: 'a', DestChannelState: 0 },
    ])
    expect(two.channels.map(({ uniqueId }) => uniqueId)).toEqual(['b', 'c'])
  })

  it('an Unhold without a Hold says nothing, a Hold twice says it once', async () => {
    await using at = await bench()
    const call = await at.incoming('a')
    await at.tell(['Unhold', channel('a')], ['Hold', channel('a')], ['Hold', channel('a')], ['Unhold', channel('a')])
    expect((await at.words(call)).slice(2)).toEqual(['held', 'unheld'])
  })
})

describe('Asterisk before 12', () => {
  it('bridges by Bridge and Unlink, holds by Status', async () => {
    await using at = await bench()
    const call = await at.incoming('a')
    const both = { Channel1: 'SIP/a', Channel2: 'SIP/b', Uniqueid1: 'a', Uniqueid2: 'b' }
    await at.tell(
      ['Newchannel', { Channel: 'SIP/b', ChannelState: 0, Uniqueid: 'b' }],
      ['Dial', { SubEvent: 'Begin', Channel: 'SIP/a', Destination: 'SIP/b', UniqueID: 'a', DestUniqueID: 'b' }],
      ['Bridge', { Bridgestate: 'Link', Bridgetype: 'core', ...both }],
      ['Hold', { Status: 'On', Channel: 'SIP/a', Uniqueid: 'a' }],
      ['Hold', { Status: 'Off', Channel: 'SIP/a', Uniqueid: 'a' }],
      ['Bridge', { Bridgestate: 'Unlink', Bridgetype: 'core', ...both }],
      ['Bridge', { Bridgestate: 'Link', Bridgetype: 'core', ...both }],
      ['Unlink', both],
      hangup('b', 16),
      hangup('a', 16),
    )
    expect((await at.words(call)).slice(2)).toEqual([
      'dialingStarted',
      'bridged',
      'held',
      'unheld',
      'unbridged',
      'bridged',
      'unbridged',
      'dialingFinished hung up',
      'ended',
    ])
  })
})

describe('incoming calls', () => {
  it('have what the server says of them, its channel variables too', async () => {
    await using at = await bench()
    const call = await at.incoming('a', {
      CallerIDNum: '0301',
      CallerIDName: 'Ann',
      Context: 'from-trunk',
      Exten: '4711',
      ChanVariable: 'DID=030 4711',
    })
    expect(call).toMatchObject({ callerNumber: '0301', callerName: 'Ann', context: 'from-trunk', exten: '4711', linkedId: 'a' })
    expect(call.variables.get('DID')).toBe('030 4711')
  })

  it('lesson 35: none is missed between two reads, and those that ended are let go', async () => {
    await using at = await bench()
    const incoming = at.calls.incoming()
    const numbers = Array.from({ length: 100 }, (_, number) => `n${number}`)
    await at.tell(
      ...numbers.map((id) => ['Newchannel', channel(id, { ChannelState: 4 })] as const),
      ...numbers.map((id) => hangup(id, 16)),
    )
    expect(incoming.buffered).toBe(100)
    for (const id of numbers) expect(((await incoming.next()).value as Call).id).toBe(id)
    expect(at.calls.trackedCalls).toEqual([])
  })

  it('are none: Local halves, dialled legs, channels that others originate', async () => {
    await using at = await bench()
    const incoming = at.calls.incoming()
    await at.tell(
      ['Newchannel', channel('one', { Channel: 'Local/x@y-1;1' })],
      ['Newchannel', channel('two', { Channel: 'Local/x@y-1;2', ChannelState: 4, Linkedid: 'one' })],
      ['Newchannel', channel('phone')],
      ['DialBegin', { DestChannel: 'PJSIP/phone', DestUniqueid: 'phone', DestLinkedid: 'phone', DestChannelState: 0 }],
      ['Newstate', channel('phone', { ChannelState: 5 })],
      ['Newstate', channel('phone', { ChannelState: 6 })],
    )
    expect(incoming.buffered).toBe(0)
  })
})

it('lesson 47: an action on a channel that is gone rejects with what became of the call', async () => {
  await using at = await bench()
  const call = await at.incoming('a')
  await at.tell(hangup('a', 16))
  await expect(call.redirect({ context: 'default', exten: '1' })).rejects.toMatchObject({ name: 'CallEndedError' })
  await expect(call.hangup()).rejects.toMatchObject({ name: 'CallEndedError' })
})

describe('the talk of a call that goes on in another', () => {
  const bridged = (uniqueId: string, count: number) =>
    [
      'BridgeEnter',
      channel(uniqueId, {
        ChannelState: 6,
        BridgeUniqueid: 'bridge',
        BridgeType: 'base',
        BridgeTechnology: 'softmix',
        BridgeNumChannels: count,
      }),
    ] as const
  const subject = (prefix: string, uniqueId: string): Fields => ({
    [`${prefix}Channel`]: `PJSIP/${uniqueId}`,
    [`${prefix}Uniqueid`]: uniqueId,
    [`${prefix}Linkedid`]: uniqueId,
  })

  async function twoCalls() {
    const at = await bench()
    const calls = [await at.incoming('1.1'), await at.incoming('1.2')] as const
    await at.tell(bridged('1.1', 1), bridged('1.2', 2))
    return { at, calls }
  }

  it('stays its own, however they met, when a transfer joins them', async () => {
    const { at, calls } = await twoCalls()
    await using _ = at
    await at.rig.rig.clock.advance(10_000)
    const transferee = { ...subject('OrigTransferer', '1.2'), ...subject('Transferee', '1.1') }
    await at.tell(['AttendedTransfer', { ...transferee, Result: 'Success', DestType: 'Bridge' }])
    expect(await calls[1].ended()).toMatchObject({ mergedInto: calls[0].id, talked: true })
    expect(calls[1].talkMs).toBe(10_000)
  })

  it("is the other one's where the bridge is that of a retrieval from parking", async () => {
    const { at, calls } = await twoCalls()
    await using _ = at
    await at.tell(['UnParkedCall', { ...subject('Parkee', '1.1'), ...subject('Retriever', '1.2') }])
    expect(await calls[1].ended()).toMatchObject({ mergedInto: calls[0].id, talked: false })
    expect(calls[1].talkMs).toBe(0)
  })
})
