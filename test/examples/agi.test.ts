import { AMIClient, CallManager, FastAGIServer } from 'obelus-asterisk'
import { action, FakeAsterisk, success } from 'obelus-asterisk/testing'
import { expect, it, onTestFinished, vi } from 'vitest'
import { askForCallback, callBack } from '../../examples/agi/callback.js'
import { bank } from '../../examples/agi/ivr.js'
import { waitingRoom } from '../../examples/agi/queue.js'
import { RemoteControl } from '../../examples/agi/remote-control.js'
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

const ivr = bank({ '1234': { pin: '0000', balance: 42 } }, 'PJSIP/200')

it('the IVR tells a balance behind its PIN', async () => {
  const { server, pbx, url, errors } = await office()
  server.route('ivr', ivr)
  const caller = pbx.callFastAGI(`${url}/ivr`, { keys: '1999912340000' })
  expect(await caller.ended()).toBe('HANGUP')
  expect(caller.commands.slice(-4)).toEqual([
    'SAY DIGITS "1234" "#"',
    'SAY NUMBER "42" "#"',
    'STREAM FILE "vm-goodbye" ""',
    'HANGUP',
  ])
  expect(errors).toEqual([])
})

it.each([
  ['who answers', 'ANSWER', 'PJSIP/200-2', false],
  ['who is busy', 'BUSY', 'BUSY', true],
])('the IVR takes the caller to a clerk %s, and back', async (_, DIALSTATUS, clerk, isTold) => {
  const { server, pbx, url } = await office()
  server.route('ivr', ivr)
  const Dial = (_data: string, variables: Map<string, string>) => {
    variables.set('DIALSTATUS', DIALSTATUS)
    if (DIALSTATUS === 'ANSWER') variables.set('DIALEDPEERNAME', 'PJSIP/200-2')
    return -1
  }
  const caller = pbx.callFastAGI(`${url}/ivr`, { keys: '0', applications: { Dial } })
  expect(await caller.ended()).toBe('HANGUP')
  expect(caller.variables.get('CLERK')).toBe(clerk)
  expect(caller.commands.includes('STREAM FILE "vm-nobodyavail" ""')).toBe(isTold)
})

it.each(['112340000', '0', '7', ''])('hanging up at every point of the IVR, keys %j, leaves nothing behind', async (keys) => {
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
})

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

it('the call-back is kept in the database, and made when its time has come', async () => {
  const { server, pbx, url, ami } = await office()
  using calls = new CallManager(ami)
  server.route('callback', askForCallback)
  const caller = pbx.callFastAGI(`${url}/callback`, { callerId: '300', keys: '15#' })
  await caller.ended()
  const at = Number(caller.database.get('callback/300'))
  expect(Math.round((at - Date.now()) / 60_000)).toBe(15)
  const channel = (number: string) => `PJSIP/${number}`
  await ami.sendAction('DBPut', { Family: 'callback', Key: '301', Val: String(at) })
  await ami.sendAction('DBPut', { Family: 'callback', Key: '300', Val: String(Date.now()) })
  expect(await callBack(calls, ami, channel)).toEqual(['300'])
  await vi.waitFor(() => expect(pbx.received.find(({ name }) => name === 'Originate')?.get('Channel')).toBe('PJSIP/300'))
  expect(await callBack(calls, ami, channel)).toEqual([])
})

it('the queue tells the position, and offers something else to those whom nobody took', async () => {
  const { server, pbx, url, ami } = await office()
  const offered: string[] = []
  pbx.use(action('QueueStatus', () => success({ Message: 'Queue status will follow' })))
  server.route(
    'queue',
    waitingRoom(ami, 'support', async (agi) => {
      offered.push(agi.env.callerNumber)
    }),
  )
  const leaving = (status: string) => (_: string, variables: Map<string, string>) => {
    variables.set('QUEUESTATUS', status)
    return 0
  }
  const call = (callerId: string, status: string) =>
    pbx.callFastAGI(`${url}/queue`, { callerId, applications: { Queue: leaving(status) } })
  const taken = call('0301', 'CONTINUE')
  await taken.ended()
  await call('0302', 'TIMEOUT').ended()
  expect(taken.commands).toContain('SAY NUMBER "1" "#"')
  expect(taken.variables.get('LEFT_QUEUE')).toBe('CONTINUE')
  expect(offered).toEqual(['0302'])
})

it('a web request has a caller hear what it orders, and stops it', async () => {
  const { pbx, ami } = await office()
  const remote = new RemoteControl(ami)
  onTestFinished(() => remote.close())
  const caller = pbx.callAsyncAGI({ uniqueId: '1.1' })
  await vi.waitFor(() => expect(remote.calls).toEqual(['1.1']))
  expect(remote.order('9.9', { play: 'beep' })).toBe(false)
  expect(remote.order('1.1', { play: 'welcome' })).toBe(true)
  remote.order('1.1', { digits: '42' })
  await vi.waitFor(() => expect(caller.commands.at(-1)).toBe('SAY DIGITS "42" ""'))
  remote.stop('1.1')
  remote.order('1.1', { hangup: true })
  await caller.ended()
  expect(caller.commands.filter((line) => /^(STREAM|SAY|HANGUP)/.test(line))).toEqual([
    'STREAM FILE "welcome" ""',
    'SAY DIGITS "42" ""',
    'HANGUP',
  ])
  await vi.waitFor(() => expect(remote.calls).toEqual([]))
})

it('the server of the examples runs on its embedded fake', async () => {
  const example = new Example('agi-server')
  expect(await example.ended()).toBe(0)
  expect(example.lines.join('\n')).toMatch(/AGISTATUS +HANGUP[\s\S]*SAY NUMBER "42" "#"/)
}, 30_000)
