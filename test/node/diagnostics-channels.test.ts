import { channel, tracingChannel } from 'node:diagnostics_channel'
import {
  type ActionMessage,
  type AGICommandMessage,
  AMIClient,
  AsyncAGIExecutor,
  CallManager,
  type CallMessage,
  type EventMessage,
  FastAGIServer,
  type GapMessage,
  type StatusMessage,
} from 'obelus-asterisk'
import { action, FakeAsterisk, failure, success } from 'obelus-asterisk/testing'
import { expect, it, onTestFinished } from 'vitest'

/** What a channel told until now. */
function heard<Message>(name: string): Message[] {
  const messages: Message[] = []
  const listen = (message: unknown) => void messages.push(message as Message)
  const told = channel(name)
  told.subscribe(listen)
  onTestFinished(() => void told.unsubscribe(listen))
  return messages
}

/** What a tracing channel told until now, step by step. */
function traced<Message>(name: string): (readonly [step: string, message: Message])[] {
  const steps: (readonly [string, Message])[] = []
  const listen = (step: string) => (message: object) => void steps.push([step, { ...message } as Message])
  const subscribers = { start: listen('start'), asyncEnd: listen('asyncEnd'), error: listen('error') }
  const told = tracingChannel(name)
  told.subscribe(subscribers as never)
  onTestFinished(() => void told.unsubscribe(subscribers as never))
  return steps
}

function fake(): FakeAsterisk {
  const pbx = new FakeAsterisk(
    { users: { crm: 's3cret' } },
    action('Setvar', () => success('Variable Set')),
    action('QueueAdd', () => failure('Unable to add interface')),
  )
  pbx.dialplan({ 100: { answer: { talkMs: 5 } }, 300: { dial: 'PJSIP/100' } })
  onTestFinished(() => pbx.close())
  return pbx
}

/** The client of Node.js on the fake, in memory. */
async function online(pbx: FakeAsterisk): Promise<AMIClient> {
  const ami = new AMIClient({
    host: 'pbx.test',
    username: 'crm',
    secret: 's3cret',
    connect: pbx.connector,
    reconnect: { initialDelayMs: 1 },
  })
  onTestFinished(() => ami.close())
  await ami.login()
  return ami
}

it('actions are told with their start, end and error, without secrets', async () => {
  const steps = traced<ActionMessage>('obelus-asterisk:action')
  const ami = await online(fake())
  await ami.sendAction('Setvar', { Variable: 'USER_PASSWORD', Value: 'hidden' })
  await expect(ami.sendAction('QueueAdd', { Queue: 'support', Interface: 'PJSIP/1' })).rejects.toThrow('Unable to add interface')
  expect(steps.map(([step, { action: name }]) => `${name} ${step}`)).toEqual([
    'Setvar start',
    'Setvar asyncEnd',
    'QueueAdd start',
    'QueueAdd error',
    'QueueAdd asyncEnd',
  ])
  const [began, ended, , failed] = steps.map(([, message]) => message)
  expect(began).toMatchObject({
    peer: 'pbx.test:5038',
    headers: [
      ['Variable', 'USER_PASSWORD'],
      ['Value', '…'],
    ],
    durationMs: undefined,
  })
  expect(ended?.durationMs).toBeGreaterThan(0)
  expect(ended?.result?.message).toBe('Variable Set')
  expect(failed?.error).toMatchObject({ code: 'ACTION_FAILED' })
  expect(failed?.durationMs).toBeGreaterThan(0)
})

it('events are told from the subscription on, without a reconnect, and no more after it', async () => {
  const pbx = fake()
  const ami = await online(pbx)
  pbx.emit('Reload', { Module: 'Unheard' })
  await ami.sendAction('Ping')
  const messages: EventMessage[] = []
  const listen = (message: unknown) => void messages.push(message as EventMessage)
  const told = channel('obelus-asterisk:event')
  told.subscribe(listen)
  pbx.emit('Reload', { Module: 'Heard' })
  await ami.sendAction('Ping')
  expect(messages.map(({ peer, event }) => [peer, event.name, event.get('Module')])).toEqual([
    ['pbx.test:5038', 'Reload', 'Heard'],
  ])
  told.unsubscribe(listen)
  pbx.emit('Reload', { Module: 'Unheard' })
  await ami.sendAction('Ping')
  expect(messages).toHaveLength(1)
})

it('the status, gaps, and the transitions of calls', async () => {
  const statuses = heard<StatusMessage>('obelus-asterisk:status')
  const gaps = heard<GapMessage>('obelus-asterisk:gap')
  const told = heard<CallMessage>('obelus-asterisk:call')
  const pbx = fake()
  const ami = await online(pbx)
  const calls = new CallManager(ami)
  onTestFinished(() => calls.close())
  const call = calls.originate({ channel: 'PJSIP/100', context: 'default', exten: '300' })
  await call.ended()
  const seen: string[] = []
  for await (const { type } of call) seen.push(type)
  expect(told.map(({ call: whose, transition }) => [whose, transition.type])).toEqual(seen.map((type) => [call, type]))
  expect(seen.at(-1)).toBe('ended')
  pbx.restart()
  await ami.waitFor('FullyBooted')
  await ami.sendAction('Ping')
  expect(statuses.map(({ status }) => status.state)).toEqual(
    expect.arrayContaining(['connecting', 'authenticating', 'booting', 'online', 'waiting']),
  )
  expect(gaps).toMatchObject([{ peer: 'pbx.test:5038', gap: { reason: 'disconnect' } }])
})

it('AGI commands over FastAGI and AsyncAGI are told with their answers, without secrets', async () => {
  const steps = traced<AGICommandMessage>('obelus-asterisk:agi-command')
  const pbx = fake()
  const script = async (agi: { setVariable(name: string, value: string): Promise<unknown> }) =>
    void (await agi.setVariable('PIN', '1234'))
  const server = new FastAGIServer({ port: 0 })
  onTestFinished(() => server.close())
  server.route('x', script)
  const { port } = await server.listen()
  await pbx.callFastAGI(`agi://127.0.0.1:${port}/x`).ended()
  const executor = new AsyncAGIExecutor(await online(pbx), script)
  onTestFinished(() => executor.close())
  await pbx.callAsyncAGI().ended()
  const commands = steps.filter(([, { command }]) => command === 'SET VARIABLE')
  expect(commands.map(([step]) => step)).toEqual(['start', 'asyncEnd', 'start', 'asyncEnd'])
  for (const [, { line, channel: name }] of commands) {
    expect(line).toMatch(/^SET VARIABLE "PIN" …$|^SET VARIABLE "PIN" "?…/)
    expect(name).not.toBe('')
  }
  expect(commands[1]?.[1]).toMatchObject({ result: { code: 200 }, durationMs: expect.any(Number) })
})
