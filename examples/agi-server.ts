/**
 * A FastAGI server with a few scripts, and an AsyncAGI flow that a queue starts. In the dialplan:
 *
 *     exten => 100,1,AGI(agi://127.0.0.1:4573/ivr)
 *     exten => 101,1,AGI(agi://127.0.0.1:4573/callback)
 *     exten => 102,1,AGI(agi://127.0.0.1:4573/voicemail)
 *
 *     npx tsx examples/agi-server.ts --host pbx.example --username web --secret … --queue support
 */
import { CallManager, FastAGIServer } from 'obelus-asterisk'
import { CallbackScheduler } from './agi/callback.js'
import { ivr } from './agi/ivr.js'
import { watchQueue } from './agi/queue-greeting.js'
import { voicemail } from './agi/voicemail.js'
import { readOptions, untilInterrupted, withClient } from './support/target.js'
import { fact, trouble } from './support/terminal.js'

const { values } = readOptions(
  ['npx tsx examples/agi-server.ts [--listen 4573] [--recordings /tmp] [--queue support] [--channel PJSIP/{}@trunk]'],
  {
    listen: { type: 'string', default: '4573' },
    recordings: { type: 'string', default: '/tmp' },
    queue: { type: 'string', default: 'support' },
    channel: { type: 'string', default: 'PJSIP/{}' },
  },
)

await withClient(
  values,
  (pbx) => pbx.dialplan({ 148: 'answer' }),
  async (ami, fake) => {
    using calls = new CallManager(ami)
    const callbacks = new CallbackScheduler(calls, (number) => values.channel.replace('{}', () => number))
    await using server = new FastAGIServer({ port: fake === undefined ? Number(values.listen) : 0 })
    server.on('error', (error) => trouble(error))
    server
      .route('ivr', ivr)
      .route('callback', callbacks.script)
      .route(
        'voicemail',
        voicemail(values.recordings, ({ from, seconds, file }) => fact('message', `${from}, ${seconds} s: ${file}`)),
      )
    const queue = watchQueue(ami, values.queue, {
      offer: async (agi) => {
        fact('offer', `${agi.env.channel} waits`)
        await agi.streamFile('vm-press', { escapeDigits: '1' })
      },
    })
    const { host, port } = await server.listen()
    console.log(`agi://${host}:${port}/ with ivr, callback, voicemail`)
    if (fake === undefined) await new Promise((resolve) => untilInterrupted().addEventListener('abort', resolve))
    else {
      // What a caller does, on the embedded fake.
      const caller = fake.callFastAGI(`agi://${host}:${port}/ivr`, { callerId: '"Ann" <0301>', keys: '11234' })
      fact('AGISTATUS', await caller.ended())
      for (const command of caller.commands) fact('command', command)
    }
    queue.close()
    callbacks.close()
  },
)
