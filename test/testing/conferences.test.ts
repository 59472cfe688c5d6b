import { AMIClient, unlisted } from 'obelus-asterisk'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { describe, expect, it, onTestFinished } from 'vitest'

/** A fake whose time the test moves, and a client that notes these events. */
async function office(names: readonly string[]) {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' }, clock: 'virtual' })
  onTestFinished(() => pbx.close())
  const ami = new AMIClient({ host: 'pbx', username: 'admin', secret: 's3cret', connect: pbx.connector, clock: pbx.clock })
  onTestFinished(() => ami.close())
  await ami.login()
  const events: string[] = []
  ami.onEvent(names.map(unlisted), (event) => events.push(event.name))
  return { pbx, ami, events }
}

describe('a conference of the fake', () => {
  it('is there from its first member to its last', async () => {
    const { pbx, ami, events } = await office(['ConfbridgeStart', 'ConfbridgeJoin', 'ConfbridgeLeave', 'ConfbridgeEnd'])
    pbx.dialplan({ 700: { conference: 'room' } })
    const [ann, bob] = [pbx.incomingCall({ to: '700', from: '100' }), pbx.incomingCall({ to: '700', from: '101' })]
    const list = await ami.sendAction('ConfbridgeList', { Conference: 'room' })
    expect(list.events.map((item) => item.get('Channel'))).toEqual([ann.channel, bob.channel])
    expect((await ami.sendAction('BridgeList')).events[0]?.get(unlisted('BridgeTechnology'))).toBe('softmix')
    await ami.sendAction('ConfbridgeKick', { Conference: 'room', Channel: ann.channel })
    expect([ann.isThere, bob.isThere]).toEqual([false, true])
    bob.hangup()
    await expect(ami.sendAction('ConfbridgeListRooms')).rejects.toThrow('No active conferences.')
    expect(events).toEqual([
      'ConfbridgeStart',
      'ConfbridgeJoin',
      'ConfbridgeJoin',
      'ConfbridgeLeave',
      'ConfbridgeLeave',
      'ConfbridgeEnd',
    ])
  })
})

describe('parking', () => {
  const EVENTS = ['ParkedCall', 'UnParkedCall', 'ParkedCallTimeOut', 'ParkedCallGiveUp']

  it('keeps a call until somebody fetches it', async () => {
    const { pbx, ami, events } = await office(EVENTS)
    pbx.dialplan({ 600: { answer: { talkMs: 60_000 } }, 601: { steps: ['ParkedCall(default,701)'] } })
    const caller = pbx.incomingCall({ to: '600' })
    await ami.sendAction('Park', { Channel: caller.channel })
    expect((await ami.sendAction('ParkedCalls')).events[0]?.get(unlisted('ParkingSpace'))).toBe('701')
    const retriever = pbx.incomingCall({ to: '601' })
    expect((await ami.sendAction('BridgeList')).events[0]?.get(unlisted('BridgeNumChannels'))).toBe('2')
    retriever.hangup()
    expect(caller.isThere).toBe(false)
    expect(events).toEqual(['ParkedCall', 'UnParkedCall'])
  })

  it('has a forgotten call ring where it was parked', async () => {
    const { pbx, ami, events } = await office([...EVENTS, 'DialBegin'])
    pbx.dialplan({ 600: { answer: { talkMs: 60_000 } }, 200: 'noanswer' })
    const caller = pbx.incomingCall({ to: '600' })
    await ami.sendAction('Park', { Channel: caller.channel, Timeout: 5_000, TimeoutChannel: 'PJSIP/200' })
    await pbx.clock.advance(5_000)
    expect(events).toEqual(['ParkedCall', 'ParkedCallTimeOut', 'DialBegin'])
  })

  it('ends when the parked caller hangs up', async () => {
    const { pbx, ami, events } = await office(EVENTS)
    pbx.dialplan({ 600: { steps: ['Answer()', 'Park()'] } })
    pbx.incomingCall({ to: '600' }).hangup()
    await ami.sendAction('Ping')
    expect(events).toEqual(['ParkedCall', 'ParkedCallGiveUp'])
  })
})
