import { CallManager, type CallManagerOptions, type OriginateRequest } from 'obelus-asterisk'
import { action, success } from 'obelus-asterisk/testing'
import { describe, expect, it } from 'vitest'
import { CallRig } from '../support/call-rig.js'
import { ClientRig } from '../support/client-rig.js'
import { settle } from '../support/virtual-clock.js'

const request: OriginateRequest = { channel: 'Local/200@default', context: 'default', exten: '200' }

/** A rig that notes when each Originate comes, in ms since its beginning. */
async function open(options: CallManagerOptions, client: Parameters<typeof CallRig.open>[1] = {}) {
  const rig = await CallRig.open(options, client)
  const { clock, link, pbx } = rig.rig
  const start = clock.now()
  const times: number[] = []
  const noteTime = action('Originate', () => {
    times.push(clock.now() - start)
    return success('Originate successfully queued')
  })
  pbx.use(noteTime)
  return {
    rig,
    clock,
    link,
    pbx,
    times,
    noteTime,
    originate: (calls: number) => Array.from({ length: calls }, () => rig.calls.originate(request)),
    /** The link is down for so long. */
    async outage(ms: number) {
      link.refusal = new Error('no way')
      link.break()
      await clock.advance(ms)
      link.refusal = undefined
      await clock.advance(20)
    },
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  }
}

const gaps = (times: readonly number[]) => times.slice(1).map((time, index) => time - (times[index] as number))

describe('the pace', () => {
  it('puts the same time between any two calls', async () => {
    await using at = await open({ callsPerSecond: 10 })
    at.originate(5)
    await at.clock.advance(1_000)
    expect(at.times).toEqual([0, 100, 200, 300, 400])
  })

  it('is never exceeded, whenever calls are asked for', async () => {
    await using at = await open({ callsPerSecond: 2 })
    at.originate(1)
    await at.clock.advance(990)
    at.originate(1)
    await at.clock.advance(21)
    at.originate(2)
    await at.clock.advance(2_000)
    expect(at.times).toEqual([0, 990, 1490, 1990])
  })

  it('holds when the time of a second is no whole number of calls', async () => {
    await using at = await open({ callsPerSecond: 3 })
    at.originate(4)
    await at.clock.advance(2_000)
    expect(at.times).toHaveLength(4)
    for (const gap of gaps(at.times)) expect(gap).toBeGreaterThanOrEqual(1000 / 3)
  })

  it('holds after an outage', async () => {
    await using at = await open({ callsPerSecond: 5 })
    at.link.refusal = new Error('no way')
    at.link.break()
    at.originate(12)
    await at.clock.advance(5_000)
    at.link.refusal = undefined
    await at.clock.advance(20_000)
    expect(at.times).toHaveLength(12)
    expect(gaps(at.times)).toEqual(Array.from({ length: 11 }, () => 200))
  })

  it('holds across outages', async () => {
    await using at = await open({ callsPerSecond: 1 })
    at.originate(6)
    for (let outage = 0; outage < 4; outage += 1) {
      await at.clock.advance(1_300)
      await at.outage(100)
    }
    await at.clock.advance(5_000)
    expect(at.times).toHaveLength(6)
    for (const gap of gaps(at.times)) expect(gap).toBeGreaterThanOrEqual(1_000)
  })

  it('holds while the client has no room for them', async () => {
    await using at = await open({ callsPerSecond: 10 }, { maxInFlight: 1 })
    const stuck = new AbortController()
    let answer: (() => void) | undefined
    at.pbx.use(
      action('Status', async () => {
        await new Promise<void>((resolve) => {
          answer = resolve
        })
        return success()
      }),
    )
    const blocked = at.rig.rig.ami.sendAction('Status', {}, { signal: stuck.signal })
    const calls = at.originate(4)
    await at.clock.advance(1_000)
    expect([at.times, at.rig.calls.queuedCalls]).toEqual([[], calls])
    answer?.()
    await blocked
    await at.clock.advance(1_000)
    expect(at.times).toEqual([1_000, 1_100, 1_200, 1_300])
  })

  it('is not spent on calls that come to nothing before they are written', async () => {
    await using at = await open({ callsPerSecond: 1 })
    const wrong = at.rig.calls.originate({ ...request, callerId: 'a\nb' })
    at.originate(1)
    await settle()
    expect(wrong.outcome).toMatchObject({ result: 'failed', error: { code: 'INVALID_ACTION' } })
    expect(at.times).toEqual([0])
  })

  it('leaves no timer behind', async () => {
    await using at = await open({ callsPerSecond: 0.001 })
    const { timers } = at.clock
    at.originate(1)
    const gone = new AbortController()
    const waiting = at.rig.calls.originate({ ...request, signal: gone.signal })
    await settle()
    gone.abort()
    await waiting.ended()
    await settle()
    at.rig.calls.close()
    expect(at.clock.timers).toBeLessThanOrEqual(timers)
  })
})

describe('a call that is not written', () => {
  it('waits for the connection as long as it takes, and is written once', async () => {
    await using at = await open({}, { actionTimeoutMs: 1_000 })
    at.link.refusal = new Error('no way')
    at.link.break()
    const [call] = at.originate(1)
    await at.clock.advance(45_000)
    expect([at.times, at.rig.calls.queuedCalls]).toEqual([[], [call]])
    at.link.refusal = undefined
    await at.clock.advance(20)
    expect(at.times).toHaveLength(1)
    expect([at.rig.calls.queuedCalls, at.rig.calls.trackedCalls]).toEqual([[], [call]])
  })

  it('outlasts the time that the client lets an action wait', async () => {
    await using at = await open({}, { maxInFlight: 1, actionTimeoutMs: 1_000 })
    at.pbx.use(action('Status', () => new Promise<undefined>(() => undefined)))
    const stuck = at.rig.rig.ami.sendAction('Status', {}, { timeoutMs: 3_500 }).catch(() => undefined)
    const [call] = at.originate(1)
    await at.clock.advance(3_499)
    expect([at.link.count('Action: Originate'), call?.status]).toEqual([0, 'queued'])
    await at.clock.advance(1)
    await stuck
    // The fake does one action after the other, as Asterisk does: this one is behind the stuck one.
    expect([at.link.count('Action: Originate'), call?.status]).toEqual([1, 'queued'])
  })

  it('can be hung up while it waits in the client, and is not sent then', async () => {
    await using at = await open({}, { maxInFlight: 1 })
    at.pbx.use(action('Status', () => new Promise<undefined>(() => undefined)))
    const stuck = at.rig.rig.ami.sendAction('Status', {}, { timeoutMs: 2_000 }).catch(() => undefined)
    const [call] = at.originate(1)
    await settle()
    await call?.hangup()
    expect(call?.outcome).toMatchObject({ result: 'failed', error: { code: 'CALL_CANCELLED' } })
    await at.clock.advance(2_000)
    await stuck
    await settle()
    expect(at.link.count('Action: Originate')).toBe(0)
  })

  it('fails where nobody logs in, as every action does', async () => {
    await using rig = new ClientRig()
    using calls = new CallManager(rig.ami, { clock: rig.clock, callsPerSecond: 1 })
    const outcomes = [1, 2].map(() => calls.originate(request).ended())
    for (const outcome of await Promise.all(outcomes))
      expect(outcome).toMatchObject({ result: 'failed', error: { code: 'CONNECTION_FAILED' } })
  })
})

it('many calls that waited go out one after the other, however many they are', async () => {
  await using at = await open({})
  at.link.refusal = new Error('no way')
  at.link.break()
  at.originate(5_000)
  at.link.refusal = undefined
  await at.clock.advance(100)
  expect(at.times).toHaveLength(5_000)
  expect(at.rig.calls.queuedCalls).toEqual([])
})
