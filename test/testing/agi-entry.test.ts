import { AMIClient, AsyncAGIExecutor, FastAGIServer, unlisted } from 'obelus-asterisk'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { expect, it, onTestFinished } from 'vitest'

async function office() {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
  onTestFinished(() => pbx.close())
  const ami = new AMIClient({ host: 'pbx', username: 'admin', secret: 's3cret', connect: pbx.connector })
  onTestFinished(() => ami.close())
  await ami.login()
  const events: string[] = []
  ami.onEvent(['AGIExecStart', 'AGIExecEnd', 'VarSet', 'Newstate', 'AsyncAGIStart', 'AsyncAGIEnd', 'Hangup'], (event) => {
    const about = ['Command', 'Variable', 'ChannelStateDesc']
      .map((name) => event.get(unlisted(name)))
      .find((each) => each !== undefined)
    events.push(`${event.name} ${about}`)
  })
  return { pbx, ami, events }
}

it('has a FastAGI script answer an extension, and goes on when it has ended', async () => {
  const server = new FastAGIServer({ port: 0 })
  onTestFinished(() => server.close())
  server.route('ivr', async (agi) => {
    await agi.answer()
    await agi.setVariable('LANGUAGE', `${agi.args[0]} for ${agi.env.callerId}`)
  })
  const { port } = await server.listen()
  const { pbx, events } = await office()
  pbx.dialplan({ 700: { steps: [`AGI(agi://127.0.0.1:${port}/ivr,en)`, 'Hangup(21)'] } })
  await pbx.incomingCall({ to: '700', from: '"Eve" <555>' }).ended()
  expect(events).toEqual([
    'AGIExecStart ANSWER',
    'Newstate Up',
    'AGIExecEnd ANSWER',
    expect.stringMatching(/^AGIExecStart SET VARIABLE "?LANGUAGE/),
    'VarSet LANGUAGE',
    expect.stringMatching(/^AGIExecEnd SET VARIABLE/),
    'VarSet AGISTATUS',
    'Hangup Up',
  ])
})

it('has an AsyncAGI script answer an extension', async () => {
  const { pbx, ami, events } = await office()
  const executor = new AsyncAGIExecutor(ami, async (agi) => {
    await agi.answer()
    await agi.hangup()
  })
  onTestFinished(() => executor.close())
  pbx.dialplan({ 701: { agi: 'agi:async' } })
  await pbx.incomingCall({ to: '701' }).ended()
  await ami.sendAction('Ping')
  expect(events.filter((each) => /^(Async|Newstate|Hangup)/.test(each))).toEqual([
    'AsyncAGIStart Ring',
    'Newstate Up',
    'AsyncAGIEnd Up',
    'Hangup Up',
  ])
})

it('says what no script is', async () => {
  const { pbx } = await office()
  expect(() => pbx.dialplan({ 700: { agi: 'http://x' } })).toThrow(/must be 'agi:\/\/host:port\/path' or 'agi:async'/)
})
