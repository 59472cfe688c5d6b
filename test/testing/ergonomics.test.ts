import { AMIClient, CallManager } from 'obelus-asterisk'
import { FakeAsterisk, seeded, VirtualClock } from 'obelus-asterisk/testing'
import { expect, it, onTestFinished } from 'vitest'

const account = { username: 'admin', secret: 's3cret' }

async function ids(seed: number) {
  const clock = new VirtualClock(new Date('2026-01-01T00:00:00Z'))
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' }, clock })
  pbx.dialplan({ 200: { answer: { talkMs: 60_000 } } })
  const ami = new AMIClient({ ...account, connect: pbx.connector, clock, randomBytes: seeded(seed) })
  await ami.login()
  const calls = new CallManager(ami, { clock, randomBytes: seeded(seed) })
  const events: string[] = []
  ami.onEvent('Newchannel', ({ headers }) => events.push(JSON.stringify(headers)))
  const call = calls.originate({ channel: 'Local/200@default', application: 'Echo' })
  await call.waitFor('up')
  const actions = pbx.received.map((action) => JSON.stringify(action))
  calls.close()
  await ami.close()
  await pbx.close()
  return { id: call.id, actions, events }
}

it('with a seed and a time the ids of actions, calls and channels are the same each time', async () => {
  const first = await ids(1)
  expect(await ids(1)).toEqual(first)
  expect(await ids(2)).not.toEqual(first)
  expect(first.events).toHaveLength(2)
})

it('the Pings that a client sends by itself are not among what was received, and can be asked for', async () => {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' }, clock: 'virtual' })
  const ami = new AMIClient({ ...account, connect: pbx.connector, clock: pbx.clock })
  onTestFinished(async () => {
    await ami.close()
    await pbx.close()
  })
  await ami.login()
  await pbx.clock.advance(35_000)
  await ami.sendAction('CoreStatus')
  expect(pbx.received.map(({ name }) => name)).toEqual(['CoreStatus'])
  expect(pbx.actions('Ping')).toHaveLength(3)
})

it('a fake without accounts says so to whoever logs in', async () => {
  const pbx = new FakeAsterisk()
  const ami = new AMIClient({ ...account, connect: pbx.connector })
  await expect(ami.login()).rejects.toThrow('the fake has no users: new FakeAsterisk({ users })')
  await ami.close()
  await pbx.close()
})
