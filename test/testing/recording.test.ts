import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AMIClient, type AMIClientOptions, AsyncAGIExecutor, type Connector, Gap, tcpConnector } from 'obelus-asterisk'
import {
  action,
  delay,
  event,
  FakeAsterisk,
  FakeResponse,
  failure,
  once,
  record,
  success,
  UnhandledActionError,
} from 'obelus-asterisk/testing'
import { expect, it, onTestFinished } from 'vitest'
import { program } from '../support/recorded-program.js'
import { settle, VirtualClock } from '../support/virtual-clock.js'

const account = { username: 'admin', secret: 's3cret' }

function file(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'recording-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'session.ami.txt')
  writeFileSync(path, text)
  return path
}

function office(): FakeAsterisk {
  let greeting = ''
  const pbx = new FakeAsterisk(
    { users: { admin: 's3cret' } },
    action(
      'Command',
      () => new FakeResponse('Success', { Message: 'Command output follows', Output: ['Asterisk 22.10.1', '  two'] }),
    ),
    action({ name: 'Setvar', headers: {} }, (request) => {
      greeting = request.get('Value') ?? ''
      return success('Variable Set')
    }),
    action('Getvar', (request) =>
      request.get('Variable') === '' ? failure('No variable specified') : success({ Value: greeting }),
    ),
  )
  pbx.dialplan({ 200: { answer: { talkMs: 20 } } })
  return pbx
}

it('the same program on the recording gives the same results, with other ids', async () => {
  const pbx = office()
  const recorder = record(pbx.connector)
  const there = await program(new AMIClient({ ...account, connect: recorder }), '200')
  await pbx.close()
  const text = recorder.text
  expect(text).not.toContain('s3cret')
  expect(text).toMatch(
    /^# AMI recording 1\n\n= \d+\nopen\n\n< \d+\nAsterisk Call Manager\/11\.0\.0\n\n> \d+\nAction: Challenge\n/,
  )
  expect(text).toContain('Key: …')
  for (const scale of [0, 0.5]) {
    const played = FakeAsterisk.fromRecording(file(text), { scale })
    expect(await program(new AMIClient({ ...account, secret: 'any', connect: played.connector }), '200')).toEqual(there)
    await played.close()
  }
})

it('actions in another order, and at the same time, get their own answers', async () => {
  const pbx = new FakeAsterisk(
    { users: { admin: 's3cret' } },
    action('QueueStatus', (request) => [event('QueueParams', { Queue: request.get('Queue') })]),
    action('Getvar', (request) => success({ Value: `value of ${request.get('Variable')}` })),
  )
  const recorder = record(pbx.connector)
  const learn = async (connect: typeof pbx.connector, names: readonly string[]) => {
    const ami = await online(connect)
    const values = await Promise.all(names.map(async (Variable) => (await ami.sendAction('Getvar', { Variable })).get('Value')))
    const queues = await Promise.all(
      names.map(async (Queue) => (await ami.sendAction('QueueStatus', { Queue })).events[0]?.get('Queue')),
    )
    return { values, queues }
  }
  await learn(recorder, ['A', 'B', 'C'])
  await pbx.close()
  const played = FakeAsterisk.fromRecording(file(recorder.text))
  expect(await learn(played.connector, ['C', 'A', 'B'])).toEqual({
    values: ['value of C', 'value of A', 'value of B'],
    queues: ['C', 'A', 'B'],
  })
  await played.close()
})

/** A client that is logged in, closed at the end of the test. */
async function online(connect: Connector, options: Partial<AMIClientOptions> = {}): Promise<AMIClient> {
  const ami = new AMIClient({ ...account, connect, ...options })
  onTestFinished(() => ami.close())
  await ami.login()
  return ami
}

it('an action that was not recorded, or once more than it was, is an error that shows the nearest', async () => {
  const pbx = new FakeAsterisk(
    { users: { admin: 's3cret' } },
    action('Getvar', () => success({ Value: '1' })),
  )
  const recorder = record(pbx.connector)
  const ami = await online(recorder)
  await ami.sendAction('Getvar', { Variable: 'A' })
  await ami.sendAction('Getvar', { Variable: 'B' })
  await ami.close()
  await pbx.close()
  const played = FakeAsterisk.fromRecording(file(recorder.text))
  const again = await online(played.connector)
  await again.sendAction('Getvar', { Variable: 'A' })
  await expect(again.sendAction('Getvar', { Variable: 'A' })).rejects.toThrow('The recording has no such action (any more)')
  await expect(again.sendAction('Getvar', { Variable: 'C', Channel: 'PJSIP/1' })).rejects.toThrow('no such action')
  await again.close()
  const error = await played.close().catch((reason: Error) => reason)
  expect(error).toBeInstanceOf(UnhandledActionError)
  expect((error as Error).message).toContain(
    'The nearest handler, for Getvar with Variable: B, did not fit: Variable is "C", not "B"; Channel is "PJSIP/1", and was not there',
  )
})

it('headers that may differ are not compared', async () => {
  const pbx = new FakeAsterisk(
    { users: { admin: 's3cret' } },
    action('MixMonitor', () => success()),
  )
  const recorder = record(pbx.connector)
  const start = async (connect: Connector, File: string) => {
    const ami = await online(connect)
    return (await ami.sendAction('MixMonitor', { Channel: 'PJSIP/1-1', File })).type
  }
  expect(await start(recorder, 'monday.wav')).toBe('success')
  await pbx.close()
  const strict = FakeAsterisk.fromRecording(file(recorder.text), { unhandled: 'bypass' })
  await expect(start(strict.connector, 'tuesday.wav')).rejects.toThrow('no such action')
  const lenient = FakeAsterisk.fromRecording(file(recorder.text), { ignoreHeaders: ['FILE'] })
  expect(await start(lenient.connector, 'tuesday.wav')).toBe('success')
  await Promise.all([strict.close(), lenient.close()])
})

it('a program that waits where the recorded one did not gets its answers all the same', async () => {
  const pbx = new FakeAsterisk(
    { users: { admin: 's3cret' } },
    action('Getvar', (request) => success({ Value: `value of ${request.get('Variable')}` })),
    action('QueueStatus', (request) => [event('QueueParams', { Queue: request.get('Queue') })]),
  )
  const recorder = record(pbx.connector)
  const ami = await online(recorder)
  await Promise.all([
    ami.sendAction('QueueStatus', { Queue: 'a' }),
    ami.sendAction('Getvar', { Variable: 'A' }),
    ami.sendAction('Getvar', { Variable: 'B' }),
  ])
  await ami.close()
  await pbx.close()
  const played = FakeAsterisk.fromRecording(file(recorder.text))
  const again = await online(played.connector)
  expect((await again.sendAction('Getvar', { Variable: 'B' })).get('Value')).toBe('value of B')
  expect((await again.sendAction('QueueStatus', { Queue: 'a' })).events).toHaveLength(1)
  expect((await again.sendAction('Getvar', { Variable: 'A' })).get('Value')).toBe('value of A')
  await again.close()
  await played.close()
})

it('keep-alives hold up nothing, and are answered whenever they come', async () => {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
  const recorder = record(pbx.connector)
  const ami = await online(recorder)
  await ami.sendAction('Ping')
  pbx.emit('UserEvent', { UserEvent: 'after the Ping' })
  await settle()
  await ami.close()
  await pbx.close()
  const played = FakeAsterisk.fromRecording(file(recorder.text))
  const again = new AMIClient({ ...account, connect: played.connector })
  const event = again.waitFor('UserEvent')
  await again.login()
  expect((await event).get('UserEvent')).toBe('after the Ping')
  for (let count = 0; count < 3; count += 1) expect((await again.sendAction('Ping')).get('Ping')).toBe('Pong')
  await again.close()
  await played.close()
})

it.each([0, 0.5, 1])('an action that was given up before its answer came times out at scale %d too', async (scale) => {
  const pbx = new FakeAsterisk(
    { users: { admin: 's3cret' } },
    action('Getvar', async () => {
      await delay(8_000, clock)
      return success({ Value: 'late' })
    }),
  )
  const clock = new VirtualClock()
  const asks = async (connect: Connector, listen: (ami: AMIClient) => void) => {
    const ami = new AMIClient({ ...account, connect, clock, actionTimeoutMs: 5_000, keepAlive: false })
    onTestFinished(() => ami.close())
    listen(ami)
    await ami.login()
    const asked = ami.sendAction('Getvar', { Variable: 'A' }).catch((error: Error) => error.name)
    await clock.advance(4_900)
    expect(await Promise.race([asked, settle().then(() => 'waits')])).toBe('waits')
    await clock.advance(5_000)
    const after = await ami.sendAction('Ping')
    await ami.close()
    return [await asked, after.get('Ping')]
  }
  let recording = { text: '' }
  const there = await asks(pbx.connector, (ami) => {
    recording = record(ami, { clock })
  })
  expect(there).toEqual(['ActionTimeoutError', 'Pong'])
  await pbx.close()
  const played = FakeAsterisk.fromRecording(file(recording.text), { scale, clock })
  expect(await asks(played.connector, () => undefined)).toEqual(there)
  await played.close()
})

it('a connection that the server ended ends again, and the next one is the next of the recording', async () => {
  const pbx = new FakeAsterisk(
    { users: { admin: 's3cret' } },
    action('Getvar', () => success({ Value: String(pbx.received.length) })),
  )
  const learn = async (connect: Connector, restart: () => void) => {
    const ami = new AMIClient({ ...account, connect, reconnect: { initialDelayMs: 1, maxDelayMs: 1 } })
    const gap = ami.events('UserEvent', { withGaps: true })
    await ami.login()
    const before = (await ami.sendAction('Getvar', { Variable: 'A' })).get('Value')
    restart()
    const { value } = await gap.next()
    const after = (await ami.sendAction('Getvar', { Variable: 'A' })).get('Value')
    await ami.close()
    return { before, after, restarted: value instanceof Gap && value.restarted }
  }
  const recorder = record(pbx.connector)
  const there = await learn(recorder, () => pbx.restart())
  await pbx.close()
  expect(there).toEqual({ before: '1', after: '2', restarted: true })
  expect(recorder.text).toMatch(/\n= \d+\nlost\n\n= \d+ link 2\nopen\n/)
  const played = FakeAsterisk.fromRecording(file(recorder.text))
  expect(await learn(played.connector, () => undefined)).toEqual(there)
  await played.close()
})

it('after reset() a recording is played anew: to who connects, and to who is there already', async () => {
  const pbx = new FakeAsterisk(
    { users: { admin: 's3cret' } },
    action('Getvar', (request) => success({ Value: `of ${request.get('Variable')}` })),
    action('QueueStatus', () => [event('QueueParams', { Queue: 'a' })]),
  )
  const recorder = record(pbx.connector)
  const first = await online(recorder)
  await first.sendAction('Getvar', { Variable: 'FIRST' })
  await first.close()
  const second = await online(recorder)
  await second.sendAction('QueueStatus')
  await second.close()
  await pbx.close()
  const played = FakeAsterisk.fromRecording(file(recorder.text))
  const stays = await online(played.connector)
  for (let round = 0; round < 3; round += 1) {
    expect((await stays.sendAction('Getvar', { Variable: 'FIRST' })).get('Value')).toBe('of FIRST')
    await expect(stays.sendAction('Getvar', { Variable: 'FIRST' })).rejects.toThrow('no such action (any more)')
    expect(() => played.reset()).toThrow(UnhandledActionError)
    const one = await online(played.connector)
    expect((await one.sendAction('Getvar', { Variable: 'FIRST' })).get('Value')).toBe('of FIRST')
    const two = await online(played.connector)
    expect((await two.sendAction('QueueStatus')).events).toHaveLength(1)
    await Promise.all([one.close(), two.close()])
    played.reset()
  }
  await played.boundary(async (own) => {
    const ami = await online(own.connector)
    expect((await ami.sendAction('Getvar', { Variable: 'FIRST' })).get('Value')).toBe('of FIRST')
    await ami.close()
  })()
  await stays.close()
  await played.close()
})

it('records a client, and two of them at the same time', async () => {
  const pbx = new FakeAsterisk(
    { users: { admin: 's3cret', other: 's3cret' } },
    action('Getvar', (request, client) => success({ Value: `${client.username} ${request.get('Variable')}` })),
  )
  const ask = async (first: AMIClient, second: AMIClient) => {
    await first.login()
    await second.login()
    const answers = await Promise.all([first, second].map((ami) => ami.sendAction('Getvar', { Variable: 'X' })))
    await Promise.all([first.close(), second.close()])
    return answers.map((answer) => answer.get('Value'))
  }
  const clients = (connect: Connector) =>
    [new AMIClient({ ...account, connect }), new AMIClient({ ...account, username: 'other', connect })] as const
  const recorder = record(pbx.connector)
  const [first, second] = clients(recorder)
  expect(await ask(first, second)).toEqual(['admin X', 'other X'])
  const played = FakeAsterisk.fromRecording(file(recorder.text))
  expect(await ask(...clients(played.connector))).toEqual(['admin X', 'other X'])
  await played.close()

  const ami = new AMIClient({ ...account, connect: pbx.connector })
  const recording = record(ami)
  await ami.login()
  expect(() => record(ami)).toThrow('The client is online: what its connection has carried already cannot be recorded')
  await ami.close()
  expect(recording.text).toContain('Action: Logoff')
  expect(recording.text).not.toContain('s3cret')
  await pbx.close()
})

it('a recording is a fake like any other: handlers before it, its own events, events, unhandled actions', async () => {
  const pbx = new FakeAsterisk(
    { users: { admin: 's3cret' } },
    action('Getvar', () => success({ Value: 'recorded' })),
  )
  const recorder = record(pbx.connector)
  const ami = await online(recorder)
  await ami.sendAction('Getvar', { Variable: 'A' })
  await ami.close()
  await pbx.close()
  const played = FakeAsterisk.fromRecording(file(recorder.text), { unhandled: 'bypass' })
  const reported: string[] = []
  played.on('login', (username) => reported.push(`login ${username}`))
  played.on('disconnect', (username) => reported.push(`disconnect ${username}`))
  played.on('action', (request, handler) => reported.push(`${request.name} by ${handler?.label}`))
  played.use(once(action('Getvar', () => success({ Value: 'another' }))))
  const again = await online(played.connector, { authType: 'plaintext' })
  expect(played.clients).toBe(1)
  const event = again.waitFor('Hangup')
  played.emit('Hangup', { Channel: 'PJSIP/1-1' })
  expect((await event).get('Channel')).toBe('PJSIP/1-1')
  expect((await again.sendAction('Getvar', { Variable: 'A' })).get('Value')).toBe('another')
  expect((await again.sendAction('Getvar', { Variable: 'A' })).get('Value')).toBe('recorded')
  await expect(again.sendAction('DBGet', { Family: 'a', Key: 'b' })).rejects.toThrow('no such action')
  expect(played.unhandled.map(({ name }) => name)).toEqual(['DBGet'])
  await again.close()
  await played.close()
  expect(reported).toEqual([
    'Login by Login with AuthType: MD5, Username: admin, Events: on, Key: …',
    'login admin',
    'Getvar by Getvar',
    'Getvar by Getvar with Variable: A',
    'DBGet by undefined',
    'Logoff by Logoff',
    'disconnect admin',
  ])
})

it('a script of AsyncAGI answers the recorded caller', async () => {
  const learn = async (ami: AMIClient, begin: () => void) => {
    await ami.login()
    const learnt = new Promise((resolve) => {
      const executor = new AsyncAGIExecutor(ami, async (agi) => {
        await agi.answer()
        await agi.setVariable('ORDER', '17')
        resolve([agi.env.channel, agi.env.callerNumber, await agi.getVariable('ORDER')])
      })
      onTestFinished(() => executor[Symbol.dispose]())
    })
    begin()
    const result = await learnt
    await ami.close()
    return result
  }
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
  const ami = new AMIClient({ ...account, connect: pbx.connector })
  const recording = record(ami)
  const there = await learn(ami, () => pbx.callAsyncAGI({ callerId: '"Ann" <0301>' }))
  expect(there).toEqual(['PJSIP/100-00000001', '0301', '17'])
  await pbx.close()
  const played = FakeAsterisk.fromRecording(file(recording.text))
  expect(await learn(new AMIClient({ ...account, connect: played.connector }), () => undefined)).toEqual(there)
  await played.close()
})

it.each(['memory', 'TCP'])(
  'a program that listens when it is logged in hears what came later, in no time, over %s',
  async (transport) => {
    const text = `# AMI recording 1

= 0
open

< 0
Asterisk Call Manager/11.0.0

> 1
Action: Login
ActionID: 1

< 2
Response: Success
ActionID: 1
Message: Authentication accepted

< 3
Event: FullyBooted
Privilege: system,all
Status: Fully Booted
${[1_000, 1_001, 2_000].map((at) => `\n< ${at}\nEvent: UserEvent\nPrivilege: user,all\nUserEvent: at ${at}\n`).join('')}`
    const played = FakeAsterisk.fromRecording(file(text))
    const connect = transport === 'TCP' ? tcpConnector(await played.listen()) : played.connector
    const ami = await online(connect, { authType: 'plaintext' })
    const seen: (string | undefined)[] = []
    for await (const event of ami.events('UserEvent')) if (seen.push(event.get('UserEvent')) === 3) break
    expect(seen).toEqual(['at 1000', 'at 1001', 'at 2000'])
    await ami.close()
    await played.close()
  },
)

it('a database is asked for its keys, which are no secrets', async () => {
  const pbx = new FakeAsterisk(
    { users: { admin: 's3cret' } },
    action('DBGet', (request) => [
      event('DBGetResponse', { Family: 'f', Key: request.get('Key'), Val: `of ${request.get('Key')}` }),
    ]),
  )
  const learn = async (connect: Connector, keys: readonly string[]) => {
    const ami = await online(connect)
    const answers = []
    for (const Key of keys) answers.push((await ami.sendAction('DBGet', { Family: 'f', Key })).events[0]?.get('Val'))
    await ami.close()
    return answers
  }
  const recorder = record(pbx.connector)
  expect(await learn(recorder, ['a', 'b'])).toEqual(['of a', 'of b'])
  const played = FakeAsterisk.fromRecording(file(recorder.text))
  expect(await learn(played.connector, ['b', 'a'])).toEqual(['of b', 'of a'])
  await pbx.close()
  await played.close()
})

it('no recording has what the name of a header shows to be secret, nor what follows it; it can be played all the same', async () => {
  const values = [
    'hunter2',
    'hunter2,hunter2',
    'hunter2 hunter2',
    'one\\two hunter2',
    '"hunter2",hunter2',
    'Zoë hunter2',
    'hunter2',
  ]
  const pbx = new FakeAsterisk(
    { users: { admin: 's3cret' } },
    action('Originate', (request, client) => {
      client.emit('Newexten', { Application: 'Set', AppData: request.get('Variable') })
      client.emit('VarSet', { Variable: 'BODY', Value: `{\\"password\\":\\"${request.get('Data')}\\"}` })
      client.emit('Hangup', { ChanVariable: request.get('Variable'), 'ChanVariable(PJSIP/1-1)': request.get('Variable') })
      return success('Originate successfully queued')
    }),
  )
  const learn = async (ami: AMIClient, secrets: readonly string[]) => {
    const answers: (string | undefined)[] = []
    for (const secret of secrets) {
      const hidden = { Data: `token: ${secret}`, Variable: `A=1,USER_PASSWORD=${secret}` }
      answers.push((await ami.sendAction('Originate', { Channel: 'PJSIP/1', Application: 'Wait', ...hidden })).message)
    }
    await ami.close()
    return answers
  }
  const recorder = record(pbx.connector)
  const there = await learn(await online(recorder), values)
  await pbx.close()
  expect(recorder.text).not.toMatch(/hunter|two/)
  expect(recorder.text).toContain('Variable: A=1,USER_PASSWORD=…\n')
  const played = FakeAsterisk.fromRecording(file(recorder.text))
  expect(
    await learn(
      await online(played.connector),
      values.map((_, at) => `other ${at}, secret`),
    ),
  ).toEqual(there)
  await played.close()
})

it('a secret beside bytes that are no UTF-8 is removed too', async () => {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' }, encoding: 'latin1' })
  const recorder = record(pbx.connector)
  const ami = await online(recorder, { encoding: 'latin1' })
  pbx.emit('Newexten', { AppData: 'Zoë,PASSWORD=hunter2ë,hunter2' })
  await settle()
  await ami.close()
  await pbx.close()
  expect(recorder.text).toContain('AppData: Zo\\xeb,PASSWORD=…\n')
  const played = FakeAsterisk.fromRecording(file(recorder.text), { encoding: 'latin1' })
  const again = await online(played.connector, { encoding: 'latin1' })
  await again.close()
  await played.close()
})

it('events come again at their time, scaled', async () => {
  const text = `# AMI recording 1

= 0
open

< 0
Asterisk Call Manager/11.0.0

> 1
Action: Login
ActionID: 1

< 1
Response: Success
ActionID: 1
Message: Authentication accepted

< 1
Event: FullyBooted
Privilege: system,all
Status: Fully Booted

< 1001
Event: UserEvent
Privilege: user,all
UserEvent: a\\x0ab\\x5c\\xff
`
  const clock = new VirtualClock()
  const played = FakeAsterisk.fromRecording(file(text), { scale: 2, clock })
  const ami = new AMIClient({ ...account, authType: 'plaintext', connect: played.connector, clock, keepAlive: false })
  await ami.login()
  const events = ami.events('UserEvent')
  await clock.advance(1_999)
  expect(events.buffered).toBe(0)
  await clock.advance(1)
  await settle()
  expect(((await events.next()).value as { get(name: string): string }).get('UserEvent')).toBe('a\nb\\\ufffd')
  const closed = ami.close()
  await clock.advance(2_000)
  await closed
  await played.close().catch(() => undefined)
})

it('a line of half a megabyte is played', async () => {
  const pbx = new FakeAsterisk(
    { users: { admin: 's3cret' } },
    action('GetConfigJSON', () => success({ JSON: '"é\\'.repeat(120_000) })),
  )
  const learn = async (connect: Connector) => {
    const ami = await online(connect)
    return (await ami.sendAction('GetConfigJSON', { Filename: 'a.conf' })).get('JSON')?.length
  }
  const recorder = record(pbx.connector)
  expect(await learn(recorder)).toBe(360_000)
  await pbx.close()
  const played = FakeAsterisk.fromRecording(file(recorder.text))
  expect(await learn(played.connector)).toBe(360_000)
  await played.close()
})

it('says what is wrong with a file', () => {
  expect(() => FakeAsterisk.fromRecording(file('x'))).toThrow('This is no recording: its first line is "x"')
  expect(() => FakeAsterisk.fromRecording(file('AMI_SECRET=s3cret'))).toThrow('its first line is "AMI_SECRET=…"')
  expect(() => FakeAsterisk.fromRecording(file('x'.repeat(100_000)))).toThrow(/^.{0,200}$/)
  expect(() => FakeAsterisk.fromRecording(file(`# AMI recording 1\n\nSecret: ${'s3cret'.repeat(99)}`))).toThrow(/: "Secret: …"$/)
  expect(() => FakeAsterisk.fromRecording(file('# AMI recording 1\n\n< soon\nx\n'))).toThrow('Line 3 of the recording')
  expect(() => FakeAsterisk.fromRecording(file('# AMI recording 1\n'))).toThrow('Nothing is in the recording')
  expect(() => FakeAsterisk.fromRecording(file('x'), { scale: -1 })).toThrow('scale must be a number from 0 up, not -1')
  expect(() => FakeAsterisk.fromRecording('/none/such')).toThrow('ENOENT')
})
