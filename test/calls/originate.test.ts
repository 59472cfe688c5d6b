import { getEventListeners } from 'node:events'
import {
  ActionError,
  AMIClient,
  CallEndedError,
  CallFailedError,
  CallManager,
  ClosedError,
  NoChannelError,
  type OriginateRequest,
  unlisted,
} from 'obelus-asterisk'
import { action, FakeAsterisk, failure, success } from 'obelus-asterisk/testing'
import { describe, expect, it } from 'vitest'
import { CallRig, story } from '../support/call-rig.js'
import { caught, outcomeOf } from '../support/client-rig.js'
import { settle, VirtualClock } from '../support/virtual-clock.js'

const request: OriginateRequest = { channel: 'Local/200@default', context: 'default', exten: '200' }
const answered = async (rig: CallRig) => {
  const { call, events } = await rig.originate('ami-22/call-originate-answered')
  const end = events.findIndex((each) => each.name === 'SoftHangupRequest')
  await rig.play(events.slice(0, end))
  return { call, rest: events.slice(end) }
}

describe('a request', () => {
  it.each<[string, Partial<Record<keyof OriginateRequest, unknown>>, RegExp]>([
    ['no channel', { channel: undefined }, /channel must be a technology and a resource, as in PJSIP\/100/],
    ['a channel without a technology', { channel: '100' }, /not "100"/],
    ['nothing to run', { exten: undefined }, /needs context and exten, or an application/],
    ['no context', { context: undefined }, /needs context and exten, or an application/],
    ['both', { application: 'Echo' }, /give one of them/],
    ['data alone', { data: 'x' }, /data belongs to an application/],
    ['two codecs in one', { codecs: ['ulaw,alaw'] }, /each of codecs must be the name of one, as in ulaw, not "ulaw,alaw"/],
    ['two codecs in one, as older releases part them', { codecs: ['ulaw|alaw'] }, /not "ulaw\|alaw"/],
    ['a priority of which Asterisk reads a part', { priority: '2,x' }, /priority must be a number above 0 or a label, not "2,x"/],
    ['a priority below 1', { priority: 0 }, /not 0/],
    ['a wrong time', { timeoutMs: 0 }, /timeoutMs must be a number of milliseconds from 1 up, not 0/],
    ['an endless time', { timeoutMs: Number.POSITIVE_INFINITY }, /timeoutMs must be 2147483647 at the most/],
    ['a time that Asterisk would read as a second', { timeoutMs: 2 ** 32 + 1000 }, /timeoutMs must be 2147483647 at the most/],
    ['a priority that Asterisk would read as 1', { priority: 2 ** 32 + 1 }, /priority must be a number above 0 or a label/],
    ['the same as text', { priority: '4294967297' }, /priority must be a number above 0 or a label/],
    ['a secret in what is no channel', { channel: 'sip:100:s3cret@pbx' }, /not "…@pbx"/],
    ['a variable without a value', { variables: { A: undefined } }, /the variable "A" must be text/],
  ])('with %s is refused before anything is sent', async (_, wrong, message) => {
    await using rig = await CallRig.open()
    expect(() => rig.calls.originate({ ...request, ...wrong } as OriginateRequest)).toThrow(message)
    expect(rig.calls.trackedCalls).toEqual([])
    expect(rig.rig.link.count('Action: Originate')).toBe(0)
  })

  it('is written with ids of ours, and variables that Asterisk reads back', async () => {
    await using rig = await CallRig.open()
    const call = rig.calls.originate({
      ...request,
      callerId: '"Ann" <100>',
      codecs: ['ulaw', 'alaw'],
      earlyMedia: true,
      account: 'day',
      timeoutMs: 1500,
      variables: { A: '1,2' },
    })
    await settle()
    const [sent] = rig.rig.pbx.received.filter(({ name }) => name === 'Originate')
    expect(Object.fromEntries(sent?.entries() ?? [])).toEqual({
      Action: 'Originate',
      ActionID: call.id,
      Channel: 'Local/200@default',
      Context: 'default',
      Exten: '200',
      Priority: '1',
      CallerID: '"Ann" <100>',
      Account: 'day',
      Codecs: 'ulaw,alaw',
      EarlyMedia: 'true',
      Timeout: '1500',
      Async: 'true',
      ChannelId: call.id,
      OtherChannelId: `${call.id};2`,
      Variable: 'A=1\\,2',
    })
    expect(call).toMatchObject({
      callerNumber: '100',
      callerName: 'Ann',
      exten: '200',
      origin: 'ours',
      direction: 'unknown',
      status: 'queued',
    })
    expect(call.variables).toEqual(new Map([['A', '1,2']]))
  })

  it('may have its variables from an iterator, which can be read once only', async () => {
    await using rig = await CallRig.open()
    const variables = new Map([['A', '1']]).entries()
    const call = rig.calls.originate({ ...request, variables })
    await settle()
    expect(call.variables).toEqual(new Map([['A', '1']]))
    expect(rig.rig.pbx.received.find(({ name }) => name === 'Originate')?.variables).toEqual(new Map([['A', '1']]))
  })

  it('whose text would inject a header fails, and nothing is written', async () => {
    await using rig = await CallRig.open()
    const call = rig.calls.originate({ ...request, callerId: 'x\r\nAction: Hangup' })
    expect(await call.ended()).toMatchObject({ result: 'failed', error: { code: 'INVALID_ACTION' } })
    expect(rig.rig.link.count('Originate')).toBe(0)
  })
})

describe('a call', () => {
  it('lesson 29: that Asterisk refuses fails with its reason, and leaves nothing', async () => {
    await using rig = await CallRig.open()
    rig.rig.pbx.use(action('Originate', () => failure('Extension does not exist.')))
    const call = rig.calls.originate(request)
    const up = caught(call.waitFor('up'))
    const outcome = await call.ended()
    expect(outcome.error).toBeInstanceOf(ActionError)
    expect(await up).toBeInstanceOf(CallFailedError)
    expect(String(await up)).toMatch(/cannot be up: it has failed \(Action Originate failed: Extension does not exist\.\)/)
    expect(rig.calls.trackedCalls).toEqual([])
  })

  it('can be waited for, and acted on until it is over', async () => {
    await using rig = await CallRig.open()
    const early = rig.calls.originate(request)
    await expect(early.setVariable('A', '1')).rejects.toBeInstanceOf(NoChannelError)
    const { call, rest } = await answered(rig)
    await call.waitFor('ringing')
    await call.waitFor('up')
    const bridged = caught(call.waitFor('bridged'))
    await expect(call.waitFor('fried' as 'up')).rejects.toThrow(/dialing, ringing, up or bridged, not fried/)
    await expect(call.setVariable('A', undefined as never)).rejects.toThrow('the variable "A" must be text')
    for (const digits of ['4111 1111', 4111, ''])
      await expect(call.sendDTMF(digits as string)).rejects.toThrow(/^digits must be text of one or more of 0-9, \*, # and A-D$/)
    await call.hangup(17)
    const hangup = rig.rig.pbx.received.find(({ name }) => name === 'Hangup')
    expect([hangup?.get('Channel'), hangup?.get('Cause')]).toEqual([call.channels[0]?.name, '17'])
    await rig.play(rest)
    expect(await bridged).toBeInstanceOf(CallEndedError)
    for (const act of [
      () => call.hangup(),
      () => call.redirect({ context: 'a', exten: 'b' }),
      () => call.park(),
      () => call.getVariable('A'),
      () => call.sendDTMF('1'),
      () => call.startRecording('a.wav'),
      () => call.stopRecording(),
      () => call.mute(),
      () => early.bridgeWith(call),
    ]) {
      expect(await outcomeOf<unknown>(act())).toBeInstanceOf(CallEndedError)
    }
  })

  it('waited for too long rejects, and lives on', async () => {
    await using rig = await CallRig.open()
    const call = rig.calls.originate(request)
    const waited = caught(call.waitFor('up', { timeoutMs: 100 }))
    await rig.rig.clock.advance(100)
    expect(String(await waited)).toMatch(/not up within 100 ms; it is queued/)
    expect(call.outcome).toBeUndefined()
  })

  it('that was hung up before it had a channel is hung up as soon as it has one', async () => {
    await using rig = await CallRig.open()
    const { call, events } = await rig.originate('ami-22/call-originate-answered')
    const hungUp = call.hangup(21)
    expect(await outcomeOf(hungUp)).toBe('pending')
    expect(rig.rig.link.count('Action: Hangup')).toBe(0)
    await rig.play(events.slice(0, 1))
    await hungUp
    const hangup = rig.rig.pbx.received.at(-1)
    expect([hangup?.get('Channel'), hangup?.get('Cause')]).toEqual([call.channels[0]?.name, '21'])
  })

  it('that ends before it has a channel needs no hangup', async () => {
    await using rig = await CallRig.open()
    const call = rig.calls.originate(request)
    await settle()
    const hungUp = call.hangup()
    rig.rig.pbx.emit('OriginateResponse', { ActionID: call.id, Response: 'Failure', Reason: 0 })
    await hungUp
    expect(call.outcome).toMatchObject({ result: 'failed' })
    expect(rig.rig.link.count('Action: Hangup')).toBe(0)
  })

  it('whose Originate nobody hears of again is lost, after its time and some more', async () => {
    await using rig = await CallRig.open()
    const call = rig.calls.originate({ ...request, timeoutMs: 1_000 })
    await settle()
    await rig.rig.clock.advance(5_999)
    expect(call.outcome).toBeUndefined()
    await rig.rig.clock.advance(1)
    expect(call.outcome).toMatchObject({ result: 'lost' })
  })

  it('Obelus: OriginateResponse may come before its channel', async () => {
    await using rig = await CallRig.open()
    const { call, events } = await rig.originate('ami-22/call-originate-answered')
    const isResponse = ({ name }: { name: string }) => name === 'OriginateResponse'
    await rig.play([...events.filter(isResponse), ...events.filter((each) => !isResponse(each))])
    expect(call.outcome).toMatchObject({ result: 'ended', answered: true })
  })

  it('Obelus: a state repeated is no transition, and channels of other calls are ignored', async () => {
    await using rig = await CallRig.open()
    const { call } = await answered(rig)
    const before = story(call).length
    const [channel] = call.channels
    rig.rig.pbx.emit('Newstate', { Channel: channel?.name, ChannelState: 6, Uniqueid: call.id, Linkedid: call.id })
    rig.rig.pbx.emit('Newstate', { Channel: 'PJSIP/x', ChannelState: 5, Uniqueid: 'other', Linkedid: 'other' })
    await settle()
    expect(call.uniqueIds).not.toContain('other')
    expect(story(call)).toHaveLength(before)
  })

  it('dialled as Asterisk before 12 tells of it', async () => {
    await using rig = await CallRig.open()
    const { call } = await answered(rig)
    const own = { Channel: call.channels[0]?.name, UniqueID: call.id }
    rig.rig.pbx.emit('Newchannel', { Channel: 'SIP/b-1', ChannelState: 0, Uniqueid: 'b' })
    rig.rig.pbx.emit(unlisted('Dial'), { SubEvent: 'Begin', ...own, Destination: 'SIP/b-1', DestUniqueID: 'b', Dialstring: 'b' })
    rig.rig.pbx.emit(unlisted('Dial'), { SubEvent: 'End', ...own, DialStatus: 'BUSY' })
    await settle()
    const words = story(call)
    await settle()
    expect(words.slice(-2)).toEqual(['dialingStarted', 'dialingFinished BUSY'])
    expect(call.channels.map(({ uniqueId }) => uniqueId)).toContain('b')
  })
})

it('Asterisk before 12 tells our calls by a variable', async () => {
  const clock = new VirtualClock()
  const pbx = new FakeAsterisk(
    { users: { admin: 's3cret' } },
    action('Originate', () => success()),
    action('CoreShowChannels', () => []),
  )
  const ami = new AMIClient({
    username: 'admin',
    secret: 's3cret',
    clock,
    connect: (protocol, signal) =>
      pbx.connector(
        {
          connectionMade: (transport) => protocol.connectionMade(transport),
          connectionLost: (error) => protocol.connectionLost(error),
          dataReceived: (data) =>
            protocol.dataReceived(
              new TextEncoder().encode(new TextDecoder().decode(data).replace('Manager/11.0.0', 'Manager/1.3')),
            ),
        },
        signal,
      ),
  })
  await ami.login()
  using calls = new CallManager(ami, { clock })
  const call = calls.originate({ ...request, variables: { A: '1' } })
  await settle()
  const sent = pbx.received.find(({ name }) => name === 'Originate')
  expect([sent?.get('ChannelId'), sent?.getAll('Variable')]).toEqual([undefined, ['A=1', `__OBELUS_CALL=${call.id}`]])
  const [first, second] = ['1.1', '1.2'].map((id) => ({ Channel: `SIP/100-${id}`, Uniqueid: id, ChannelState: 0 }))
  for (const channel of [first, second]) pbx.emit('Newchannel', channel)
  pbx.emit('VarSet', { ...first, Variable: '__OBELUS_CALL', Value: call.id })
  pbx.emit('VarSet', { ...second, Variable: '__OBELUS_CALL', Value: 'another' })
  pbx.emit('Newstate', { ...first, ChannelState: 6 })
  await settle()
  expect([call.status, call.uniqueIds]).toEqual(['up', ['1.1']])
  pbx.emit('OriginateResponse', { ActionID: call.id, Response: 'Success', Reason: 4, Uniqueid: '1.1' })
  pbx.emit('Hangup', { ...first, Cause: 16, 'Cause-txt': 'Normal Clearing' })
  await settle()
  expect(call.outcome).toMatchObject({ result: 'ended', answered: true, cause: 16 })
  const closed = ami.close()
  await clock.advance(2_000)
  await closed
  await pbx.close()
})

describe('the manager', () => {
  it('starts no more calls at a time than it may', async () => {
    await using rig = await CallRig.open({ maxConcurrentCalls: 2 })
    const [first, , third] = [1, 2, 3].map(() => rig.calls.originate(request))
    await settle()
    expect([rig.calls.trackedCalls.length, rig.calls.queuedCalls]).toEqual([2, [third]])
    rig.rig.pbx.emit('OriginateResponse', { ActionID: first?.id, Response: 'Failure', Reason: 0 })
    await settle()
    expect(first?.outcome).toMatchObject({ result: 'failed', originateReason: 0 })
    expect(rig.calls.queuedCalls).toEqual([])
    expect(rig.rig.link.count('Action: Originate')).toBe(3)
  })

  it('takes a call back for whatever reason its signal has', async () => {
    await using rig = await CallRig.open({ maxConcurrentCalls: 1 })
    rig.calls.originate(request)
    const gone = new AbortController()
    const waiting = rig.calls.originate({ ...request, signal: gone.signal })
    gone.abort(Object.create(null))
    expect(waiting.outcome).toMatchObject({ result: 'failed', error: { message: 'The call was taken back: an object' } })
  })

  it('takes a call that waits back: by its signal, by hangup, by close', async () => {
    await using rig = await CallRig.open({ maxConcurrentCalls: 1 })
    const running = rig.calls.originate(request)
    const gone = new AbortController()
    expect(rig.calls.originate({ ...request, signal: AbortSignal.abort('no') }).outcome).toMatchObject({
      result: 'failed',
      error: { code: 'CALL_CANCELLED', message: 'The call was taken back: no' },
    })
    const [aborted, hungUp, left] = [
      rig.calls.originate({ ...request, signal: gone.signal }),
      rig.calls.originate(request),
      rig.calls.originate(request),
    ]
    await settle()
    gone.abort(new Error('not today'))
    expect(aborted.outcome).toMatchObject({ result: 'failed', error: { message: 'not today' } })
    await hungUp.hangup()
    expect(hungUp.outcome).toMatchObject({ result: 'failed', error: { code: 'CALL_CANCELLED' } })
    rig.calls.close()
    expect([running.outcome?.result, left.outcome?.result]).toEqual(['lost', 'failed'])
    expect(() => rig.calls.originate(request)).toThrow(ClosedError)
    expect(rig.rig.link.count('Action: Originate')).toBe(1)
  })

  it('many calls and waits on one signal are one listener of it, and none when they are over', async () => {
    await using rig = await CallRig.open({ maxConcurrentCalls: 1 })
    const abort = new AbortController()
    const { signal } = abort
    const calls = Array.from({ length: 20 }, () => rig.calls.originate({ ...request, signal }))
    const waits = calls.map((call) => call.waitFor('up', { signal }).catch((error: Error) => error))
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    abort.abort(new Error('not today'))
    await Promise.all(waits)
    await settle()
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('sets filters, and again after each reconnect', async () => {
    await using rig = await CallRig.open()
    await rig.calls.setupFilters(['UserEvent'])
    const filters = () => rig.rig.pbx.received.filter(({ name }) => name === 'Filter').map((each) => each.get('MatchCriteria'))
    const first = filters()
    expect(first).toContain('action(include),name(UserEvent),method(regex)')
    expect(first).toContain('action(include),name(Shutdown),method(regex)')
    rig.rig.link.break()
    await rig.rig.clock.advance(50)
    expect(filters()).toEqual([...first, ...first])
    await expect(rig.calls.setupFilters(['a|b'])).rejects.toThrow(/letters and digits, not "a\|b"/)
  })

  it('refuses wrong options', async () => {
    await using rig = await CallRig.open()
    expect(() => new CallManager(rig.rig.ami, { maxConcurrentCalls: 0 })).toThrow(/maxConcurrentCalls/)
    expect(() => new CallManager(rig.rig.ami, { callsPerSecond: -1 })).toThrow(/callsPerSecond must be above 0, not -1/)
  })

  it('ends with its client', async () => {
    await using rig = await CallRig.open()
    const incoming = rig.calls.incoming()
    const { call } = await answered(rig)
    const closed = rig.rig.ami.close()
    await rig.rig.clock.advance(2_000)
    await closed
    expect(call.outcome).toMatchObject({ result: 'lost', answered: true })
    expect(await incoming.next()).toMatchObject({ done: true })
  })
})

describe('across a broken link', () => {
  it('a call that is still there goes on with resumed, an incoming one that is new comes in, none is resurrected', async () => {
    await using rig = await CallRig.open()
    const incoming = rig.calls.incoming()
    const { call, rest } = await answered(rig)
    const channel = {
      Channel: call.channels[0]?.name ?? '',
      ChannelState: '6',
      Uniqueid: call.id,
      Linkedid: call.id,
      BridgeId: '',
    }
    const caller = {
      Channel: 'PJSIP/in-1',
      ChannelState: '4',
      Uniqueid: 'in-1',
      Linkedid: 'in-1',
      Exten: '100',
      CallerIDNum: '555',
      BridgeId: '',
    }
    rig.channels = [channel, caller]
    rig.rig.link.break()
    await rig.rig.clock.advance(50)
    const words = story(call)
    await settle()
    expect(words.at(-1)).toBe('resumed')
    const { value: came } = await incoming.next()
    expect(came).toMatchObject({ origin: 'unknown', exten: undefined, status: 'ringing', caller: { number: '555' } })
    await rig.play(rest)
    expect(call.outcome).toMatchObject({ result: 'ended' })
    rig.channels = [caller]
    rig.rig.link.break()
    await rig.rig.clock.advance(50)
    expect(rig.calls.trackedCalls).toEqual([came])
  })

  it('an Originate whose answer was lost is settled by what the server shows', async () => {
    for (const shown of [true, false]) {
      await using rig = await CallRig.open()
      rig.rig.link.breakOnWrite = true
      const call = rig.calls.originate(request)
      await settle()
      rig.rig.link.breakOnWrite = false
      rig.channels = shown
        ? [{ Channel: 'Local/200@default-1;1', ChannelState: '6', Uniqueid: call.id, Linkedid: call.id, BridgeId: '' }]
        : []
      await rig.rig.clock.advance(50)
      expect(call.status).toBe(shown ? 'up' : 'lost')
      expect(rig.rig.link.count('Action: Originate')).toBe(1)
    }
  })
})
