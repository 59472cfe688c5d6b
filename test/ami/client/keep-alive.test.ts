import { unlisted } from 'obelus-asterisk'
import { action, event } from 'obelus-asterisk/testing'
import { describe, expect, it } from 'vitest'
import { ClientRig, caught } from '../../support/client-rig.js'
import { settle } from '../../support/virtual-clock.js'

describe('keepalive', () => {
  it('fault: half-open: a peer that is silently gone is found within 15 s by default, and what is in flight settles', async () => {
    await using rig = new ClientRig(
      {},
      action(unlisted('Silent'), () => undefined),
    )
    await rig.login()
    const inFlight = caught(rig.ami.sendAction(unlisted('Silent')))
    rig.link.stalled = true
    await rig.clock.advance(14_999)
    expect(rig.ami.status.state).toBe('online')
    await rig.clock.advance(2)
    expect(await inFlight).toMatchObject({
      name: 'ConnectionLostError',
      sent: 'maybe',
      cause: { message: expect.stringContaining('silent for 15000 ms') },
    })
    expect(rig.ami.status.state).toBe('waiting')
    rig.link.stalled = false
    await rig.clock.advance(2_000)
    expect(rig.ami.status.state).toBe('online')
    expect(rig.pbx.clients).toBeLessThanOrEqual(2)
  })

  it('events are a sign of life: no Ping while they come', async () => {
    await using rig = new ClientRig()
    await rig.login()
    for (let round = 0; round < 20; round += 1) {
      rig.link.inject('Event: UserEvent\r\n\r\n')
      await rig.clock.advance(9_000)
    }
    expect(rig.link.count('Action: Ping')).toBe(0)
    expect(rig.link.attempts).toBe(1)
  })

  it.each([
    ['half a line', 'E', 'E'],
    ['an event that does not end', 'Event: X\r\n', 'X: y\r\n'],
    ['a response that no action waits for', 'Response: Success\r\nActionID: forged\r\n', 'X: y\r\n'],
    ['output that no command asked for', 'Response: Follows\r\nX: y\r\n', 'more\n'],
    ['blank lines', '\r\n', '\r\n'],
  ])('bytes that complete nothing are none: the peer that sends %s is found', async (_, first, more) => {
    await using rig = new ClientRig()
    await rig.login()
    rig.link.stalled = true
    rig.link.inject(first)
    for (let second = 0; second < 15; second += 1) {
      expect(rig.ami.status.state).toBe('online')
      await rig.clock.advance(1_000)
      if (rig.ami.status.state === 'online') rig.link.inject(more)
    }
    expect(rig.states).toContain('waiting')
  })

  it('text in a value that looks like the beginning of output hides nothing: the connection lives, actions are answered', async () => {
    await using rig = new ClientRig()
    await rig.login()
    const events = rig.ami.events('UserEvent')
    rig.link.inject('Event: UserEvent\r\nN: a\r\n\r\nResponse: Follows\r\nX: y\r\n\r\n\r\n\r\nEvent: UserEvent\r\nN: b\r\n\r\n')
    expect((await rig.ami.sendAction('Ping')).type).toBe('success')
    expect([(await events.next()).value?.get('N'), (await events.next()).value?.get('N')]).toEqual(['a', 'b'])
    await rig.clock.advance(60_000)
    expect([rig.link.attempts, rig.ami.status.state]).toEqual([1, 'online'])
  })

  it('an answer that was asked for is life while it goes on, however slowly, also once it was given up', async () => {
    await using rig = new ClientRig(
      {},
      action('Command', () => undefined),
    )
    await rig.login()
    const output = caught(rig.ami.sendAction('Command', { ActionID: 'c', Command: 'dialplan show' }))
    await settle()
    rig.link.stalled = true
    rig.link.inject('Response: Success\r\nActionID: c\r\nMessage: Command output follows\r\nOutput: ')
    for (let second = 0; second < 120; second += 9) {
      await rig.clock.advance(9_000)
      rig.link.inject('x')
    }
    expect([rig.ami.status.state, rig.link.attempts, rig.link.count('Action: Ping')]).toEqual(['online', 1, 0])
    expect(await output).toMatchObject({ name: 'ActionTimeoutError' })
    await rig.clock.advance(15_001)
    expect(rig.ami.status.state).toBe('waiting')
  })

  it('a refusal is life too', async () => {
    await using rig = new ClientRig()
    await rig.login()
    rig.pbx.shutDownGracefully()
    await rig.clock.advance(120_000)
    expect(rig.link.attempts).toBe(1)
    expect(rig.ami.status.state).toBe('draining')
  })

  it('pings in silence, and goes on', async () => {
    await using rig = new ClientRig()
    await rig.login()
    await rig.clock.advance(100_000)
    expect(rig.link.count('Action: Ping')).toBeGreaterThanOrEqual(6)
    expect(rig.link.attempts).toBe(1)
  })

  it('fault: event loop blocked 9 s: bytes that lie unread are not taken for silence', async () => {
    await using rig = new ClientRig()
    await rig.login()
    rig.link.stalled = true
    await rig.clock.advance(10_000)
    rig.clock.freeze(9_000)
    const moved = rig.clock.advance(100)
    rig.link.stalled = false
    rig.link.inject('Response: Success\r\nMessage: the Pong that lay unread\r\n\r\n')
    await moved
    await rig.clock.advance(10_000)
    expect(rig.link.attempts).toBe(1)
    expect(rig.ami.status.state).toBe('online')
  })

  it('fault: synchronous Originate blocking 30 s: the connection is not declared dead meanwhile', async () => {
    await using rig = new ClientRig(
      {},
      action('Originate', () => undefined),
    )
    await rig.login()
    const call = caught(rig.ami.sendAction('Originate', { Channel: 'Local/x@y' }))
    rig.link.stalled = true
    await rig.clock.advance(29_900)
    expect(rig.ami.status.state).toBe('online')
    rig.link.stalled = false
    await rig.clock.advance(20_000)
    expect(rig.ami.status.state).toBe('online')
    expect(rig.link.attempts).toBe(1)
    expect(await call).toMatchObject({ name: 'ActionTimeoutError' })
  })

  it('an action that blocked excuses silence only until it is answered', async () => {
    await using rig = new ClientRig(
      {},
      action('WaitEvent', () => [event('UserEvent')]),
    )
    await rig.login()
    await rig.ami.sendAction(unlisted('WaitEvent'))
    rig.link.stalled = true
    await rig.clock.advance(15_001)
    expect(rig.ami.status.state).toBe('waiting')
  })

  describe.each([
    ['WaitEvent', {}],
    ['WaitEvent', { Timeout: 86_400 }],
    ['Originate', { Channel: 'Local/x@y', Timeout: 86_400_000 }],
  ])('%s with %j', (name, headers) => {
    it('excuses silence no longer than it is waited for: given up or aborted, a peer that is gone is found', async () => {
      for (const giveUp of ['timeout', 'abort']) {
        await using rig = new ClientRig(
          {},
          action(unlisted(name), () => undefined),
        )
        await rig.login()
        const abort = new AbortController()
        const blocking = caught(rig.ami.sendAction(unlisted(name), headers, { timeoutMs: 20_000, signal: abort.signal }))
        await rig.clock.advance(19_999)
        rig.link.stalled = true
        if (giveUp === 'abort') abort.abort()
        await rig.clock.advance(2)
        await blocking
        expect(rig.ami.status.state).toBe('online')
        await rig.clock.advance(14_900)
        expect(rig.ami.status.state).toBe('online')
        await rig.clock.advance(200)
        expect(rig.ami.status.state).toBe('waiting')
      }
    })

    it('excuses silence for ten minutes at the most, however long it may take', async () => {
      await using rig = new ClientRig(
        {},
        action(unlisted(name), () => undefined),
      )
      await rig.login()
      const blocking = caught(rig.ami.sendAction(unlisted(name), headers, { timeoutMs: Number.POSITIVE_INFINITY }))
      rig.link.stalled = true
      await rig.clock.advance(600_000)
      expect(rig.ami.status.state).toBe('online')
      await rig.clock.advance(15_001)
      expect(rig.ami.status.state).toBe('waiting')
      expect(await blocking).toMatchObject({ name: 'ConnectionLostError', sent: 'maybe' })
    })
  })

  it('a connection that breaks in the writing of the Ping leaves no timer behind', async () => {
    await using rig = new ClientRig({ reconnect: false })
    await rig.login()
    rig.link.breakOnWrite = true
    await rig.clock.advance(10_000)
    expect(rig.ami.status.state).toBe('failed')
    await rig.ami.close()
    expect(rig.clock.timers).toBe(0)
  })

  it('false: no Ping at all', async () => {
    await using rig = new ClientRig({ keepAlive: false })
    await rig.login()
    await rig.clock.advance(600_000)
    expect(rig.link.count('Action: Ping')).toBe(0)
  })
})
