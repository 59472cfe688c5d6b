import { type AMIClient, type AMIEvent, type Gap, tcpConnector } from 'obelus-asterisk'
import { faulty } from 'obelus-asterisk/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { changeTo, controls, loggedIn, NOT_OURS, servers } from './target.js'

/** What a client heard: the ids of its events, and its holes. */
function hearingOf(ami: AMIClient) {
  const events: AMIEvent[] = []
  const gaps: Gap[] = []
  ami.onEvent('*', (event) => events.push(event))
  ami.on('gap', (gap) => gaps.push(gap))
  return { events, gaps, ids: () => events.flatMap(({ id }) => id ?? []) }
}

/** Has the server tell of so many events. */
async function tell(ami: AMIClient, count: number): Promise<void> {
  for (let left = count; left > 0; left -= 100)
    await Promise.all(Array.from({ length: Math.min(100, left) }, () => ami.sendAction('UserEvent', { UserEvent: 'Tick' })))
}

describe.each(servers)('events that are numbered on $name', (server) => {
  let master: AMIClient
  beforeEach(async () => {
    master = await loggedIn(server)
    await master.command('manager set debug on')
  })
  afterEach(async () => {
    const last = await loggedIn(server)
    await last.command('manager set debug off')
  })

  /** A client whose link can be broken, and one that stands all the time. */
  async function two(options: Parameters<typeof loggedIn>[1] = {}) {
    const { host, port } = server
    const link = faulty(tcpConnector({ host, port }))
    const ami = await loggedIn(server, {
      connect: link,
      reconnect: { initialDelayMs: 300, maxDelayMs: 300, jitter: 0 },
      ...options,
    })
    const witness = await loggedIn(server)
    return { ami, witness, link, mine: hearingOf(ami), other: hearingOf(witness) }
  }

  it('have the same id for every session, in the order of the wire', async () => {
    const { witness, mine, other } = await two()
    await tell(witness, 200)
    await expect.poll(() => mine.ids().length).toBeGreaterThanOrEqual(200)
    const last = mine.ids().slice(-200)
    expect(last).toEqual(other.ids().slice(-200))
    expect(last.every((id) => /^\d{14}:\d+$/.test(id))).toBe(true)
    expect([...mine.gaps, ...other.gaps]).toEqual([])
  })

  it('that were missed in a cut are counted as the witness heard them', async () => {
    const { ami, witness, link, mine, other } = await two()
    await tell(witness, 50)
    await expect.poll(() => mine.ids().length).toBeGreaterThanOrEqual(50)
    const online = changeTo(ami, 'online')
    link.break()
    await tell(witness, 300)
    await online
    await tell(witness, 150)
    await expect.poll(() => mine.gaps[0]?.missed).toBeDefined()
    // A session that has been told is behind all that was said before.
    await Promise.all([ami, witness].map((client) => client.sendAction('Ping')))
    await expect.poll(() => other.ids().at(-1)).toBe(mine.ids().at(-1))
    const lost = other.ids().filter((id) => !mine.ids().includes(id))
    expect(lost.length).toBeGreaterThanOrEqual(300)
    expect(mine.gaps).toMatchObject([{ reason: 'disconnect', restarted: false, missed: lost.length, isExact: false }])
  })

  it('that were missed are exact where a keeper stood', async () => {
    const { host, port } = server
    const tcp = tcpConnector({ host, port })
    const link = faulty(tcp)
    let attempts = 0
    const ami = await loggedIn(server, {
      connect: (protocol, signal) => (attempts++ === 0 ? tcp : link)(protocol, signal),
      keeper: true,
      reconnect: { initialDelayMs: 300, maxDelayMs: 300, jitter: 0 },
    })
    const mine = hearingOf(ami)
    await expect.poll(() => ami.keeperStatus?.state).toBe('online')
    await tell(master, 20)
    await expect.poll(() => mine.ids().length).toBeGreaterThanOrEqual(20)
    const online = changeTo(ami, 'online')
    link.break()
    await tell(master, 30)
    await online
    await tell(master, 1)
    await expect.poll(() => mine.gaps[0]?.isExact).toBe(true)
    expect(mine.gaps[0]?.missed).toBeGreaterThanOrEqual(30)
  })

  it('10,000 at once leave no hole', async () => {
    const { witness, mine } = await two()
    await tell(witness, 10_000)
    await expect.poll(() => mine.events.filter(({ name }) => name === 'UserEvent').length, { timeout: 20_000 }).toBe(10_000)
    expect(mine.gaps).toEqual([])
  })

  it('filters and masks make no holes', async () => {
    const { ami, witness, mine } = await two()
    await ami.setupFilters(['Hangup'])
    const masked = await loggedIn(server, { events: 'call' })
    const hearing = hearingOf(masked)
    await tell(witness, 400)
    await masked.sendAction('Ping')
    expect([...mine.gaps, ...hearing.gaps]).toEqual([])
  })

  it('come without number when another session switches that off, and that is no hole', async () => {
    const { witness, mine } = await two()
    await tell(witness, 20)
    await master.command('manager set debug off')
    const before = mine.events.length
    await tell(witness, 20)
    await expect.poll(() => mine.events.length).toBeGreaterThanOrEqual(before + 20)
    expect(mine.events.at(-1)?.id).toBeUndefined()
    await master.command('manager set debug on')
    await tell(witness, 200)
    await expect.poll(() => mine.events.at(-1)?.id).toBeDefined()
    expect(mine.gaps).toEqual([])
  })

  it('have another epoch after a restart', async (ctx) => {
    if (server.version === undefined) return ctx.skip(NOT_OURS)
    const { ami, mine } = await two()
    await tell(ami, 5)
    await expect.poll(() => mine.ids().length).toBeGreaterThanOrEqual(5)
    const before = mine.ids().at(-1)?.split(':')[0]
    const asterisk = controls(server)
    await asterisk.stop()
    const online = changeTo(ami, 'online')
    await asterisk.launch()
    await online
    await ami.command('manager set debug on')
    await tell(ami, 5)
    await expect.poll(() => mine.ids().at(-1)?.split(':')[0]).not.toBe(before)
    expect(mine.gaps).toMatchObject([{ restarted: true }])
  })
})
