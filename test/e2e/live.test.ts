import { setTimeout as delay } from 'node:timers/promises'
import { AMIClient } from 'obelus-asterisk'
import { LiveModel } from 'obelus-asterisk/live'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FaultProxy } from './fault-proxy.js'
import { dayAtTheQueue } from './live-program.js'
import { afterStorm, liveStorm } from './live-storm.js'
import { isRight, MINUTES } from './live-truth-check.js'
import { changeTo, client, controls, loggedIn, NOT_OURS, servers } from './target.js'

const MAILBOXES = ['100@default']

/** What the program sees on a fake whose queue and telephone are set up in the same way. */
async function onTheFake() {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
  onTestFinished(() => pbx.close())
  pbx.dialplan({ 200: { answer: { afterMs: 100, talkMs: 1_000 } }, queue: { queue: 'day' } })
  pbx.queue('day', { timeoutMs: 1_000, retryMs: 1_000 })
  const ami = new AMIClient({ username: 'admin', secret: 's3cret', connect: pbx.connector })
  onTestFinished(() => ami.close())
  await ami.login()
  return dayAtTheQueue(ami, () => pbx.incomingCall({ to: 'queue' }))
}

describe.each(servers)('the live model of $name', (server) => {
  it(
    `is as the lists of the server within 1 s: ${MINUTES} minutes of storms, reloads and cuts`,
    async () => {
      const witness = await loggedIn(server)
      onTestFinished(() => afterStorm(witness))
      const proxy = await FaultProxy.open(server)
      onTestFinished(() => proxy.close())
      const ami = client(server, { host: '127.0.0.1', port: proxy.port, reconnect: { initialDelayMs: 20, maxDelayMs: 50 } })
      await ami.login()
      using pbx = new LiveModel(ami, { mailboxes: MAILBOXES })
      await pbx.ready()
      const took = [await isRight(pbx, witness, MAILBOXES)]
      const until = performance.now() + MINUTES * 60_000
      for (let storm = 0; performance.now() < until; storm += 1) {
        await liveStorm(witness, storm, 40)
        took.push(await isRight(pbx, witness, MAILBOXES))
        const reload = delay(500).then(() => witness.sendAction('Reload', { Module: 'app_queue.so' }))
        await Promise.all([liveStorm(witness, storm + 1_000, 25), reload])
        took.push(await isRight(pbx, witness, MAILBOXES))
        const back = changeTo(ami, 'online')
        const cut = delay((storm * 97) % 900).then(() => proxy.reset())
        await Promise.all([liveStorm(witness, storm + 2_000, 25), cut, back])
        took.push(await isRight(pbx, witness, MAILBOXES))
        await afterStorm(witness)
        took.push(await isRight(pbx, witness, MAILBOXES))
      }
      console.log(`${server.name}: right ${took.length} times, at the latest after ${Math.round(Math.max(...took))} ms`)
    },
    MINUTES * 60_000 + 60_000,
  )

  it("a program sees the same on the fake's queues", async () => {
    const ami = await loggedIn(server)
    const caller = { Channel: 'Local/queue@day/n', Application: 'Wait', Data: 20 }
    const story = await dayAtTheQueue(ami, () => ami.sendAction('Originate', { ...caller, Async: true }))
    console.log(`${server.name}: ${JSON.stringify(story)}`)
    expect(await onTheFake()).toEqual(story)
  })

  it('acts: mutes, locks and kicks in a conference, has a parked call fetched, and somebody listened to', async () => {
    const ami = await loggedIn(server)
    onTestFinished(() => afterStorm(ami))
    using pbx = new LiveModel(ami, { queues: false, endpoints: false })
    await pbx.ready()
    const changes = pbx.changes(['conferences', 'participants', 'parkedCalls'])
    const until = async (isSo: () => boolean) => {
      while (!isSo()) await changes.next()
    }
    const originate = (exten: string, data: string) =>
      ami.sendAction('Originate', { Channel: `Local/${exten}@day/n`, Application: 'Wait', Data: data, Async: true })
    await originate('conference', '20')
    await until(() => pbx.conferences.get('room')?.participants.size === 1)
    const room = pbx.conferences.get('room')
    const [participant] = room?.participants.values() ?? []
    await participant?.mute()
    await until(() => participant?.isMuted === true)
    await participant?.unmute()
    await until(() => participant?.isMuted === false)
    await room?.lock()
    await until(() => room?.isLocked === true)
    await participant?.kick()
    await until(() => pbx.conferences.size === 0)

    const isUp = ami.waitFor('Newstate', {
      where: (event) => event.get('ChannelStateDesc') === 'Up' && /;1$/.test(event.get('Channel') ?? ''),
    })
    await originate('answer', '20')
    const channel = (await isUp).get('Channel') ?? ''
    for (const mode of ['listen', 'whisper', 'barge'] as const) {
      const spied = ami.waitFor('ChanSpyStart')
      await pbx.listen(channel, { by: 'Local/answer@day/n', mode })
      expect((await spied).get('SpyeeChannel')).toBe(channel)
    }
    await ami.sendAction('Park', { Channel: channel, Timeout: 20_000 })
    await until(() => (pbx.parkingLots.get('default')?.parked.size ?? 0) === 1)
    const lot = pbx.parkingLots.get('default')
    const [parked] = lot?.parked.values() ?? []
    const fetched = ami.waitFor('UnParkedCall')
    await lot?.retrieve(parked?.space ?? '', { by: 'Local/answer@day/n', context: 'parked' })
    expect((await fetched).get('ParkeeChannel')).toBe(channel)
    await until(() => lot?.parked.size === 0)
  })

  it('tells which events the account may not hear', async (context) => {
    if (server.version === undefined) return context.skip(NOT_OURS)
    const ami = client(server, { username: 'quiet' })
    const told: string[] = []
    ami.on('warning', (warning) => told.push(warning))
    await ami.login()
    using pbx = new LiveModel(ami, { endpoints: false, bridges: false, conferences: false, parking: false, wrapUpMs: 0 })
    await pbx.ready()
    await expect.poll(() => told.length).toBe(2)
    expect(told[0]).toContain('read = system')
    expect(told[1]).toMatch(/queues: .*read = agent,call/)
  })

  it('after a restart what vanished is told as removed, and the objects are the same', async (context) => {
    if (server.version === undefined) return context.skip(NOT_OURS)
    const ami = await loggedIn(server, { reconnect: { initialDelayMs: 20, maxDelayMs: 50 } })
    using pbx = new LiveModel(ami)
    await pbx.ready()
    const queue = pbx.queues.get('day')
    const changes = pbx.changes('members')
    await queue?.add('Local/answer@day/n', { name: 'Ann' })
    expect((await changes.next()).value).toMatchObject({ kind: 'added', now: { name: 'Ann', state: 'available' } })
    const back = changeTo(ami, 'waiting').then(() => changeTo(ami, 'online'))
    await controls(server).cli('core restart now')
    await back
    for await (const { kind } of changes) if (kind === 'removed') break
    expect(pbx.queues.get('day')).toBe(queue)
    expect(queue?.members.size).toBe(0)
    await isRight(pbx, await loggedIn(server))
  })
})
