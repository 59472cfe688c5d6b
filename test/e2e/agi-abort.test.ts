import { type AGISession, AsyncAGIExecutor, FastAGIServer } from 'obelus-asterisk'
import { describe, expect, it, onTestFinished } from 'vitest'
import { call } from './agi-rig.js'
import { loggedIn, servers } from './target.js'

/** Commands that play, and whether a line of AGI stops them as well as AMI does. */
const PLAYING: readonly (readonly [string, boolean, (agi: AGISession, signal: AbortSignal) => Promise<unknown>])[] = [
  ['STREAM FILE', true, (agi, signal) => agi.streamFile('tt-monkeys', { signal })],
  ['GET DATA', true, (agi, signal) => agi.getData('tt-monkeys', { timeoutMs: 200, signal })],
  ['GET OPTION', true, (agi, signal) => agi.getOption('tt-monkeys', { escapeDigits: '1', timeoutMs: 200, signal })],
  ['EXEC', false, (agi, signal) => agi.exec('Playback', ['tt-monkeys'], { signal })],
  ['CONTROL STREAM FILE', false, (agi, signal) => agi.controlStreamFile('tt-monkeys', { signal })],
]

describe.each(servers)('a prompt whose signal aborts on $name', (server) => {
  it.each([
    ...PLAYING.filter(([, isLeft]) => isLeft).map(([name, , command]) => ['FastAGI', name, command] as const),
    ...PLAYING.map(([name, , command]) => ['FastAGI with AMI', name, command] as const),
    ...PLAYING.map(([name, , command]) => ['AsyncAGI', name, command] as const),
  ])('%s, %s: its sound stops, and the next command is answered as its own', async (transport, name, command) => {
    const ami = await loggedIn(server)
    let told: (seen: unknown) => void = () => undefined
    const seen = new Promise((resolve) => {
      told = resolve
    })
    const script = async (agi: AGISession) => {
      const stop = new AbortController()
      const played = command(agi, stop.signal).catch((error: unknown) => error)
      setTimeout(() => stop.abort('enough'), 500)
      const why = await played
      const at = performance.now()
      await agi.setVariable('A', 'a')
      const ms = performance.now() - at
      told({ why, ms, values: [await agi.getVariable('A'), await agi.getVariable('B')] })
    }
    let url = 'agi:async'
    if (transport === 'AsyncAGI') {
      const executor = new AsyncAGIExecutor(ami, script, { adopt: false })
      onTestFinished(() => executor.close({ timeoutMs: 0 }))
    } else {
      const fast = new FastAGIServer({ port: 0, ami: transport === 'FastAGI' ? undefined : ami }).routeDefault(script)
      url = `agi://127.0.0.1:${(await fast.listen()).port}/x`
      onTestFinished(() => fast.close({ timeoutMs: 0 }))
    }
    await call(ami, url)
    const { ms, ...rest } = (await seen) as { ms: number }
    console.log(`${server.version} ${transport} ${name}: the next command was answered ${ms.toFixed(0)} ms after the abort`)
    expect(rest).toEqual({ why: 'enough', values: ['a', undefined] })
    expect(ms).toBeLessThan(1_000)
  })
})
