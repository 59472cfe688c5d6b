import { AMIClient, Gap, type ManagerConnection } from 'obelus-asterisk'
import { type CallPlace, Fleet, type FleetEvent } from 'obelus-asterisk/fleet'
import { FakeAsterisk, faulty } from 'obelus-asterisk/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { settle, VirtualClock } from '../support/virtual-clock.js'

function fake(secret = 's3cret') {
  const pbx = new FakeAsterisk({ users: { admin: secret } })
  onTestFinished(() => pbx.close())
  const target = { username: 'admin', secret: 's3cret', connect: pbx.connector, reconnect: { initialDelayMs: 1, maxDelayMs: 1 } }
  return { pbx, target }
}

function openFleet(...args: ConstructorParameters<typeof Fleet>): Fleet {
  const fleet = new Fleet(...args)
  onTestFinished(() => fleet.close())
  return fleet
}

async function take<T>(stream: AsyncIterableIterator<T>, count: number): Promise<T[]> {
  const items: T[] = []
  for (let left = count; left > 0; left -= 1) {
    const { value, done } = await stream.next()
    if (done) break
    items.push(value)
  }
  return items
}

describe('a fleet', () => {
  it('logs in to all of them, and gives each connection by its name', async () => {
    const [berlin, paris] = [fake(), fake()]
    const fleet = openFleet({ berlin: berlin.target, paris: paris.target })
    await fleet.ready()
    expect(fleet.names).toEqual(['berlin', 'paris'])
    expect(Object.values(fleet.statuses()).map(({ state }) => state)).toEqual(['online', 'online'])
    expect((await fleet.get('paris').sendAction('Ping')).get('Ping')).toBe('Pong')
    expect(() => fleet.get('rome')).toThrow('There is no PBX "rome"; known are berlin, paris')
  })

  it('takes URLs, and connections that are not its own, which it neither logs in nor closes', async () => {
    const { pbx, target } = fake()
    const { host, port } = await pbx.listen()
    const own = new AMIClient(target)
    onTestFinished(() => own.close())
    await own.login()
    const fleet = openFleet({ url: `ami://admin:s3cret@${host}:${port}`, given: own })
    await fleet.ready()
    expect(fleet.statuses().url?.state).toBe('online')
    await fleet.close()
    expect(own.status.state).toBe('online')
  })

  it.each(['', 'Berlin', 'a b', 'x'.repeat(33), 'a/b', 'ä'])('refuses the name %j', (name) => {
    const { target } = fake()
    expect(() => new Fleet({ [name]: target })).toThrow('The name of a PBX is 1 to 32 of a-z, 0-9 and "-"')
  })

  it('refuses a name that is taken, options that it does not know, and anything when it is closed', async () => {
    const { target } = fake()
    const fleet = openFleet({ berlin: target })
    expect(() => fleet.add('berlin', target)).toThrow('There is a PBX "berlin" already')
    expect(() => new Fleet({}, { retry: 5 } as never)).toThrow('"retry"')
    await fleet.close()
    await fleet.close()
    expect(() => fleet.add('paris', target)).toThrow('The Fleet is closed')
    expect(() => fleet.events()).toThrow('The Fleet is closed')
  })

  it('gives the events of all, each with the name of its PBX, in order for each', async () => {
    const [berlin, paris] = [fake(), fake()]
    const fleet = openFleet({ berlin: berlin.target, paris: paris.target })
    await fleet.ready()
    await using events = fleet.events(['PeerStatus'])
    for (const peer of ['1', '2', '3']) {
      berlin.pbx.emit('PeerStatus', { Peer: `PJSIP/${peer}` })
      paris.pbx.emit('PeerStatus', { Peer: `PJSIP/${peer}` })
    }
    const got = await take(events, 6)
    for (const name of ['berlin', 'paris'])
      expect(got.filter(({ pbx }) => pbx === name).map(({ event }) => event.get('Peer'))).toEqual([
        'PJSIP/1',
        'PJSIP/2',
        'PJSIP/3',
      ])
  })

  it('hears each in turn, whichever floods', async () => {
    const [loud, quiet] = [fake(), fake()]
    const fleet = openFleet({ loud: loud.target, quiet: quiet.target })
    await fleet.ready()
    await using events = fleet.events(['PeerStatus'])
    for (let number = 0; number < 5_000; number += 1) loud.pbx.emit('PeerStatus', { Peer: `${number}` })
    quiet.pbx.emit('PeerStatus', { Peer: 'here' })
    await fleet.get('quiet').sendAction('Ping')
    await fleet.get('loud').sendAction('Ping')
    const got = await take(events, 4)
    expect(got.map(({ pbx }) => pbx)).toContain('quiet')
  })

  it('drops of the one that floods only, and tells it in its place', async () => {
    const [loud, quiet] = [fake(), fake()]
    const fleet = openFleet({ loud: loud.target, quiet: quiet.target })
    await fleet.ready()
    await using events = fleet.events(['PeerStatus'], { withGaps: true, maxBuffered: 10 })
    for (let number = 0; number < 100; number += 1) loud.pbx.emit('PeerStatus', { Peer: `${number}` })
    for (let number = 0; number < 5; number += 1) quiet.pbx.emit('PeerStatus', { Peer: `${number}` })
    await Promise.all(['loud', 'quiet'].map((name) => fleet.get(name).sendAction('Ping')))
    const got: FleetEvent<unknown>[] = []
    for (let quietLeft = 5, gaps = 0; quietLeft > 0 || gaps === 0; ) {
      const { value } = await events.next()
      got.push(value)
      if (value.pbx === 'quiet') quietLeft -= 1
      if (value.event instanceof Gap) gaps += 1
    }
    const holes = got.filter(({ event }) => event instanceof Gap)
    expect(holes).toMatchObject([{ pbx: 'loud', event: { reason: 'overflow' } }])
  })

  it('tells the holes of each', async () => {
    const [berlin, paris] = [fake(), fake()]
    const fleet = openFleet({ berlin: berlin.target, paris: paris.target })
    await fleet.ready()
    const told: string[] = []
    fleet.on('gap', (gap, pbx) => told.push(`${pbx} ${gap.reason}`))
    await using events = fleet.events(undefined, { withGaps: true })
    const back = fleet.get('paris').waitFor('FullyBooted')
    paris.pbx.disconnectAll()
    await back
    for await (const { pbx, event } of events) {
      if (!(event instanceof Gap)) continue
      expect(pbx).toBe('paris')
      break
    }
    expect(told).toEqual(['paris disconnect'])
  })

  it('tells who cannot be logged in to, tries again, and goes on with the others', async () => {
    const clock = new VirtualClock()
    const [good, bad] = [fake(), fake('another')]
    const errors: string[] = []
    const fleet = openFleet({}, { clock, retryMs: 60_000 })
    fleet.on('error', (error, pbx) => errors.push(`${pbx}: ${error.name}`))
    fleet.add('good', good.target)
    fleet.add('bad', { ...bad.target, clock })
    await fleet.ready()
    expect(errors).toEqual(['bad: AuthenticationError'])
    expect(fleet.statuses()).toMatchObject({ good: { state: 'online' }, bad: { state: 'failed' } })
    await using events = fleet.events('PeerStatus')
    good.pbx.emit('PeerStatus', { Peer: 'PJSIP/1' })
    expect(await take(events, 1)).toMatchObject([{ pbx: 'good' }])
    await clock.advance(60_000)
    await settle()
    expect(errors).toEqual(['bad: AuthenticationError', 'bad: AuthenticationError'])
    // The stream has outlived what the client that gave up ended.
    good.pbx.emit('PeerStatus', { Peer: 'PJSIP/2' })
    expect(await take(events, 1)).toMatchObject([{ pbx: 'good' }])
  })

  it('adds and removes while it runs, and streams follow', async () => {
    const [berlin, paris] = [fake(), fake()]
    const fleet = openFleet({ berlin: berlin.target })
    await using events = fleet.events('PeerStatus')
    fleet.add('paris', paris.target)
    await fleet.ready()
    paris.pbx.emit('PeerStatus', { Peer: 'PJSIP/1' })
    expect(await take(events, 1)).toMatchObject([{ pbx: 'paris' }])
    await fleet.remove('paris')
    await fleet.remove('paris')
    expect(fleet.names).toEqual(['berlin'])
    paris.pbx.emit('PeerStatus', { Peer: 'PJSIP/gone' })
    berlin.pbx.emit('PeerStatus', { Peer: 'PJSIP/2' })
    expect(await take(events, 1)).toMatchObject([{ pbx: 'berlin' }])
  })

  it('is not held up by one that is half-open', async () => {
    const [good, dead] = [fake(), fake()]
    const link = faulty(dead.target.connect)
    const fleet = openFleet({ good: good.target, dead: { ...dead.target, connect: link } })
    await fleet.ready()
    link.stalled = true
    await using events = fleet.events('PeerStatus')
    good.pbx.emit('PeerStatus', { Peer: 'PJSIP/1' })
    expect(await take(events, 1)).toMatchObject([{ pbx: 'good' }])
    expect((await fleet.get('good').sendAction('Ping')).type).toBe('success')
  })

  it('ends its streams when it is closed, by a signal, and with what where throws', async () => {
    const { pbx, target } = fake()
    const fleet = openFleet({ berlin: target })
    await fleet.ready()
    const control = new AbortController()
    const stopped = fleet.events('PeerStatus', { signal: control.signal }).next()
    control.abort(new Error('enough'))
    await expect(stopped).rejects.toThrow('enough')
    const wrong = fleet.events('PeerStatus', {
      where: () => {
        throw new Error('oh')
      },
    })
    pbx.emit('PeerStatus', { Peer: 'PJSIP/1' })
    await expect(wrong.next()).rejects.toThrow('oh')
    expect(await wrong.next()).toMatchObject({ done: true })
    const open = fleet.events().next()
    await fleet.close()
    expect(await open).toMatchObject({ done: true })
  })
})

describe('the calls of a fleet', () => {
  async function two() {
    const [berlin, paris] = [fake(), fake()]
    for (const { pbx } of [berlin, paris]) pbx.dialplan({ 200: 'noanswer', 201: { answer: { afterMs: 1, talkMs: 5 } } })
    const fleet = openFleet({ berlin: berlin.target, paris: paris.target })
    await fleet.ready()
    const calls = fleet.calls()
    await Promise.all(fleet.names.map((name) => calls.get(name).ready()))
    return { berlin, paris, fleet, calls }
  }
  const request = { channel: 'PJSIP/200', application: 'Wait', data: '60' } as const

  it('begin where it is least busy, on a PBX by name, or by a rank', async () => {
    const { calls, paris } = await two()
    const first = calls.originate(request)
    await first.waitFor('dialing').catch(() => undefined)
    const second = calls.originate(request)
    expect(calls.get('berlin').trackedCalls.concat(calls.get('berlin').queuedCalls)).toEqual([first])
    expect(calls.get('paris').trackedCalls.concat(calls.get('paris').queuedCalls)).toEqual([second])
    calls.originate({ ...request, on: 'paris' })
    const asked: string[] = []
    const on = ({ pbx, calls: count }: CallPlace) => {
      asked.push(`${pbx} ${count}`)
      return pbx === 'paris' ? 0 : 1
    }
    calls.originate({ ...request, on })
    expect(asked).toEqual(['berlin 1', 'paris 2'])
    await paris.pbx.waitForAction('Originate')
    expect(calls.trackedCalls.length).toBeGreaterThan(0)
    expect(() => calls.originate({ ...request, on: 'rome' })).toThrow('There is no PBX "rome"')
    expect(() => calls.originate({ ...request, on: () => Number.POSITIVE_INFINITY })).toThrow('There is no PBX for the call')
  })

  it('are told of all, with the PBX that has them', async () => {
    const { calls } = await two()
    const all = calls.all()
    const call = calls.originate({ channel: 'PJSIP/201', application: 'Wait', data: '1', on: 'paris' })
    expect(await all.next()).toMatchObject({ value: { pbx: 'paris', call } })
    calls.close()
    expect(await all.next()).toMatchObject({ done: true })
  })

  it('do not begin on one that is away', async () => {
    const { calls, berlin, fleet } = await two()
    await berlin.pbx.close()
    await expect.poll(() => fleet.statuses().berlin?.state).not.toBe('online')
    calls.originate(request)
    expect(calls.get('paris').trackedCalls.length + calls.get('paris').queuedCalls.length).toBe(1)
  })
})

describe('the model of a fleet', () => {
  async function two() {
    const [berlin, paris] = [fake(), fake()]
    berlin.pbx.queue('support', { members: { Ann: 'PJSIP/101' } })
    paris.pbx.queue('support', { members: { Bob: 'PJSIP/102' } })
    const fleet = openFleet({ berlin: berlin.target, paris: paris.target })
    await fleet.ready()
    const live = fleet.live()
    await live.ready()
    return { berlin, paris, fleet, live }
  }

  it('has the PBX in every key', async () => {
    const { live } = await two()
    expect([...live.queues.keys()]).toEqual(['berlin/support', 'paris/support'])
    expect(live.isComplete).toBe(true)
    const snapshot = live.snapshot()
    expect(Object.keys(snapshot.versions)).toEqual(['berlin', 'paris'])
    expect(Object.keys(snapshot.queues)).toEqual(['berlin/support', 'paris/support'])
    expect(Object.keys(snapshot.members).every((key) => /^(berlin|paris)\//.test(key))).toBe(true)
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot)
  })

  it('tells the changes of each, so that a snapshot and they give every later one', async () => {
    const { live, paris } = await two()
    const before = live.snapshot()
    const changes = live.changes('members')
    await live.queues.get('paris/support')?.members.get('PJSIP/102')?.pause('lunch')
    const { value } = await changes.next()
    expect(value).toMatchObject({ pbx: 'paris', area: 'members', kind: 'changed', now: { isPaused: true } })
    const members: Record<string, unknown> = { ...before.members, [value.key]: value.now }
    await expect.poll(() => live.snapshot().members).toEqual(members)
    await paris.pbx.close()
    await expect.poll(() => live.isComplete).toBe(false)
    expect(live.get('berlin').isComplete).toBe(true)
  })

  it('ends with the fleet', async () => {
    const { live, fleet } = await two()
    const changes = live.changes()
    await fleet.close()
    expect((await changes.next()).done).toBe(true)
    // What was known last can still be looked at.
    expect([...live.queues.keys()]).toEqual(['berlin/support', 'paris/support'])
  })
})

it('a connection of another kind is one too', () => {
  const { target } = fake()
  const own: ManagerConnection = new AMIClient(target)
  const fleet = openFleet({ own })
  expect(fleet.get('own')).toBe(own)
})
