import { AMIClient, ProtocolError } from 'obelus-asterisk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { caught, loggedIn, servers } from './target.js'

const FAMILY = 'obelus-large'
const KEYS = 10_500

describe.each(servers)('answers of $name that are large', (server) => {
  const { host, port, username, secret } = server
  let writer: AMIClient

  beforeAll(async () => {
    writer = new AMIClient({ host, port, username, secret, events: false })
    await writer.login()
    const put = (Key: number) => writer.sendAction('DBPut', { Family: FAMILY, Key, Val: `value ${Key}` })
    await Promise.all(Array.from({ length: KEYS }, (_, key) => put(key)))
  })

  afterAll(async () => {
    await writer.sendAction('DBDelTree', { Family: FAMILY })
    await writer.close()
  })

  /** Whether the client is still on its first connection, and is answered. */
  async function lives(ami: AMIClient, work: () => Promise<unknown>): Promise<unknown> {
    const states: string[] = []
    const off = ami.on('status', (status) => states.push(status.state))
    const outcome = await work()
    expect((await ami.sendAction('Ping')).get('Ping')).toBe('Pong')
    expect((await ami.command('core show version'))[0]).toContain('Asterisk')
    off()
    expect(states).toEqual([])
    return outcome
  }

  it('a command that prints more than 10,000 lines: all of them', async () => {
    const ami = await loggedIn(server)
    const lines = (await lives(ami, () => ami.command(`database show ${FAMILY}`))) as string[]
    expect(lines.filter((line) => /^\/obelus-large\/\d+ +: value \d+ *$/.test(line))).toHaveLength(KEYS)
    expect(lines.at(-1)).toBe(`${KEYS} results found.`)
  })

  it('a list of as many items: all of them, collected and streamed', async () => {
    const ami = await loggedIn(server)
    expect((await ami.sendAction('DBGetTree', { Family: FAMILY })).events).toHaveLength(KEYS)
    let streamed = 0
    for await (const item of ami.listAction('DBGetTree', { Family: FAMILY })) if (item.get('Val')) streamed += 1
    expect(streamed).toBe(KEYS)
  })

  it.each([
    [{ maxOutputBytes: 100_000 }, 'the output of Command has more than 100000 bytes (limits.maxOutputBytes)'],
    [{ maxListEvents: 1_000 }, 'the list of DBGetTree has more than 1000 events (limits.maxListEvents): 1001 came so far'],
  ])('beyond the limit %j: the action rejects, the connection lives', async (limits, message) => {
    const ami = await loggedIn(server, { limits })
    const error = await lives(ami, () =>
      caught<unknown>(
        'maxListEvents' in limits ? ami.sendAction('DBGetTree', { Family: FAMILY }) : ami.command(`database show ${FAMILY}`),
      ),
    )
    expect(error).toBeInstanceOf(ProtocolError)
    expect(String(error)).toContain(message)
  })
})
