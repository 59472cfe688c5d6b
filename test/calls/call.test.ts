import { type Call, CallEndedError, CallFailedError, InvalidActionError, unlisted } from 'obelus-asterisk'
import { action, success } from 'obelus-asterisk/testing'
import { describe, expect, it } from 'vitest'
import { CallRig } from '../support/call-rig.js'
import { caught, outcomeOf } from '../support/client-rig.js'
import { settle } from '../support/virtual-clock.js'

type Fields = Readonly<Record<string, string | number>>

const caller: Fields = { Channel: 'PJSIP/a-1', Uniqueid: 'a', Linkedid: 'a', ChannelState: 6 }
const callee: Fields = { Channel: 'PJSIP/b-1', Uniqueid: 'b', Linkedid: 'a', ChannelState: 6 }
const bridge: Fields = { BridgeUniqueid: 'x', BridgeType: 'basic', BridgeTechnology: 'simple_bridge' }

/** A call that came in and is answered, and a way to have events come. */
async function incomingCall() {
  const rig = await CallRig.open()
  rig.rig.pbx.use(action('Setvar', () => success('Variable Set')))
  const tell = async (...events: (readonly [name: string, fields: Fields])[]) => {
    for (const [name, fields] of events) rig.rig.pbx.emit(unlisted(name), fields)
    await settle()
  }
  const calls = rig.calls.incoming()
  await tell(['Newchannel', { ...caller, ChannelState: 4 }], ['Newstate', caller])
  const call = (await calls.next()).value as Call
  const sent = (name: string) => rig.rig.pbx.received.filter((action) => action.name === name).at(-1)
  return { rig, call, tell, sent, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() }
}

describe('waitFor', () => {
  it('is content with a call that was further once', async () => {
    await using at = await incomingCall()
    await at.tell(['BridgeEnter', { ...caller, ...bridge }], ['BridgeEnter', { ...callee, ...bridge }])
    await at.tell(['BridgeLeave', { ...caller, ...bridge }])
    expect(at.call.status).toBe('up')
    await at.call.waitFor('bridged')
    await at.tell(['Hangup', { ...callee, Cause: 16 }], ['Hangup', { ...caller, Cause: 16 }])
    expect(at.call.status).toBe('ended')
    for (const progress of ['dialing', 'ringing', 'up', 'bridged'] as const) await at.call.waitFor(progress)
  })

  it('rejects when the call ended before it came so far', async () => {
    await using at = await incomingCall()
    const early = caught(at.call.waitFor('bridged'))
    await at.tell(['Hangup', { ...caller, Cause: 16 }])
    expect(await early).toBeInstanceOf(CallEndedError)
    expect(await caught(at.call.waitFor('bridged'))).toBeInstanceOf(CallEndedError)
    const failed = at.rig.calls.originate({ channel: 'Local/1@a', application: 'Echo', callerId: 'a\nb' })
    expect(await caught(failed.waitFor('dialing'))).toBeInstanceOf(CallFailedError)
  })
})

describe('the cause of a hangup', () => {
  it.each(['NaN', 'Infinity', '-1', '1.5', 'sixteen', ''])('is 0 when Asterisk sends %j', async (cause) => {
    await using at = await incomingCall()
    await at.tell(['HangupRequest', { ...caller, Cause: cause }], ['Hangup', { ...caller, Cause: cause }])
    expect(at.call.outcome).toMatchObject({ cause: 0, causeText: '' })
  })

  it('and a channel state or a reason that is no number, is 0', async () => {
    await using at = await incomingCall()
    await at.tell(['Newstate', { ...caller, ChannelState: 'NaN' }])
    expect(at.call.channels).toMatchObject([{ state: 0, stateText: 'Down' }])
    const call = at.rig.calls.originate({ channel: 'Local/1@a', application: 'Echo' })
    await settle()
    await at.tell(['OriginateResponse', { ActionID: call.id, Response: 'Failure', Reason: 'NaN' }])
    expect(call.outcome).toMatchObject({ result: 'failed', originateReason: 0 })
  })
})

describe('a call of many transitions', () => {
  const holds = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => [index % 2 === 0 ? 'Hold' : 'Unhold', caller] as const)

  it('can be read to its end, all of it', async () => {
    await using at = await incomingCall()
    await at.tell(...holds(0, 15_000), ['Hangup', { ...caller, Cause: 16 }])
    const stream = at.call[Symbol.asyncIterator]()
    const types: string[] = []
    for await (const { type } of stream) types.push(type)
    expect([types.length, types[0], types.at(-1)]).toEqual([15_003, 'stateChanged', 'ended'])
    expect(stream.dropped).toBe(0)
  })

  it('keeps the last 10,000 at least, and a loop says how many it missed', async () => {
    await using at = await incomingCall()
    await at.tell(...holds(0, 30_000), ['Hangup', { ...caller, Cause: 16 }])
    const stream = at.call[Symbol.asyncIterator]()
    let read = 0
    let last = ''
    for await (const { type } of stream) {
      read += 1
      last = type
    }
    expect(last).toBe('ended')
    expect(read).toBeGreaterThanOrEqual(10_000)
    expect(read).toBeLessThanOrEqual(20_000)
    expect([read + stream.dropped, stream.gaps]).toEqual([30_003, 1])
  })

  it('is read to its end by a loop that fell behind, too', async () => {
    await using at = await incomingCall()
    const stream = at.call[Symbol.asyncIterator]()
    const { buffered } = stream
    await at.tell(...holds(0, 12_000), ['Hangup', { ...caller, Cause: 16 }])
    let read = 0
    let last = ''
    for await (const { type } of stream) {
      read += 1
      last = type
    }
    expect([last, stream.dropped > 0, read + stream.dropped]).toEqual(['ended', true, buffered + 12_001])
  })

  it('knows its last 1,000 channels', async () => {
    await using at = await incomingCall()
    const dialled = Array.from({ length: 1_500 }, (_, number) => {
      const fields = { Channel: `PJSIP/q-${number}`, Uniqueid: `q${number}`, Linkedid: 'a', ChannelState: 0 }
      return [
        ['Newchannel', fields],
        ['Hangup', { ...fields, Cause: 19 }],
      ] as const
    })
    await at.tell(...dialled.flat())
    expect([at.call.uniqueIds.length, at.call.uniqueIds.at(-1)]).toEqual([1_000, 'q1499'])
  })

  it('with as many waiters costs each its own share only', async () => {
    await using at = await incomingCall()
    const waits = Array.from({ length: 50_000 }, () => at.call.ended())
    await at.tell(['Hangup', { ...caller, Cause: 16 }])
    expect(new Set(await Promise.all(waits)).size).toBe(1)
  })
})

describe('what is written for a call', () => {
  it.each<[value: string, fields: Fields]>([
    ['plain, "text"', { Variable: 'NAME', Value: 'plain, "text"' }],
    ['', { Variable: 'NAME', Value: '' }],
    [' a, "b" (c) ', { Variable: 'ARRAY(NAME)', Value: '\\ a\\, \\"b\\" \\(c\\) ' }],
    ['\tx', { Variable: 'ARRAY(NAME)', Value: '\\\tx' }],
  ])('a variable with the value %j', async (value, fields) => {
    await using at = await incomingCall()
    await at.call.setVariable('NAME', value)
    expect(Object.fromEntries(at.sent('Setvar')?.entries() ?? [])).toMatchObject({ Channel: 'PJSIP/a-1', ...fields })
  })

  it('a variable whose name is escaped where its value begins with a space', async () => {
    await using at = await incomingCall()
    await at.call.setVariable('CALLERID(name)', ' Ann')
    expect(at.sent('Setvar')?.get('Variable')).toBe('ARRAY(CALLERID\\(name\\))')
  })

  it.each<[what: string, act: (call: Call) => Promise<unknown>, error: RegExp]>([
    ['a file that runs a command', (call) => call.startRecording('/tmp/a.wav,,touch /tmp/x'), /"File" holds ","/],
    ['options that run a command', (call) => call.startRecording('/tmp/a.wav', 'b,touch /tmp/x'), /"Options" holds ","/],
    ['a name that begins with a space', (call) => call.setVariable(' A', '1'), /must not be empty, begin with a space/],
    ['no name', (call) => call.setVariable('', '1'), /must not be empty/],
    ['a name with a colon', (call) => call.setVariable('A:1', '1'), /hold ":"/],
    ['a name with a line break', (call) => call.getVariable('A\nAction: Logoff'), /CR, LF or NUL/],
    ['a name that would lose its start', (call) => call.getVariable(' A'), /begins with a space/],
    ['an extension that would be cut', (call) => call.redirect({ context: 'a', exten: '1'.repeat(80) }), /80 bytes/],
    ['a parking lot with a line break', (call) => call.park({ parkinglot: 'a\r\nb' }), /CR, LF or NUL/],
  ])('%s is refused, and nothing is written', async (_, act, message) => {
    await using at = await incomingCall()
    const before = at.rig.rig.pbx.received.length
    const error = await outcomeOf(act(at.call))
    expect(error).toBeInstanceOf(InvalidActionError)
    expect(String(error)).toMatch(message)
    expect(at.rig.rig.pbx.received.length).toBe(before)
  })

  it('a priority that Asterisk would read in part is refused', async () => {
    await using at = await incomingCall()
    expect(await caught(at.call.redirect({ context: 'a', exten: 'b', priority: '1,2' }))).toBeInstanceOf(TypeError)
  })
})

it.each([
  ['Hans Wurst', '', 'Hans Wurst'],
  ['"Hans Wurst"', '', 'Hans Wurst'],
  ['"Hans <Wurst>" <1234>', '1234', 'Hans <Wurst>'],
  ['(030) 12-34', '0301234', ''],
])('the caller of an originate with %j is who Asterisk reads', async (text, callerId, callerName) => {
  await using rig = await CallRig.open()
  const call = rig.calls.originate({ channel: 'Local/1@a', application: 'Echo', callerId: text })
  expect(call).toMatchObject({ callerNumber: callerId, callerName })
})
