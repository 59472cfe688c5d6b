import { type AGIScript, CallManager } from 'obelus-asterisk'
import { describe, expect, it, onTestFinished } from 'vitest'
import { askForCallback, callBack } from '../../examples/agi/callback.js'
import { bank } from '../../examples/agi/ivr.js'
import { waitingRoom } from '../../examples/agi/queue.js'
import { RemoteControl } from '../../examples/agi/remote-control.js'
import { type VoiceMessage, voicemail } from '../../examples/agi/voicemail.js'
import { deferred } from '../../src/core/deferred.js'
import { call, callersSide, serve } from './agi-rig.js'
import type { TestServer } from './asterisk/global-setup.js'
import { servers } from './target.js'

/** Has a call answered by a program of the examples, whose caller presses keys; resolves when it is over. */
async function answeredBy(server: TestServer, script: AGIScript, keys = '', caller = 'caller') {
  const over = deferred<void>()
  const { ami, url, errors } = await serve(server, async (agi) => {
    for (const [at, Digit] of [...keys].entries())
      setTimeout(() => ami.sendAction('PlayDTMF', { Channel: callersSide(agi), Digit }).catch(() => undefined), 1_000 + 700 * at)
    try {
      await script(agi)
    } finally {
      over.resolve()
    }
  })
  const place = { Channel: `Local/${caller}@agi/n`, Application: 'AGI', Data: url('FastAGI'), CallerID: '0301', Async: true }
  await ami.sendAction('Originate', place)
  await over.promise
  expect(errors).toEqual([])
}

describe.each(servers)('the programs of AGI on $name', (server) => {
  it('the bank takes its caller to a clerk, and back', async () => {
    let clerk: string | undefined
    await answeredBy(
      server,
      async (agi) => {
        await bank(
          {},
          'Local/slow@agi/n',
        )(agi).finally(async () => {
          clerk = await agi.getVariable('CLERK')
        })
      },
      '0',
    )
    expect(clerk).toMatch(/^Local\/slow@agi-/)
  })

  it('the voice-mail hands a message over', async () => {
    const messages: VoiceMessage[] = []
    const script = voicemail('/tmp', (message) => void messages.push(message))
    // The caller listens, and hangs up soon after the beep.
    await answeredBy(server, script, '', 'silent')
    expect(messages).toEqual([expect.objectContaining({ from: '0301', seconds: expect.any(Number) })])
  })

  it('a call-back is kept in the database', async (context) => {
    const { ami } = await serve(server, () => undefined)
    using calls = new CallManager(ami)
    await answeredBy(server, askForCallback, '0#')
    const kept = await ami.sendAction('DBGet', { Family: 'callback', Key: '0301' })
    expect(Number(kept.events[0]?.get('Val'))).toBeLessThanOrEqual(Date.now())
    if (server.version === 16) context.skip('Asterisk 16 has no DBGetTree')
    expect(await callBack(calls, ami, () => 'Local/answer@default')).toEqual(['0301'])
  })

  it('a queue without members offers something else', async () => {
    const { ami } = await serve(server, () => undefined)
    const offered: string[] = []
    await answeredBy(server, (agi) => waitingRoom(ami, 'nowhere', async ({ env }) => void offered.push(env.callerNumber))(agi))
    expect(offered).toEqual(['0301'])
  })

  it('a web page has a caller hear something, and stops it', async () => {
    const { ami, async } = await serve(server, () => undefined)
    async.unbind()
    const remote = new RemoteControl(ami)
    onTestFinished(() => remote.close())
    await call(ami, 'agi:async')
    await expect.poll(() => remote.calls.length).toBe(1)
    const [uniqueId = ''] = remote.calls
    remote.order(uniqueId, { play: 'tt-monkeys' })
    remote.stop(uniqueId)
    remote.order(uniqueId, { play: 'beep' })
    remote.order(uniqueId, { hangup: true })
    await expect.poll(() => remote.calls, { timeout: 25_000 }).toEqual([])
  })
})
