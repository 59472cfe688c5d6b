import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { AMIClient } from 'obelus-asterisk'
import { action, event, FakeAsterisk, failure } from 'obelus-asterisk/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { installIntoCache } from '../support/npm-cache.js'

// What the page of migration says of other libraries, seen on what they publish.

const PACKAGES = ['asterisk-manager@0.2.0', 'asterisk-ami-client@1.1.5', 'ami-io@1.2.1', 'yana@0.3.0', 'ding-dong@0.1.7']
const installed = await installIntoCache('libraries-to-leave', ...PACKAGES).then(
  (modules) => ({ modules, reason: '' }),
  (error: Error) => ({ modules: '', reason: `not installable: ${error.message.split('\n')[0]}` }),
)
if (installed.reason !== '') console.log(installed.reason)
const load = (name: string) => createRequire(`${installed.modules}/`)(name)
type Answer = Record<string, string>

async function server(): Promise<{ pbx: FakeAsterisk; port: number }> {
  const pbx = new FakeAsterisk(
    { users: { admin: 's3cret' } },
    action('Hangup', () => failure('No such channel')),
    action('QueueStatus', async function* () {
      yield event('QueueParams', { Queue: 'support' })
      yield event('QueueMember', { Queue: 'support', Name: 'Ann' })
    }),
  )
  onTestFinished(() => pbx.close())
  return { pbx, port: (await pbx.listen()).port }
}

async function client(port: number): Promise<AMIClient> {
  const ami = new AMIClient({ host: '127.0.0.1', port, username: 'admin', secret: 's3cret' })
  onTestFinished(() => ami.close())
  await ami.login()
  return ami
}

describe.skipIf(installed.reason !== '')('beside this library', () => {
  it('asterisk-manager: lower case, the answer as the error, a list as events', async () => {
    const { pbx, port } = await server()
    const old = load('asterisk-manager')(port, '127.0.0.1', 'admin', 's3cret', true)
    onTestFinished(() => old.disconnect())
    const said = (headers: Answer) =>
      new Promise<{ error: Answer | undefined; answer: Answer }>((resolve) => {
        old.action(headers, (error: Answer | undefined, answer: Answer) => resolve({ error, answer }))
      })
    expect((await said({ action: 'Ping' })).answer).toMatchObject({ response: 'Success', ping: 'Pong' })
    const refused = await said({ action: 'Hangup', channel: 'X' })
    expect(refused.error).toBe(refused.answer)
    expect((await said({ action: 'QueueStatus' })).answer.message).toBe('Queue status will follow')
    const heard = new Promise<Answer>((resolve) => old.once('hangup', resolve))
    pbx.emit('Hangup', { Channel: 'PJSIP/1' })
    expect((await heard).channel).toBe('PJSIP/1')
    expect(pbx.received.some(({ name }) => name === 'QueueStatus')).toBe(true)
  })

  it('asterisk-ami-client: a refusal resolves, and two actions of one millisecond get one answer', async () => {
    const { port } = await server()
    const old = new (load('asterisk-ami-client'))()
    onTestFinished(() => old.disconnect())
    await old.connect('admin', 's3cret', { host: '127.0.0.1', port })
    expect(await old.action({ Action: 'Hangup', Channel: 'X' }, true)).toMatchObject({ Response: 'Error' })
    expect((await old.action({ Action: 'QueueStatus' }, true)).Message).toBe('Queue status will follow')
    const now = Date.now
    onTestFinished(() => void Object.assign(Date, { now }))
    const at = now()
    Object.assign(Date, { now: () => at })
    const both = await Promise.all([old.action({ Action: 'Ping' }, true), old.action({ Action: 'Hangup', Channel: 'X' }, true)])
    expect(both).toMatchObject([{ Ping: 'Pong' }, { Ping: 'Pong' }])
  })

  it('yana: the callback is called for each message of a list', async () => {
    const { port } = await server()
    const old = new (load('yana'))({ host: '127.0.0.1', port, login: 'admin', password: 's3cret' })
    old.on('error', () => undefined)
    onTestFinished(() => old.disconnect())
    await new Promise<void>((resolve) => old.connect(resolve))
    const messages: Answer[] = []
    await new Promise<void>((resolve) => {
      old.send({ Action: 'QueueStatus' }, (message: Answer) => {
        messages.push(message)
        if (message.Event === 'QueueStatusComplete') resolve()
      })
    })
    expect(messages).toHaveLength(4)
    const refused = await new Promise<Answer>((resolve) => old.send({ Action: 'Hangup', Channel: 'X' }, resolve))
    expect(refused.Response).toBe('Error')
  })

  it('ami-io: lower case, the answer as the error, a list with its events', async () => {
    const { port } = await server()
    const library = load('ami-io')
    const logger = new library.SilentLogger()
    const old = library.createClient({ host: '127.0.0.1', port, login: 'admin', password: 's3cret', logger })
    onTestFinished(() => {
      old.disconnect()
      old.socket.on('error', () => undefined) // it takes its own listener away, and the server closes after it
    })
    const connected = new Promise((resolve) => old.on('connected', resolve))
    old.connect()
    await connected
    const said = (sent: object) =>
      new Promise<{ error: Answer | null; answer: { ping?: string; events: object[] } }>((resolve) => {
        old.send(sent, (error: Answer | null, answer: { events: object[] }) => resolve({ error, answer }))
      })
    expect((await said(new library.Action.Ping())).answer.ping).toBe('Pong')
    expect((await said(new library.Action.QueueStatus())).answer.events).toHaveLength(3)
    expect((await said(new library.Action.Hangup('X'))).error).toMatchObject({ message: 'No such channel' })
  })

  it('this one: a refusal rejects, a list is one promise, two actions have two answers', async () => {
    const { port } = await server()
    const ami = await client(port)
    const hangup = () => ami.sendAction('Hangup', { Channel: 'X' }).catch((error) => error)
    expect(await hangup()).toMatchObject({ code: 'ACTION_FAILED', response: { message: 'No such channel' } })
    expect((await ami.sendAction('QueueStatus')).events).toHaveLength(2)
    const both = await Promise.all([ami.sendAction('Ping'), hangup()])
    expect(both).toMatchObject([{ type: 'success' }, { code: 'ACTION_FAILED' }])
  })
})

it('the names since 12 are in the catalog, and those until 11 are not', () => {
  const page = readFileSync(new URL('../../src/MIGRATING.md', import.meta.url), 'utf8')
  const names = new Set(
    [...readFileSync(new URL('../../src/catalog/events.ts', import.meta.url), 'utf8').matchAll(/^ {2}(\w+): /gm)].map(
      (m) => m[1],
    ),
  )
  const table = page.slice(page.indexOf('since 12')).matchAll(/^\| ([A-Z][\w, ]+?) +\| ([A-Z][\w, ]+?) +\|$/gm)
  const rows = [...table].map(([, before = '', since = '']) => ({ before: before.split(', '), since: since.split(', ') }))
  expect(rows).toHaveLength(8)
  for (const { before, since } of rows) {
    expect(before.filter((name) => names.has(name))).toEqual([])
    expect(since.filter((name) => !names.has(name))).toEqual([])
  }
})
