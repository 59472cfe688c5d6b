import { createServer, type Server } from 'node:net'
import { Gap } from 'obelus-asterisk'
import { Fleet } from 'obelus-asterisk/fleet'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { expect, it, onTestFinished } from 'vitest'
import { servers } from './target.js'

const FLOOD_A_SECOND = 50_000
const SECONDS = 4
/** How often each of the others tells something. */
const EVERY_MS = 20

/** Takes connections and says nothing, as a host whose link is dead. */
async function silent(): Promise<number> {
  const server: Server = createServer(() => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

it('ten PBXs, one half-open, one flooding, one refusing: the others are heard in time, and what is lost is told of the one that floods', async () => {
  const targets: Record<string, string> = {}
  for (const [index, server] of servers.entries())
    targets[`real-${index}`] = `ami://${server.username}:${server.secret}@${server.host}:${server.port}`
  const fakes: FakeAsterisk[] = []
  for (const name of ['fake-1', 'fake-2', 'fake-3', 'fake-4', 'fake-5', 'flood', 'refusing']) {
    const pbx = new FakeAsterisk({ users: { crm: name === 'refusing' ? 'another' : 's3cret' } })
    onTestFinished(() => pbx.close())
    const { port } = await pbx.listen()
    targets[name] = `ami://crm:s3cret@127.0.0.1:${port}`
    if (name !== 'refusing') fakes.push(pbx)
  }
  targets['half-open'] = `ami://crm:s3cret@127.0.0.1:${await silent()}`
  const fleet = new Fleet(targets)
  onTestFinished(() => fleet.close())
  const errors: string[] = []
  fleet.on('error', (_, pbx) => errors.push(pbx))
  const online = () => Object.values(fleet.statuses()).filter(({ state }) => state === 'online').length
  await expect.poll(online, { timeout: 10_000 }).toBe(8)
  await expect.poll(() => errors).toEqual(['refusing'])

  const events = fleet.events(['UserEvent'], { withGaps: true, maxBuffered: 1_000 })
  const delays = new Map<string, number[]>()
  const holes: string[] = []
  const reading = (async () => {
    for await (const { pbx, event } of events) {
      if (event instanceof Gap) holes.push(pbx)
      else if (pbx !== 'flood') delays.set(pbx, [...(delays.get(pbx) ?? []), performance.now() - Number(event.get('At'))])
    }
  })()
  const flood = fakes.pop() as FakeAsterisk
  const until = performance.now() + SECONDS * 1000
  let sent = 0
  for (; performance.now() < until; sent += 1) {
    const began = performance.now()
    for (let number = 0; number < (FLOOD_A_SECOND * EVERY_MS) / 1000; number += 1)
      flood.emit('UserEvent', { UserEvent: 'Flood', Number: number })
    for (const pbx of fakes) pbx.emit('UserEvent', { UserEvent: 'Tick', At: performance.now() })
    for (const index of servers.keys())
      void fleet.get(`real-${index}`).sendAction('UserEvent', { UserEvent: 'Tick', At: performance.now() } as never)
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, EVERY_MS - (performance.now() - began))))
  }
  // Of the others nothing is lost.
  const heard = () => [...delays.values()].map(({ length }) => length)
  await expect.poll(heard, { timeout: 10_000 }).toEqual([...fakes, ...servers].map(() => sent))
  events.close()
  await reading
  const rows = [...delays].map(([pbx, values]) => {
    const sorted = values.sort((a, b) => a - b)
    return { pbx, events: sorted.length, p99: sorted[Math.floor(sorted.length * 0.99)] ?? Number.POSITIVE_INFINITY }
  })
  // Looked at, and not asserted: what else the machine does is in it.
  console.log(rows.map(({ pbx, events: count, p99 }) => `${pbx}: ${count} events, p99 ${p99.toFixed(1)} ms`).join('\n'))
  expect(rows.map(({ pbx }) => pbx).sort()).toEqual(['fake-1', 'fake-2', 'fake-3', 'fake-4', 'fake-5', 'real-0', 'real-1'])
  expect(new Set(holes)).toEqual(new Set(holes.length === 0 ? [] : ['flood']))
}, 60_000)
