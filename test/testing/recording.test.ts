import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AMIClient } from 'obelus-asterisk'
import {
  action,
  event,
  FakeAsterisk,
  FakeResponse,
  failure,
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
  const there = await program(recorder, account, '200')
  await pbx.close()
  const text = recorder.text
  expect(text).not.toContain('s3cret')
  expect(text).toMatch(
    /^# AMI recording 1\n\n= \d+\nopen\n\n< \d+\nAsterisk Call Manager\/11\.0\.0\n\n> \d+\nAction: Challenge\n/,
  )
  expect(text).toContain('Key: …')
  for (const scale of [0, 0.5]) {
    const played = FakeAsterisk.fromRecording(file(text), { scale })
    expect(await program(played.connector, { ...account, secret: 'any' }, '200')).toEqual(there)
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
    await using ami = new AMIClient({ ...account, connect })
    await ami.login()
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

it('an action that was not recorded, or once more than it was, is an error', async () => {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
  const recorder = record(pbx.connector)
  const ami = new AMIClient({ ...account, connect: recorder })
  await ami.login()
  await ami.sendAction('Ping')
  await ami.close()
  await pbx.close()
  const played = FakeAsterisk.fromRecording(file(recorder.text))
  const again = new AMIClient({ ...account, connect: played.connector })
  await again.login()
  await again.sendAction('Ping')
  await expect(again.sendAction('Ping')).rejects.toThrow('The recording has no such action')
  await again.close()
  await expect(played.close()).rejects.toBeInstanceOf(UnhandledActionError)
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

it('says what is wrong with a file', () => {
  expect(() => FakeAsterisk.fromRecording(file('x'))).toThrow('This is no recording: its first line is "x"')
  expect(() => FakeAsterisk.fromRecording(file('# AMI recording 1\n\n< soon\nx\n'))).toThrow('Line 3 of the recording')
  expect(() => FakeAsterisk.fromRecording('/none/such')).toThrow('ENOENT')
})
