import {
  ActionError,
  ActionTimeoutError,
  ConnectionError,
  InvalidActionError,
  ProtocolError,
  StreamOverflowError,
  unlisted,
} from 'obelus-asterisk'
import { action, event, FakeResponse, failure, success } from 'obelus-asterisk/testing'
import { describe, expect, it } from 'vitest'
import { ClientRig, caught, outcomeOf } from '../../support/client-rig.js'
import { settle } from '../../support/virtual-clock.js'

const silent = action(unlisted('Silent'), () => undefined)

describe('sendAction', () => {
  it('is refused before login(), with what to do', async () => {
    await using rig = new ClientRig()
    expect(await outcomeOf(rig.ami.sendAction('Ping'))).toMatchObject({
      name: 'ConnectionError',
      message: expect.stringContaining('await login() first'),
    })
  })

  it('waits while login() is under way', async () => {
    await using rig = new ClientRig()
    const login = rig.ami.login()
    const ping = rig.ami.sendAction('Ping')
    await settle()
    await login
    expect((await ping).type).toBe('success')
  })

  it('times out in the queue: nothing was sent, and never is', async () => {
    await using rig = new ClientRig()
    await rig.login()
    rig.link.refusal = new Error('connect ECONNREFUSED')
    rig.link.break()
    const ping = caught(rig.ami.sendAction(unlisted('Ping'), { Mine: 1 }, { timeoutMs: 1_000 }))
    await rig.clock.advance(1_000)
    expect(await ping).toBeInstanceOf(ActionTimeoutError)
    expect(await ping).toMatchObject({ sent: 'no', timeoutMs: 1_000, code: 'ACTION_TIMEOUT' })
    rig.link.refusal = undefined
    await rig.clock.advance(60_000)
    expect(rig.ami.status.state).toBe('online')
    expect(rig.link.count('Mine: 1')).toBe(0)
  })

  it('fault: latency above the timeout: sent maybe; the late answer is dropped and counted; the next action gets its own', async () => {
    await using rig = new ClientRig({}, silent)
    await rig.login()
    const late = caught(rig.ami.sendAction(unlisted('Silent'), { ActionID: 'late-1' }, { timeoutMs: 500 }))
    await rig.clock.advance(500)
    expect(await late).toMatchObject({ name: 'ActionTimeoutError', sent: 'maybe' })
    rig.link.inject('Response: Success\r\nActionID: late-1\r\nMessage: too late\r\n\r\n')
    expect((await rig.ami.sendAction('Ping')).get('Ping')).toBe('Pong')
    expect(rig.ami.lateAnswers).toBe(1)
    expect(rig.warnings).toEqual([])
  })

  it('fault: abort before, during and after: settled once, and the listener is taken off the signal', async () => {
    await using rig = new ClientRig({}, silent)
    await rig.login()
    const early = AbortSignal.abort(new Error('early'))
    await expect(rig.ami.sendAction('Ping', {}, { signal: early })).rejects.toThrow('early')
    expect(rig.link.count('Action: Ping')).toBe(0)

    const abort = new AbortController()
    let listeners = 0
    const { signal } = abort
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = ((...args: Parameters<typeof add>) => {
      listeners += 1
      add(...args)
    }) as typeof signal.addEventListener
    signal.removeEventListener = ((...args: Parameters<typeof remove>) => {
      listeners -= 1
      remove(...args)
    }) as typeof signal.removeEventListener
    for (let round = 0; round < 100; round += 1) await rig.ami.sendAction('Ping', {}, { signal })
    expect(listeners).toBe(0)
    const during = caught(rig.ami.sendAction(unlisted('Silent'), {}, { signal }))
    await settle()
    abort.abort(new Error('enough'))
    expect(String(await during)).toContain('enough')
    await settle()
    expect(listeners).toBe(0)
  })

  it.each([true, false])(
    'a transport that reports the loss from within its write: sent maybe, and no place in flight is lost (reconnect: %s)',
    async (reconnects) => {
      await using rig = new ClientRig({ maxInFlight: 1, ...(reconnects ? {} : { reconnect: false as const }) })
      for (let round = 0; round < 3; round += 1) {
        await rig.login()
        expect((await rig.ami.sendAction('Ping')).type).toBe('success')
        rig.link.breakOnWrite = true
        expect(await outcomeOf(rig.ami.sendAction('Ping'))).toMatchObject({ name: 'ConnectionLostError', sent: 'maybe' })
        rig.link.breakOnWrite = false
        await rig.clock.advance(1_000)
      }
    },
  )

  it('an aborted action leaves the queue', async () => {
    await using rig = new ClientRig({ maxInFlight: 1 }, silent)
    await rig.login()
    const abort = new AbortController()
    const first = caught(rig.ami.sendAction(unlisted('Silent'), {}, { timeoutMs: 1_000 }))
    const second = caught(rig.ami.sendAction(unlisted('Ping'), { Second: 1 }, { signal: abort.signal }))
    const third = rig.ami.sendAction(unlisted('Ping'), { Third: 1 })
    abort.abort(new Error('enough'))
    expect(String(await second)).toContain('enough')
    await rig.clock.advance(1_000)
    expect(await first).toMatchObject({ sent: 'maybe' })
    expect((await third).type).toBe('success')
    expect(rig.link.count('Second: 1')).toBe(0)
  })

  it('tells when it is written, and reports what the caller throws then', async () => {
    await using rig = new ClientRig()
    await rig.login()
    rig.link.refusal = new Error('connect ECONNREFUSED')
    rig.link.break()
    const written: string[] = []
    const onWritten = (name: string) => () => {
      written.push(name)
      throw new Error(name)
    }
    const waits = rig.ami.sendAction('Ping', {}, { onWritten: onWritten('waits') })
    const late = caught(rig.ami.sendAction('Ping', {}, { timeoutMs: 5, onWritten: onWritten('late') }))
    await rig.clock.advance(5)
    expect(written).toEqual([])
    rig.link.refusal = undefined
    await rig.clock.advance(60_000)
    expect((await waits).type).toBe('success')
    expect(await late).toMatchObject({ code: 'ACTION_TIMEOUT', sent: 'no' })
    expect([written, rig.errors.map(({ message }) => message)]).toEqual([['waits'], ['waits']])
  })

  it('tells of an answer in its place among the events, of a refusal too', async () => {
    await using rig = new ClientRig(
      {},
      action(unlisted('Between'), (request, client) => {
        client.emit(unlisted('Before'))
        client.respond(request, request.get('Refused') === '1' ? failure('no') : success())
        client.emit(unlisted('Behind'))
        return undefined
      }),
    )
    await rig.login()
    const heard: string[] = []
    rig.ami.onEvent([unlisted('Before'), unlisted('Behind')], ({ name }) => heard.push(name))
    const onAnswer = ({ type }: { readonly type: string }) => heard.push(type)
    await rig.ami.sendAction(unlisted('Between'), {}, { onAnswer })
    await caught(rig.ami.sendAction(unlisted('Between'), { Refused: 1 }, { onAnswer }))
    await settle()
    expect(heard).toEqual(['Before', 'success', 'Behind', 'Before', 'error', 'Behind'])
  })

  it('a higher priority goes first, and no more than maxInFlight are under way', async () => {
    const order: string[] = []
    await using rig = new ClientRig(
      { maxInFlight: 2 },
      action(unlisted('Mark'), (request) => {
        order.push(request.get('Name') ?? '')
        return success()
      }),
    )
    await rig.login()
    rig.link.break()
    const all = ['a', 'b', 'c', 'd'].map((Name, index) => rig.ami.sendAction(unlisted('Mark'), { Name }, { priority: index }))
    await rig.clock.advance(1_000)
    await Promise.all(all)
    expect(order).toEqual(['d', 'c', 'b', 'a'])
  })

  it('login, Ping of the keepalive and Logoff pass actions that wait', async () => {
    await using rig = new ClientRig(
      { maxInFlight: 1, actionTimeoutMs: 600_000, keepAlive: { intervalMs: 1_000, timeoutMs: 1_000 } },
      silent,
    )
    await rig.login()
    const stuck = caught(rig.ami.sendAction(unlisted('Silent')))
    const waiting = caught(rig.ami.sendAction(unlisted('Ping'), { Waits: 1 }))
    await rig.clock.advance(5_000)
    expect(rig.link.count('Action: Ping')).toBeGreaterThanOrEqual(4)
    expect(rig.link.count('Waits: 1')).toBe(0)
    rig.link.break()
    await rig.clock.advance(1_000)
    expect(rig.ami.status.state).toBe('online')
    expect(await stuck).toMatchObject({ sent: 'maybe' })
    expect(await waiting).toMatchObject({ type: 'success' })
  })

  it("a caller's own ActionID, also a number, settles its own promise; one that is in use is refused", async () => {
    await using rig = new ClientRig({}, silent)
    await rig.login()
    expect((await rig.ami.sendAction('Ping', { ActionID: 4711 })).get('ActionID')).toBe('4711')
    const pending = caught(rig.ami.sendAction(unlisted('Silent'), { ActionID: 'x' }))
    expect(await outcomeOf(rig.ami.sendAction(unlisted('Ping'), { actionid: 'x' }))).toBeInstanceOf(InvalidActionError)
    expect(await outcomeOf(pending)).toBe('pending')
    expect((await rig.ami.sendAction('Ping', { ActionID: 'y' })).type).toBe('success')
  })

  it('of two actions with one ActionID that wait, the second is refused when its turn comes, and not written', async () => {
    await using rig = new ClientRig({ maxInFlight: 2 }, silent)
    await rig.login()
    rig.link.break()
    const [first, second] = [1, 2].map((n) => caught(rig.ami.sendAction(unlisted('Silent'), { ActionID: 'x', N: n })))
    await rig.clock.advance(1_000)
    expect(await second).toBeInstanceOf(InvalidActionError)
    expect(await outcomeOf(first as Promise<unknown>)).toBe('pending')
    expect([rig.link.count('N: 1'), rig.link.count('N: 2')]).toEqual([1, 0])
  })

  it('10,000 actions leave no timer behind and raise no warning', async () => {
    await using rig = new ClientRig()
    await rig.login()
    const timers = rig.clock.timers
    const warned: string[] = []
    const onWarning = (warning: Error) => warned.push(warning.name)
    process.on('warning', onWarning)
    for (let round = 0; round < 100; round += 1) await Promise.all(Array.from({ length: 100 }, () => rig.ami.sendAction('Ping')))
    expect(rig.clock.timers).toBe(timers)
    process.off('warning', onWarning)
    expect(warned).toEqual([])
  })

  it('a failed console command has its output in the error', async () => {
    await using rig = new ClientRig(
      {},
      action('Command', () => new FakeResponse('Error', { Message: 'Command output follows', Output: ['No such command', ''] })),
    )
    await rig.login()
    const error = await outcomeOf(rig.ami.command('nonsense'))
    expect(error).toBeInstanceOf(ActionError)
    expect((error as ActionError).response.output).toEqual(['No such command', ''])
  })

  it('an action that blocks the connection is warned of, and has its time', async () => {
    await using rig = new ClientRig(
      {},
      action('Originate', () => undefined),
    )
    await rig.login()
    const blocking = caught(rig.ami.sendAction('Originate', { Channel: 'Local/x@y', Timeout: 60_000 }))
    await rig.clock.advance(64_999)
    expect(await outcomeOf(blocking)).toBe('pending')
    await rig.clock.advance(2)
    expect(await blocking).toMatchObject({ name: 'ActionTimeoutError', timeoutMs: 65_000 })
    expect(rig.warnings).toEqual([expect.stringContaining('Originate holds up the connection for up to 60000 ms')])
    expect(rig.ami.status.state).toBe('online')
    await caught(
      rig.ami.sendAction('Originate', { Channel: 'Local/x@y', Async: true }, { timeoutMs: 1, signal: AbortSignal.abort() }),
    )
    expect(rig.warnings).toHaveLength(1)
  })

  it.each([
    ['Originate', { Channel: 'Local/x@y' }, {}, 35_000],
    ['Originate', { Channel: 'Local/x@y', Timeout: 2_000 }, {}, 7_000],
    ['Originate', { Channel: 'Local/x@y', Async: true }, {}, 1_000],
    ['WaitEvent', { Timeout: 60 }, {}, 65_000],
    ['WaitEvent', {}, {}, 1_000],
    ['Originate', { Channel: 'Local/x@y' }, { timeoutMs: 500 }, 500],
    ['WaitEvent', { Timeout: 60 }, { timeoutMs: 500 }, 500],
  ])('with actionTimeoutMs 1,000, %s with %j and %j may take %i ms', async (name, headers, options, timeoutMs) => {
    await using rig = new ClientRig(
      { actionTimeoutMs: 1_000 },
      action(unlisted(name), () => undefined),
    )
    await rig.login()
    const outcome = caught(rig.ami.sendAction(unlisted(name), headers, options))
    await rig.clock.advance(timeoutMs - 1)
    expect(await outcomeOf(outcome)).toBe('pending')
    await rig.clock.advance(1)
    expect(await outcome).toMatchObject({ name: 'ActionTimeoutError', timeoutMs })
  })

  it('fault: list whose Complete never comes: Timeout', async () => {
    await using rig = new ClientRig(
      {},
      action('QueueStatus', () => undefined),
    )
    await rig.login()
    const list = caught(rig.ami.sendAction('QueueStatus', { ActionID: 'L' }))
    await settle()
    rig.link.inject('Response: Success\r\nActionID: L\r\nEventList: start\r\n\r\nEvent: QueueParams\r\nActionID: L\r\n\r\n')
    await rig.clock.advance(30_000)
    expect(await list).toMatchObject({ name: 'ActionTimeoutError', sent: 'maybe' })
  })

  it('fault: list action cut in the middle: rejects, the part that came is not an answer', async () => {
    await using rig = new ClientRig(
      {},
      action('QueueStatus', () => undefined),
    )
    await rig.login()
    const list = caught(rig.ami.sendAction('QueueStatus', { ActionID: 'L' }))
    await settle()
    rig.link.inject('Response: Success\r\nActionID: L\r\nEventList: start\r\n\r\nEvent: QueueParams\r\nActionID: L\r\n\r\n')
    rig.link.break()
    expect(await list).toMatchObject({ name: 'ConnectionLostError', sent: 'maybe' })
  })

  it('a list beyond its limit: an error that names limit and option, and the connection lives', async () => {
    await using rig = new ClientRig(
      { limits: { maxListEvents: 3 } },
      action('QueueStatus', () => Array.from({ length: 400 }, () => event('QueueParams'))),
    )
    await rig.login()
    const events = rig.ami.events()
    const error = await outcomeOf(rig.ami.sendAction('QueueStatus'))
    expect(error).toBeInstanceOf(ProtocolError)
    expect(String(error)).toContain('the list of QueueStatus has more than 3 events (limits.maxListEvents): 4 came so far')
    expect((await rig.ami.sendAction('Ping')).type).toBe('success')
    expect([rig.link.attempts, rig.warnings, events.buffered]).toEqual([1, [], 0])
  })

  it('output of a command beyond its limit: an error that names limit and option, and the connection lives', async () => {
    await using rig = new ClientRig(
      { limits: { maxOutputBytes: 5_000 } },
      action('Command', (request) => {
        const count = Number(request.get('Command'))
        return success({ Message: 'Command output follows', Output: Array.from({ length: count }, (_, line) => `line ${line}`) })
      }),
    )
    await rig.login()
    expect(await rig.ami.command('200')).toHaveLength(200)
    const error = await outcomeOf(rig.ami.command('20000'))
    expect(error).toBeInstanceOf(ProtocolError)
    expect(String(error)).toMatch(
      /the output of Command has more than 5000 bytes \(limits\.maxOutputBytes\): \d+ bytes in \d+ lines came so far/,
    )
    expect(await rig.ami.command('200')).toHaveLength(200)
    expect([rig.link.attempts, rig.warnings]).toEqual([1, []])
  })

  it('a command may print more lines than a message may have headers', async () => {
    await using rig = new ClientRig(
      {},
      action('Command', () =>
        success({ Message: 'Command output follows', Output: Array.from({ length: 150_000 }, (_, line) => `line ${line}`) }),
      ),
    )
    await rig.login()
    const lines = await rig.ami.command('database show')
    expect([lines.length, lines[149_999]]).toEqual([150_000, 'line 149999'])
    expect(rig.link.attempts).toBe(1)
  })

  it.each([
    [{ timeoutMs: Number.NaN }, 'timeoutMs must be a number of milliseconds from 1 up, not NaN'],
    [{ timeoutMs: 0 }, 'timeoutMs must be a number of milliseconds from 1 up, not 0'],
    [{ priority: Number.NaN }, 'priority must be a finite number, not NaN'],
  ])('refuses the options %j', async (options, message) => {
    await using rig = new ClientRig()
    await rig.login()
    expect(await outcomeOf(rig.ami.sendAction('Ping', {}, options))).toMatchObject({ message })
  })
})

describe('listAction', () => {
  const list = action('QueueStatus', async function* () {
    for (let index = 1; index <= 5; index += 1) yield event(unlisted('QueueMember'), { Index: index })
    return { Total: 5 }
  })

  it('yields the items as they come, and ends with the list', async () => {
    await using rig = new ClientRig({}, list)
    await rig.login()
    const indexes: string[] = []
    for await (const item of rig.ami.listAction('QueueStatus')) indexes.push(item.get(unlisted('Index')) ?? '')
    expect(indexes).toEqual(['1', '2', '3', '4', '5'])
  })

  it('left early, drops the rest and leaves the connection in order', async () => {
    await using rig = new ClientRig({}, list)
    await rig.login()
    for await (const item of rig.ami.listAction('QueueStatus')) if (item.get(unlisted('Index')) === '2') break
    expect((await rig.ami.sendAction('QueueStatus')).events).toHaveLength(5)
    expect(rig.warnings).toEqual([])
  })

  it('throws the error that came in place of a list', async () => {
    await using rig = new ClientRig(
      {},
      action('QueueStatus', () => failure('No such queue')),
    )
    await rig.login()
    await expect(rig.ami.listAction('QueueStatus').next()).rejects.toThrow('Action QueueStatus failed: No such queue')
  })

  it('throws when its reader falls behind the limit, and the connection lives', async () => {
    await using rig = new ClientRig({ limits: { maxListEvents: 3 } }, list)
    await rig.login()
    const stream = rig.ami.listAction('QueueStatus')
    await settle()
    const read = async () => {
      const items: unknown[] = []
      for await (const item of stream) items.push(item)
    }
    const error = await caught(read())
    expect(error).toBeInstanceOf(StreamOverflowError)
    expect(error).toMatchObject({
      maxBuffered: 3,
      message: 'The reader of the list of QueueStatus fell 3 events behind (limits.maxListEvents). Read faster, or raise it.',
    })
    expect(rig.link.attempts).toBe(1)
  })

  it("one that nobody reads is nobody's rejection", async () => {
    await using rig = new ClientRig()
    expect(rig.ami.listAction('QueueStatus')).toBeDefined()
    await settle()
    await expect(rig.ami.listAction('QueueStatus').next()).rejects.toBeInstanceOf(ConnectionError)
  })
})
