import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { seededRandom } from '../../src/testing/random.js'
import { call } from './agi-rig.js'
import type { TestServer } from './asterisk/global-setup.js'
import { loggedIn, servers } from './target.js'

const WORKER = fileURLToPath(new URL('agi-worker.mjs', import.meta.url))
const CALLS = 50
const SEED = Number(process.env.SEED ?? Date.now() % 100_000)

describe.each(servers)('AsyncAGI of several processes on $name', (server) => {
  it.each([
    { count: 2, kills: 1 },
    { count: 3, kills: 2 },
  ])(
    '$count processes, $kills of them killed: each call is served by one at a time, and to its end',
    async ({ count, kills }) => {
      console.log(`SEED=${SEED}`)
      const random = seededRandom(SEED + count)
      const ami = await loggedIn(server)
      const steps = new Map<string, string[]>()
      const channels: string[] = []
      ami.onEvent('VarSet', (event) => {
        if (event.get('Variable') === 'STEP') steps.get(event.get('Uniqueid') ?? '')?.push(event.get('Value') ?? '')
      })
      ami.onEvent('AsyncAGIStart', (event) => {
        channels.push(event.get('Channel') ?? '')
        steps.set(event.get('Uniqueid') ?? '', [])
      })
      const workers = await Promise.all(Array.from({ length: count }, (_, at) => start(server, `w${at}`)))
      const errors: string[] = []
      for (const worker of workers) worker.on('message', ({ error }: { error?: string }) => error && errors.push(error))
      const began = performance.now()
      const called = (async () => {
        for (let number = 0; number < CALLS; number += 1) {
          await call(ami, 'agi:async')
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      })()
      for (const worker of workers.slice(0, kills)) {
        await new Promise((resolve) => setTimeout(resolve, 300 + random() * 1_500))
        worker.kill('SIGKILL')
      }
      await called
      const isDone = (each: readonly string[]) => each.at(-1)?.endsWith('done') ?? false
      await expect
        .poll(() => [steps.size, [...steps.values()].filter(isDone).length], { timeout: 20_000 })
        .toEqual([CALLS, CALLS])
      for (const each of steps.values()) expect(interleaved(each), each.join(', ')).toBe(false)
      expect(errors).toEqual([])
      const again = [...steps.values()].filter((each) => runsOf(each).length > 1).length
      console.log(
        `${server.name}: ${CALLS} calls, ${count} processes, ${kills} killed: ${again} calls begun once more, all served after ` +
          `${((performance.now() - began) / 1_000).toFixed(1)} s`,
      )
      expect(again).toBeGreaterThan(0)
    },
    60_000,
  )
})

const runsOf = (steps: readonly string[]) => [...new Set(steps.map((step) => step.split(' ')[0] ?? ''))]

/** Whether a run did something after another one had begun. */
function interleaved(steps: readonly string[]): boolean {
  const order = runsOf(steps)
  const at = steps.map((step) => order.indexOf(step.split(' ')[0] ?? ''))
  return at.some((each, position) => position > 0 && each < (at[position - 1] ?? 0))
}

async function start({ port, username, secret }: TestServer, name: string): Promise<ChildProcess> {
  const worker = fork(WORKER, [name, `${port}`, username, secret])
  onTestFinished(() => void worker.kill('SIGKILL'))
  await once(worker, 'message')
  return worker
}
