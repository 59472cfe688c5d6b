import { setTimeout as delay } from 'node:timers/promises'
import { LiveModel } from 'obelus-asterisk/live'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FaultProxy } from './fault-proxy.js'
import { afterStorm, liveStorm } from './live-storm.js'
import { isRight, MINUTES } from './live-truth-check.js'
import { changeTo, client, controls, loggedIn, NOT_OURS, servers } from './target.js'

const MAILBOXES = ['100@default']

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
