import { AMIClient, type AMIClientOptions, type AMIEvent, type Connector, type Gap } from 'obelus-asterisk'
import { FakeAsterisk, type FakeAsteriskOptions, faulty } from 'obelus-asterisk/testing'
import { describe, expect, it } from 'vitest'
import { ClientRig } from '../../support/client-rig.js'
import { settle, VirtualClock } from '../../support/virtual-clock.js'

/** A client of a server that numbers its events. */
async function numberedRig(options: Partial<AMIClientOptions> = {}, fake: FakeAsteriskOptions = {}) {
  const clock = new VirtualClock()
  const pbx = new FakeAsterisk({
    users: { admin: 's3cret', witness: 's3cret', limited: { secret: 's3cret', read: 'system,call,user' } },
    numbered: true,
    ...fake,
  })
  const link = faulty(pbx.connector)
  const open = (more: Partial<AMIClientOptions>) =>
    new AMIClient({
      username: 'admin',
      secret: 's3cret',
      clock,
      reconnect: { initialDelayMs: 10, maxDelayMs: 10, jitter: 0 },
      ...more,
    })
  const ami = open({ connect: link, ...options })
  const witness = open({ username: 'witness', connect: pbx.connector })
  const gaps: Gap[] = []
  ami.on('gap', (gap) => gaps.push(gap))
  const login = async (client: AMIClient) => {
    const done = client.login()
    await clock.advance(1_000)
    await done
  }
  await login(ami)
  await login(witness)
  const tell = async (count: number) => {
    for (let number = 0; number < count; number += 1) pbx.emit('UserEvent', { UserEvent: 'Tick' })
    await settle()
  }
  return {
    ami,
    witness,
    pbx,
    link,
    clock,
    gaps,
    tell,
    /** The connection breaks, and is made again after so many events. */
    async cut(missed: number) {
      link.break()
      await settle()
      await tell(missed)
      await clock.advance(1_000)
      await settle()
    },
    async [Symbol.asyncDispose]() {
      const closed = Promise.all([ami.close(), witness.close()])
      await clock.advance(2_000)
      await closed
      await pbx.close()
    },
  }
}

describe('events that the server numbers', () => {
  it('have an id, the same for every session', async () => {
    await using rig = await numberedRig()
    await rig.tell(1)
    const [mine, other] = [rig.ami.events('UserEvent'), rig.witness.events('UserEvent')]
    await rig.tell(2)
    const [one, two] = [await mine.next(), await other.next()]
    expect(one.value.id).toMatch(/^\d{14}:\d+$/)
    expect(two.value.id).toBe(one.value.id)
    const [epoch, number] = one.value.id?.split(':') ?? []
    expect((await mine.next()).value.id).toBe(`${epoch}:${Number(number) + 1}`)
  })

  it('have none where the server does not number, or it is not looked at', async () => {
    await using rig = await numberedRig({ numbered: false })
    await rig.tell(1)
    const events = rig.ami.events('UserEvent')
    await rig.tell(1)
    expect((await events.next()).value.id).toBeUndefined()
    await using plain = new ClientRig()
    await plain.login()
    const unnumbered = plain.ami.events('PeerStatus')
    plain.pbx.emit('PeerStatus', { Peer: 'PJSIP/1' })
    expect((await unnumbered.next()).value.id).toBeUndefined()
  })

  it('tell how many were missed without a connection, exactly what a witness heard', async () => {
    await using rig = await numberedRig()
    const [mine, witness] = [rig.ami, rig.witness].map((client) => {
      const heard: AMIEvent[] = []
      client.onEvent('*', (event) => heard.push(event))
      return () => heard.flatMap(({ id }) => id ?? [])
    }) as [() => string[], () => string[]]
    await rig.tell(5)
    await rig.cut(37)
    await rig.tell(3)
    expect(rig.gaps).toHaveLength(1)
    const lost = witness().filter((id) => !mine().includes(id))
    expect(lost.length).toBeGreaterThanOrEqual(37)
    expect(rig.gaps[0]?.missed).toBe(lost.length)
    expect(rig.gaps[0]?.isExact).toBe(false)
  })

  it('tell nothing where they cannot: a mask, a filter, an account with fewer rights', async () => {
    for (const options of [{ events: 'user,system' }, { username: 'limited' }]) {
      await using rig = await numberedRig(options)
      await rig.tell(5)
      await rig.cut(10)
      await rig.tell(1)
      expect(rig.gaps.map(({ missed }) => missed)).toEqual([undefined])
    }
    await using rig = await numberedRig()
    await rig.tell(5)
    await rig.ami.setupFilters(['UserEvent'])
    for (let number = 0; number < 300; number += 1) rig.pbx.emit('PeerStatus', { Peer: 'PJSIP/1' })
    await rig.tell(300)
    expect(rig.gaps).toEqual([])
    await rig.cut(10)
    await rig.tell(1)
    expect(rig.gaps.map(({ missed }) => missed)).toEqual([undefined])
  })

  it('never tell of a hole that is none: an account that hears some classes only', async () => {
    await using rig = await numberedRig({ username: 'limited' })
    for (let number = 0; number < 500; number += 1) rig.pbx.emit(number % 3 ? 'UserEvent' : 'PeerStatus', { X: number } as never)
    await rig.clock.advance(5_000)
    await rig.tell(200)
    expect(rig.gaps).toEqual([])
  })

  it('tell of those that did not come although the connection stood', async () => {
    await using rig = await numberedRig()
    await rig.tell(10)
    // Another session is told, and this one is not: as when a server's queue runs over.
    rig.link.stalled = true
    await rig.tell(4)
    rig.link.stalled = false
    const events = rig.ami.events('UserEvent', { withGaps: true })
    await rig.tell(150)
    expect(rig.gaps).toMatchObject([{ reason: 'lost', missed: 4, isExact: true, restarted: false }])
    const items: string[] = []
    for (let at = 0; at < 151; at += 1) items.push((await events.next()).value.constructor.name)
    expect(items.filter((name) => name === 'Gap')).toHaveLength(1)
    expect(rig.ami.status.state).toBe('online')
  })

  it('begin anew with the server: what came before the first is missed', async () => {
    await using rig = await numberedRig()
    await rig.tell(20)
    rig.pbx.restart()
    await rig.tell(3)
    await rig.clock.advance(1_000)
    await settle()
    await rig.tell(1)
    const [gap] = rig.gaps
    expect(gap?.reason).toBe('disconnect')
    const missed = gap?.missed
    expect(missed === undefined || missed <= 3).toBe(true)
  })

  it('are missed exactly where a second session of the client stood', async () => {
    const pbx = new FakeAsterisk({ users: { admin: 's3cret' }, numbered: true })
    const clock = new VirtualClock()
    const link = faulty(pbx.connector)
    let attempts = 0
    // The keeper's is the first connection, and the only one that does not break.
    const connect: Connector = (protocol, signal) => {
      attempts += 1
      return (attempts === 1 ? pbx.connector : link)(protocol, signal)
    }
    const reconnect = { initialDelayMs: 10, maxDelayMs: 10, jitter: 0 }
    const ami = new AMIClient({ username: 'admin', secret: 's3cret', clock, connect, keeper: true, reconnect })
    const gaps: Gap[] = []
    ami.on('gap', (gap) => gaps.push(gap))
    const done = ami.login()
    await clock.advance(2_000)
    await done
    expect(attempts).toBe(2)
    pbx.emit('UserEvent', { UserEvent: 'Tick' })
    await clock.advance(1_000)
    link.break()
    await settle()
    for (let number = 0; number < 12; number += 1) pbx.emit('UserEvent', { UserEvent: 'Tick' })
    await clock.advance(1_000)
    pbx.emit('UserEvent', { UserEvent: 'Tick' })
    await settle()
    expect(gaps).toHaveLength(1)
    expect(gaps[0]?.missed).toBeGreaterThanOrEqual(12)
    expect(gaps[0]?.isExact).toBe(true)
    const closed = ami.close()
    await clock.advance(2_000)
    await closed
    await pbx.close()
  })
})
