// What a program does, in whatever runtime this is: logs in, sends an action, reads events, makes a call, answers one by FastAGI.
//     <runtime> test/runtimes/smoke.mjs HOST PORT USERNAME SECRET
import { once } from 'node:events'
import { connect } from 'node:net'
import process from 'node:process'
import { Duplex } from 'node:stream'
import { AMIClient, CallManager, FastAGIServer } from '../../dist/index.js'
import { AMIClient as WebClient, webStreamsTransport } from '../../dist/web/index.js'

const [host, port, username, secret] = process.argv.slice(2)
const steps = []
const step = async (name, work) => {
  const result = await work()
  if (result === false) throw new Error(`${name}: not as expected`)
  steps.push(name)
}

const ami = new AMIClient({ host, port: Number(port), username, secret })
await step('log in', () => ami.login())
await step('action', async () => (await ami.sendAction('Ping')).get('Ping') === 'Pong')
await step('list', async () => Array.isArray((await ami.sendAction('CoreShowChannels')).events))
await step('events', async () => {
  const events = ami.events('UserEvent', { where: (event) => event.get('UserEvent') === 'Smoke' })
  for (const number of [1, 2, 3]) await ami.sendAction('UserEvent', { UserEvent: 'Smoke', Number: number })
  const numbers = []
  for await (const event of events) {
    numbers.push(event.get('Number'))
    if (numbers.length === 3) break
  }
  return numbers.join() === '1,2,3'
})
await step('call', async () => {
  const calls = new CallManager(ami)
  const call = calls.originate({ channel: 'Local/answer@default', context: 'default', exten: 'answer' })
  const outcome = await call.ended()
  calls.close()
  return outcome.result === 'ended' && outcome.answered
})
await step('FastAGI', async () => {
  const server = new FastAGIServer({ port: 0 })
  const done = new Promise((resolve) => {
    server.route('smoke', async (agi) => {
      await agi.answer()
      await agi.setVariable('SMOKE', 'a "b" \\ c')
      resolve(await agi.getVariable('SMOKE'))
    })
  })
  const at = await server.listen()
  await ami.sendAction('Originate', {
    Channel: 'Local/answer@default/n',
    Application: 'AGI',
    Data: `agi://${at.host}:${at.port}/smoke`,
    Async: true,
  })
  const value = await done
  await server.close()
  return value === 'a "b" \\ c'
})
await step('Web Streams', async () => {
  const deno = /** @type {any} */ (globalThis).Deno
  const open = async () => {
    if (deno !== undefined) return deno.connect({ hostname: host, port: Number(port) })
    const socket = connect(Number(port), host)
    await once(socket, 'connect')
    return Duplex.toWeb(socket)
  }
  const other = new WebClient({ username, secret, connect: webStreamsTransport(open) })
  await other.login()
  const { type } = await other.sendAction('CoreStatus')
  await other.close()
  return type === 'success'
})
await step('close', () => ami.close())
console.log(steps.join(', '))
