import { setTimeout as delay } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { CallManager } from 'obelus-asterisk'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FaultProxy } from './fault-proxy.js'
import { changeTo, client, loggedIn, servers } from './target.js'

/** `SOAK_MINUTES=10 npm run test:asterisk -- test/e2e/soak.test.ts` is the long one. */
const MINUTES = Number(process.env.SOAK_MINUTES ?? 0.25)
const FAULT_EVERY_MS = MINUTES < 1 ? 3_000 : 20_000
const CALLS_PER_SECOND = 20

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

describe.each(servers)('soak on $name', (server) => {
  it(
    `${MINUTES} minutes of ${CALLS_PER_SECOND} calls a second, a fault every ${FAULT_EVERY_MS / 1000} s`,
    async () => {
      const proxy = await FaultProxy.open(server)
      onTestFinished(() => proxy.close())
      const ami = client(server, {
        host: '127.0.0.1',
        port: proxy.port,
        reconnect: { initialDelayMs: 50, maxDelayMs: 500 },
        keepAlive: { intervalMs: 500, timeoutMs: 500 },
      })
      await ami.login()
      const witness = await loggedIn(server)
      using calls = new CallManager(ami, { callsPerSecond: CALLS_PER_SECOND })

      const faults = [
        () => proxy.reset(),
        () => proxy.end(),
        async () => {
          proxy.swallowing = true
          await delay(1_500)
          proxy.swallowing = false
          proxy.reset()
        },
        async () => {
          await proxy.refuse()
          await delay(500)
          await proxy.listen()
        },
      ]
      let faulted = 0
      let isOver = false
      const breaking = (async () => {
        while (!isOver) {
          await delay(FAULT_EVERY_MS)
          if (isOver) return
          await faults[faulted % faults.length]?.()
          faulted += 1
        }
      })()

      const ends = { ended: 0, failed: 0, lost: 0 }
      const running = new Set<Promise<void>>()
      const place = (channel: string, holdSeconds: number) => {
        const call = calls.originate({
          channel,
          context: 'default',
          exten: 'answer',
          variables: { __HOLD_SECONDS: holdSeconds },
        })
        const done = call.ended().then(({ result }) => {
          ends[result] += 1
          running.delete(done)
        })
        running.add(done)
        return call
      }
      const kept: number[] = []
      const total = Math.round(MINUTES * 60 * CALLS_PER_SECOND)
      for (let number = 0; number < total; number += 1) {
        place(number % 4 === 0 ? 'Local/busy@default' : 'Local/answer@default', number % 10 === 1 ? 3 : 0.3)
        if (running.size > 10 * CALLS_PER_SECOND) await Promise.race(running)
        if (number % Math.round(total / 10) === 0) {
          collectGarbage()
          kept.push(process.memoryUsage().heapUsed)
        }
        await delay(1_000 / CALLS_PER_SECOND)
      }
      isOver = true
      await breaking
      await Promise.all(running)
      expect(ends.ended + ends.failed + ends.lost).toBe(total)

      // Live calls, a last break, and the manager's view beside the server's.
      const last = Array.from({ length: 20 }, () => place('Local/answer@default', 60))
      await Promise.all(last.map((call) => call.waitFor('up')))
      const back = changeTo(ami, 'online')
      proxy.reset()
      await back
      await Promise.all(
        last.map(async (call) => {
          for await (const { type } of call) if (type === 'resumed') return
        }),
      )
      const { events } = await witness.sendAction('CoreShowChannels')
      const there = events.map((item) => item.get('Uniqueid')).sort()
      expect(calls.trackedCalls.flatMap((call) => call.channels.map(({ uniqueId }) => uniqueId)).sort()).toEqual(there)
      await Promise.all(last.map((call) => call.hangup()))
      await Promise.all(running)
      expect(calls.trackedCalls).toEqual([])
      expect(calls.queuedCalls).toEqual([])
      // By then all that is kept once and for all, the last events, is there.
      if (MINUTES >= 3) expect(kept.at(-1)).toBeLessThan((kept.at(-3) as number) * 1.1)
      const megabytes = kept.map((bytes) => (bytes / 1e6).toFixed(1)).join(', ')
      console.log(
        `${server.name}: ${total + last.length} calls, ${faulted} faults: ${JSON.stringify(ends)}; heap in MB over time: ${megabytes}`,
      )
    },
    MINUTES * 60_000 * 2 + 60_000,
  )
})
