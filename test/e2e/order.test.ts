import { connect } from 'node:net'
import { type AMIClient, Gap } from 'obelus-asterisk'
import { describe, expect, it } from 'vitest'
import type { TestServer } from './asterisk/global-setup.js'
import { FaultProxy } from './fault-proxy.js'
import { changeTo, loggedIn, servers } from './target.js'

/** An independent recording of the server: a socket that logs in by hand and only keeps bytes. */
async function witness(server: TestServer) {
  let bytes = ''
  let wake: () => void = () => undefined
  const socket = connect(server.port, server.host)
  socket.setEncoding('latin1')
  socket.on('data', (data: string) => {
    bytes += data
    wake()
  })
  const until = async (text: string) => {
    while (!bytes.includes(text)) await new Promise<void>((resolve) => (wake = resolve))
  }
  socket.write(`Action: Login\r\nUsername: ${server.username}\r\nSecret: ${server.secret}\r\n\r\n`)
  await until('Message: Authentication accepted')
  return {
    until,
    close: () => socket.destroy(),
    /** The numbers of the probe's events, in the order they came. */
    numbers: (probe: string) =>
      bytes
        .split('\r\n\r\n')
        .filter((message) => message.startsWith('Event: UserEvent') && message.includes(`\r\nUserEvent: ${probe}\r\n`))
        .map((message) => /\r\nNumber: (\d+)/.exec(message)?.[1]),
  }
}

const produce = async (ami: AMIClient, probe: string, from: number, to: number) => {
  const all: Promise<unknown>[] = []
  for (let number = from; number <= to; number += 1) all.push(ami.sendAction('UserEvent', { UserEvent: probe, Number: number }))
  await Promise.all(all)
}

describe.each(servers)('events of $name', (server) => {
  it('5,000 events come in order and none is missing, compared with an independent recording', async () => {
    const recording = await witness(server)
    const ami = await loggedIn(server)
    const producer = await loggedIn(server, { events: false })
    const stream = ami.events('UserEvent', { where: (event) => event.get('UserEvent') === 'Order' })
    const produced = produce(producer, 'Order', 1, 5_000)
    const numbers: (string | undefined)[] = []
    for await (const event of stream) if (numbers.push(event.get('Number')) === 5_000) break
    await produced
    await recording.until('Number: 5000')
    recording.close()
    expect(numbers).toEqual(Array.from({ length: 5_000 }, (_, index) => String(index + 1)))
    expect(numbers).toEqual(recording.numbers('Order'))
    expect([stream.dropped, stream.gaps]).toEqual([0, 0])
  })

  it('6,000 events with a cut between them come in order, none twice, and the gap in its place', async () => {
    const proxy = await FaultProxy.open(server)
    const ami = await loggedIn(server, { port: proxy.port })
    const producer = await loggedIn(server, { events: false })
    const stream = ami.events('UserEvent', { withGaps: true, where: (event) => event.get('UserEvent') === 'Cut' })
    const produced = produce(producer, 'Cut', 1, 6_000)
    const items: (number | Gap)[] = []
    const last = () => items.findLast((item) => typeof item === 'number') ?? 0
    const online = changeTo(ami, 'waiting').then(() => changeTo(ami, 'online'))
    let cut = false
    for await (const item of stream) {
      items.push(item instanceof Gap ? item : Number(item.get('Number')))
      if (!cut && Number(last()) >= 1_500) {
        cut = true
        proxy.reset()
        await online
        await produced
        await producer.sendAction('UserEvent', { UserEvent: 'Cut', Number: 6_001 })
      }
      if (last() === 6_001) break
    }
    const gapAt = items.findIndex((item) => item instanceof Gap)
    expect(items.filter((item) => item instanceof Gap)).toHaveLength(1)
    expect(items[gapAt]).toMatchObject({ reason: 'disconnect', restarted: false })
    const before = items.slice(0, gapAt) as number[]
    const after = items.slice(gapAt + 1) as number[]
    expect(before).toEqual(Array.from({ length: before.length }, (_, index) => index + 1))
    expect(after).toEqual(Array.from({ length: after.length }, (_, index) => (after[0] ?? 0) + index))
    expect(after[0]).toBeGreaterThan(before.length)
    await proxy.close()
  })

  it('a reader that never reads while 12,000 events come has a bounded queue, and actions are answered', async () => {
    const ami = await loggedIn(server)
    const producer = await loggedIn(server, { events: false })
    const never = ami.events('UserEvent', { maxBuffered: 1_000, overflow: 'drop-oldest', withGaps: true })
    const counted = ami.events('UserEvent', { where: (event) => event.get('UserEvent') === 'Flood', maxBuffered: 20_000 })
    const produced = produce(producer, 'Flood', 1, 12_000)
    let seen = 0
    for await (const _ of counted) {
      seen += 1
      if (seen % 4_000 === 0) expect((await ami.sendAction('Ping')).get('Ping')).toBe('Pong')
      if (seen === 12_000) break
    }
    await produced
    expect(never.buffered).toBe(1_000)
    expect(never.dropped).toBeGreaterThanOrEqual(11_000)
    expect((await never.next()).value).toMatchObject({ reason: 'overflow', dropped: never.dropped })
    expect(ami.status.state).toBe('online')
  })
})
