import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { AMIClient, AsyncAGIExecutor, FastAGIServer, type TracedMessage, trace } from 'obelus-asterisk'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { expect, it, onTestFinished } from 'vitest'

const caller = {
  variables: { PASSWORD: 'hunter2', ORDER: '17' },
  database: { 'users/pin': '4711' },
  keys: '1234#',
  callerId: '"Ann" <0301>',
}

function fake(): FakeAsterisk {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
  onTestFinished(() => pbx.close())
  return pbx
}

const shown = (messages: readonly TracedMessage[]) => messages.map(({ direction, lines }) => `${direction} ${lines.join('\n')}`)

it('a trace of a FastAGI server tells of the environment, each command and each answer of every session', async () => {
  const server = new FastAGIServer({ port: 0 })
  server.route('hello', async (agi) => {
    await agi.answer()
    await agi.getVariable('ORDER')
    await agi.streamFile('none').catch(() => undefined)
  })
  const messages: TracedMessage[] = []
  const stop = trace(server, (message) => messages.push(message), { format: 'object' })
  const { port } = await server.listen()
  const pbx = fake()
  await pbx.callFastAGI(`agi://127.0.0.1:${port}/hello`, { ...caller, files: ['hello'] }).ended()
  expect(messages[0]?.direction).toBe('received')
  expect(messages[0]?.lines).toContain('agi_callerid: 0301')
  expect(shown(messages.slice(1))).toEqual([
    'sent ANSWER',
    'received 200 result=0',
    'sent GET VARIABLE "ORDER"',
    'received 200 result=1 (17)',
    'sent STREAM FILE "none" ""',
    'received 200 result=-1 endpos=0',
  ])
  expect(new Set(messages.map(({ source }) => source))).toEqual(new Set(['PJSIP/100-00000001']))
  stop()
  const before = messages.length
  await pbx.callFastAGI(`agi://127.0.0.1:${port}/hello`, caller).ended()
  expect(messages).toHaveLength(before)
  await server.close()
})

it('a trace of AGI has no secret that a command names, nor the answer to it', async () => {
  const server = new FastAGIServer({ port: 0 })
  server.routeDefault(async (agi) => {
    await agi.setVariable('API_TOKEN', 'hunter2')
    await agi.getVariable('PASSWORD')
    await agi.databaseGet('users', 'pin')
    await agi.databasePut('users', 'secret', 'hunter2')
    await agi.getData('enter-pin', { maxDigits: 4 })
  })
  const texts: string[] = []
  trace(server, (text) => texts.push(text))
  const { port } = await server.listen()
  await fake()
    .callFastAGI(`agi://127.0.0.1:${port}/x`, { ...caller, files: ['enter-pin'] })
    .ended()
  const text = texts.join('\n')
  expect(text).toContain('GET VARIABLE "PASSWORD"')
  expect(text).not.toMatch(/hunter2|4711|1234/)
  await server.close()
})

it('a trace of one session begins with its environment, as text of several lines', async () => {
  const server = new FastAGIServer({ port: 0 })
  const texts: string[] = []
  server.routeDefault(async (agi) => {
    trace(agi, (text) => texts.push(text))
    await agi.noop('hello')
  })
  const { port } = await server.listen()
  await fake().callFastAGI(`agi://127.0.0.1:${port}/x`, caller).ended()
  expect(texts[0]).toMatch(/^\S+Z < PJSIP\/100-00000001\n {2}agi_network: yes\n {2}agi_network_script: x\n/)
  expect(texts[1]).toMatch(/^\S+Z > PJSIP\/100-00000001\n {2}NOOP "hello"$/)
  await server.close()
})

it('a trace of an AsyncAGI executor tells of its sessions', async () => {
  const pbx = fake()
  const ami = new AMIClient({ username: 'admin', secret: 's3cret', connect: pbx.connector })
  await ami.login()
  const executor = new AsyncAGIExecutor(ami, async (agi) => {
    await agi.answer()
    await agi.getVariable('ORDER')
  })
  const messages: TracedMessage[] = []
  trace(executor, (message) => messages.push(message), { format: 'object' })
  await pbx.callAsyncAGI(caller).ended()
  expect(messages[0]?.lines).toContain('agi_request: async')
  expect(shown(messages.slice(1))).toEqual([
    'sent ANSWER',
    'received 200 result=0',
    'sent GET VARIABLE "ORDER"',
    'received 200 result=1 (17)',
  ])
  executor.unbind()
  await ami.close()
})

it('a command that cannot be sent is not in the trace: nothing was written', async () => {
  const server = new FastAGIServer({ port: 0 })
  const messages: TracedMessage[] = []
  server.routeDefault((agi) => agi.verbose('two\nlines').catch(() => undefined))
  trace(server, (message) => messages.push(message), { format: 'object' })
  const { port } = await server.listen()
  await fake().callFastAGI(`agi://127.0.0.1:${port}/x`, caller).ended()
  expect(messages).toHaveLength(1)
  await server.close()
})

it('NODE_DEBUG=obelus-asterisk traces every FastAGI server of the process', async () => {
  const program = `import { FastAGIServer } from ${JSON.stringify(new URL('../../src/index.ts', import.meta.url).href)}
    import { FakeAsterisk } from ${JSON.stringify(new URL('../../src/testing/index.ts', import.meta.url).href)}
    const server = new FastAGIServer({ port: 0 }).route('x', (agi) => agi.noop('hello'))
    const { port } = await server.listen()
    const pbx = new FakeAsterisk()
    await pbx.callFastAGI('agi://127.0.0.1:' + port + '/x').ended()
    await server.close(); await pbx.close()`
  const env = { ...process.env, NODE_DEBUG: 'obelus-asterisk' }
  const args = ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', program]
  const { stderr } = await promisify(execFile)(process.execPath, args, { env })
  expect(stderr).toMatch(/^OBELUS-ASTERISK \d+: \S+Z > PJSIP\/100-00000001\n {2}NOOP "hello"$/m)
})
