import { AMIEvent, ClosedError, Gap, unlisted } from 'obelus-asterisk'
import { action } from 'obelus-asterisk/testing'
import { describe, expect, it } from 'vitest'
import { ClientRig, caught, outcomeOf } from '../../support/client-rig.js'
import { settle } from '../../support/virtual-clock.js'

const everything = (rig: ClientRig) => {
  const stream = rig.ami.events('Hangup')
  return {
    read: caught(stream.next()),
    wait: caught(rig.ami.waitFor('Hangup', { timeoutMs: Number.POSITIVE_INFINITY })),
  }
}

describe('close', () => {
  it('waits for answers that are under way, says Logoff, then ends streams and waits', async () => {
    await using rig = new ClientRig()
    await rig.login()
    const { read, wait } = everything(rig)
    const ping = rig.ami.sendAction('Ping')
    await rig.ami.close()
    expect((await ping).type).toBe('success')
    expect(rig.link.count('Action: Logoff')).toBe(1)
    expect(await read).toEqual({ value: undefined, done: true })
    expect(await wait).toBeInstanceOf(ClosedError)
    expect(rig.clock.timers).toBe(0)
    expect(rig.pbx.clients).toBe(0)
  })

  it('rejects what was not sent with sent no, and what is not answered in time with sent maybe', async () => {
    await using rig = new ClientRig(
      { maxInFlight: 1 },
      action(unlisted('Silent'), () => undefined),
    )
    await rig.login()
    const inFlight = caught(rig.ami.sendAction(unlisted('Silent')))
    const queued = caught(rig.ami.sendAction('Ping'))
    await settle()
    rig.link.stalled = true
    const closed = rig.ami.close()
    expect(await queued).toMatchObject({ name: 'ClosedError', sent: 'no' })
    await rig.clock.advance(1_000)
    await closed
    expect(await inFlight).toMatchObject({ name: 'ClosedError', sent: 'maybe' })
    expect(rig.clock.timers).toBe(0)
  })

  it.each(['connecting', 'in login', 'in backoff', 'stalled', 'booting', 'never logged in'])(
    'fault: close while %s: ends within 2 s, no timer left',
    async (when) => {
      await using rig = new ClientRig(when === 'booting' ? { username: 'quiet' } : {})
      if (when === 'connecting') rig.link.hanging = true
      if (when === 'in backoff') rig.link.refusal = new Error('connect ECONNREFUSED')
      const login = when === 'never logged in' ? undefined : caught(rig.ami.login())
      if (when === 'in login') rig.link.stalled = true
      await settle()
      if (when === 'stalled') rig.link.stalled = true
      const { read, wait } = everything(rig)
      const action = caught(rig.ami.sendAction('Ping'))
      const closed = rig.ami.close()
      await rig.clock.advance(2_000)
      expect(await outcomeOf(closed)).toBeUndefined()
      expect(rig.ami.status).toEqual({ state: 'closed' })
      expect(await outcomeOf(read)).toEqual({ value: undefined, done: true })
      expect(await outcomeOf(wait)).toBeInstanceOf(ClosedError)
      expect(await outcomeOf(action)).toBeInstanceOf(Error)
      if (when !== 'stalled' && login !== undefined) expect(await outcomeOf(login)).toBeInstanceOf(ClosedError)
      expect(rig.clock.timers).toBe(0)
    },
  )

  it('while Asterisk boots after an outage: the gap comes before the events that waited behind it', async () => {
    await using rig = new ClientRig({ username: 'quiet' })
    const login = rig.ami.login()
    await rig.clock.advance(600)
    await login
    const stream = rig.ami.events('Hangup', { withGaps: true })
    rig.link.break()
    await rig.clock.advance(300)
    expect(rig.ami.status.state).toBe('booting')
    rig.link.inject('Event: Hangup\r\nChannel: early\r\n\r\n')
    await rig.ami.close()
    const items: unknown[] = []
    for await (const item of stream) items.push(item)
    expect(items).toEqual([expect.any(Gap), expect.any(AMIEvent)])
    expect(stream.gaps).toBe(1)
  })

  it('during an outage: the gap is told, then the streams end', async () => {
    await using rig = new ClientRig()
    await rig.login()
    const stream = rig.ami.events('Hangup', { withGaps: true })
    rig.link.refusal = new Error('connect ECONNREFUSED')
    rig.link.break()
    await rig.clock.advance(1_000)
    await rig.ami.close()
    expect((await stream.next()).value).toMatchObject({ reason: 'disconnect', to: new Date(rig.clock.now()) })
    expect(await stream.next()).toEqual({ value: undefined, done: true })
  })

  it.each([{}, 5, null, 'abort', new AbortController()])(
    'a stream or a wait that was refused for its signal %o is none: close() resolves, and statusChanges() ends',
    async (signal) => {
      await using rig = new ClientRig()
      await rig.login()
      const statuses = rig.ami.statusChanges()
      expect(() => rig.ami.events('Hangup', { signal: signal as never })).toThrow('signal must be an AbortSignal')
      await expect(rig.ami.waitFor('Hangup', { signal: signal as never })).rejects.toThrow('signal must be an AbortSignal')
      await rig.ami.close()
      const seen: string[] = []
      for await (const { state } of statuses) seen.push(state)
      expect(seen).toEqual(['closing', 'closed'])
    },
  )

  it('says Logoff also while Asterisk boots', async () => {
    await using rig = new ClientRig({ username: 'quiet' })
    const login = caught(rig.ami.login())
    await settle()
    expect(rig.ami.status.state).toBe('booting')
    await rig.ami.close()
    expect(await login).toBeInstanceOf(ClosedError)
    expect(rig.link.count('Action: Logoff')).toBe(1)
  })

  it('is what await using does', async () => {
    const rig = new ClientRig()
    await rig.login()
    const { ami } = rig
    {
      await using scoped = ami
      expect(scoped.status.state).toBe('online')
    }
    expect(ami.status.state).toBe('closed')
    await rig.pbx.close()
  })
})

it('fault: whenever it is closed, in whatever step of the login, only closing and closed follow', async () => {
  for (let turns = 0; turns < 60; turns += 1) {
    const rig = new ClientRig()
    const login = caught(rig.ami.login())
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
    await rig[Symbol.asyncDispose]()
    await login
    expect(rig.states.slice(rig.states.indexOf('closing'))).toEqual(['closing', 'closed'])
  }
})
