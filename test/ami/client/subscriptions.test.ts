import { type AMIEvent, type Gap, StreamOverflowError, unlisted } from 'obelus-asterisk'
import { describe, expect, it } from 'vitest'
import { ClientRig, caught, outcomeOf } from '../../support/client-rig.js'
import { settle } from '../../support/virtual-clock.js'

const loggedIn = async () => {
  const rig = new ClientRig()
  await rig.login()
  return rig
}

const readAll = async (stream: AsyncIterator<AMIEvent | Gap> & { buffered: number }) => {
  const items: (string | undefined)[] = []
  while (stream.buffered > 0) {
    const { value } = await stream.next()
    items.push('dropped' in value ? `gap of ${value.dropped}` : value.get('N'))
  }
  return items
}

const emit = async (rig: ClientRig, count: number) => {
  for (let number = 1; number <= count; number += 1) rig.pbx.emit(unlisted('Hangup'), { N: number })
  await settle()
}

describe('events', () => {
  it('listens from the call on, not from the first read', async () => {
    await using rig = await loggedIn()
    const stream = rig.ami.events('Hangup')
    await emit(rig, 2)
    expect(await readAll(stream)).toEqual(['1', '2'])
  })

  it('takes one name, several, or none for all; names in any case', async () => {
    await using rig = await loggedIn()
    const one = rig.ami.events(unlisted('hangup'))
    const two = rig.ami.events(['Hangup', 'Newchannel', 'Hangup'])
    const all = rig.ami.events()
    rig.pbx.emit('Newchannel')
    rig.pbx.emit('Hangup')
    rig.pbx.emit('VarSet')
    await settle()
    expect([one.buffered, two.buffered, all.buffered]).toEqual([1, 2, 3])
    expect((await one.next()).value.name).toBe('Hangup')
  })

  it('takes options without names: every event', async () => {
    await using rig = await loggedIn()
    const abort = new AbortController()
    const all = rig.ami.events({ signal: abort.signal, where: (event) => event.name !== 'VarSet' })
    rig.pbx.emit('Newchannel')
    rig.pbx.emit('VarSet')
    rig.pbx.emit('Hangup')
    await settle()
    expect(all.buffered).toBe(2)
    abort.abort(new Error('enough'))
    for (let read = 0; read < 2; read += 1) await all.next()
    await expect(all.next()).rejects.toThrow('enough')
  })

  it('a listener takes several names, and hears each event once, until it is taken away', async () => {
    await using rig = await loggedIn()
    const heard: string[] = []
    const stop = rig.ami.onEvent(['Hangup', 'Newchannel', unlisted('hangup')], (event) => heard.push(event.name))
    const stopAll = rig.ami.onEvent(['Hangup', '*'], (event) => heard.push(`* ${event.name}`))
    const emitBoth = async () => {
      rig.pbx.emit('Newchannel')
      rig.pbx.emit('Hangup')
      rig.pbx.emit('VarSet')
      await settle()
    }
    await emitBoth()
    expect(heard).toEqual(['Newchannel', '* Newchannel', 'Hangup', '* Hangup', '* VarSet'])
    stop()
    stopAll()
    await emitBoth()
    expect(heard).toHaveLength(5)
  })

  it.each([
    [null, "An event's name must be text, or a list of texts, not null"],
    [['Hangup', 7], "An event's name must be text, not 7"],
    [[''], `An event's name must be text, not ""`],
  ])('refuses the names %j, of streams, waits and listeners', async (names, message) => {
    await using rig = await loggedIn()
    expect(() => rig.ami.events(names as never)).toThrow(message)
    await expect(rig.ami.waitFor(names as never)).rejects.toThrow(message)
    expect(() => rig.ami.onEvent(names as never, () => undefined)).toThrow(message)
  })

  it('refuses a listener that is no function', async () => {
    await using rig = await loggedIn()
    expect(() => rig.ami.onEvent('Hangup', undefined as never)).toThrow('A listener must be a function, not undefined')
  })

  it('fault: a consumer that never reads: its queue is bounded, others are not affected; error is the default', async () => {
    await using rig = await loggedIn()
    const slow = rig.ami.events('Hangup', { maxBuffered: 3 })
    const other = rig.ami.events('Hangup')
    await emit(rig, 5)
    expect(other.buffered).toBe(5)
    expect(await readAll(slow)).toEqual(['1', '2', '3'])
    await expect(slow.next()).rejects.toBeInstanceOf(StreamOverflowError)
    expect(await slow.next()).toEqual({ value: undefined, done: true })
    expect((await rig.ami.sendAction('Ping')).type).toBe('success')
  })

  it('drop-oldest keeps the newest, counts, and shows the hole before them', async () => {
    await using rig = await loggedIn()
    const stream = rig.ami.events('Hangup', { maxBuffered: 3, overflow: 'drop-oldest', withGaps: true })
    await emit(rig, 7)
    expect(stream.dropped).toBe(4)
    expect(stream.gaps).toBe(1)
    expect(await readAll(stream)).toEqual(['gap of 4', '5', '6', '7'])
  })

  it('drop-newest keeps the oldest, counts, and shows the hole behind them', async () => {
    await using rig = await loggedIn()
    const stream = rig.ami.events('Hangup', { maxBuffered: 3, overflow: 'drop-newest', withGaps: true })
    await emit(rig, 7)
    expect(stream.dropped).toBe(4)
    expect(await readAll(stream)).toEqual(['1', '2', '3'])
    expect((await stream.next()).value).toMatchObject({ reason: 'overflow', dropped: 4 })
  })

  it('a listener that throws or rejects is reported, and harms neither the connection nor other listeners', async () => {
    await using rig = await loggedIn()
    const heard: string[] = []
    rig.ami.onEvent('Hangup', () => {
      throw new Error('thrown')
    })
    rig.ami.onEvent('Hangup', async () => {
      throw new Error('rejected')
    })
    rig.ami.onEvent('Hangup', (event) => heard.push(event.get(unlisted('N')) ?? ''))
    rig.ami.onEvent('*', (event) => heard.push(`* ${event.get('N')}`))
    await emit(rig, 1)
    expect(rig.errors.map((error) => error.message)).toEqual(['thrown', 'rejected'])
    expect(heard).toEqual(['1', '* 1'])
    expect(rig.ami.status.state).toBe('online')
  })

  it('a listener that throws or rejects with an object without prototype, or returns a thenable that rejects, is reported', async () => {
    await using rig = await loggedIn()
    const bare = Object.create(null) as object
    rig.ami.onEvent('Hangup', () => {
      throw bare
    })
    rig.ami.onEvent('Hangup', () => Promise.reject(bare))
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what this is about
    rig.ami.onEvent('Hangup', () => ({ then: (_: unknown, reject: (reason: unknown) => void) => reject('rejected') }))
    await emit(rig, 1)
    expect(rig.errors.map((error) => error.message)).toEqual([
      'Not an error was thrown: an object without text',
      'Not an error was thrown: an object without text',
      'Not an error was thrown: rejected',
    ])
  })

  it('refuses a listener that is no function, and an event that the client has not', async () => {
    await using rig = await loggedIn()
    expect(() => rig.ami.onEvent('Hangup', 5 as never)).toThrow('A listener must be a function, not number')
    expect(() => rig.ami.on('status', undefined as never)).toThrow('A listener must be a function, not undefined')
    expect(() => rig.ami.on('eror' as 'error', () => undefined)).toThrow(
      'There is no event "eror"; did you mean "error"? Known are error, warning, status, gap',
    )
  })

  it('a listener of the client itself that rejects is reported too', async () => {
    await using rig = new ClientRig()
    rig.ami.on('status', async (status) => {
      if (status.state === 'online') throw new Error('in a status listener')
    })
    await rig.login()
    await settle()
    expect(rig.errors.map((error) => error.message)).toEqual(['in a status listener'])
  })

  it('a where that throws ends its own stream with that error', async () => {
    await using rig = await loggedIn()
    const broken = rig.ami.events('Hangup', {
      where: () => {
        throw new Error('in where')
      },
    })
    const other = rig.ami.events('Hangup', { where: (event) => event.get(unlisted('N')) === '2' })
    await emit(rig, 2)
    await expect(broken.next()).rejects.toThrow('in where')
    expect(await readAll(other)).toEqual(['2'])
    const waiting = caught(
      rig.ami.waitFor('Hangup', {
        where: () => {
          throw new Error('in where')
        },
      }),
    )
    await emit(rig, 1)
    expect(String(await waiting)).toContain('in where')
  })

  it('fault: 100 consumers break out early: all are unsubscribed, nothing is decoded for them any more', async () => {
    await using rig = await loggedIn()
    const streams = Array.from({ length: 100 }, () => rig.ami.events('Hangup'))
    const readers = streams.map(async (stream) => {
      for await (const _ of stream) break
    })
    await emit(rig, 1)
    await Promise.all(readers)
    await emit(rig, 5)
    for (const stream of streams) expect(stream.buffered).toBe(0)
  })

  it("ends with its signal's reason, and at once when it is aborted already", async () => {
    await using rig = await loggedIn()
    const abort = new AbortController()
    const read = caught(rig.ami.events('Hangup', { signal: abort.signal }).next())
    abort.abort(new Error('enough'))
    expect(String(await read)).toContain('enough')
    await expect(rig.ami.events('Hangup', { signal: abort.signal }).next()).rejects.toThrow('enough')
  })

  it('return() settles a pending read; a stream can be disposed of', async () => {
    await using rig = await loggedIn()
    const stream = rig.ami.events('Hangup')
    const read = stream.next()
    await stream.return()
    expect(await read).toEqual({ value: undefined, done: true })
    {
      await using disposed = rig.ami.events('Hangup')
      await emit(rig, 1)
      expect(disposed.buffered).toBe(1)
    }
    await stream.return()
  })

  it.each([
    [{ overflow: 'drop' as never }, "overflow must be 'error', 'drop-oldest' or 'drop-newest', not \"drop\""],
    [{ maxBuffered: 0 }, 'maxBuffered must be a whole number above 0, not 0'],
    [{ where: 5 as never }, 'where must be a function, not 5'],
    [{ withGaps: 'yes' as never }, 'withGaps must be true or false, not "yes"'],
    [{ withgaps: true } as never, 'There is no option "withgaps"; did you mean "withGaps"? Known are signal, where'],
    [null as never, 'options must be an object, not null'],
  ])('refuses the options %j', async (options, message) => {
    await using rig = await loggedIn()
    expect(() => rig.ami.events('Hangup', options)).toThrow(message)
  })
})

describe('names of events', () => {
  it.each([5, null, {}, [5], [''], ''])('%o is refused', async (names) => {
    await using rig = await loggedIn()
    // An object alone is the options of a stream of all events.
    if (names?.constructor !== Object) expect(() => rig.ami.events(names as never)).toThrow("An event's name must be text")
    await expect(rig.ami.waitFor(names as never)).rejects.toThrow("An event's name must be text")
  })
})

describe('waitFor', () => {
  it.each([
    [{ where: 5 as never }, 'where must be a function, not 5'],
    [{ timeoutMs: '5' as never }, 'timeoutMs must be a number of milliseconds from 1 up, not "5"'],
    [{ timeout: 5 } as never, 'There is no option "timeout"; did you mean "timeoutMs"? Known are signal, timeoutMs, where'],
  ])('refuses the options %j', async (options, message) => {
    await using rig = await loggedIn()
    await expect(rig.ami.waitFor('Hangup', options)).rejects.toThrow(message)
  })

  it('resolves with the first event that where is true for', async () => {
    await using rig = await loggedIn()
    const waiting = rig.ami.waitFor(['Hangup', 'Newchannel'], { where: (event) => event.get(unlisted('N')) === '2' })
    await emit(rig, 3)
    expect((await waiting).get(unlisted('N'))).toBe('2')
  })

  it('waits across a reconnect, and no longer than it is told', async () => {
    await using rig = await loggedIn()
    const waiting = rig.ami.waitFor('Hangup', { timeoutMs: 5_000 })
    const tooShort = caught(rig.ami.waitFor('Hangup', { timeoutMs: 100 }))
    rig.link.break()
    await rig.clock.advance(1_000)
    await emit(rig, 1)
    expect((await waiting).get(unlisted('N'))).toBe('1')
    expect(await tooShort).toMatchObject({ name: 'WaitTimeoutError', message: 'No event Hangup came within 100 ms' })
  })

  it('can be asked for before login(), and gets the event of the login', async () => {
    await using rig = new ClientRig()
    const booted = rig.ami.waitFor('FullyBooted', { timeoutMs: 5_000, where: () => true })
    await rig.login()
    expect((await booted).headers.Status).toBe('Fully Booted')
  })

  it('leaves no timer behind', async () => {
    await using rig = await loggedIn()
    const timers = rig.clock.timers
    const abort = new AbortController()
    const waiting = outcomeOf(rig.ami.waitFor('Hangup', { signal: abort.signal }))
    abort.abort()
    await waiting
    expect(rig.clock.timers).toBe(timers)
  })
})

it('warnings about what the server sends show no secrets', async () => {
  await using rig = await loggedIn()
  rig.ami.onEvent('UserEvent', () => undefined)
  rig.link.inject('Response: Success\r\nActionID: stray\r\nMessage: PASSWORD=hunter2,hunter2\r\n\r\n')
  rig.link.inject(`Odd: 1\r\nVariable: PASSWORD\r\nValue: hunter2\r\n\r\n`)
  rig.link.inject('Event: UserEvent\r\nsecret=hunter2 hunter2\r\n\r\n')
  await settle()
  expect(rig.warnings.map((warning) => warning.replace(/^.*?: /, ''))).toEqual([
    'a response that no action waits for was ignored: Success, "PASSWORD=…"',
    'a message that is neither event nor response was ignored: "Odd: 1\\r\\nVariable: PASSWORD\\r\\nValue: …\\r\\n\\r\\n"',
    'a line without a colon came (more of them are not reported): "secret=…"',
  ])
})
