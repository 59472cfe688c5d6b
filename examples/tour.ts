/**
 * `npm start`: what the library does, step by step, on an embedded fake Asterisk. With `--url` or `AMI_URL`, on your own server.
 */
import { parseArgs } from 'node:util'
import { AMIClient, AMIError, type Call, CallManager, Gap } from 'obelus-asterisk'
import { CONNECTION, CONNECTION_USAGE, namedServer } from './support/target.js'
import { explain, fact, step, title, trouble } from './support/terminal.js'
import { type FakePBX, openFakePBX } from './tour/fake-pbx.js'

const { values } = parseArgs({
  options: {
    ...CONNECTION,
    channel: { type: 'string' },
    exten: { type: 'string', default: 's' },
    context: { type: 'string', default: 'default' },
  },
})

if (values.help) {
  console.log(['npm start -- [--channel PJSIP/100 --exten 200 --context default]', ...CONNECTION_USAGE].join('\n  '))
  process.exit(0)
}

let fake: FakePBX | undefined
try {
  await tour(namedServer(values) ?? (await clientOfFake()))
} catch (error) {
  if (!(error instanceof AMIError || error instanceof TypeError || error instanceof RangeError)) throw error
  trouble(error)
  process.exitCode = 1
} finally {
  await fake?.close()
}

async function clientOfFake(): Promise<AMIClient> {
  fake = await openFakePBX()
  return new AMIClient(`ami://admin:s3cret@127.0.0.1:${fake.port}`)
}

async function tour(client: AMIClient): Promise<void> {
  title(
    fake === undefined
      ? 'A tour on your own Asterisk'
      : 'A tour on an embedded fake Asterisk (no server needed: all traffic stays on this machine)',
  )
  await using ami = client
  ami.on('status', (status) => {
    const reason = status.state === 'waiting' || status.state === 'failed' ? `: ${status.reason.message}` : ''
    fact('status', `${status.state}${reason}`)
  })

  step('Log in', 'await ami.login()')
  await ami.login({ timeoutMs: 10_000 })

  step('Await an action', "await ami.sendAction('Ping')")
  const asked = performance.now()
  const pong = await ami.sendAction('Ping')
  fact(pong.get('Ping') ?? '', `after ${(performance.now() - asked).toFixed(1)} ms`)

  step('Run a console command', "await ami.command('core show version')")
  for (const line of await ami.command('core show version')) fact('output', line)

  step('Stream a list', "for await (const item of ami.listAction('QueueStatus'))")
  let items = 0
  for await (const item of ami.listAction('QueueStatus')) {
    items += 1
    fact(item.name, [item.get('Queue'), item.name === 'QueueMember' ? item.get('Location') : ''].filter(Boolean).join('  '))
  }
  explain(`${items} items, each as it came`)

  step('Iterate events', "for await (const event of ami.events('UserEvent', { withGaps: true }))")
  const news = ami.events('UserEvent', { withGaps: true, where: (event) => event.get('UserEvent') === 'Tour' })
  for (const number of [1, 2, 3]) await ami.sendAction('UserEvent', { UserEvent: 'Tour', Number: number })
  for (let read = 0; read < 3; read += 1) {
    const { value } = await news.next()
    if (!(value instanceof Gap)) fact(value.name, `Number: ${value.get('Number')}`)
  }

  if (fake === undefined) {
    explain('Restart your Asterisk while a program like this one runs: the stream goes on, with a Gap in it.')
  } else {
    step('Restart the server', 'the same stream goes on, with a Gap where it could not hear')
    fake.restart()
    const { value: gap } = await news.next()
    if (gap instanceof Gap)
      fact('Gap', `${gap.reason}, ${gap.to.getTime() - gap.from.getTime()} ms, Asterisk restarted: ${gap.restarted}`)
    await ami.sendAction('UserEvent', { UserEvent: 'Tour', Number: 4 })
    const { value } = await news.next()
    if (!(value instanceof Gap)) fact(value.name, `Number: ${value.get('Number')}`)
  }

  await showCalls(ami)

  step('Close', 'await using ami: Logoff, then nothing is left that keeps the process')
}

async function showCalls(ami: AMIClient): Promise<void> {
  step('Originate a call', 'for await (const transition of calls.originate({ channel, context, exten }))')
  using calls = new CallManager(ami)
  const { exten, context } = values
  if (fake !== undefined) await show(calls.originate({ channel: 'PJSIP/100', callerId: '"Tour" <555>', context, exten: '200' }))
  else if (values.channel !== undefined) await show(calls.originate({ channel: values.channel, context, exten }))
  else explain('Say --channel PJSIP/100 --exten 200 to have a telephone called, and connected with an extension.')

  if (fake === undefined) return
  step('See every call', 'for await (const call of calls.all())')
  const all = calls.all()
  fake.callIn()
  for await (const call of all) {
    fact(call.origin, `${call.callerName} <${call.callerNumber}> calls ${call.exten}`)
    await show(call)
    break
  }
  explain('All of it in a browser, with callers that come and go: npm run board')
}

async function show(call: Call): Promise<void> {
  const began = performance.now()
  for await (const transition of call) {
    const more =
      transition.type === 'stateChanged'
        ? transition.stateText
        : transition.type === 'dialingFinished'
          ? transition.dialStatus
          : 'cause' in transition
            ? `${transition.cause} ${transition.causeText}`
            : ''
    const after = `${(performance.now() - began).toFixed(0)} ms`.padStart(7)
    fact(transition.status, `${after}  ${transition.type} ${more ?? ''}`.trimEnd())
  }
}
