import { AMIClient, unlisted } from 'obelus-asterisk'
import { FakeAsterisk, type FakeAsteriskOptions } from 'obelus-asterisk/testing'
import { describe, expect, it, onTestFinished } from 'vitest'

/** A fake with two members, whose time the test moves, and a client that notes the events. */
async function office(options: FakeAsteriskOptions = {}) {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' }, clock: 'virtual', ...options })
  onTestFinished(() => pbx.close())
  const ami = new AMIClient({ host: 'pbx', username: 'admin', secret: 's3cret', connect: pbx.connector, clock: pbx.clock })
  onTestFinished(() => ami.close())
  await ami.login()
  const events: string[] = []
  ami.onEvent(
    [
      'QueueCallerJoin',
      'QueueCallerLeave',
      'QueueCallerAbandon',
      'AgentCalled',
      'AgentConnect',
      'AgentComplete',
      'AgentRingNoAnswer',
    ],
    (event) => events.push([event.name, event.get(unlisted('MemberName')) ?? event.get(unlisted('Position'))].join(' ')),
  )
  return { pbx, ami, events }
}

describe('a queue of the fake', () => {
  it('calls its members and connects the first who answers', async () => {
    const { pbx, ami, events } = await office()
    pbx.dialplan({ 101: { answer: { afterMs: 2_000, talkMs: 10_000 } }, 102: 'noanswer', 600: { queue: 'support' } })
    pbx.queue('support', { members: { Ann: 'PJSIP/101', Bob: 'PJSIP/102' } })
    const caller = pbx.incomingCall({ to: '600', from: '"Eve" <555>' })
    await pbx.clock.advance(3_000)
    const busy = await ami.sendAction('QueueStatus', { Queue: 'support' })
    expect(busy.events.map((event) => [event.name, event.get(unlisted('Name')), event.get(unlisted('Status'))])).toEqual([
      ['QueueParams', undefined, undefined],
      ['QueueMember', 'Bob', '1'],
      ['QueueMember', 'Ann', '2'],
    ])
    await pbx.clock.advance(20_000)
    expect(caller.isThere).toBe(false)
    expect(events).toEqual([
      'QueueCallerJoin 1',
      'AgentCalled Ann',
      'AgentCalled Bob',
      'QueueCallerLeave 1',
      'AgentConnect Ann',
      'AgentComplete Ann',
    ])
    const summary = await ami.sendAction('QueueSummary', { Queue: 'support' })
    expect(summary.events[0]?.headers).toMatchObject({ LoggedIn: '2', Available: '2', Callers: '0', TalkTime: '10' })
  })

  it('calls members one after another, as its strategy says', async () => {
    const { pbx, events } = await office()
    pbx.dialplan({ 600: { queue: 'sales', timeoutMs: 20_000 } })
    pbx.queue('sales', {
      strategy: 'rrmemory',
      members: { Bob: 'PJSIP/102', Ann: 'PJSIP/101' },
      timeoutMs: 5_000,
      retryMs: 1_000,
    })
    pbx.incomingCall({ to: '600' })
    await pbx.clock.advance(13_000)
    expect(events).toEqual([
      'QueueCallerJoin 1',
      'AgentCalled Bob',
      'AgentRingNoAnswer Bob',
      'AgentCalled Ann',
      'AgentRingNoAnswer Ann',
      'AgentCalled Bob',
    ])
  })

  it('lets a caller go when time is up, and the dialplan goes on', async () => {
    const { pbx, events } = await office()
    pbx.dialplan({ 600: { steps: ['Answer()', 'Queue(support,,,,10)', 'Hangup(17)'] } })
    pbx.queue('support')
    const caller = pbx.incomingCall({ to: '600' })
    await pbx.clock.advance(10_000)
    expect(caller.isThere).toBe(false)
    expect(events).toEqual(['QueueCallerJoin 1', 'QueueCallerAbandon 1', 'QueueCallerLeave 1'])
  })

  it('says what is wrong with it', async () => {
    const { pbx } = await office()
    expect(() => pbx.queue('support', { strategy: 'loudest' as never })).toThrow(/queue\.support\.strategy must be 'ringall'/)
    expect(() => pbx.dialplan({ 600: { steps: ['Answer(', 'x'] } })).toThrow(/as in extensions\.conf/)
  })
})
