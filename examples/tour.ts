/**
 * `npm start`: what the library does, step by step, on an embedded fake Asterisk. With `--host`, on your own server.
 */
import { parseArgs } from 'node:util'
import { AMIClient, type AMIClientOptions, AMIError, Gap } from 'obelus-asterisk'
import { openFakePBX } from './tour/fake-pbx.js'
import { explain, fact, step, title, trouble } from './tour/terminal.js'

const { values } = parseArgs({
  options: {
    host: { type: 'string' },
    port: { type: 'string' },
    username: { type: 'string', default: 'admin' },
    secret: { type: 'string', default: '' },
    tls: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

if (values.help) {
  console.log('npm start                                                        the tour on an embedded fake Asterisk')
  console.log('npm start -- --host HOST --username NAME --secret SECRET         the tour on your own server')
  console.log('             [--port 5038] [--tls]')
  process.exit(0)
}

const fake = values.host === undefined ? await openFakePBX() : undefined
const options: AMIClientOptions =
  fake === undefined
    ? {
        host: values.host ?? '',
        ...(values.port === undefined ? {} : { port: Number(values.port) }),
        username: values.username,
        secret: values.secret,
        tls: values.tls,
      }
    : { port: fake.port, username: 'admin', secret: 's3cret' }

try {
  await tour()
} catch (error) {
  if (!(error instanceof AMIError || error instanceof TypeError || error instanceof RangeError)) throw error
  trouble(error)
  process.exitCode = 1
} finally {
  await fake?.close()
}

async function tour(): Promise<void> {
  title(
    fake === undefined
      ? `A tour on the Asterisk at ${values.host}`
      : 'A tour on an embedded fake Asterisk (no server, no network)',
  )
  await using ami = new AMIClient(options)
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

  step('Close', 'await using ami: Logoff, then nothing is left that keeps the process')
}
