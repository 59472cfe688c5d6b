import { AMIClient, CallManager, FastAGIServer } from 'obelus-asterisk'
import { action, FakeAsterisk, success } from 'obelus-asterisk/testing'
import { expect, it, onTestFinished, vi } from 'vitest'
import { CallbackScheduler } from '../../examples/agi/callback.js'
import { ivr } from '../../examples/agi/ivr.js'
import { watchQueue } from '../../examples/agi/queue-greeting.js'
import { type VoiceMessage, voicemail } from '../../examples/agi/voicemail.js'
import { Example } from '../support/example.js'

/** A fake, a client of it, and a server of the examples' scripts. */
async function office() {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
  pbx.dialplan({ 300: 'answer' })
  const ami = new AMIClient({ username: 'admin', secret: 's3cret', connect: pbx.connector })
  await ami.login()
  const server = new FastAGIServer({ port: 0 })
  const errors: Error[] = []
  server.on('error', (error) => errors.push(error))
  const { port } = await server.listen()
  onTestFinished(async () => {
    await server.close()
    await ami.close()
    await pbx.close()
  })
  return { pbx, ami, server, errors, url: `agi://127.0.0.1:${port}` }
}

it('the IVR tells a balance', async () => {
  const { server, pbx, url, errors } = await office()
  server.route('ivr', ivr)
  const caller = pbx.callFastAGI(`${url}/ivr`, { keys: '1999#1234' })
  expect(await caller.ended()).toBe('HANGUP')
  expect(caller.variables.get('ACCOUNT')).toBe('1234')
  expect(caller.commands.slice(-4)).toEqual([
    'SAY DIGITS "1234" "#"',
    'SAY NUMBER "42" "#"',
    'STREAM FILE "vm-goodbye" ""',
    'HANGUP',
  ])
  expect(errors).toEqual([])
})

it('the IVR hands an operator the call', async () => {
  const { server, pbx, url } = await office()
  server.route('ivr', ivr)
  const caller = pbx.callFastAGI(`${url}/ivr`, { keys: '2' })
  expect(await caller.ended()).toBe('SUCCESS')
  expect(caller.commands.slice(-3)).toEqual(['SET CONTEXT "operators"', 'SET EXTENSION "s"', 'SET PRIORITY "1"'])
})

it.each(['1999#1234', '2', '9', '7', ''])(
  'hanging up at every point of the IVR, keys %j, leaves nothing behind',
  async (keys) => {
    const { server, pbx, url, errors } = await office()
    const done: unknown[] = []
    server.route('ivr', async (agi) => {
      await ivr(agi).finally(() => done.push(agi.env.uniqueId))
    })
    const whole = pbx.callFastAGI(`${url}/ivr`, { keys })
    await whole.ended()
    const points = whole.commands.length
    expect(points).toBeGreaterThan(2)
    for (let hangupAt = 0; hangupAt <= points; hangupAt += 1) {
      const caller = pbx.callFastAGI(`${url}/ivr`, { keys, hangupAt })
      expect(await caller.ended()).toBe('HANGUP')
    }
    expect(done).toHaveLength(points + 2)
    await expect.poll(() => server.sessions).toEqual([])
    expect(errors).toEqual([])
  },
)

it('the voice mail hands over a message, also when the caller hangs up', async () => {
  const { server, pbx, url } = await office()
  const messages: VoiceMessage[] = []
  server.route(
    'voicemail',
    voicemail('/tmp', (message) => {
      messages.push(message)
    }),
  )
  await pbx.callFastAGI(`${url}/voicemail`, { callerId: '0301', extension: '102', keys: '#', uniqueId: '1.1' }).ended()
  await pbx.callFastAGI(`${url}/voicemail`, { callerId: '0302', extension: '102', hangupAt: 3, uniqueId: '1.2' }).ended()
  expect(messages).toEqual([
    { from: '0301', to: '102', file: '/tmp/1.1.wav', seconds: 1 },
    { from: '0302', to: '102', file: '/tmp/1.2.wav', seconds: 1 },
  ])
})

it('the call-back is made when its time has come', async () => {
  const { server, pbx, url, ami } = await office()
  using calls = new CallManager(ami)
  const scheduler = new CallbackScheduler(calls, (number) => `PJSIP/${number}`)
  onTestFinished(() => scheduler.close())
  server.route('callback', scheduler.script)
  await pbx.callFastAGI(`${url}/callback`, { callerId: '300', keys: '15#' }).ended()
  expect(scheduler.waiting).toEqual([{ number: '300', at: expect.any(Date) }])
  const inMinutes = ((scheduler.waiting[0]?.at.getTime() ?? 0) - Date.now()) / 60_000
  expect(Math.round(inMinutes)).toBe(15)
  scheduler.schedule({ number: '300', at: new Date() })
  await vi.waitFor(() => expect(pbx.received.find(({ name }) => name === 'Originate')?.get('Channel')).toBe('PJSIP/300'))
})

it('a queue whose first caller waits starts an AsyncAGI flow', async () => {
  const { pbx, ami } = await office()
  const offered: string[] = []
  const watch = watchQueue(ami, 'support', {
    offer: async (agi) => {
      offered.push(agi.args[0] ?? '')
      await agi.streamFile('vm-press')
    },
  })
  onTestFinished(() => watch.close())
  const callers: Promise<string>[] = []
  pbx.use(
    action('Redirect', (request) => {
      callers.push(pbx.callAsyncAGI({ channel: request.get('Channel') ?? '', args: ['offer'] }).ended())
      return success('Redirect successful')
    }),
  )
  pbx.emit('QueueCallerJoin', { Queue: 'sales', Position: 1, Channel: 'PJSIP/1', Uniqueid: '1.1' })
  pbx.emit('QueueCallerJoin', { Queue: 'support', Position: 2, Channel: 'PJSIP/2', Uniqueid: '1.2' })
  pbx.emit('QueueCallerJoin', { Queue: 'support', Position: 1, Channel: 'PJSIP/3', Uniqueid: '1.3' })
  await vi.waitFor(() => expect(callers).toHaveLength(1))
  expect(await callers[0]).toBe('SUCCESS')
  expect(offered).toEqual(['offer'])
})

it('the server of the examples runs on its embedded fake', async () => {
  const example = new Example('agi-server')
  expect(await example.ended()).toBe(0)
  expect(example.lines.join('\n')).toMatch(/AGISTATUS +HANGUP[\s\S]*SAY NUMBER "42" "#"/)
}, 30_000)
