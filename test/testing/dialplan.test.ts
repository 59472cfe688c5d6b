import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { AMIClient, CallManager } from 'obelus-asterisk'
import { type Dialplan, FakeAsterisk } from 'obelus-asterisk/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { headersOf, storiesOf } from '../support/event-story.js'
import { headerOf, type RecordedEvent, recordedCall } from '../support/recorded-call.js'
import { settle, VirtualClock } from '../support/virtual-clock.js'

/** A client of a fake with a dialplan, and everything it is told. */
async function office(plan: Dialplan, version: 16 | 22 = 22) {
  const clock = new VirtualClock()
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' }, version, clock })
  pbx.dialplan(plan)
  const ami = new AMIClient({ username: 'admin', secret: 's3cret', connect: pbx.connector, clock })
  onTestFinished(async () => {
    const closed = ami.close()
    await clock.advance(2_000)
    await closed
    await pbx.close()
  })
  await ami.login()
  const events: RecordedEvent[] = []
  ami.onEvent('*', (event) => {
    const headers = [...event.entries()].filter(([name]) => name !== 'Event').map(([name, value]) => [name, value] as const)
    events.push({ name: event.name, headers })
  })
  const originate = (channel: string, rest: Record<string, string | number> = { Application: 'Wait', Data: 20 }) =>
    ami.sendAction('Originate', { Channel: channel, ActionID: 'x-1', Async: true, ...rest })
  const channel = async (pattern: RegExp): Promise<string> => {
    for await (const item of ami.listAction('CoreShowChannels')) {
      const name = item.get('Channel') ?? ''
      if (pattern.test(name)) return name
    }
    throw new Error(`No channel ${pattern}`)
  }
  return { ami, pbx, clock, events, originate, channel }
}

type Office = Awaited<ReturnType<typeof office>>
const brief = { answer: { talkMs: 300 } }
const long = { answer: { talkMs: 30_000 } }
const local = { Context: 'default', Exten: 'brief', Priority: 1 }

const RECORDED: readonly (readonly [
  recording: string,
  plan: Dialplan,
  play: (office: Office) => Promise<unknown>,
  until?: RegExp,
])[] = [
  [
    'call-originate-answered',
    { brief, answer: long },
    ({ originate }) => originate('Local/answer@default/n', { ...local, ChannelId: 'my-uid-1' }),
  ],
  ['call-originate-busy', { 201: 'busy' }, ({ originate }) => originate('Local/201@default')],
  ['call-originate-congestion', { brief, 203: 'congestion' }, ({ originate }) => originate('Local/203@default', local)],
  ['call-originate-rejected', { brief, 204: 'reject' }, ({ originate }) => originate('Local/204@default', local)],
  [
    'call-originate-ring-timeout',
    { 202: 'noanswer' },
    ({ originate }) => originate('Local/202@default', { Application: 'Wait', Data: 20, Timeout: 2000 }),
  ],
  ['call-originate-no-device', { 205: 'invalid' }, ({ originate }) => originate('PJSIP/205')],
  ['call-originate-no-extension', { 205: 'invalid' }, ({ originate }) => originate('Local/205@default')],
  ['call-originate-pjsip-busy', { 201: 'busy' }, ({ originate }) => originate('PJSIP/201')],
  [
    'call-originate-pjsip-ring',
    { 202: 'noanswer' },
    ({ originate }) => originate('PJSIP/202', { Application: 'Wait', Data: 20, Timeout: 2000 }),
  ],
  [
    'call-dial-answered',
    { 206: { dial: 'Local/207@default/n' }, 207: { answer: { afterMs: 500, cause: 0 } } },
    ({ originate }) => originate('Local/206@default/n', { Application: 'Wait', Data: 60 }),
  ],
  ['call-dial-busy', { 206: { dial: 'Local/201@default' }, 201: 'busy' }, ({ originate }) => originate('Local/206@default/n')],
  [
    'call-dial-rejected',
    { 206: { dial: 'Local/204@default' }, 204: 'reject' },
    ({ originate }) => originate('Local/206@default/n'),
  ],
  [
    'call-dial-noanswer',
    { 206: { dial: 'Local/202@default', timeoutMs: 1000 }, 202: 'noanswer' },
    ({ originate }) => originate('Local/206@default/n'),
  ],
  ['call-dial-no-device', { 206: { dial: 'PJSIP/205' } }, ({ originate }) => originate('Local/206@default/n')],
  [
    'call-inbound-hold',
    { 600: { dial: 'Local/207@default/n', answerFirst: true }, 207: long },
    async ({ pbx, clock }) => {
      const caller = pbx.incomingCall({ to: '600', from: '<ua>', trunk: 'PJSIP/ua' })
      await clock.advance(100)
      caller.hold()
      caller.unhold()
      caller.hangup()
      await caller.ended()
    },
  ],
  [
    'call-blind-transfer-refer',
    { 600: { dial: 'Local/207@default/n', answerFirst: true }, 207: long, 500: brief },
    async ({ pbx, clock }) => {
      const caller = pbx.incomingCall({ to: '600', trunk: 'PJSIP/ua' })
      await clock.advance(100)
      caller.transfer('500')
    },
    // Then both halves of the Local channel came to their ends at the same time.
    /^PJSIP/,
  ],
  [
    'call-hangup-answered',
    { answer: long, long },
    async ({ ami, originate, channel }) => {
      await originate('Local/answer@default', { ...local, Exten: 'long' })
      await ami.sendAction('Hangup', { Channel: await channel(/;1$/) })
    },
  ],
  [
    'call-hangup-ringing',
    { brief, 202: 'noanswer' },
    async ({ ami, originate, channel }) => {
      await originate('Local/202@default', local)
      await ami.sendAction('Hangup', { Channel: await channel(/;1$/), Cause: 17 })
    },
  ],
  [
    'call-dtmf',
    { answer: long },
    async ({ ami, originate, channel }) => {
      await originate('Local/answer@default/n')
      await ami.sendAction('PlayDTMF', { Channel: await channel(/;1$/), Digit: 5 })
      await ami.sendAction('Hangup', { Channel: await channel(/;1$/) })
    },
  ],
]

/** The events up to the first hangup of such a channel. */
function upTo(events: readonly RecordedEvent[], channel: RegExp | undefined): readonly RecordedEvent[] {
  const end = events.findIndex((each) => each.name === 'Hangup' && channel?.test(headerOf(each, 'Channel')))
  return channel === undefined ? events : events.slice(0, end + 1)
}

const cases = ([16, 22] as const).flatMap((version) =>
  RECORDED.map(([recording, plan, play, until]) => ({ version, recording, plan, play, until })).filter(({ recording }) =>
    existsSync(fileURLToPath(new URL(`../fixtures/ami-${version}/${recording}.ami`, import.meta.url))),
  ),
)

describe('the simulated calls say what real ones say', () => {
  it.each(cases)('Asterisk $version, $recording', async ({ version, recording, plan, play, until }) => {
    const rig = await office(plan, version)
    await play(rig)
    await rig.clock.advance(120_000)
    const real = recordedCall(`ami-${version}/${recording}`)
    expect(storiesOf(upTo(rig.events, until))).toEqual(storiesOf(upTo(real, until)))
    expect(headersOf(upTo(rig.events, until))).toEqual(headersOf(upTo(real, until)))
    expect(await rig.ami.sendAction('CoreShowChannels').then(({ events }) => events)).toEqual([])
  })
})

describe('calls to a dialplan', () => {
  const plan: Dialplan = {
    200: 'answer',
    201: 'busy',
    202: 'noanswer',
    203: 'congestion',
    204: 'reject',
    205: 'invalid',
    206: { dial: 'PJSIP/200' },
    207: { dial: 'PJSIP/201' },
    210: long,
    211: long,
  }

  async function managed() {
    const rig = await office(plan)
    const calls = new CallManager(rig.ami, { clock: rig.clock })
    onTestFinished(() => calls.close())
    await settle()
    return { ...rig, calls }
  }

  it.each([
    ['Local/200@default', { result: 'ended', answered: true, cause: 16 }],
    ['PJSIP/200', { result: 'ended', answered: true, cause: 0 }],
    ['PJSIP/201', { result: 'failed', cause: 17, dialStatus: 'BUSY', techCause: '486' }],
    ['PJSIP/202', { result: 'failed', originateReason: 3 }],
    ['PJSIP/203', { result: 'failed', cause: 34, dialStatus: 'CONGESTION' }],
    ['PJSIP/204', { result: 'failed', cause: 21, techCause: '603' }],
    ['PJSIP/205', { result: 'failed', originateReason: 0 }],
    ['Local/205@default', { result: 'failed', originateReason: 0 }],
    ['PJSIP/999', { result: 'failed', originateReason: 0 }],
    ['Local/206@default/n', { result: 'ended', answered: true, dialStatus: 'ANSWER' }],
    ['Local/207@default/n', { result: 'failed', answered: false, cause: 17 }],
  ])('%s', async (channel, outcome) => {
    const { calls, clock } = await managed()
    const call = calls.originate({ channel, application: 'Wait', data: '60' })
    await clock.advance(60_000)
    expect(await call.ended()).toMatchObject(outcome)
  })

  it('an extension that is not there is refused at once', async () => {
    const { calls, clock } = await managed()
    const call = calls.originate({ channel: 'PJSIP/200', context: 'default', exten: '999' })
    await clock.advance(1000)
    expect(await call.ended()).toMatchObject({
      result: 'failed',
      error: { message: expect.stringContaining('Extension does not exist') },
    })
  })

  it('an incoming call shows up, is acted on, and ends', async () => {
    const { calls, pbx, clock } = await managed()
    const incoming = calls.incoming()
    const caller = pbx.incomingCall({ to: '210', from: '"Ann" <0301>' })
    await settle()
    const { value: call } = await incoming.next()
    expect(call).toMatchObject({ callerId: '0301', callerName: 'Ann', exten: '210', status: 'up' })
    caller.press('12')
    await call.setVariable('COLOUR', 'red')
    expect(await call.getVariable('COLOUR')).toBe('red')
    await call.redirect({ context: 'default', exten: '202' })
    expect(caller.isThere).toBe(true)
    await call.hangup(21)
    await clock.advance(0)
    expect(await call.ended()).toMatchObject({ result: 'ended', cause: 21 })
    expect(caller.isThere).toBe(false)
    expect(() => caller.press('1')).toThrow('has hung up')
  })

  it('two calls are bridged, and end together', async () => {
    const { calls } = await managed()
    const [one, two] = ['PJSIP/210', 'PJSIP/211'].map((channel) => calls.originate({ channel, application: 'Wait', data: '60' }))
    await settle()
    await one?.bridgeWith(two as NonNullable<typeof two>)
    await settle()
    expect([one?.status, two?.status]).toEqual(['bridged', 'bridged'])
    await one?.hangup()
    expect(await two?.ended()).toMatchObject({ result: 'ended', cause: 16 })
  })

  it('a call that was not answered in time, or whose ChannelId lives already, is said to fail', async () => {
    const { originate, events, clock } = await managed()
    await originate('PJSIP/210', { ChannelId: 'one', Application: 'Wait', Data: 5 })
    await originate('PJSIP/210', { ChannelId: 'one', Application: 'Wait', Data: 5 })
    await clock.advance(0)
    const reasons = events.filter(({ name }) => name === 'OriginateResponse').map((each) => headerOf(each, 'Reason'))
    expect(reasons).toEqual(['4', '0'])
  })

  it('a synchronous Originate is answered when the telephone answers or refuses', async () => {
    const { ami } = await managed()
    const request = { Application: 'Wait', Data: '1', Timeout: 1000 }
    const options = { timeoutMs: 60_000 }
    expect(await ami.sendAction('Originate', { Channel: 'PJSIP/200', ...request }, options)).toMatchObject({ type: 'success' })
    await expect(ami.sendAction('Originate', { Channel: 'PJSIP/201', ...request }, options)).rejects.toThrow('Originate failed')
  })

  it('a restart of the server loses its calls', async () => {
    const { calls, pbx, clock } = await managed()
    const call = calls.originate({ channel: 'PJSIP/210', application: 'Wait', data: '60' })
    await settle()
    pbx.restart()
    await clock.advance(10_000)
    expect(await call.ended()).toMatchObject({ result: 'lost', answered: true })
  })

  it.each<[string, (pbx: FakeAsterisk) => void]>([
    ['reset()', (pbx) => pbx.reset()],
    ['another dialplan', (pbx) => pbx.dialplan({ 200: 'answer' })],
  ])('%s hangs up every call, and nobody waits for its end in vain', async (_, act) => {
    const { pbx, ami, calls, originate, clock } = await managed()
    const incoming = calls.incoming()
    const caller = pbx.incomingCall({ to: '210' })
    const ended = caller.ended()
    const one = calls.originate({ channel: 'PJSIP/210', application: 'Wait', data: '60' })
    const two = calls.originate({ channel: 'Local/202@default', context: 'default', exten: '210' })
    await settle()
    await one.bridgeWith((await incoming.next()).value)
    const sync = originate('PJSIP/202', { Application: 'Wait', Data: 20, Async: 'false' }).catch((error: Error) => error.message)
    await settle()
    expect(calls.trackedCalls).toHaveLength(3)
    act(pbx)
    await clock.advance(0)
    expect(await one.ended()).toMatchObject({ result: 'ended', cause: 16 })
    expect(await two.ended()).toMatchObject({ result: 'failed' })
    expect(await sync).toContain('Originate failed')
    await ended
    await caller.ended()
    expect(calls.trackedCalls).toEqual([])
    expect((await ami.sendAction('CoreShowChannels')).events).toEqual([])
  })

  it('after reset() the next call has its turn, and nothing of the test before comes', async () => {
    const { pbx, ami, clock, events } = await office({ 202: 'noanswer', 210: long })
    using calls = new CallManager(ami, { clock, maxConcurrentCalls: 1 })
    const before = calls.originate({ channel: 'PJSIP/210', application: 'Wait', data: '60' })
    const waiting = calls.originate({ channel: 'PJSIP/200', application: 'Wait', data: '1' })
    await settle()
    expect([before.status, waiting.status]).toEqual(['up', 'queued'])
    pbx.reset()
    pbx.dialplan({ 200: 'answer' })
    await clock.advance(2_000)
    expect(await before.ended()).toMatchObject({ result: 'ended' })
    expect(await waiting.ended()).toMatchObject({ result: 'ended', answered: true })
    pbx.reset()
    expect(() => pbx.incomingCall({ to: '200' })).toThrow('no dialplan')
    await settle()
    const seen = events.length
    await clock.advance(120_000)
    expect(events.slice(seen)).toEqual([])
  })

  it('the end of a call can be awaited several times, before it and afterwards', async () => {
    const { pbx, clock } = await managed()
    const caller = pbx.incomingCall({ to: '210' })
    const ends = [caller.ended(), caller.ended()]
    caller.hangup()
    await Promise.all([...ends, caller.ended()])
    const lost = pbx.incomingCall({ to: '210' })
    const lostEnds = [lost.ended(), lost.ended()]
    pbx.restart()
    await Promise.all(lostEnds)
    await clock.advance(5_000)
  })

  it('says what is wrong with a plan, and with a call to nobody', async () => {
    const { pbx } = await managed()
    expect(() => pbx.dialplan({ 200: 'answered' as 'answer' })).toThrow(
      'extension 200 of the dialplan must be one of answer, busy',
    )
    expect(() => pbx.dialplan({ 200: { dial: '201' } })).toThrow('extension 200')
    expect(() => pbx.incomingCall({ to: '999' })).toThrow('the dialplan has no such extension')
    expect(() => pbx.incomingCall({ to: '210' }).transfer('200')).toThrow('connected to nobody')
  })
})

describe('plans', () => {
  const outcomesOf = async (plan: Dialplan, channels: readonly string[]) => {
    const { ami, clock } = await office(plan)
    const calls = new CallManager(ami, { clock })
    onTestFinished(() => calls.close())
    const outcomes: string[] = []
    for (const channel of channels) {
      const call = calls.originate({ channel, application: 'Wait', data: '60' })
      await clock.advance(120_000)
      const { result, cause, answered } = await call.ended()
      outcomes.push(answered ? 'answered' : `${result} ${cause}`)
    }
    return outcomes
  }

  it('a sequence gives one entry after the other, and the last from then on', async () => {
    const plan: Dialplan = { 200: ['busy', 'congestion', 'answer'] }
    expect(await outcomesOf(plan, Array(4).fill('PJSIP/200'))).toEqual(['failed 17', 'failed 34', 'answered', 'answered'])
    expect(await outcomesOf(plan, Array(4).fill('Local/200@default'))).toEqual(['failed 17', 'failed 34', 'answered', 'answered'])
  })

  it('patterns are asked as Asterisk does: an exact name first, then what fits fewer', async () => {
    const plan: Dialplan = { '_9X.': 'busy', _91X: 'congestion', 911: 'reject', _X: 'answer' }
    const channels = ['PJSIP/9123', 'PJSIP/912', 'PJSIP/911', 'PJSIP/5', 'PJSIP/55']
    expect(await outcomesOf(plan, channels)).toEqual(['failed 17', 'failed 34', 'failed 21', 'answered', 'failed 0'])
  })

  it('a number is called through a trunk', async () => {
    const { ami, pbx, clock } = await office({ '_0X.': 'answer' })
    const channels: string[] = []
    ami.onEvent('Newchannel', (event) => void channels.push(event.headers.Channel))
    await ami.sendAction('Originate', { Channel: 'PJSIP/0301@trunk', Application: 'Echo', Async: true })
    await ami.sendAction('Originate', { Channel: 'SIP/trunk/0301', Application: 'Echo', Async: true })
    await clock.advance(1_000)
    expect(channels.map((name) => name.replace(/-\w+$/, ''))).toEqual(['PJSIP/trunk', 'SIP/trunk'])
    expect(pbx.unhandled).toEqual([])
  })

  it('a group is called at once, and whoever answers first has the call', async () => {
    const plan: Dialplan = {
      300: { dial: 'PJSIP/201&PJSIP/202&PJSIP/203' },
      201: 'busy',
      202: 'noanswer',
      203: { answer: { afterMs: 50 } },
    }
    const { ami, clock } = await office(plan)
    const ends: string[] = []
    ami.onEvent('DialEnd', (event) => void ends.push(`${event.headers.DestChannel.slice(0, 9)} ${event.headers.DialStatus}`))
    await ami.sendAction('Originate', { Channel: 'Local/300@default/n', Application: 'Echo', Async: true })
    await clock.advance(10_000)
    expect(ends.filter((each) => each.startsWith('PJSIP'))).toEqual(['PJSIP/201 BUSY', 'PJSIP/202 CANCEL', 'PJSIP/203 ANSWER'])
  })

  it.each([
    [{ dial: 'PJSIP/200,20,tT' }, /without time and options: { dial: 'PJSIP\/200', timeoutMs: 20_000 }/],
    [{ dial: '200' }, /must be technology and resource/],
    [{ dial: [] }, /names nobody/],
  ])('%j is refused', (entry, message) => {
    expect(() => new FakeAsterisk().dialplan({ 300: entry })).toThrow(message)
  })

  it('a context that the plan does not name is not there', async () => {
    const { ami } = await office({ 200: 'answer', '201@sales': 'answer' })
    const place = (Context: string, Exten: string) =>
      ami.sendAction('Originate', { Channel: 'PJSIP/200', Context, Exten, Priority: 1, Async: true }).then(
        ({ message }) => message,
        (error) => error.response.message,
      )
    expect(await place('sales', '201')).toBe('Originate successfully queued')
    expect(await place('sales', '200')).toBe('Originate successfully queued')
    expect(await place('default', '201')).toBe('Extension does not exist.')
    expect(await place('seles', '201')).toBe('Extension does not exist.')
  })
})
