import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AMIClient } from 'obelus-asterisk'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { AMIClient as WebClient } from 'obelus-asterisk/web'
import { describe, expect, it, onTestFinished } from 'vitest'
import { environmentOptions } from '../../src/node/client-environment.js'

const account = { AMI_USERNAME: 'crm', AMI_SECRET: 's3cret' }

function file(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'secret-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'secret'), text)
  return join(folder, 'secret')
}

describe('the environment', () => {
  it.each([
    [account, { username: 'crm', secret: 's3cret' }],
    [
      { AMI_HOST: '::1', AMI_PORT: '5039', AMI_USER: 'crm', AMI_PASSWORD: 's3cret', AMI_TLS: 'true' },
      { host: '::1', port: 5039, username: 'crm', secret: 's3cret', tls: true },
    ],
    [
      { ...account, AMI_TLS: 'False', AMI_HOST: '' },
      { username: 'crm', secret: 's3cret', tls: false },
    ],
    [
      { ...account, AMI_TLS: '1' },
      { username: 'crm', secret: 's3cret', tls: true },
    ],
    [
      { ...account, AMI_TLS: '0', AMI_USER: '' },
      { username: 'crm', secret: 's3cret', tls: false },
    ],
    [
      { AMI_URL: 'amis://crm:s3cret@pbx?events=call' },
      { host: 'pbx', username: 'crm', secret: 's3cret', tls: true, events: 'call' },
    ],
    [
      { AMI_URL: 'ami://crm@pbx:5038', AMI_SECRET: '@/', AMI_PORT: '15038' },
      { host: 'pbx', port: 15_038, username: 'crm', secret: '@/' },
    ],
  ])('%j says so much', (env, options) => {
    expect(environmentOptions(env)).toEqual(options)
  })

  it('may have the secret in a file, whose last line break is no part of it', () => {
    const env = { AMI_HOST: 'pbx', AMI_USERNAME: 'crm' }
    expect(environmentOptions({ ...env, AMI_SECRET_FILE: file('s3cret\n') })).toMatchObject({ secret: 's3cret' })
    expect(environmentOptions({ ...env, AMI_SECRET_FILE: file(' s3cret') })).toMatchObject({ secret: ' s3cret' })
  })

  it.each([
    [{}, 'AMI_USERNAME is not set in the environment; set AMI_URL (amis://username:secret@host), or AMI_HOST,'],
    [{ AMI_HOST: 'pbx', AMI_SECRET: 'hunter2' }, 'AMI_USERNAME is not set in the environment'],
    [{ AMI_HOST: 'pbx', AMI_USER: 'crm' }, 'AMI_SECRET is not set in the environment'],
    [{ AMI_HOST: 'pbx', AMI_USER: 'crm', AMI_SECRET: '' }, 'AMI_SECRET is not set in the environment'],
    [{ AMI_USER: 'crm', AMI_USERNAME: 'web' }, 'AMI_USERNAME and AMI_USER are set; set one of them'],
    [{ ...account, AMI_PASSWORD: 'hunter2' }, 'AMI_SECRET and AMI_PASSWORD are set; set one of them'],
    [{ ...account, AMI_PORT: '5038x' }, 'AMI_PORT must be a whole number from 1 to 65535, not "5038x"'],
    [{ ...account, AMI_PORT: '0' }, 'AMI_PORT must be a whole number from 1 to 65535, not "0"'],
    [{ ...account, AMI_PORT: '70000' }, 'AMI_PORT must be a whole number from 1 to 65535, not "70000"'],
    [{ ...account, AMI_TLS: 'yes' }, 'AMI_TLS must be true or false, 1 or 0, not "yes"'],
    [{ AMI_USERNAME: 'crm', AMI_SECRET_FILE: '/nowhere/secret' }, 'AMI_SECRET_FILE cannot be read: ENOENT'],
    [{ AMI_URL: 'http://crm:hunter2@pbx' }, 'AMI_URL must begin with ami://, amis://, ws:// or wss://, not http://'],
    [{ AMI_URL: 'ami://pbx' }, 'AMI_URL has no username, and there is none beside it'],
  ])('%j is refused', (env, message) => {
    const make = () => AMIClient.fromEnvironment(env)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
    expect(make).not.toThrow('hunter2')
  })
})

describe('a client that is given a URL', () => {
  const secret = '@/:#?% ü'
  const user = `crm:${encodeURIComponent(secret)}`
  const pem = (name: string) => readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url))

  async function fake(): Promise<FakeAsterisk> {
    const pbx = new FakeAsterisk({ users: { crm: { secret, read: 'all' } } })
    onTestFinished(() => pbx.close())
    return pbx
  }

  /** What the fake was asked for at the login, by a client that logs in and closes. */
  async function login(ami: AMIClient | WebClient): Promise<void> {
    onTestFinished(() => ami.close())
    await ami.login({ timeoutMs: 5_000 })
    expect((await ami.sendAction('Ping')).get('Ping')).toBe('Pong')
    await ami.close()
  }

  it('logs in over TCP, with what the query says', async () => {
    const pbx = await fake()
    const { host, port } = await pbx.listen()
    const ami = new AMIClient(`ami://${user}@${host}:${port}?events=false`)
    const heard: string[] = []
    ami.onEvent('Hangup', ({ name }) => heard.push(name))
    await ami.login()
    pbx.emit('Hangup')
    await login(ami)
    expect(heard).toEqual([])
  })

  it('logs in over TLS, with options beside it', async () => {
    const { port } = await (await fake()).listen({ tls: { key: pem('server.key'), cert: pem('server.pem') } })
    await login(new AMIClient({ url: `amis://${user}@127.0.0.1:${port}`, tls: { ca: pem('ca.pem') } }))
  })

  it('logs in over a WebSocket bridge, on Node and on the web', async () => {
    const pbx = await fake()
    pbx.listenWebSocket('ws://pbx.test/ami')
    await login(new AMIClient(`ws://${user}@pbx.test/ami`))
    await login(new WebClient(new URL(`ws://${user}@pbx.test/ami?actionTimeoutMs=5000`)))
    await login(AMIClient.fromEnvironment({ AMI_URL: 'ws://crm@pbx.test/ami', AMI_SECRET: secret }))
  })

  it('needs a connector on the web, where the URL is not that of a bridge', async () => {
    const pbx = await fake()
    const url = `ami://${user}@pbx`
    const advice = 'Give a URL with ws:// or wss://, or connect: webSocketTransport(url), webStreamsTransport(…)'
    expect(() => new WebClient(url)).toThrow(advice)
    expect(() => new WebClient(url)).not.toThrow(secret)
    await login(new WebClient({ url, connect: pbx.connector }))
  })

  it('has no secret in its status and its errors', async () => {
    const pbx = await fake()
    const { port } = await pbx.listen()
    const ami = new AMIClient(`ami://crm:hunter2@127.0.0.1:${port}`)
    const failure = await ami.login().catch((error: Error) => error)
    expect(String(failure)).toContain('AuthenticationError')
    expect(`${String(failure)} ${JSON.stringify(ami.status)} ${JSON.stringify(ami)}`).not.toContain('hunter2')
    await ami.close()
  })
})
