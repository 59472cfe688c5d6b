import { AMIClient, type Call, CallManager, unlisted } from 'obelus-asterisk'
import { action, event, FakeAsterisk, success } from 'obelus-asterisk/testing'
import { describe, expect, it } from 'vitest'
import { story } from '../support/call-rig.js'
import { settle, VirtualClock } from '../support/virtual-clock.js'

type Fields = Readonly<Record<string, string | number>>
type Told = readonly [name: string, fields: Fields]

/** A manager on a server of an AMI version of old, which lists the channels that the test says. */
async function oldServer(version: string) {
  const clock = new VirtualClock()
  const lists: Fields[][] = []
  const pbx = new FakeAsterisk(
    { users: { admin: 's3cret' } },
    action('Originate', () => success()),
    action('CoreShowChannels', async function* () {
      for (const channel of lists.shift() ?? []) yield event('CoreShowChannel', channel)
    }),
  )
  const spoken = (data: Uint8Array) =>
    new TextEncoder().encode(new TextDecoder().decode(data).replace('Manager/11.0.0', `Manager/${version}`))
  const warnings: string[] = []
  let broken: (() => void) | undefined
  const ami = new AMIClient({
    username: 'admin',
    secret: 's3cret',
    clock,
    reconnect: { initialDelayMs: 10, maxDelayMs: 10 },
    connect: (protocol, signal) => {
      broken = () => protocol.connectionLost(new Error('read ECONNRESET'))
      return pbx.connector(
        {
          connectionMade: (transport) => protocol.connectionMade(transport),
          connectionLost: (error) => protocol.connectionLost(error),
          dataReceived: (data) => protocol.dataReceived(spoken(data)),
        },
        signal,
      )
    },
  })
  ami.on('warning', (warning) => warnings.push(warning))
  const login = ami.login()
  await settle()
  await login
  const calls = new CallManager(ami, { clock })
  const incoming = calls.incoming()
  await settle()
  return {
    calls,
    warnings,
    lists,
    incoming: () => incoming.buffered,
    next: async () => (await incoming.next()).value as Call,
    tell: async (...events: readonly Told[]) => {
      for (const [name, fields] of events) pbx.emit(unlisted(name), fields)
      await settle()
    },
    reconnect: async () => {
      broken?.()
      await clock.advance(100)
    },
    [Symbol.asyncDispose]: async () => {
      calls.close()
      const closed = ami.close()
      await clock.advance(2_000)
      await closed
      await pbx.close()
    },
  }
}

const made = (channel: string, id: string, state: number, rest: Fields = {}): Told => [
  'Newchannel',
  { Channel: channel, ChannelState: state, CallerIDNum: '5550101', CallerIDName: 'Max', Uniqueid: id, ...rest },
]
const state = (channel: string, id: string, to: number): Told => [
  'Newstate',
  { Channel: channel, ChannelState: to, Uniqueid: id },
]
const dial = (from: string, fromId: string, to: string, toId: string): Told => [
  'Dial',
  { SubEvent: 'Begin', Channel: from, Destination: to, UniqueID: fromId, DestUniqueID: toId, Dialstring: 'x' },
]
const bridge = (name: string, state: string, one: Fields, two: Fields): Told => [
  name,
  {
    Bridgestate: state,
    Channel1: one.c as string,
    Uniqueid1: one.u as string,
    Channel2: two.c as string,
    Uniqueid2: two.u as string,
  },
]
const hangup = (channel: string, id: string): Told => ['Hangup', { Channel: channel, Uniqueid: id, Cause: 16, 'Cause-txt': 'x' }]
const [A, B] = [
  { c: 'SIP/a-1', u: '1.1' },
  { c: 'SIP/b-2', u: '1.2' },
]
const talk: readonly Told[] = [
  made(A.c, A.u, 4, { Exten: '201', Context: 'in' }),
  made(B.c, B.u, 0),
  dial(A.c, A.u, B.c, B.u),
  state(B.c, B.u, 6),
  state(A.c, A.u, 6),
  bridge('Bridge', 'Link', A, B),
]
const bridgings = async (call: Call) => {
  const words = story(call)
  await settle()
  return words.filter((word) => word.endsWith('bridged') || word === 'resumed')
}

describe('Asterisk 1.8 to 11', () => {
  it('says what was dialled at the Newchannel, and not when it rings', async () => {
    await using at = await oldServer('1.3')
    await at.tell(made(A.c, A.u, 0, { Exten: '5550199', Context: 'from-trunk' }), state(A.c, A.u, 4))
    expect(await at.next()).toMatchObject({ exten: '5550199', context: 'from-trunk', callerNumber: '5550101', callerName: 'Max' })
  })

  it('names a Local channel before it is dialled: its far half and what that dials are of the call', async () => {
    await using at = await oldServer('1.1')
    const [one, two] = ['Local/301@q-a;1', 'Local/301@q-a;2']
    await at.tell(
      made(A.c, A.u, 4),
      made(one, '1.3', 0),
      made(two, '1.4', 4),
      ['LocalBridge', { Channel1: one, Channel2: two, Uniqueid1: '1.3', Uniqueid2: '1.4' }],
      dial(A.c, A.u, one, '1.3'),
      made('SIP/301-4', '1.5', 0),
      dial(two, '1.4', 'SIP/301-4', '1.5'),
    )
    expect((await at.next()).uniqueIds).toEqual(['1.1', '1.3', '1.4', '1.5'])
  })

  it('may say Bridge again, also the other way round: nothing changed', async () => {
    await using at = await oldServer('1.3')
    await at.tell(...talk, bridge('Bridge', 'Link', A, B), bridge('Bridge', 'Link', B, A), bridge('Unlink', '', A, B))
    expect(await bridgings(await at.next())).toEqual(['bridged', 'unbridged'])
  })

  it('lists whom a channel is bridged with: after a reconnect the call is bridged still', async () => {
    await using at = await oldServer('1.3')
    await at.tell(...talk)
    const item = (own: typeof A, other: typeof A, app: string) => ({
      Channel: own.c,
      UniqueID: own.u,
      ChannelState: 6,
      Extension: '201',
      Application: app,
      BridgedChannel: other.c,
      BridgedUniqueID: other.u,
    })
    at.lists.push([item(A, B, 'Dial'), item(B, A, 'AppDial')])
    await at.reconnect()
    const call = await at.next()
    expect([await bridgings(call), call.status]).toEqual([['bridged', 'resumed'], 'bridged'])
  })

  it('shows a call that began in the hole, as one', async () => {
    await using at = await oldServer('1.3')
    const item = (c: string, u: string, other: string, app: string) => ({
      Channel: c,
      UniqueID: u,
      ChannelState: 6,
      Extension: '5550177',
      Application: app,
      BridgedUniqueID: other,
    })
    at.lists.push([item('SIP/c-5', '8.5', '8.6', 'Dial'), item('SIP/d-6', '8.6', '8.5', 'AppDial')])
    await at.reconnect()
    expect(at.incoming()).toBe(1)
    expect(await at.next()).toMatchObject({ origin: 'unknown', status: 'bridged', exten: '5550177', uniqueIds: ['8.5', '8.6'] })
  })

  it('carries a call on by a masquerade, under the id of another channel', async () => {
    await using at = await oldServer('1.3')
    const [C, D] = [
      { c: 'SIP/b-3', u: '1.3' },
      { c: 'SIP/c-4', u: '1.4' },
    ]
    await at.tell(
      ...talk,
      made(C.c, C.u, 4, { Exten: '203' }),
      made(D.c, D.u, 0),
      dial(C.c, C.u, D.c, D.u),
      state(D.c, D.u, 6),
      state(C.c, C.u, 6),
      bridge('Bridge', 'Link', C, D),
      ['Masquerade', { Clone: A.c, CloneState: 'Up', Original: C.c, OriginalState: 'Up' }],
      ['Rename', { Channel: A.c, Newname: `${A.c}<MASQ>`, Uniqueid: A.u }],
      ['Rename', { Channel: C.c, Newname: A.c, Uniqueid: C.u }],
      ['Rename', { Channel: `${A.c}<MASQ>`, Newname: `${C.c}<ZOMBIE>`, Uniqueid: A.u }],
      ['Unlink', { Channel1: `${C.c}<ZOMBIE>`, Channel2: B.c, Uniqueid1: A.u, Uniqueid2: B.u }],
      hangup(B.c, B.u),
      hangup(`${C.c}<ZOMBIE>`, A.u),
    )
    const call = await at.next()
    expect(call).toMatchObject({ callerNumber: '5550101', exten: '201', status: 'bridged' })
    const caller = call.caller
    expect(caller).toMatchObject({ channel: A.c, uniqueId: C.u })
    expect(caller !== undefined && call.talkingWith(caller).map(({ channel }) => channel)).toEqual([D.c])
  })

  it('ends a dialling behind the Hangup of what was dialled, with its status', async () => {
    await using at = await oldServer('1.3')
    await at.tell(made(A.c, A.u, 4), made(B.c, B.u, 0), dial(A.c, A.u, B.c, B.u), hangup(B.c, B.u))
    await at.tell(['Dial', { SubEvent: 'End', Channel: A.c, UniqueID: A.u, DialStatus: 'BUSY' }], hangup(A.c, A.u))
    expect((await at.next()).outcome).toMatchObject({ dialStatus: 'BUSY', reason: 'busy' })
  })
})

describe('Asterisk 1.4', () => {
  it('is warned of once, and only calls of ours are followed: by OriginateResponse and Hangup', async () => {
    await using at = await oldServer('1.0')
    const call = at.calls.originate({ channel: 'SIP/100', context: 'in', exten: '200' })
    await settle()
    await at.tell(
      ['Newchannel', { Channel: 'SIP/100-08a', State: 'Down', Uniqueid: '12.1' }],
      ['Newstate', { Channel: 'SIP/100-08a', State: 'Up', Uniqueid: '12.1' }],
      ['OriginateResponse', { ActionID: call.id, Response: 'Success', Channel: 'SIP/100', Reason: 4, Uniqueid: '12.1' }],
      hangup('SIP/100-08a', '12.1'),
    )
    expect(call.outcome).toMatchObject({ result: 'ended', answered: true })
    await at.tell(['Newchannel', { Channel: 'SIP/t-1', State: 'Ring', Uniqueid: '13.1' }])
    expect(at.calls.trackedCalls).toEqual([])
    expect(at.warnings.filter((warning) => warning.includes('AMI 1.0'))).toHaveLength(1)
  })
})
