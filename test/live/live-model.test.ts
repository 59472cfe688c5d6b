import { ActionError, ClosedError, StreamOverflowError, unlisted } from 'obelus-asterisk'
import { type LiveChange, LiveModel } from 'obelus-asterisk/live'
import { action, failure, once, success } from 'obelus-asterisk/testing'
import { describe, expect, it } from 'vitest'
import { deferred } from '../../src/core/deferred.js'
import { ClientRig, caught, outcomeOf } from '../support/client-rig.js'
import { LiveRig, MEMBER, QUEUE } from '../support/live-rig.js'
import { settle } from '../support/virtual-clock.js'

const withMember = (rig: LiveRig) => rig.queueStatus.push(['QueueMember', MEMBER])
const CALLER = { Queue: 'support', Uniqueid: 'c1', Channel: 'PJSIP/trunk-1', CallerIDNum: '0301', CallerIDName: '<unknown>' }

/** What a stream has, read to its end without waiting. */
async function taken(stream: AsyncIterator<LiveChange> & { readonly buffered: number }): Promise<string[]> {
  const words: string[] = []
  while (stream.buffered > 0) {
    const { value } = await stream.next()
    words.push(`${value.kind} ${value.area} ${value.key} (${value.cause})`)
  }
  return words
}

describe('a model', () => {
  it('is ready when everything was read', async () => {
    await using rig = await LiveRig.open({ mailboxes: ['100@default'] }, (each) => {
      withMember(each)
      each.lists.DeviceStateList = [{ Device: 'PJSIP/200', State: 'INUSE' }]
      each.lists.PJSIPShowContacts = [{ ObjectName: '200;@1', Uri: 'sip:200@10.0.0.9' }]
      each.lists.PJSIPShowEndpoints = [{ ObjectName: '200', Aor: '200', DeviceState: 'Not in use' }]
      each.lists.BridgeList = [{ BridgeUniqueid: 'b', BridgeType: 'basic', BridgeTechnology: 'simple_bridge' }]
      each.lists.CoreShowChannels = [{ Uniqueid: '1.1', Channel: 'PJSIP/200-1', BridgeId: 'b' }]
      each.lists.Parkinglots = [{ Name: 'default', StartSpace: 701, StopSpace: 720, Timeout: 45 }]
      each.lists.ParkedCalls = [
        { Parkinglot: 'default', ParkingSpace: 701, ParkeeUniqueid: '1.2', ParkingTimeout: 30, ParkingDuration: 15 },
      ]
      each.lists.ConfbridgeListRooms = [{ Conference: 'room', Locked: 'Yes' }]
      each.lists.ConfbridgeList = [{ Conference: 'room', Uniqueid: '1.3', Channel: 'PJSIP/201-1', Admin: 'Yes', Muted: 'Yes' }]
    })
    const { pbx } = rig
    await pbx.ready()
    expect(pbx.isComplete).toBe(true)
    expect(pbx.queues.get('support')).toMatchObject({
      completed: 3,
      abandoned: 1,
      averageHoldMs: 4000,
      averageTalkMs: 9000,
      waiting: 0,
    })
    expect(rig.member).toMatchObject({ name: 'Ann', state: 'available', callsTaken: 2 })
    expect(pbx.deviceStates.get('PJSIP/200')).toEqual({ device: 'PJSIP/200', state: 'INUSE' })
    expect(pbx.endpoints.get('200')).toMatchObject({ deviceState: 'NOT_INUSE', contacts: ['sip:200@10.0.0.9'] })
    expect(pbx.bridges.get('b')?.channels).toEqual([{ uniqueId: '1.1', channel: 'PJSIP/200-1' }])
    const lot = pbx.parkingLots.get('default')
    expect(lot).toMatchObject({ firstSpace: '701', lastSpace: '720', timeoutMs: 45_000 })
    const now = rig.rig.clock.now()
    expect(lot?.parked.get('701')).toMatchObject({ parkedSince: new Date(now - 15_000), timeoutAt: new Date(now + 30_000) })
    const room = pbx.conferences.get('room')
    expect(room?.isLocked).toBe(true)
    expect(room?.participants.get('1.3')).toMatchObject({ isAdmin: true, isMuted: true })
    expect(pbx.mailboxes.get('100@default')).toMatchObject({ newMessages: 2, oldMessages: 1 })
    expect(JSON.parse(JSON.stringify(pbx.queues.get('support')))).toEqual(pbx.snapshot().queues.support)
  })

  it('is not ready before the login, and never when that fails', async () => {
    await using rig = new ClientRig({ secret: 'wrong' })
    using pbx = new LiveModel(rig.ami, { clock: rig.clock })
    expect(await outcomeOf(pbx.ready())).toBe('pending')
    const login = caught(rig.ami.login())
    await rig.clock.advance(5_000)
    expect(await pbx.ready().catch((error) => error)).toBe(await login)
    expect(pbx.isComplete).toBe(false)
  })

  it('that is closed is never ready, ends its streams and leaves no timer', async () => {
    const rig = new LiveRig()
    const pbx = new LiveModel(rig.rig.ami, { clock: rig.rig.clock })
    rig.pbx = pbx
    const changes = pbx.changes()
    const next = changes.next()
    pbx.close()
    pbx.close()
    expect(await caught(pbx.ready())).toBeInstanceOf(ClosedError)
    expect(await next).toEqual({ value: undefined, done: true })
    expect(await pbx.changes().next()).toEqual({ value: undefined, done: true })
    await rig[Symbol.asyncDispose]()
    expect(rig.rig.clock.timers).toBe(0)
  })

  it('follows events, and tells each change once', async () => {
    await using rig = await LiveRig.open({}, withMember)
    const changes = rig.pbx.changes(['queues', 'members', 'callers'])
    await rig.tell('QueueCallerJoin', { ...CALLER, Position: 1, Count: 1 })
    await rig.tellMember('QueueMemberStatus', { Status: 6 })
    await rig.tellMember('QueueMemberStatus', { Status: 6 })
    expect(rig.member?.state).toBe('ringing')
    expect(rig.pbx.queues.get('support')).toMatchObject({ waiting: 1, longestWaitMs: 0 })
    expect(rig.pbx.queues.get('support')?.callers).toMatchObject([{ number: '0301', name: '', position: 1 }])
    expect(await taken(changes)).toEqual([
      'added callers support/c1 (QueueCallerJoin)',
      'changed queues support (QueueCallerJoin)',
      'changed members support/PJSIP/200 (QueueMemberStatus)',
    ])
  })

  it('reads counts again, and takes none from events', async () => {
    await using rig = await LiveRig.open({}, withMember)
    await rig.tell('AgentConnect', { ...CALLER, Interface: 'PJSIP/200', DestUniqueid: 'm1' })
    rig.queueStatus = [
      ['QueueParams', { ...QUEUE, Completed: 4 }],
      ['QueueMember', { ...MEMBER, CallsTaken: 3, InCall: 1 }],
    ]
    await rig.rig.clock.advance(99)
    expect(rig.pbx.queues.get('support')?.completed).toBe(3)
    await rig.rig.clock.advance(1)
    expect(rig.pbx.queues.get('support')?.completed).toBe(4)
    expect(rig.member).toMatchObject({ callsTaken: 3, state: 'talking' })
    const { length } = rig.sent('QueueStatus')
    // The caller's channel is taken elsewhere: Asterisk counts, and tells it later.
    await rig.rig.clock.advance(10_000)
    await rig.tell('BridgeLeave', { Uniqueid: 'c1', BridgeUniqueid: 'b' })
    await rig.rig.clock.advance(100)
    expect(rig.sent('QueueStatus').length).toBeGreaterThan(length)
  })

  it('of an unknown member reads the queue', async () => {
    await using rig = await LiveRig.open()
    rig.queueStatus.push(['QueueMember', MEMBER])
    await rig.tellMember('QueueMemberStatus', { Status: 2 })
    expect(rig.member).toBeUndefined()
    await rig.rig.clock.advance(100)
    expect(rig.member?.name).toBe('Ann')
  })

  it.each([
    ['CoreShowChannels', 'bridges', 'reporting'],
    ['MailboxCount', 'mailboxes', 'call'],
  ])('tells the right that is missing for %s, once', async (name, area, right) => {
    const refuse = (rig: LiveRig) => rig.rig.pbx.use(action(unlisted(name), () => failure('Permission denied')))
    await using rig = await LiveRig.open({ mailboxes: ['100@default'] }, refuse)
    await rig.tell('Reload', { Module: 'All' })
    await rig.rig.clock.advance(2_000)
    const told = rig.rig.warnings.filter((warning) => warning.includes(name))
    expect(told).toHaveLength(1)
    expect(told[0]).toContain(area)
    expect(told[0]).toContain(right)
    await rig.pbx.ready()
  })
})

describe('the right to hear events', () => {
  /** What a model warns of, on an account that may read nothing, or everything. */
  async function warnings(username: string, prepare: (rig: LiveRig) => void = () => undefined): Promise<readonly string[]> {
    await using rig = new LiveRig({ username })
    prepare(rig)
    const login = rig.rig.ami.login()
    await rig.rig.clock.advance(5_000)
    await login
    rig.pbx = new LiveModel(rig.rig.ami, { clock: rig.rig.clock, endpoints: false })
    await rig.pbx.ready()
    await rig.tell('Reload', { Module: 'All' })
    await rig.rig.clock.advance(1_000)
    return rig.rig.warnings
  }

  it('is told where it is missing, once, by area and class', async () => {
    const told = await warnings('quiet')
    const areas = ['all areas', 'queues', 'bridges', 'parking', 'conferences']
    const classes = ['system', 'agent,call', 'call', 'call', 'call']
    expect(told.map((each) => /in ([a-z ]+):.* read = ([a-z,]+) /.exec(each)?.slice(1))).toEqual(
      areas.map((area, at) => [area, classes[at]]),
    )
  })

  it('is not told where it is there, and where the account may not ask', async () => {
    expect(await warnings('admin')).toEqual([])
    const refuse = (rig: LiveRig) => rig.rig.pbx.use(action('Command', () => failure('Permission denied')))
    expect(await warnings('quiet', refuse)).toEqual([])
  })
})

describe('after a gap', () => {
  it('what vanished is told as removed, identities live on, and nothing is told twice', async () => {
    await using rig = await LiveRig.open({}, withMember)
    rig.queueStatus.push(['QueueEntry', { ...CALLER, Position: 1, Wait: 0 }])
    await rig.tell('QueueCallerJoin', { ...CALLER, Position: 1, Count: 1 })
    await rig.rig.clock.advance(1_000)
    expect(rig.pbx.queues.get('support')?.waiting).toBe(1)
    rig.queueStatus = [
      ['QueueParams', QUEUE],
      ['QueueMember', MEMBER],
    ]
    const queue = rig.pbx.queues.get('support')
    const { member } = rig
    const changes = rig.pbx.changes()
    rig.rig.link.break()
    await settle()
    expect(rig.pbx.isComplete).toBe(false)
    expect(rig.pbx.asOf.getTime()).toBe(rig.rig.clock.now())
    const cut = rig.pbx.asOf
    await rig.rig.clock.advance(1_000)
    expect(rig.pbx.isComplete).toBe(true)
    expect(rig.pbx.asOf.getTime()).toBeGreaterThan(cut.getTime())
    expect(rig.pbx.queues.get('support')).toBe(queue)
    expect(rig.member).toBe(member)
    expect((await taken(changes)).sort()).toEqual(['changed queues support (read)', 'removed callers support/c1 (read)'])
  })

  it('is not complete while a reload is read', async () => {
    await using rig = await LiveRig.open()
    await rig.tell('Reload', { Module: 'app_queue.so' })
    expect(rig.pbx.isComplete).toBe(false)
    rig.queueStatus = [['QueueParams', { ...QUEUE, Queue: 'sales' }]]
    const changes = rig.pbx.changes('queues')
    await rig.rig.clock.advance(100)
    expect(rig.pbx.isComplete).toBe(true)
    expect([...rig.pbx.queues.keys()]).toEqual(['sales'])
    expect(await taken(changes)).toEqual(['added queues sales (read)', 'removed queues support (read)'])
  })
})

describe('a member', () => {
  it.each([
    [{ Status: 5, Paused: 1 }, 'unavailable'],
    [{ Status: 4 }, 'unavailable'],
    [{ Status: 2, Paused: 1 }, 'talking'],
    [{ Status: 7 }, 'talking'],
    [{ Status: 8 }, 'talking'],
    [{ Status: 6, Paused: 1 }, 'ringing'],
    [{ Status: 1, Paused: 1 }, 'paused'],
    [{ Status: 0 }, 'available'],
  ])('%j is %s', async (change, state) => {
    await using rig = await LiveRig.open({}, withMember)
    await rig.tellMember('QueueMemberStatus', change)
    expect(rig.member?.state).toBe(state)
  })

  it('wraps up after a call for as long as queues.conf says, and then time alone changes it', async () => {
    await using rig = await LiveRig.open({}, (each) => {
      each.wrapUpSeconds = 15
      each.queueStatus.push(['QueueMember', { ...MEMBER, LastCall: Math.floor(each.rig.clock.now() / 1000) - 5 }])
    })
    expect(rig.member?.state).toBe('wrapUp')
    const changes = rig.pbx.changes('members')
    await rig.rig.clock.advance(12_000)
    expect(rig.member?.state).toBe('available')
    expect(await taken(changes)).toEqual(['changed members support/PJSIP/200 (time)'])
  })

  it('wraps up for as long as the option says; not at all where nobody knows, which is told once', async () => {
    const justNow = (each: LiveRig) => {
      each.wrapUpSeconds = undefined
      each.queueStatus.push(['QueueMember', { ...MEMBER, LastCall: Math.floor(each.rig.clock.now() / 1000) }])
    }
    await using one = await LiveRig.open({ wrapUpMs: { support: 5_000 } }, justNow)
    expect(one.member?.state).toBe('wrapUp')
    expect(one.rig.warnings).toEqual([])
    await using two = await LiveRig.open({}, justNow)
    expect(two.member?.state).toBe('available')
    expect(two.rig.warnings).toEqual([expect.stringContaining('wrapUpMs')])
  })

  it('is paused with a reason, up to what Asterisk keeps of it', async () => {
    await using rig = await LiveRig.open({}, withMember)
    rig.rig.pbx.use(action('QueuePause', () => success()))
    await rig.member?.pause('lunch')
    await rig.member?.unpause()
    expect(rig.sent('QueuePause').map((each) => each.headers)).toMatchObject([
      { Queue: 'support', Interface: 'PJSIP/200', Paused: 'true', Reason: 'lunch' },
      { Paused: 'false' },
    ])
    await expect(rig.member?.pause('x'.repeat(80))).rejects.toThrow(RangeError)
    await expect(rig.member?.pause('ä'.repeat(40))).rejects.toThrow(/79 bytes/)
    await rig.tellMember('QueueMemberPause', { Paused: 1, PausedReason: 'lunch', LastPause: 1_700_000_000 })
    expect(rig.member).toMatchObject({
      isPaused: true,
      pausedReason: 'lunch',
      state: 'paused',
      pausedSince: new Date(1_700_000_000_000),
    })
  })

  it('leads to its call', async () => {
    await using rig = await LiveRig.open({}, withMember)
    using calls = rig.calls()
    using pbx = new LiveModel(rig.rig.ami, { clock: rig.rig.clock, calls })
    await settle()
    const channel = {
      Channel: 'PJSIP/200-00000001',
      Uniqueid: 'm1',
      Linkedid: 'm1',
      ChannelState: 4,
      Context: 'default',
      Exten: '1',
    }
    await rig.tell('Newchannel', channel)
    expect(pbx.queues.get('support')?.members.get('PJSIP/200')?.call).toBe(calls.of('m1'))
    expect(calls.of('m1')).toBeDefined()
    expect(rig.member?.call).toBeUndefined()
  })
})

it('a member behind a Local channel leads to the call of the queue that it is in', async () => {
  const local = { ...MEMBER, Location: 'Local/200@agents/n', StateInterface: 'hint:200@agents' }
  await using rig = await LiveRig.open({}, (each) => each.queueStatus.push(['QueueMember', local]))
  using calls = rig.calls()
  using pbx = new LiveModel(rig.rig.ami, { clock: rig.rig.clock, calls })
  await settle()
  const member = pbx.queues.get('support')?.members.get('Local/200@agents/n')
  for (const id of ['c1', 'c2']) {
    const channel = {
      Channel: `PJSIP/trunk-0000000${id}`,
      Uniqueid: id,
      Linkedid: id,
      ChannelState: 6,
      Context: 'in',
      Exten: '1',
    }
    await rig.tell('Newchannel', channel)
    await rig.tell('AgentConnect', { ...CALLER, Uniqueid: id, Interface: 'Local/200@agents/n', DestUniqueid: `l${id}` })
    rig.queueStatus = [
      ['QueueParams', QUEUE],
      ['QueueMember', { ...local, InCall: 1 }],
    ]
    await rig.rig.clock.advance(100)
    expect(member?.state).toBe('talking')
    expect(member?.call?.uniqueIds).toContain(id)
  }
  rig.queueStatus = [
    ['QueueParams', QUEUE],
    ['QueueMember', local],
  ]
  await rig.tell('AgentComplete', { ...CALLER, Uniqueid: 'c2', Interface: 'Local/200@agents/n', DestUniqueid: 'lc2' })
  await rig.rig.clock.advance(100)
  expect(member?.call).toBeUndefined()
})

describe('what is done', () => {
  it('is an action of Asterisk', async () => {
    const names = ['QueueAdd', 'QueueRemove', 'QueuePenalty', 'Redirect', 'QueueChangePriorityCaller', 'Hangup', 'Originate']
    const others = ['ConfbridgeKick', 'ConfbridgeMute', 'ConfbridgeUnmute', 'ConfbridgeLock', 'ConfbridgeUnlock']
    await using rig = await LiveRig.open({}, (each) => {
      withMember(each)
      each.queueStatus.push(['QueueEntry', { ...CALLER, Position: 1, Wait: 3 }])
      each.lists.Parkinglots = [{ Name: 'default', StartSpace: 701, StopSpace: 720, Timeout: 45 }]
      each.lists.ConfbridgeListRooms = [{ Conference: 'room', Locked: 'No' }]
      each.lists.ConfbridgeList = [{ Conference: 'room', Uniqueid: '1.3', Channel: 'PJSIP/201-1', Admin: 'No', Muted: 'No' }]
      for (const name of [...names, ...others]) each.rig.pbx.use(action(unlisted(name), () => success()))
    })
    const queue = rig.pbx.queues.get('support')
    const room = rig.pbx.conferences.get('room')
    const participant = room?.participants.get('1.3')
    await queue?.add('PJSIP/201', { penalty: 1, name: 'Bob', stateInterface: 'PJSIP/9', isPaused: true })
    await rig.member?.setPenalty(2)
    await rig.member?.remove()
    const [caller] = queue?.callers ?? []
    expect(caller?.waitMs).toBe(3_000)
    await caller?.redirect({ context: 'ivr', exten: 's' })
    await caller?.setPriority(9)
    await caller?.hangup()
    await participant?.mute()
    await participant?.unmute()
    await participant?.kick()
    await room?.unlock()
    rig.lists.ConfbridgeListRooms = [{ Conference: 'room', Locked: 'Yes' }]
    await room?.lock()
    await rig.rig.clock.advance(100)
    expect(room?.isLocked).toBe(true)
    await rig.pbx.parkingLots.get('default')?.retrieve('701', { by: 'PJSIP/300' })
    await rig.pbx.listen('PJSIP/200', { by: 'PJSIP/300' })
    await rig.pbx.listen('PJSIP/200-0000002a', { by: 'PJSIP/300', mode: 'whisper', timeoutMs: 9_000 })
    await rig.pbx.listen('PJSIP/200', { by: 'PJSIP/300', mode: 'barge' })
    const sent = (name: string) => rig.sent(name).map(({ headers }) => headers)
    expect(sent('QueueAdd')).toMatchObject([
      { Queue: 'support', Interface: 'PJSIP/201', Penalty: '1', MemberName: 'Bob', StateInterface: 'PJSIP/9', Paused: 'true' },
    ])
    expect(sent('QueuePenalty')).toMatchObject([{ Interface: 'PJSIP/200', Penalty: '2', Queue: 'support' }])
    expect(sent('QueueRemove')).toMatchObject([{ Interface: 'PJSIP/200', Queue: 'support' }])
    expect(sent('Redirect')).toMatchObject([{ Channel: 'PJSIP/trunk-1', Context: 'ivr', Exten: 's', Priority: '1' }])
    expect(sent('QueueChangePriorityCaller')).toMatchObject([{ Queue: 'support', Caller: 'PJSIP/trunk-1', Priority: '9' }])
    expect(sent('Hangup')).toMatchObject([{ Channel: 'PJSIP/trunk-1' }])
    for (const name of ['ConfbridgeMute', 'ConfbridgeUnmute', 'ConfbridgeKick'])
      expect(sent(name)).toMatchObject([{ Conference: 'room', Channel: 'PJSIP/201-1' }])
    expect(sent('Originate')).toMatchObject([
      { Channel: 'PJSIP/300', Context: 'parkedcalls', Exten: '701', Priority: '1', Async: 'true' },
      { Channel: 'PJSIP/300', Application: 'ChanSpy', Data: 'PJSIP/200-,qES' },
      { Application: 'ChanSpy', Data: 'PJSIP/200-0000002a,qESw', Timeout: '9000' },
      { Application: 'ChanSpy', Data: 'PJSIP/200-,qESB' },
    ])
  })

  it('is refused where it cannot be', async () => {
    await using rig = await LiveRig.open({}, withMember)
    await expect(rig.pbx.listen('PJSIP/200,q', { by: 'PJSIP/300' })).rejects.toThrow(TypeError)
    await expect(rig.pbx.listen('200', { by: 'PJSIP/300' })).rejects.toThrow(/PJSIP\/200/)
    await expect(rig.pbx.queues.get('support')?.add('PJSIP/1', { penalty: -1 })).rejects.toThrow(RangeError)
    rig.rig.pbx.use(action('QueuePenalty', () => failure('Invalid interface')))
    await expect(rig.member?.setPenalty(1)).rejects.toThrow(ActionError)
    expect(() => rig.pbx.changes('queue' as 'queues')).toThrow(/did you mean "queues"/)
    expect(() => new LiveModel(rig.rig.ami, { calls: {} as never })).toThrow(/CallManager/)
  })
})

describe('a slow reader', () => {
  const pauses = async (rig: LiveRig, count: number) => {
    for (let number = 1; number <= count; number += 1) await rig.tellMember('QueueMemberPenalty', { Penalty: number })
  }

  it('gets one change of each key when there are too many, which leads from before to now', async () => {
    await using rig = await LiveRig.open({}, withMember)
    const changes = rig.pbx.changes(undefined, { maxBuffered: 2 })
    await pauses(rig, 5)
    expect(changes.buffered).toBe(1)
    const { value } = await changes.next()
    expect(value).toMatchObject({ before: { penalty: 0 }, now: { penalty: 5 }, version: rig.pbx.version })
    await pauses(rig, 1)
    expect((await changes.next()).value).toMatchObject({ before: { penalty: 5 }, now: { penalty: 1 } })
  })

  it('gets an error, where that was chosen', async () => {
    await using rig = await LiveRig.open({}, withMember)
    const changes = rig.pbx.changes('members', { maxBuffered: 2, overflow: 'error' })
    await pauses(rig, 3)
    await changes.next()
    await changes.next()
    await expect(changes.next()).rejects.toThrow(StreamOverflowError)
    expect((await changes.next()).done).toBe(true)
  })

  it('hears nothing of what came and went', async () => {
    await using rig = await LiveRig.open()
    const changes = rig.pbx.changes('callers', { maxBuffered: 1 })
    await rig.tell('QueueCallerJoin', { ...CALLER, Position: 1, Count: 1 })
    await rig.tell('QueueCallerLeave', { ...CALLER, Position: 1, Count: 0 })
    expect(changes.buffered).toBe(0)
    changes.close()
    expect((await changes.next()).done).toBe(true)
  })
})

it('a model that could not be read during a graceful shutdown is read when that is called off', async () => {
  await using rig = await LiveRig.open()
  let isStopping = true
  const stopping = action(
    () => isStopping,
    () => failure('Asterisk is shutting down'),
  )
  rig.rig.pbx.use(stopping)
  await rig.tell('Reload', { Module: 'All' })
  await rig.rig.clock.advance(100)
  expect(rig.rig.ami.status.state).toBe('draining')
  expect(rig.pbx.isComplete).toBe(false)
  expect(rig.pbx.queues.size).toBe(1)
  rig.queueStatus.push(['QueueMember', MEMBER])
  isStopping = false
  await rig.rig.clock.advance(60_000)
  expect(rig.rig.ami.status.state).toBe('online')
  expect(rig.pbx.isComplete).toBe(true)
  expect(rig.member?.name).toBe('Ann')
  expect(rig.rig.errors).toEqual([])
})

it('a reading that fails is done again, until the model is complete', async () => {
  await using rig = new LiveRig({ actionTimeoutMs: 1_000 })
  await rig.rig.login()
  rig.pbx = new LiveModel(rig.rig.ami, { clock: rig.rig.clock })
  await rig.pbx.ready()
  const { promise, resolve } = deferred<readonly never[]>()
  rig.rig.pbx.use(once(action('BridgeList', () => promise)))
  await rig.tell('Reload', { Module: 'All' })
  await rig.rig.clock.advance(3_000)
  expect(rig.rig.errors[0]).toMatchObject({ code: 'ACTION_TIMEOUT' })
  expect(rig.pbx.isComplete).toBe(false)
  rig.queueStatus.push(['QueueMember', MEMBER])
  resolve([])
  await rig.rig.clock.advance(6_000)
  expect(rig.pbx.isComplete).toBe(true)
  expect(rig.member?.name).toBe('Ann')
})

describe('setupFilters()', () => {
  const OTHERS_OFF = { queues: false, endpoints: false, bridges: false, parking: false }
  const asked = (rig: LiveRig) => rig.sent('Filter').map((each) => /^\^Event: (\w+)/.exec(each.get('Filter') ?? '')?.[1])

  it('lets through what the areas need, and what is asked for besides, and reads what was kept back meanwhile', async () => {
    await using rig = await LiveRig.open(OTHERS_OFF)
    rig.lists.ConfbridgeListRooms = [{ Conference: 'room', Locked: 'No' }]
    const { length } = rig.sent('Filter')
    await rig.pbx.setupFilters(['UserEvent'])
    expect(length).toBe(0)
    expect(asked(rig).sort()).toEqual([
      'ConfbridgeEnd',
      'ConfbridgeJoin',
      'ConfbridgeLeave',
      'ConfbridgeMute',
      'ConfbridgeStart',
      'ConfbridgeUnmute',
      'FullyBooted',
      'Reload',
      'Shutdown',
      'UserEvent',
    ])
    expect(rig.pbx.isComplete).toBe(false)
    await rig.rig.clock.advance(100)
    expect(rig.pbx.isComplete).toBe(true)
    expect(rig.pbx.conferences.has('room')).toBe(true)
  })

  it('lets through what its CallManager needs, too', async () => {
    await using rig = await LiveRig.open(OTHERS_OFF)
    using calls = rig.calls()
    using pbx = new LiveModel(rig.rig.ami, { clock: rig.rig.clock, calls, ...OTHERS_OFF })
    await settle()
    await pbx.setupFilters()
    expect(asked(rig)).toEqual(expect.arrayContaining(['Newchannel', 'Hangup', 'ConfbridgeJoin']))
  })
})
