import { inspect } from 'node:util'
import { AMIClient, CallManager, type Connector, FastAGIServer, unlisted } from 'obelus-asterisk'
import { action, event, FakeAsterisk, failure, once, success, UnhandledActionError } from 'obelus-asterisk/testing'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { settle } from '../support/virtual-clock.js'

const users = { admin: 's3cret' }

async function online(connect: Connector, options = {}): Promise<AMIClient> {
  const ami = new AMIClient({ username: 'admin', secret: 's3cret', connect, reconnect: false, ...options })
  onTestFinished(() => ami.close())
  await ami.login()
  return ami
}

const ask = (ami: AMIClient, name: string, headers: object = {}) => ami.sendAction(name as 'Ping', headers)

describe('options', () => {
  it.each<[object, string]>([
    [{ usres: {} }, 'There is no option "usres"; did you mean "users"? Known are users, version'],
    [action('Ping', () => success()), 'Handlers come after the options'],
    [{ version: 18 }, 'version must be 16 or 22, not 18'],
    [{ unhandled: 'throw' }, "unhandled must be 'error', 'warn' or 'bypass', not \"throw\""],
  ])('%j cannot be', (options, message) => expect(() => new FakeAsterisk(options)).toThrow(message))

  it.each<[object, string]>([
    [{ 200: { answer: { afterMs: -1 } } }, 'dialplan.200.answer.afterMs must be a number of milliseconds from 0 up, not -1'],
    [{ 200: { answer: { afterMS: 5 } } }, 'There is no option "dialplan.200.answer.afterMS"; did you mean "afterMs"?'],
    [{ 200: { answer: { cause: 'busy' } } }, 'dialplan.200.answer.cause must be a whole number from 0 to 127, not "busy"'],
    [{ 200: { answer: {}, talkMs: 5 } }, 'There is no option "dialplan.200.talkMs"; known are answer'],
    [{ 300: { dial: 'PJSIP/1', timeout: 5 } }, 'There is no option "dialplan.300.timeout"; did you mean "timeoutMs"?'],
    [{ 300: { dial: 'PJSIP/1', timeoutMs: 0 } }, 'dialplan.300.timeoutMs must be a number of milliseconds from 1 up, not 0'],
  ])('a dialplan %j cannot be', (plan, message) => expect(() => new FakeAsterisk().dialplan(plan as never)).toThrow(message))
})

describe('close()', () => {
  it('ends what is being opened, and nothing can be opened afterwards', async () => {
    const pbx = new FakeAsterisk()
    const opening = pbx.listen()
    await pbx.close()
    await expect(opening).rejects.toThrow('The fake is closed')
    await expect(pbx.listen()).rejects.toThrow('The fake is closed')
    expect(() => pbx.listenWebSocket('ws://pbx.test/')).toThrow('The fake is closed')
  })

  it('hangs up whom scripts answer, and waits for no script', async () => {
    const server = new FastAGIServer({ port: 0 })
    server.on('error', () => undefined)
    const waits = () => new Promise(() => undefined)
    server.route('waits', async () => void (await waits()))
    const { port } = await server.listen()
    const pbx = new FakeAsterisk()
    const callers = [
      pbx.callFastAGI(`agi://127.0.0.1:${port}/waits`),
      pbx.callProgram(process.execPath, ['-e', 'setInterval(() => 0, 1000)']),
      pbx.callAsyncAGI(),
    ]
    await pbx.close()
    expect((await Promise.all(callers.map((caller) => caller.ended()))).sort()).toEqual(['FAILURE', 'FAILURE', 'HANGUP'])
    await server.close({ timeoutMs: 0 })
  })

  it('close() and reset() throw the error of a listener; the others are called all the same', async () => {
    for (const name of ['connection', 'login', 'action', 'response', 'disconnect'] as const) {
      const pbx = new FakeAsterisk({ users })
      pbx.on(name, () => {
        throw new Error('in the listener')
      })
      const ami = await online(pbx.connector)
      expect((await ami.sendAction('Ping')).get('Ping')).toBe('Pong')
      await ami.close()
      await settle()
      const error = (await pbx.close().catch((reason: Error) => reason)) as Error
      expect(error.message).toBe(`A listener of '${name}' threw`)
      expect(error.cause).toMatchObject({ message: 'in the listener' })
    }
  })

  it('close() throws the error of a listener whose promise rejects, and the process goes on', async () => {
    const pbx = new FakeAsterisk({ users })
    pbx.on('action', async () => {
      await settle()
      throw new Error('in the listener')
    })
    const ami = await online(pbx.connector)
    expect((await ami.sendAction('Ping')).get('Ping')).toBe('Pong')
    await ami.close()
    await settle()
    const error = (await pbx.close().catch((reason: Error) => reason)) as Error
    expect(error.message).toBe("A listener of 'action' threw")
    expect(error.cause).toMatchObject({ message: 'in the listener' })
    expect(() => pbx.on('logon' as 'login', () => undefined)).toThrow('There is no event "logon"; did you mean "login"?')
  })

  it('lets a generator that nobody waits for finish', async () => {
    let finished: () => void = () => undefined
    const isFinished = new Promise<void>((resolve) => {
      finished = resolve
    })
    const pbx = new FakeAsterisk(
      { users },
      action('QueueStatus', async function* () {
        try {
          for (;;) {
            yield event('QueueParams', { Queue: 'a' })
            await settle()
          }
        } finally {
          finished()
        }
      }),
    )
    const ami = await online(pbx.connector)
    const list = ami.listAction('QueueStatus')
    await list.next()
    await pbx.close()
    await expect(list.next().then(() => list.next())).rejects.toThrow()
    await isFinished
  })
})

describe('reset()', () => {
  it('is as at its construction, and throws what went wrong in the test that it ends', async () => {
    const pbx = new FakeAsterisk({ users })
    const ami = await online(pbx.connector)
    pbx.dialplan({ 200: 'answer' })
    const caller = pbx.callAsyncAGI()
    pbx.shutDownGracefully()
    pbx.reset()
    expect((await ami.sendAction('Ping')).type).toBe('success')
    expect(await caller.ended()).toBe('HANGUP')
    expect(() => pbx.incomingCall({ to: '200' })).toThrow('The fake has no dialplan')
    await expect(ask(ami, 'QueueAdd')).rejects.toThrow('Invalid/unknown command')
    expect(() => pbx.reset()).toThrow(UnhandledActionError)
    expect([pbx.unhandled, pbx.received]).toEqual([[], []])
    pbx.use(
      action('QueueAdd', () => {
        throw new Error('in the handler')
      }),
    )
    await expect(ask(ami, 'QueueAdd')).rejects.toThrow("The fake's handler of QueueAdd threw")
    expect(() => pbx.reset()).toThrow('The handler of QueueAdd threw')
    pbx.reset()
    await ami.close()
    await pbx.close()
  })
})

describe('boundary()', () => {
  const base = new FakeAsterisk({ users })

  it('hands on what the runner gives', async () => {
    const test = base.boundary(async (pbx, one: number, two: string) => [pbx.clients, one, two])
    expect(await test(1, 'two')).toEqual([0, 1, 'two'])
  })

  it('has the handlers and the dialplan of the moment when the test begins', async () => {
    const test = base.boundary(async (pbx) => {
      const ami = await online(pbx.connector)
      expect((await ask(ami, 'QueueAdd')).message).toBe('later')
      using calls = new CallManager(ami)
      expect((await calls.originate({ channel: 'PJSIP/200', context: 'default', exten: '200' }).ended()).cause).toBe(17)
      await ami.close()
      return 'done'
    })
    base.use(action('QueueAdd', () => success('later')))
    base.dialplan({ 200: 'busy' })
    expect(await test()).toBe('done')
    base.reset()
  })

  it("a test's own error is what it fails with; what else went wrong is a warning beside it", async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    onTestFinished(() => warn.mockRestore())
    const test = base.boundary(async (pbx) => {
      await ask(await online(pbx.connector), 'QueueAdd').catch(() => undefined)
      throw new Error('the assertion')
    })
    await expect(test()).rejects.toThrow('the assertion')
    expect(warn.mock.calls[0]?.[0]).toBeInstanceOf(UnhandledActionError)
  })
})

describe('handlers', () => {
  it('may answer what a session answers otherwise', async () => {
    const pbx = new FakeAsterisk({ users })
    const open = (options = {}) =>
      new AMIClient({ username: 'any', secret: 'any', connect: pbx.connector, reconnect: false, ...options })
    pbx.use(action('Login', () => failure('Authentication failed')))
    await expect(open({ authType: 'plaintext' }).login()).rejects.toThrow('refused the login of "any"')
    pbx.reset()
    pbx.use(
      action('Login', async () => {
        await settle()
        return success('Authentication accepted')
      }),
      action('Events', () => success({ Events: 'mine' })),
      action('Logoff', (_, client) => client.disconnect()),
    )
    const ami = open({ authType: 'plaintext' })
    await ami.login()
    expect(pbx.clients).toBe(1)
    expect((await ask(ami, 'Events', { EventMask: 'off' })).get('Events' as 'Ping')).toBe('mine')
    await ami.close()
    pbx.assertAllHandlersUsed()
    await pbx.close()
  })

  it('those by a function are not asked for what a session answers, whatever handlers there are besides', async () => {
    const asked: string[] = []
    const byName = ['Challenge', 'Login', 'Events', 'Logoff'].map((name) =>
      once(action({ name: unlisted(name), headers: { Never: 'there' } }, () => failure('never'))),
    )
    const pbx = new FakeAsterisk(
      { users },
      action(
        (request) => {
          asked.push(request.name)
          return request.name !== 'Ping'
        },
        () => failure('by a function'),
      ),
      ...byName,
      once(action('Events', () => success({ Events: 'mine' }))),
    )
    const ami = await online(pbx.connector)
    expect((await ask(ami, 'Events', { EventMask: 'off' })).get('Events' as 'Ping')).toBe('mine')
    expect((await ask(ami, 'Events', { EventMask: 'off' })).get('Events' as 'Ping')).toBe('Off')
    await ami.sendAction('Ping')
    await ami.close()
    expect(asked).toEqual(['Ping'])
    await pbx.close()
  })

  it('every action is reported with the handler that answers it, and received has those of clients that are logged in', async () => {
    const pbx = new FakeAsterisk({ users: { ...users, quiet: { secret: 's3cret', write: '' } } })
    const reported: string[] = []
    const answered: string[] = []
    pbx.on('action', (request, handler) => reported.push(`${request.name}: ${handler?.label}`))
    pbx.on('response', ({ name }) => answered.push(name))
    const ami = await online(pbx.connector, { username: 'quiet' })
    await ask(ami, 'Events', { EventMask: 'off' })
    await ask(ami, 'CoreStatus').catch(() => undefined)
    pbx.shutDownGracefully()
    for (const name of ['Ping', 'Events', 'Logoff', 'Nonsense'])
      await expect(ask(ami, name)).rejects.toThrow('Asterisk is shutting down')
    pbx.abortShutdown()
    await ami.close()
    await settle()
    // FullyBooted comes to this account: the client asks for nothing.
    expect(reported).toEqual([
      'Challenge: Challenge',
      'Login: Login',
      'Events: Events',
      'CoreStatus: undefined',
      'Ping: undefined',
      'Events: undefined',
      'Logoff: undefined',
      'Nonsense: undefined',
      'Logoff: Logoff',
    ])
    expect(pbx.received.map(({ name }) => name)).toEqual(['Events', 'CoreStatus', 'Events', 'Logoff', 'Nonsense', 'Logoff'])
    expect(pbx.actions('Ping')).toHaveLength(1)
    expect(answered).toEqual(['Challenge', 'Login', 'Events', 'Logoff'])
    await pbx.close()
  })

  it('a pattern fits every time, with whatever flags; conditions are not needed', async () => {
    const pbx = new FakeAsterisk(
      { users },
      action({ name: 'QueueAdd', headers: { Interface: /^pjsip/gi } }, () => success()),
      action({ name: 'QueueRemove' }, () => success()),
    )
    const ami = await online(pbx.connector)
    for (let count = 0; count < 4; count += 1) await ask(ami, 'QueueAdd', { Interface: 'PJSIP/1' })
    await ask(ami, 'QueueRemove')
    await ami.close()
    await pbx.close()
  })

  it('what is no reply is refused in words', async () => {
    for (const [reply, what] of [
      [event(unlisted('A')), 'a single event(…)'],
      ['busy', '"busy"'],
      [5, '5'],
    ]) {
      const pbx = new FakeAsterisk(
        { users },
        action('QueueAdd', () => reply as never),
      )
      const ami = await online(pbx.connector)
      await expect(ask(ami, 'QueueAdd')).rejects.toThrow('handler of QueueAdd threw')
      await ami.close()
      const error = (await pbx.close().catch((reason: Error) => reason)) as Error
      expect(String(error.cause)).toContain(`or nothing, not ${what}`)
    }
  })
})

it('WebSocket is mock-socket’s until the last fake closes, and the runtime’s again after that', async () => {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket')
  const [one, two] = [new FakeAsterisk(), new FakeAsterisk()]
  one.listenWebSocket('ws://one.test/')
  const mocked = globalThis.WebSocket
  two.listenWebSocket('ws://two.test/')
  await one.close()
  expect(globalThis.WebSocket).toBe(mocked)
  await two.close()
  expect(Object.getOwnPropertyDescriptor(globalThis, 'WebSocket')).toEqual(before)
})

it('an event that the encoding lacks throws where it is emitted, also while an action is answered', async () => {
  let answer: () => void = () => undefined
  const answered = new Promise<void>((resolve) => {
    answer = resolve
  })
  await using pbx = new FakeAsterisk(
    { users, encoding: 'latin1' },
    action('QueueAdd', async () => {
      await answered
      return success()
    }),
  )
  const ami = await online(pbx.connector, { encoding: 'latin1' })
  const added = ask(ami, 'QueueAdd')
  await settle()
  expect(() => pbx.emit('UserEvent', { UserEvent: '☎' })).toThrow('latin1')
  pbx.emit('UserEvent', { UserEvent: 'held back' })
  const heard = ami.waitFor('UserEvent')
  answer()
  await added
  expect((await heard).get('UserEvent')).toBe('held back')
  await ami.close()
})

it('the nearest handler is the one with the fewest differences; one that is used up is called so', async () => {
  const pbx = new FakeAsterisk(
    { users },
    action({ name: 'Originate', headers: { Channel: 'PJSIP/100', Exten: '1', Context: 'a' } }, () => success()),
    action({ name: 'Originate', headers: { Channel: 'PJSIP/200', Exten: '2', Context: 'b' } }, () => success()),
    once(action('Hangup', () => success())),
  )
  const ami = await online(pbx.connector)
  await ask(ami, 'Originate', { Channel: 'PJSIP/200', Exten: '2', Context: 'c' }).catch(() => undefined)
  await ask(ami, 'Hangup')
  await ask(ami, 'Hangup').catch(() => undefined)
  await ami.close()
  const { message } = (await pbx.close().catch((reason: Error) => reason)) as Error
  expect(message).toContain('Context: b, did not fit: Context is "c", not b')
  expect(message).toContain('The handler for Hangup was for one action only, and had it.')
})

it('what is said of an action that no handler fits shows no secret, neither of the action nor of the handler', async () => {
  const pbx = new FakeAsterisk(
    { users },
    action({ name: 'Setvar', headers: { Channel: 'PJSIP/1', Variable: 'USER_PASSWORD', Value: 'hunter1' } }, () => success()),
    action({ name: 'Originate', headers: { Variable: 'PASSWORD=hunter1,hunter1' } }, () => success()),
    action({ name: 'DBPut', headers: { Key: /^100.password$/, Val: 'hunter1' } }, () => success()),
  )
  const ami = await online(pbx.connector)
  for (const [name, headers] of [
    ['Setvar', { Channel: 'PJSIP/2', Variable: 'USER_PASSWORD', Value: 'hunter2' }],
    ['Originate', { Channel: 'PJSIP/1', Variable: 'PASSWORD=hunter2,hunter2 hunter2' }],
    ['DBPut', { Family: 'users', Key: '100/password', Val: 'hunter2' }],
    ['AGI', { Channel: 'PJSIP/1', Command: 'EXEC "Set" "PASSWORD=hunter2,hunter2"' }],
    ['AGI', { Channel: 'PJSIP/1', Command: 'DATABASE PUT users 100/password hunter2' }],
  ] as const)
    await ask(ami, name, headers).catch(() => undefined)
  await ami.close()
  const error = (await pbx.close().catch((reason: Error) => reason)) as Error
  expect(error.message).toContain('Channel is "PJSIP/2", not PJSIP/1; Value is "…", not …')
  expect(`${error.message} ${inspect(error)}`).not.toContain('hunter')
})

it('a client of a closed fake gives up', async () => {
  const pbx = new FakeAsterisk({ users })
  const ami = await online(pbx.connector, { reconnect: { initialDelayMs: 1, maxDelayMs: 1 } })
  const failed = (async () => {
    for await (const { state } of ami.statusChanges()) if (state === 'failed') return state
    return undefined
  })()
  await pbx.close()
  expect(await failed).toBe('failed')
})
