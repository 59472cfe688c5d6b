import { type AGISession, AsyncAGIExecutor, FastAGIServer } from 'obelus-asterisk'
import { describe, expect, it, onTestFinished } from 'vitest'
import { run } from './agi-rig.js'
import { loggedIn, servers } from './target.js'

describe.each(servers)('a caller who is taken elsewhere in mid-prompt on $name', (server) => {
  it.each(['FastAGI with AMI', 'AsyncAGI'] as const)(
    '%s: the session is over, nobody has hung up, and nothing is an error',
    async (transport) => {
      const ami = await loggedIn(server)
      const errors: unknown[] = []
      const ends: unknown[] = []
      let began: (agi: AGISession) => void = () => undefined
      const begun = new Promise<AGISession>((resolve) => {
        began = resolve
      })
      const script = async (agi: AGISession) => {
        agi.signal.addEventListener('abort', () => ends.push(agi.signal.reason))
        const prompt = agi.streamFile('tt-monkeys')
        began(agi)
        // It need not be caught.
        await prompt
      }
      let url = 'agi:async'
      let over: Promise<unknown>
      if (transport === 'AsyncAGI') {
        const executor = new AsyncAGIExecutor(ami, script, { adopt: false })
        executor.on('error', (error) => errors.push(error))
        over = new Promise((resolve) => executor.on('ended', resolve))
        onTestFinished(() => executor.unbind())
      } else {
        const fast = new FastAGIServer({ port: 0, ami }).routeDefault(script)
        fast.on('error', (error) => errors.push(error))
        over = new Promise((resolve) => fast.on('ended', resolve))
        url = `agi://127.0.0.1:${(await fast.listen()).port}/x`
        onTestFinished(() => fast.close({ timeoutMs: 0 }))
      }
      const playing = ami.waitFor('AGIExecStart', { where: (event) => event.get('Command')?.startsWith('STREAM FILE') === true })
      void run(ami, url).catch(() => undefined)
      const agi = await begun
      const { channel, uniqueId } = agi.env
      await playing
      const elsewhere = ami.waitFor('Newexten', {
        where: (event) => event.get('Uniqueid') === uniqueId && event.get('Application') === 'Echo',
      })
      await ami.sendAction('Redirect', { Channel: channel, Context: 'agi', Exten: 'caller', Priority: 1 })
      await over
      expect(agi.isTransferred).toBe(true)
      expect(agi.isHungUp).toBe(false)
      expect(ends).toMatchObject([
        { name: 'AGISessionEndedError', message: expect.stringContaining('the caller was taken elsewhere') },
      ])
      expect(errors).toEqual([])
      // The call goes on, where it was taken.
      await elsewhere
      await ami.sendAction('Hangup', { Channel: channel })
    },
  )

  it.each(['FastAGI with AMI', 'AsyncAGI'] as const)('%s: a hangup is none', async (transport) => {
    const ami = await loggedIn(server)
    let began: (agi: AGISession) => void = () => undefined
    const begun = new Promise<AGISession>((resolve) => {
      began = resolve
    })
    const script = async (agi: AGISession) => {
      const prompt = agi.streamFile('tt-monkeys')
      began(agi)
      await prompt
    }
    let url = 'agi:async'
    let over: Promise<unknown>
    if (transport === 'AsyncAGI') {
      const executor = new AsyncAGIExecutor(ami, script, { adopt: false })
      over = new Promise((resolve) => executor.on('ended', resolve))
      onTestFinished(() => executor.unbind())
    } else {
      const fast = new FastAGIServer({ port: 0, ami }).routeDefault(script)
      over = new Promise((resolve) => fast.on('ended', resolve))
      url = `agi://127.0.0.1:${(await fast.listen()).port}/x`
      onTestFinished(() => fast.close({ timeoutMs: 0 }))
    }
    void run(ami, url).catch(() => undefined)
    const agi = await begun
    await ami.sendAction('Hangup', { Channel: agi.env.channel })
    await over
    expect(agi.isTransferred).toBe(false)
    // Over AMI the session may be over before the hangup is told.
    expect(agi.signal.reason).toMatchObject({ name: expect.stringMatching(/^AGI(Hangup|SessionEnded)Error$/) })
  })
})
