import { type AGISession, AsyncAGIExecutor, FastAGIServer, isAGIError } from 'obelus-asterisk'
import { describe, expect, it, onTestFinished } from 'vitest'
import { run } from './agi-rig.js'
import { loggedIn, servers } from './target.js'

/** Commands that last, and whether Asterisk leaves them for HANGUP. */
const LASTING: readonly (readonly [string, boolean, (agi: AGISession) => Promise<unknown>])[] = [
  ['STREAM FILE', true, (agi) => agi.streamFile('tt-monkeys')],
  ['GET DATA', true, (agi) => agi.getData('tt-monkeys', { timeoutMs: 20_000 })],
  ['GET OPTION', true, (agi) => agi.getOption('tt-monkeys', { escapeDigits: '1', timeoutMs: 20_000 })],
  ['WAIT FOR DIGIT', true, (agi) => agi.waitForDigit(20_000)],
  ['RECORD FILE', false, (agi) => agi.recordFile('/tmp/agi-hangup', 'wav', { timeoutMs: 20_000 })],
  ['EXEC', false, (agi) => agi.exec('Wait', 20)],
]

describe.each(servers)('a hangup while a command runs on $name', (server) => {
  it.each([
    ...LASTING.filter(([, isLeft]) => isLeft).map(([name, , command]) => ['FastAGI', name, command] as const),
    ...LASTING.map(([name, , command]) => ['FastAGI with AMI', name, command] as const),
    ...LASTING.map(([name, , command]) => ['AsyncAGI', name, command] as const),
  ])('%s, %s: the caller is hung up at once, and the dialplan does not go on', async (transport, _, command) => {
    const ami = await loggedIn(server)
    let began: () => void = () => undefined
    const hasBegun = new Promise<void>((resolve) => {
      began = resolve
    })
    const threw: unknown[] = []
    const script = async (agi: AGISession) => {
      const result = command(agi)
      began()
      await result.catch((error: unknown) => threw.push(error))
    }
    let url = 'agi:async'
    let close: () => Promise<void>
    if (transport === 'AsyncAGI') {
      const executor = new AsyncAGIExecutor(ami, script, { adopt: false })
      close = () => executor.close({ timeoutMs: 0 })
    } else {
      const fast = new FastAGIServer({ port: 0, ami: transport === 'FastAGI' ? undefined : ami }).routeDefault(script)
      url = `agi://127.0.0.1:${(await fast.listen()).port}/x`
      close = () => fast.close({ timeoutMs: 0 })
    }
    onTestFinished(close)
    const told = run(ami, url)
    await hasBegun
    await new Promise((resolve) => setTimeout(resolve, 200))
    const at = performance.now()
    await close()
    expect(await told).toBe('HANGUP')
    expect(performance.now() - at).toBeLessThan(1_000)
    // Over AMI the session may be over before the hangup is told.
    const codes = () => threw.map((error) => isAGIError(error) && error.code)
    await expect.poll(codes).toEqual([expect.stringMatching(/^AGI_(HANGUP|SESSION_ENDED)$/)])
  })
})
