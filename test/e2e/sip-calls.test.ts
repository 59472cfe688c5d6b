import { CallManager } from 'obelus-asterisk'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { callBySIP, installSIPp } from './asterisk/sipp.js'
import { FaultProxy } from './fault-proxy.js'
import { changeTo, client, loggedIn, NOT_OURS, releaseOf, servers } from './target.js'

const ours = servers.filter(({ version }) => version !== undefined)

beforeAll(async () => {
  if (ours.length > 0) await installSIPp()
}, 120_000)

it.runIf(ours.length === 0)(`calls by SIP: ${NOT_OURS}`, (context) => context.skip(NOT_OURS))

describe.each(ours)('calls by SIP on $name', (server) => {
  it('those that are answered come in, and end once each', async () => {
    using calls = new CallManager(await loggedIn(server), { inboundContexts: ['day'] })
    const incoming = calls.incoming()
    const sipp = callBySIP(releaseOf(server), { to: 'answer', count: 20, perSecond: 20, talkMs: 200 })
    const seen = []
    for await (const call of incoming) {
      seen.push(call)
      if (seen.length === 20) break
    }
    const outcomes = await Promise.all(seen.map((call) => call.ended()))
    expect(await sipp).toBe(0)
    for (const call of seen)
      expect(call).toMatchObject({ origin: 'device', direction: 'inbound', callerId: 'sipp', exten: 'answer', context: 'day' })
    for (const outcome of outcomes) expect(outcome).toMatchObject({ result: 'ended', answered: true })
    expect(new Set(seen.map(({ id }) => id)).size).toBe(20)
    expect(calls.trackedCalls).toEqual([])
  })

  it('one that is refused ends with its cause', async () => {
    using calls = new CallManager(await loggedIn(server))
    const incoming = calls.incoming()
    const sipp = callBySIP(releaseOf(server), { to: 'busy', count: 1, perSecond: 1, talkMs: 0, timeoutSeconds: 2 })
    const { value: call } = await incoming.next()
    expect(await call.ended()).toMatchObject({ result: 'ended', answered: false, cause: 17 })
    await sipp
  })

  it('with 30 calls a second during a resynchronisation, what is tracked is what the server has', async () => {
    const proxy = await FaultProxy.open(server)
    onTestFinished(() => proxy.close())
    const ami = client(server, { host: '127.0.0.1', port: proxy.port, reconnect: { initialDelayMs: 20, maxDelayMs: 50 } })
    await ami.login()
    const witness = await loggedIn(server)
    using calls = new CallManager(ami)
    const count = 60
    const sipp = callBySIP(releaseOf(server), { to: 'answer', count, perSecond: 30, talkMs: 4_000 })
    let up = 0
    for await (const _ of witness.events('Newstate', { where: (event) => event.get('ChannelStateDesc') === 'Up' })) {
      up += 1
      if (up % 15 === 0 && up < count) {
        const back = changeTo(ami, 'online')
        proxy.reset()
        await back
      }
      if (up === count) break
    }
    // What the manager reads after its own reconnect, it has read when an action that came later is answered.
    await ami.sendAction('Ping')
    await ami.sendAction('Ping')
    const { events } = await witness.sendAction('CoreShowChannels')
    const there = events.map((item) => item.get('Uniqueid')).sort()
    expect(there).toHaveLength(count)
    expect(calls.trackedCalls.flatMap((call) => call.channels.map(({ uniqueId }) => uniqueId)).sort()).toEqual(there)
    expect(calls.trackedCalls).toHaveLength(count)
    const outcomes = await Promise.all(calls.trackedCalls.map((call) => call.ended()))
    for (const { result } of outcomes) expect(result).toBe('ended')
    expect(await sipp).toBe(0)
  })
})
