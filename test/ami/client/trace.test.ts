import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type TracedMessage, trace, unlisted } from 'obelus-asterisk'
import { action, event, FakeAsterisk, success } from 'obelus-asterisk/testing'
import { describe, expect, it } from 'vitest'
import { ClientRig } from '../../support/client-rig.js'
import { settle } from '../../support/virtual-clock.js'

const SECRET = 's3cret'

/** The messages that a client says and hears while `use` runs, from before its login on. */
async function traced(
  use: (rig: ClientRig) => Promise<unknown>,
  options: Partial<ConstructorParameters<typeof ClientRig>[0]> = {},
) {
  await using rig = new ClientRig(
    options,
    action('QueueStatus', () => [event('QueueParams', { Queue: 'support' })]),
    action('DBGet', () => [event('DBGetResponse', { Family: 'users', Key: 'pin', Val: '4711' })]),
    action('Getvar', () => success({ Variable: 'USER_PASSWORD', Value: 'hunter2' })),
    action('Command', () => success({ Message: 'Command output follows', Output: ['Value: 4711', 'PASSWORD=hunter2'] })),
    action('Setvar', () => success()),
    action('Originate', () => success()),
    action('AGI', () => success({ Message: 'Added AGI command to queue' })),
  )
  const messages: TracedMessage[] = []
  const stop = trace(rig.ami, (message) => messages.push(message), { format: 'object', clock: rig.clock })
  await rig.login()
  await use(rig)
  await settle()
  return { messages, stop }
}

const named = (messages: readonly TracedMessage[], line: string) => messages.find(({ lines }) => lines.includes(line))
const all = (messages: readonly TracedMessage[]) => messages.flatMap(({ lines }) => lines).join('\n')

describe('a trace of a client', () => {
  it('tells of every message in both directions, one a call, in their order', async () => {
    const { messages } = await traced(({ ami }) => ami.sendAction('QueueStatus', { Queue: 'support' }))
    const shown = messages.map(({ direction, lines }) => `${direction} ${lines[0]}`)
    expect(shown).toEqual([
      'received Asterisk Call Manager/11.0.0',
      'sent Action: Challenge',
      'received Response: Success',
      'sent Action: Login',
      'received Response: Success',
      'received Event: FullyBooted',
      'received Event: SuccessfulAuth',
      'sent Action: QueueStatus',
      'received Response: Success',
      'received Event: QueueParams',
      'received Event: QueueStatusComplete',
      'sent Action: Logoff',
      'received Response: Goodbye',
    ])
    expect(new Set(messages.map(({ source }) => source))).toEqual(new Set(['connection 1']))
    expect(messages[0]?.at).toBeInstanceOf(Date)
  })

  it('is text of several lines unless objects are asked for', async () => {
    await using rig = new ClientRig()
    const texts: string[] = []
    trace(rig.ami, (text) => texts.push(text), { clock: rig.clock })
    await rig.login()
    const at = new Date(rig.clock.now()).toISOString()
    expect(texts[1]).toMatch(new RegExp(`^${at} > connection 1\n  Action: Challenge\n  ActionID: \\S+\n  AuthType: MD5$`))
    expect(texts[0]).toBe(`${at} < connection 1\n  Asterisk Call Manager/11.0.0`)
  })

  it('shows neither the secret of a plain login nor the key of an MD5 one', async () => {
    const plain = await traced(async () => undefined, { authType: 'plaintext' })
    expect(named(plain.messages, 'Action: Login')?.lines).toContain('Secret: …')
    const md5 = await traced(async () => undefined)
    expect(named(md5.messages, 'Action: Login')?.lines).toContain('Key: …')
    expect(all(plain.messages) + all(md5.messages)).not.toContain(SECRET)
  })

  it('shows no variable, key of the database or answer of the console whose name tells of a secret', async () => {
    const { messages } = await traced(async ({ ami }) => {
      await ami.sendAction('Setvar', { Channel: 'PJSIP/1', Variable: 'PASSWORD', Value: 'hunter2' })
      await ami.sendAction('Getvar', { Channel: 'PJSIP/1', Variable: 'USER_PASSWORD' })
      await ami.sendAction('DBGet', { Family: 'users', Key: 'pin' })
      await ami.command('database get users pin')
      const variables = { API_TOKEN: 'hunter2', ORDER: '17' }
      const wait = { Channel: 'PJSIP/1', Application: 'Wait', Async: true } as const
      await ami.sendAction('Originate', wait, { variables })
    })
    expect(all(messages)).not.toMatch(/hunter2|4711/)
    expect(all(messages)).toContain('Variable: ORDER=17')
    const received = messages.filter(({ direction }) => direction === 'received')
    expect(named(received, 'Variable: USER_PASSWORD')?.lines).toContain('Value: …')
  })

  it('shows no answer of AsyncAGI whose command names a secret, however it comes', async () => {
    const { messages } = await traced(async ({ ami, pbx }) => {
      await ami.sendAction('AGI', { Channel: 'PJSIP/1', Command: 'GET VARIABLE USER_PASSWORD', CommandID: 'c1' })
      pbx.emit('AsyncAGIExec', { Channel: 'PJSIP/1', CommandId: 'c1', Result: '200%20result%3D1%20%28hunter2%29%0A' })
      await ami.sendAction('AGI', { Channel: 'PJSIP/1', Command: 'GET VARIABLE ORDER', CommandID: 'c2' })
      pbx.emit('AsyncAGIExec', { Channel: 'PJSIP/1', CommandId: 'c2', Result: '200%20result%3D1%20%2817%29%0A' })
    })
    expect(all(messages)).not.toContain('hunter2')
    expect(named(messages, 'CommandId: c2')?.lines).toContain('Result: 200%20result%3D1%20%2817%29%0A')
  })

  it('goes on after a reconnect, with a number for each connection', async () => {
    const { messages } = await traced(async (rig) => {
      rig.link.break(new Error('read ECONNRESET'))
      await rig.clock.advance(1_000)
    })
    expect(new Set(messages.map(({ source }) => source))).toEqual(new Set(['connection 1', 'connection 2']))
  })

  it('ends when it is stopped, and the client does not', async () => {
    const { messages } = await traced(async ({ ami }) => {
      await ami.sendAction('QueueStatus')
    })
    expect(messages.length).toBeGreaterThan(0)
    await using rig = new ClientRig()
    const seen: string[] = []
    const stop = trace(rig.ami, (text) => seen.push(text))
    await rig.login()
    const before = seen.length
    stop()
    expect((await rig.ami.sendAction('Ping')).get('Ping')).toBe('Pong')
    expect(seen).toHaveLength(before)
  })

  it('is not called again when it throws, which the client reports, and the client goes on', async () => {
    await using rig = new ClientRig()
    let calls = 0
    trace(rig.ami, () => {
      calls += 1
      throw new Error('a full disk')
    })
    await rig.login()
    expect(calls).toBe(1)
    expect(rig.errors).toEqual([new Error('a full disk')])
  })

  it('cuts a message that is beyond measure, and shows the one after it', async () => {
    const rows = Array.from({ length: 5_000 }, (_, at) => `row ${at}`)
    await using rig = new ClientRig(
      {},
      action('Command', () => success({ Message: 'Command output follows', Output: rows })),
    )
    const messages: TracedMessage[] = []
    trace(rig.ami, (message) => messages.push(message), { format: 'object' })
    await rig.login()
    expect(await rig.ami.command('show much')).toHaveLength(5_000)
    await rig.ami.sendAction(unlisted('Ping'))
    expect(named(messages, 'Output: row 0')?.lines).toHaveLength(1_001)
    expect(named(messages, 'Output: row 0')?.lines.at(-1)).toMatch(/^… \(and \d+ lines more\)$/)
    expect(messages.at(-1)?.lines).toContain('Ping: Pong')
  })

  it('refuses options, targets and sinks that are none', async () => {
    await using rig = new ClientRig()
    const wrong = [
      () => trace(rig.ami, () => undefined, { form: 'text' } as never),
      () => trace(rig.ami, () => undefined, { format: 'json' } as never),
      () => trace({} as never, () => undefined),
      () => trace(rig.ami, 'stderr' as never),
    ]
    for (const use of wrong) expect(use).toThrow(TypeError)
  })
})

it('NODE_DEBUG=obelus-asterisk traces a client to stderr without code, and without its secret', async () => {
  const pbx = new FakeAsterisk({ users: { admin: SECRET } })
  const { port } = await pbx.listen()
  const index = new URL('../../../src/index.ts', import.meta.url).href
  const program = `import { AMIClient } from ${JSON.stringify(index)}
    const ami = new AMIClient({ port: ${port}, username: 'admin', secret: '${SECRET}' })
    await ami.login(); await ami.close()`
  const run = (env: NodeJS.ProcessEnv) =>
    promisify(execFile)(process.execPath, ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', program], { env })
  const { stderr } = await run({ ...process.env, NODE_DEBUG: 'obelus-asterisk' })
  expect(stderr).toMatch(/^OBELUS-ASTERISK \d+: \S+ > connection 1\n {2}Action: Login\n/m)
  expect(stderr).toMatch(/^OBELUS-ASTERISK \d+: \S+ < connection 1\n {2}Response: Success\n/m)
  expect(stderr).not.toContain(SECRET)
  expect((await run({ ...process.env, NODE_DEBUG: '' })).stderr).toBe('')
  await pbx.close()
})
