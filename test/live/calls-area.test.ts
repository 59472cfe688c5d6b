import { AMIClient, CallManager } from 'obelus-asterisk'
import { type LiveChange, LiveModel, type LiveSnapshot } from 'obelus-asterisk/live'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { describe, expect, it, onTestFinished } from 'vitest'

async function office() {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
  pbx.dialplan({ 200: { answer: { afterMs: 5, talkMs: 10_000 } }, 201: 'busy', 202: 'noanswer' })
  const ami = new AMIClient({
    username: 'admin',
    secret: 's3cret',
    connect: pbx.connector,
    reconnect: { initialDelayMs: 1, maxDelayMs: 1 },
  })
  await ami.login()
  const calls = new CallManager(ami)
  const live = new LiveModel(ami, { calls })
  await Promise.all([live.ready(), calls.ready()])
  onTestFinished(async () => {
    live.close()
    calls.close()
    await ami.close()
    await pbx.close()
  })
  return { pbx, ami, calls, live }
}

/** A snapshot with changes applied. */
function applied(snapshot: LiveSnapshot, changes: readonly LiveChange[]): LiveSnapshot {
  const copy = JSON.parse(JSON.stringify(snapshot)) as Record<string, Record<string, unknown>> & { version: number }
  for (const { area, key, now, version } of changes) {
    if (version <= copy.version) continue
    if (now === undefined) delete copy[area]?.[key]
    else (copy[area] as Record<string, unknown>)[key] = JSON.parse(JSON.stringify(now))
    copy.version = version
  }
  return copy as unknown as LiveSnapshot
}

describe('calls as an area', () => {
  it('are there as the CallManager has them, from their beginning to their end, with what caused each change', async () => {
    const { calls, live } = await office()
    const changes = live.changes('calls')
    const call = calls.originate({ channel: 'PJSIP/200', application: 'Wait', data: '60' })
    const told: LiveChange<'calls'>[] = []
    const until = async (done: (change: LiveChange<'calls'>) => boolean) => {
      for (;;) {
        const { value } = await changes.next()
        told.push(value)
        if (done(value)) return
      }
    }
    await until(({ now }) => now?.status === 'up')
    expect(told[0]).toMatchObject({ area: 'calls', key: call.id, kind: 'added', before: undefined })
    expect(live.snapshot().calls[call.id]).toEqual(call.toJSON())
    await call.hangup()
    await until(({ kind }) => kind === 'removed')
    expect(told.at(-1)).toMatchObject({ key: call.id, now: undefined, cause: 'ended' })
    expect(told.some(({ cause }) => cause === 'Newstate' || cause === 'OriginateResponse')).toBe(true)
    expect(live.snapshot().calls).toEqual({})
  })

  it('a snapshot and the changes behind it give every later snapshot, as JSON too', async () => {
    const { calls, live } = await office()
    const first = calls.originate({ channel: 'PJSIP/202', application: 'Wait', data: '60' })
    await first.waitFor('ringing')
    const snapshot = live.snapshot()
    const stream = live.changes()
    const others = ['200', '201', '200'].map((exten) =>
      calls.originate({ channel: `PJSIP/${exten}`, application: 'Wait', data: '60' }),
    )
    await others[1]?.ended()
    await others[0]?.waitFor('up')
    await first.hangup()
    await first.ended()
    // What the last end told is told on behind it.
    await expect.poll(() => Object.keys(live.snapshot().calls).length).toBe(2)
    const later = live.snapshot()
    const changes: LiveChange[] = []
    while ((changes.at(-1)?.version ?? 0) < later.version) changes.push((await stream.next()).value)
    expect(applied(snapshot, changes)).toEqual(JSON.parse(JSON.stringify(later)))
  })

  it('calls that lived before the model are there at once, and live through a cut', async () => {
    const { pbx, ami, calls } = await office()
    const call = calls.originate({ channel: 'PJSIP/200', application: 'Wait', data: '60' })
    await call.waitFor('up')
    using model = new LiveModel(ami, { calls })
    await model.ready()
    await expect.poll(() => Object.keys(model.snapshot().calls)).toEqual([call.id])
    const back = ami.waitFor('FullyBooted')
    pbx.disconnectAll()
    await back
    await expect.poll(() => model.isComplete).toBe(true)
    expect(Object.keys(model.snapshot().calls)).toEqual([call.id])
  })

  it('are not there without a CallManager, and end with the model', async () => {
    const { ami, calls, live } = await office()
    using bare = new LiveModel(ami)
    await bare.ready()
    const call = calls.originate({ channel: 'PJSIP/200', application: 'Wait', data: '60' })
    await call.waitFor('up')
    expect(bare.snapshot().calls).toEqual({})
    const before = live.snapshot()
    live.close()
    await call.hangup()
    await call.ended()
    expect(live.snapshot()).toEqual(before)
  })
})
