import { connect } from 'node:net'
import {
  AMIClient,
  type Call,
  CallManager,
  type CallManagerOptions,
  type CallOutcome,
  type OriginateRequest,
  tcpConnector,
} from 'obelus-asterisk'
import { assert, describe, expect, it, onTestFinished } from 'vitest'
import type { TestServer } from './asterisk/global-setup.js'
import { FaultProxy } from './fault-proxy.js'
import { changeTo, client, controls, loggedIn, NOT_OURS, servers } from './target.js'

const base = { context: 'default', exten: 'answer' }

function managed(ami: AMIClient, options: CallManagerOptions = {}): CallManager {
  const calls = new CallManager(ami, options)
  onTestFinished(() => calls.close())
  return calls
}

async function story(call: Call): Promise<string[]> {
  const words: string[] = []
  for await (const { type } of call) words.push(type)
  return words
}

/** The server calls itself: of each telephone there is a call of the far side too, which ends when the telephone's BYE has reached it. */
async function expectNoneLeft(calls: CallManager): Promise<void> {
  await Promise.all(calls.trackedCalls.map((call) => call.ended()))
  expect(calls.trackedCalls).toEqual([])
}

/** Everything that the server says to a session of its own, as it comes. */
async function rawRecording(server: TestServer): Promise<{ until(mark: string): Promise<string> }> {
  let text = ''
  let look: () => void = () => undefined
  const socket = connect(server.port, server.host)
  onTestFinished(() => {
    socket.destroy()
  })
  const loggedIn = new Promise<void>((resolve, reject) => {
    socket.on('error', reject)
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1')
      look()
    })
    look = () => text.includes('Authentication accepted') && resolve()
  })
  socket.write(`Action: Login\r\nUsername: ${server.username}\r\nSecret: ${server.secret}\r\n\r\n`)
  await loggedIn
  return {
    until: (mark) =>
      new Promise((resolve) => {
        look = () => text.includes(mark) && resolve(text)
        look()
      }),
  }
}

/** Two telephones that talk; `dialing` is the channel that dialled the other. */
async function dayCall(server: TestServer) {
  const ami = await loggedIn(server)
  const calls = managed(ami)
  const call = calls.originate({ channel: toneAt(server), context: 'day', exten: 'sip' })
  await call.waitFor('bridged')
  const dialing = call.caller?.channel ?? ''
  return { ami, calls, call, dialing }
}

/** A telephone that answers, and stays. */
function toneAt({ version }: TestServer): string {
  return `PJSIP/loop/sip:tone@127.0.0.1:${17_000 + (version ?? 0)}`
}

const OUTCOMES: readonly (readonly [what: string, request: OriginateRequest, outcome: object, transitions: readonly string[]])[] =
  [
    [
      'answered',
      { ...base, channel: 'Local/answer@default' },
      { result: 'ended', answered: true, cause: 16 },
      ['dialingStarted', 'stateChanged', 'dialingFinished', 'ended'],
    ],
    [
      'answered, runs an application',
      { channel: 'Local/answer@default', application: 'Wait', data: '0.1' },
      { result: 'ended', answered: true },
      ['ended'],
    ],
    [
      'dials another',
      { ...base, channel: 'Local/dial@default/n' },
      { result: 'ended', answered: true, talked: false, dialStatus: 'ANSWER' },
      // Nobody talks: there are two Local channels, and no telephone.
      ['ended'],
    ],
    [
      'busy',
      { ...base, channel: 'Local/busy@default' },
      {
        result: 'failed',
        answered: false,
        cause: 17,
        causeText: 'User busy',
        dialStatus: 'BUSY',
        reason: 'busy',
        originateReason: 5,
      },
      ['failed'],
    ],
    [
      'congestion',
      { ...base, channel: 'Local/congestion@default' },
      { result: 'failed', cause: 34, dialStatus: 'CONGESTION', reason: 'congestion', originateReason: 8 },
      ['failed'],
    ],
    [
      'rejected',
      { ...base, channel: 'Local/reject@default' },
      { result: 'failed', cause: 21, reason: 'rejected', originateReason: 0 },
      ['failed'],
    ],
    [
      'no answer',
      { ...base, channel: 'Local/ring@default', timeoutMs: 500 },
      { result: 'failed', answered: false, reason: 'noAnswer', originateReason: 3 },
      ['stateChanged', 'failed'],
    ],
    [
      'no such device',
      { ...base, channel: 'PJSIP/nobody' },
      { result: 'failed', cause: 0, reason: 'unknownEndpoint', originateReason: 0 },
      ['failed'],
    ],
    [
      'no such technology',
      { ...base, channel: 'Nope/100' },
      { result: 'failed', reason: undefined, originateReason: 0 },
      ['failed'],
    ],
    [
      'no such extension to call',
      { ...base, channel: 'Local/nowhere@default' },
      { result: 'failed', reason: 'unknownNumber', originateReason: 0 },
      ['failed'],
    ],
    [
      'no such extension to run',
      { context: 'default', exten: 'nowhere', channel: 'Local/answer@default' },
      { result: 'failed', error: { code: 'ACTION_FAILED' } },
      ['failed'],
    ],
  ]

describe.each(servers)('calls on $name', (server) => {
  it.each(OUTCOMES)('what becomes of a call: %s', async (_, request, outcome, transitions) => {
    const calls = managed(await loggedIn(server))
    const call = calls.originate(request)
    expect(await call.ended()).toMatchObject(outcome)
    const words = await story(call)
    expect(words[0]).toBe('queued')
    expect(words.filter((word) => transitions.includes(word)).filter((word, at, all) => word !== all[at - 1])).toEqual(
      transitions,
    )
    expect(calls.trackedCalls).toEqual([])
  })

  it('a caller who hangs up before the answer, and after it', async () => {
    const calls = managed(await loggedIn(server))
    const ringing = calls.originate({ ...base, channel: 'Local/ring@default' })
    await ringing.waitFor('ringing')
    await ringing.hangup(16)
    expect(await ringing.ended()).toMatchObject({ result: 'failed', answered: false })
    const talking = calls.originate({ ...base, channel: 'Local/answer@default', variables: { HOLD_SECONDS: 20 } })
    await talking.waitFor('up')
    await talking.hangup(16)
    expect(await talking.ended()).toMatchObject({ result: 'ended', answered: true, cause: 16 })
  })

  it('can be acted on', async (context) => {
    if (server.version === undefined) context.skip(NOT_OURS)
    const calls = managed(await loggedIn(server))
    const long = { ...base, channel: toneAt(server), variables: { HOLD_SECONDS: 20, NOTE: 'a,"b"\\' } }
    const [one, two] = [calls.originate(long), calls.originate(long)]
    await Promise.all([one.waitFor('up'), two.waitFor('up')])
    expect(await one.getVariable('NOTE')).toBe('a,"b"\\')
    await one.setVariable('COLOUR', 'red')
    expect(await one.getVariable('COLOUR')).toBe('red')
    await one.sendDTMF('12#')
    await one.mute('in')
    await one.mute('in', false)
    await one.startRecording('/tmp/obelus-asterisk-call.wav')
    await one.stopRecording()
    await one.bridgeWith(two)
    await Promise.all([one.waitFor('bridged'), two.waitFor('bridged')])
    await one.redirect({ context: 'default', exten: 'busy' })
    expect(await one.ended()).toMatchObject({ result: 'ended', answered: true })
    // Its partner gone, the other one has nobody left to talk with, and its dialplan is left behind.
    expect(await two.ended()).toMatchObject({ result: 'ended', answered: true })
  })

  it('sees calls that come in, over SIP, and those alone', async (context) => {
    if (server.version === undefined) context.skip(NOT_OURS)
    const ami = await loggedIn(server)
    const calls = managed(ami, { inboundContexts: ['day'] })
    const incoming = calls.incoming()
    const outside = managed(await loggedIn(server))
    const placed = outside.originate({ channel: toneAt(server), application: 'Wait', data: '20', callerId: '"Ann" <555>' })
    const { value: call } = await incoming.next()
    assert(call !== undefined)
    expect([call.origin, call.direction, call.exten]).toEqual(['device', 'inbound', 'tone'])
    await call.waitFor('up', { timeoutMs: 5_000 })
    await call.hangup()
    expect(await call.ended()).toMatchObject({ result: 'ended', answered: true })
    expect(await placed.ended()).toMatchObject({ result: 'ended', answered: true })
    expect(incoming.buffered).toBe(0)
  })

  it('a blind transfer stays one call, with one end', async (context) => {
    if (server.version === undefined) context.skip(NOT_OURS)
    const { ami, calls, call, dialing } = await dayCall(server)
    const moved = ami.waitFor('BlindTransfer')
    await ami.sendAction('BlindTransfer', { Channel: dialing, Context: 'day', Exten: 'brief' })
    expect((await moved).get('Result')).toBe('Success')
    expect(await call.ended()).toMatchObject({ result: 'ended', answered: true, cause: 16 })
    await expectNoneLeft(calls)
  })

  it('an attended transfer stays one call, with one end', async (context) => {
    if (server.version === undefined) context.skip(NOT_OURS)
    const { ami, calls, call, dialing } = await dayCall(server)
    const consulted = ami.waitFor('BridgeEnter', { where: (event) => event.get('BridgeNumChannels') === '2' })
    await ami.sendAction('Atxfer', { Channel: dialing, Context: 'day', Exten: '200' })
    await consulted
    expect(call.isHeld).toBe(true)
    const moved = ami.waitFor('AttendedTransfer')
    await ami.sendAction('Hangup', { Channel: dialing })
    expect((await moved).get('Result')).toBe('Success')
    expect(call.outcome).toBeUndefined()
    // What is left of it are the two whom the transfer connected.
    await call.hangup()
    expect(await call.ended()).toMatchObject({ result: 'ended', answered: true })
    expect((await story(call)).filter((type) => type === 'ended')).toHaveLength(1)
    await expectNoneLeft(calls)
  })

  it('a call that is parked and retrieved, and the one that retrieves it, end once each', async (context) => {
    if (server.version === undefined) context.skip(NOT_OURS)
    const ami = await loggedIn(server)
    const calls = managed(ami)
    const call = calls.originate({ channel: toneAt(server), application: 'Wait', data: '20' })
    await call.waitFor('up')
    const parked = ami.waitFor('ParkedCall', { where: (event) => event.get('ParkeeUniqueid') === call.id })
    await call.park()
    const space = (await parked).get('ParkingSpace') ?? ''
    expect(call.status).toBe('up')
    const retriever = calls.originate({ channel: toneAt(server), application: 'ParkedCall', data: `default,${space}` })
    // The two become one: the older goes on, and is bridged.
    expect(await retriever.ended()).toMatchObject({ result: 'ended', mergedInto: call.id })
    await call.waitFor('bridged')
    expect(call.parking).toMatchObject({ space, result: 'retrieved' })
    await call.hangup()
    expect(await call.ended()).toMatchObject({ result: 'ended', answered: true, talked: true, mergedInto: undefined })
    for (const each of [call, retriever]) expect((await story(each)).filter((type) => type === 'ended')).toHaveLength(1)
    await expectNoneLeft(calls)
  })

  it('filters save most of the traffic, and change no story', async () => {
    const bytes: number[] = []
    const stories: string[][] = []
    for (const filtered of [false, true]) {
      let received = 0
      const { host, port, username, secret } = server
      const dial = tcpConnector({ host, port, tls: false })
      const ami = new AMIClient({
        username,
        secret,
        connect: (protocol, signal) =>
          dial(
            {
              connectionMade: (transport) => protocol.connectionMade(transport),
              connectionLost: (error) => protocol.connectionLost(error),
              dataReceived: (data) => {
                received += data.length
                protocol.dataReceived(data)
              },
            },
            signal,
          ),
      })
      onTestFinished(() => ami.close())
      await ami.login()
      const calls = managed(ami)
      if (filtered) await calls.setupFilters(['UserEvent'])
      received = 0
      for (let round = 0; round < 5; round += 1) {
        const call = calls.originate({ ...base, channel: 'Local/dial@default/n' })
        await call.ended()
        stories.push((await story(call)).sort())
      }
      bytes.push(received)
    }
    const [all = 0, some = 0] = bytes
    console.log(
      `${server.name}: five calls without filters ${all} bytes, with filters ${some}: ${Math.round(100 - (100 * some) / all)} % saved`,
    )
    expect(some).toBeLessThan(all * 0.7)
    for (const each of stories) expect(each).toEqual(stories[0])
  })

  it('1,000 calls at 50 a second end once each, as an independent recording says', async () => {
    const recording = await rawRecording(server)
    const ami = await loggedIn(server)
    const calls = managed(ami, { callsPerSecond: 50 })
    const placed = Array.from({ length: 1_000 }, (_, number) =>
      calls.originate({ ...base, channel: number % 4 === 0 ? 'Local/busy@default' : 'Local/answer@default' }),
    )
    const outcomes = await Promise.all(placed.map((call) => call.ended()))
    expect(calls.trackedCalls).toEqual([])
    await ami.sendAction('UserEvent', { UserEvent: 'EndOfCalls' })
    const messages = (await recording.until('UserEvent: EndOfCalls')).split('\r\n\r\n')
    const header = (message: string, name: string) => new RegExp(`^${name}: (.*)\r?$`, 'm').exec(message)?.[1] ?? ''
    const responses = new Map(
      messages.filter((each) => each.startsWith('Event: OriginateResponse')).map((each) => [header(each, 'ActionID'), each]),
    )
    const hungUp = new Set(messages.filter((each) => each.startsWith('Event: Hangup')).map((each) => header(each, 'Uniqueid')))
    for (const [number, call] of placed.entries()) {
      const succeeded = header(responses.get(call.id) ?? '', 'Response') === 'Success'
      expect([call.id, outcomes[number]?.result]).toEqual([call.id, succeeded ? 'ended' : 'failed'])
      expect(hungUp.has(call.id)).toBe(true)
      const ends = (await story(call)).filter((type) => ['ended', 'failed', 'lost'].includes(type))
      expect(ends).toHaveLength(1)
    }
    expect(outcomes.filter(({ result }) => result === 'failed')).toHaveLength(250)
  }, 60_000)

  it('each of 20 calls a second is made once at the most, and ends once, while the connection breaks every second', async () => {
    const recording = await rawRecording(server)
    const proxy = await FaultProxy.open(server)
    onTestFinished(() => proxy.close())
    const ami = client(server, { host: '127.0.0.1', port: proxy.port, reconnect: { initialDelayMs: 50, maxDelayMs: 200 } })
    await ami.login()
    const calls = managed(ami, { callsPerSecond: 20 })
    const placed = Array.from({ length: 200 }, (_, number) =>
      calls.originate({ ...base, channel: number % 4 === 0 ? 'Local/busy@default' : 'Local/answer@default' }),
    )
    const breaking = setInterval(() => proxy.reset(), 1_000)
    onTestFinished(() => clearInterval(breaking))
    const outcomes = await Promise.all(placed.map((call) => call.ended()))
    clearInterval(breaking)
    expect(proxy.connections).toBeGreaterThan(5)
    expect(calls.trackedCalls).toEqual([])
    const witness = await loggedIn(server)
    await witness.sendAction('UserEvent', { UserEvent: 'EndOfFaults' })
    const text = await recording.until('UserEvent: EndOfFaults')
    const tally: Record<string, number> = { ended: 0, failed: 0, lost: 0 }
    for (const [number, call] of placed.entries()) {
      const outcome = outcomes[number] as CallOutcome
      tally[outcome.result] = (tally[outcome.result] ?? 0) + 1
      const made = text.split(`\r\nUniqueid: ${call.id}\r\n`).length - 1
      const responses = text.split(`Event: OriginateResponse\r\nPrivilege: call,all\r\nActionID: ${call.id}\r\n`).length - 1
      expect(responses).toBeLessThanOrEqual(1)
      // Nothing ends that was not made.
      if (outcome.result === 'ended') expect(made).toBeGreaterThan(0)
      expect((await story(call)).filter((type) => ['ended', 'failed', 'lost'].includes(type))).toHaveLength(1)
    }
    console.log(`${server.name}: 200 calls over ${proxy.connections} connections: ${JSON.stringify(tally)}`)
  }, 60_000)

  it.for<[string, string[]]>([
    ['killed', ['lost']],
    // It hangs up its calls, and tells as much of them as the link lives to hear.
    ['restarted now', ['ended', 'lost']],
  ])(
    'Asterisk is %s amid 50 live calls: each ends once, and new ones go on',
    { timeout: 30_000 },
    async ([how, results], context) => {
      if (server.version === undefined) context.skip(NOT_OURS)
      const ami = client(server, { keepAlive: { intervalMs: 1_000, timeoutMs: 1_000 } })
      await ami.login()
      const calls = managed(ami)
      const live = Array.from({ length: 50 }, () =>
        calls.originate({ ...base, channel: 'Local/answer@default', variables: { HOLD_SECONDS: 60 } }),
      )
      await Promise.all(live.map((call) => call.waitFor('up')))
      const asterisk = controls(server)
      const down = how === 'killed' ? asterisk.kill().then(() => asterisk.start()) : asterisk.cli('core restart now')
      await Promise.all([changeTo(ami, 'online'), down])
      const outcomes = await Promise.all(live.map((call) => call.ended()))
      for (const { result } of outcomes) expect(results).toContain(result)
      for (const call of live) {
        expect((await story(call)).filter((type) => ['ended', 'failed', 'lost'].includes(type))).toHaveLength(1)
      }
      expect(calls.trackedCalls).toEqual([])
      expect(await calls.originate({ ...base, channel: 'Local/answer@default' }).ended()).toMatchObject({
        result: 'ended',
        answered: true,
      })
    },
  )
})
