import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { AMIClient, unlisted } from 'obelus-asterisk'
import type { Protocol, Transport } from 'obelus-asterisk/protocol'
import {
  action,
  event,
  FakeAsterisk,
  type FakeAsteriskOptions,
  failure,
  success,
  UnhandledActionError,
} from 'obelus-asterisk/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { settle } from '../support/virtual-clock.js'

const fixture = (name: string) => readFileSync(new URL(`../fixtures/ami-22/${name}`, import.meta.url)).toString('latin1')
const users = {
  admin: 's3cret',
  quiet: { secret: 's3cret', read: '' },
  limited: { secret: 's3cret', read: 'call,reporting', write: 'call,reporting' },
}

/** The client's end of a connection, by hand: what came, and a way to send. */
class Line implements Protocol {
  received = ''
  isLost = false
  transport!: Transport

  connectionMade(transport: Transport): void {
    this.transport = transport
  }
  dataReceived(data: Uint8Array): void {
    this.received += Buffer.from(data).toString('latin1')
  }
  connectionLost(): void {
    this.isLost = true
  }
  async send(text: string): Promise<void> {
    this.transport.write(Buffer.from(text, 'latin1'))
    await settle()
  }
}

let pbx: FakeAsterisk | undefined
afterEach(async () => {
  await pbx?.close()
  pbx = undefined
})

async function open(
  options: FakeAsteriskOptions = {},
  ...handlers: Parameters<FakeAsterisk['use']>
): Promise<{ fake: FakeAsterisk; line: Line }> {
  const fake = new FakeAsterisk({ users, ...options }, ...handlers)
  pbx = fake
  const line = new Line()
  await fake.connector(line, new AbortController().signal)
  await settle()
  return { fake, line }
}

/** What differs from run to run: times, addresses, session ids, the challenge. */
const still = (text: string) =>
  text.replace(
    /^(EventTV|SessionTV|SessionID|LocalAddress|RemoteAddress|Timestamp|Uptime|LastReload|Challenge): .*\r\n/gm,
    '$1: …\r\n',
  )

describe('FakeAsterisk on the wire, compared with recordings of Asterisk 22', () => {
  it('plaintext login: the same bytes but for times and addresses', async () => {
    const { line } = await open()
    await line.send(fixture('login-plain.sent'))
    expect(still(line.received)).toBe(still(fixture('login-plain.ami')))
  })

  it('MD5 login without events', async () => {
    const { line } = await open()
    const [challenge = '', login = ''] = fixture('login-md5.sent').split(/(?<=\r\n\r\n)/)
    await line.send(challenge)
    const given = /Challenge: (\d+)/.exec(line.received)?.[1]
    const key = createHash('md5').update(`${given}s3cret`).digest('hex')
    await line.send(login.replace(/Key: .*\r\n/, `Key: ${key}\r\n`))
    expect(still(line.received)).toBe(still(fixture('login-md5.ami')))
  })

  it('refused login, and the end of the connection', async () => {
    const { line } = await open()
    await line.send(fixture('login-failed.sent'))
    expect(line.received).toBe(fixture('login-failed.ami'))
    expect(line.isLost).toBe(true)
  })

  it('an account without rights: no FullyBooted; Ping and Logoff', async () => {
    const { line } = await open()
    await line.send(fixture('login-noread-logoff.sent'))
    expect(still(line.received)).toBe(still(fixture('login-noread-logoff.ami')))
    expect(line.isLost).toBe(true)
  })

  it('errors: no right, unknown and missing actions, lines too long, too many headers, a bad mask', async () => {
    const { line } = await open(
      { unhandled: 'bypass' },
      action('Getvar', () => failure('No variable specified')),
    )
    await line.send('Action: Login\r\nUsername: limited\r\nSecret: s3cret\r\nEvents: off\r\n\r\n')
    line.received = ''
    await line.send(fixture('errors.sent'))
    expect(still(line.received)).toBe(still(fixture('errors.ami')))
  })

  it('plays version 16 too', async () => {
    const { line } = await open({ version: 16 })
    expect(line.received).toBe('Asterisk Call Manager/5.0.4\r\n')
  })
})

describe('FakeAsterisk', () => {
  const loggedIn = async (options: FakeAsteriskOptions = {}, ...handlers: Parameters<FakeAsterisk['use']>) => {
    const opened = await open(options, ...handlers)
    await opened.line.send('Action: Login\r\nUsername: ADMIN\r\nSecret: s3cret\r\nEvents: call,user\r\n\r\n')
    opened.line.received = ''
    return opened
  }

  it('answers a list in one piece, with what a generator returns on its last event', async () => {
    const { line } = await loggedIn(
      {},
      action('QueueStatus', async function* () {
        yield success({ Message: 'Queue status will follow' })
        await settle()
        yield event('QueueParams', { Queue: 'support' })
        return { Extra: 1 }
      }),
    )
    await line.send('Action: QueueStatus\r\nActionID: L\r\n\r\nAction: Ping\r\nActionID: P\r\n\r\n')
    await settle()
    await settle()
    expect(still(line.received)).toBe(
      still(
        'Response: Success\r\nActionID: L\r\nEventList: start\r\nMessage: Queue status will follow\r\n\r\n' +
          'Event: QueueParams\r\nActionID: L\r\nQueue: support\r\n\r\n' +
          'Event: QueueStatusComplete\r\nActionID: L\r\nEventList: Complete\r\nListItems: 1\r\nExtra: 1\r\n\r\n' +
          'Response: Success\r\nActionID: P\r\nPing: Pong\r\nTimestamp: 1\r\n\r\n',
      ),
    )
  })

  it('holds events back while it works on an action', async () => {
    const { fake, line } = await loggedIn(
      {},
      action(unlisted('Slow'), () => settle().then(() => success())),
    )
    line.transport.write(Buffer.from('Action: Slow\r\nActionID: s\r\n\r\n'))
    await Promise.resolve()
    await Promise.resolve()
    fake.emit('Hangup', { Channel: 'PJSIP/1' })
    await settle()
    await settle()
    expect(line.received).toBe(
      'Response: Success\r\nActionID: s\r\n\r\nEvent: Hangup\r\nPrivilege: call,all\r\nChannel: PJSIP/1\r\n\r\n',
    )
  })

  it('sends an event only to who may and wants to see it', async () => {
    const { fake, line } = await loggedIn()
    fake.emit('VarSet', { Variable: 'A' })
    fake.emit('Hangup', { Channel: 'PJSIP/1' })
    fake.emit(unlisted('Mine'), { A: 1 })
    fake.emit(unlisted('Theirs'), { Privilege: 'system,all' })
    await settle()
    expect(line.received).toBe(
      'Event: Hangup\r\nPrivilege: call,all\r\nChannel: PJSIP/1\r\n\r\nEvent: Mine\r\nPrivilege: user,all\r\nA: 1\r\n\r\n',
    )
  })

  it.each([
    ['on', 'On'],
    ['all', 'On'],
    ['off', 'Off'],
    ['1', 'On'],
    ['bogus', 'Off'],
    ['Call', 'Off'],
    ['call', 'On'],
  ])('Events with the mask %s answers %s', async (mask, answer) => {
    const { line } = await loggedIn()
    await line.send(`Action: Events\r\nActionID: e\r\nEventMask: ${mask}\r\n\r\n`)
    expect(line.received).toBe(`Response: Success\r\nActionID: e\r\nEvents: ${answer}\r\n\r\n`)
  })

  it("an action nobody handles: Asterisk's own error, and close() rejects with it; no secret is shown", async () => {
    const { fake, line } = await loggedIn()
    await line.send('Action: QueueAdd\r\nSecret: hunter2\r\n\r\n')
    expect(line.received).toContain('Message: Invalid/unknown command: QueueAdd. Use Action: ListCommands')
    expect(fake.unhandled.map((each) => each.name)).toEqual(['QueueAdd'])
    pbx = undefined
    const error = await fake.close().catch((reason: Error) => reason)
    expect(error).toBeInstanceOf(UnhandledActionError)
    expect(String(error)).toContain('"name":"QueueAdd"')
    expect(String(error)).not.toContain('hunter2')
  })

  it('a handler that throws: an answer, and close() rejects', async () => {
    const { fake, line } = await loggedIn(
      {},
      action(unlisted('Broken'), () => {
        throw new Error('in the handler')
      }),
    )
    await line.send('Action: Broken\r\nActionID: b\r\n\r\n')
    expect(line.received).toContain('Response: Error\r\nActionID: b')
    pbx = undefined
    await expect(fake.close()).rejects.toThrow('The handler of Broken threw')
  })

  it('use() goes before, reset() goes back; unused handlers can be asserted', async () => {
    const { fake, line } = await loggedIn(
      {},
      action(unlisted('A'), () => success('first')),
    )
    fake.use(
      action(unlisted('a'), () => failure('second')),
      action(unlisted('Unused'), () => success()),
    )
    await line.send('Action: A\r\n\r\n')
    expect(() => fake.assertAllHandlersUsed()).toThrow('No action came for these handlers: Unused, A')
    fake.reset()
    await line.send('Action: A\r\n\r\n')
    fake.assertAllHandlersUsed()
    expect(line.received).toBe('Response: Error\r\nMessage: second\r\n\r\nResponse: Success\r\nMessage: first\r\n\r\n')
  })

  it('serves nobody once it is closed, over memory neither', async () => {
    const fake = new FakeAsterisk({ users })
    await fake.close()
    await expect(fake.connector(new Line(), new AbortController().signal)).rejects.toThrow('The fake is closed')
  })

  it('a list whose handler throws in the middle: an error, not a wait', async () => {
    const fake = new FakeAsterisk(
      { users },
      action('QueueStatus', async function* () {
        yield event('QueueParams')
        throw new Error('in the middle')
      }),
    )
    const ami = new AMIClient({ username: 'admin', secret: 's3cret', connect: fake.connector })
    await ami.login()
    await expect(ami.sendAction('QueueStatus')).rejects.toThrow("The fake's handler of QueueStatus threw")
    await ami.close()
    await expect(fake.close()).rejects.toThrow('The handler of QueueStatus threw')
  })

  it('replays bytes, disconnects all, restarts', async () => {
    const { fake, line } = await loggedIn()
    fake.replay(Buffer.from('Event: Raw\r\nX: \u00ff\r\n\r\n', 'latin1'))
    await settle()
    expect(line.received).toBe('Event: Raw\r\nX: \u00ff\r\n\r\n')
    expect(fake.clients).toBe(1)
    fake.disconnectAll()
    await settle()
    expect(line.isLost).toBe(true)
    expect(fake.clients).toBe(0)
  })

  it('a recording of a real server, replayed to a client', async () => {
    const fake = new FakeAsterisk({ users })
    await using ami = new AMIClient({ username: 'admin', secret: 's3cret', connect: fake.connector })
    await ami.login()
    const calls = ami.events(['Newchannel', 'Hangup'])
    fake.replay(readFileSync(new URL('../fixtures/ami-22/call-originate-answered.ami', import.meta.url)))
    await settle()
    const names: string[] = []
    while (calls.buffered > 0) names.push((await calls.next()).value.name)
    expect(names).toEqual(['Newchannel', 'Newchannel', 'Hangup', 'Hangup'])
    await fake.close()
  })
})
