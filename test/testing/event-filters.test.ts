import { AMIClient, CallManager } from 'obelus-asterisk'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FILTER_CASES, filtered } from '../support/event-filter-cases.js'
import { settle } from '../support/virtual-clock.js'

const account = { username: 'admin', secret: 's3cret' }

async function online(pbx: FakeAsterisk): Promise<AMIClient> {
  const ami = new AMIClient({ ...account, connect: pbx.connector, reconnect: { initialDelayMs: 1, maxDelayMs: 1 } })
  onTestFinished(() => ami.close())
  await ami.login()
  return ami
}

const open = (version: 16 | 22) => {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' }, version })
  onTestFinished(() => pbx.close())
  return pbx
}

describe.each([16, 22] as const)('the fake filters as Asterisk %i does', (version) => {
  it.each(FILTER_CASES.map((each) => [JSON.stringify(each.filters), each] as const))('%s', async (_, each) => {
    const pbx = open(version)
    expect(await filtered(await online(pbx), await online(pbx), each.filters)).toEqual(each[version])
  })

  it('setupFilters() lets what calls need through, and what was asked for', async () => {
    const pbx = open(version)
    pbx.dialplan({ 200: { answer: { talkMs: 1 } } })
    const ami = await online(pbx)
    using calls = new CallManager(ami)
    await calls.setupFilters(['UserEvent'])
    const all = ami.events()
    const call = calls.originate({ channel: 'Local/200@default', application: 'Wait', data: '1' })
    expect(await call.ended()).toMatchObject({ result: 'ended', answered: true })
    for (const name of ['UserEvent', 'Newexten', 'PeerStatus'] as const) pbx.emit(name)
    await settle()
    const names = new Set<string>()
    while (all.buffered > 0) names.add((await all.next()).value.name)
    expect([...names]).toEqual(expect.arrayContaining(['Newchannel', 'Hangup', 'OriginateResponse', 'UserEvent']))
    expect([...names].filter((name) => ['Newexten', 'PeerStatus', 'LocalBridge'].includes(name))).toEqual(['LocalBridge'])
  })
})

it('filters are their session’s: gone with it, and not of others; lists and what a handler sends pass', async () => {
  const pbx = open(22)
  const [ami, other] = [await online(pbx), await online(pbx)]
  await ami.sendAction('Filter', { Operation: 'Add', MatchCriteria: 'name(Hangup)' })
  const [mine, theirs] = [ami.events(), other.events()]
  pbx.emit('UserEvent')
  pbx.callAsyncAGI()
  await settle()
  expect(mine.buffered).toBe(0)
  expect(theirs.buffered).toBeGreaterThan(1)
  expect((await ami.sendAction('CoreShowChannels')).events).toHaveLength(1)
  pbx.disconnectAll()
  await settle()
  expect((await ami.sendAction('Ping')).get('Ping')).toBe('Pong')
  const again = ami.waitFor('UserEvent')
  pbx.emit('UserEvent')
  await again
})
