/**
 * A FastAGI server with a few scripts, and calls in AsyncAGI that wait for orders. In the dialplan:
 *
 *     exten => 100,1,AGI(agi://127.0.0.1:4573/ivr)
 *     exten => 101,1,AGI(agi://127.0.0.1:4573/callback)
 *     exten => 102,1,AGI(agi://127.0.0.1:4573/voicemail)
 *     exten => 103,1,AGI(agi://127.0.0.1:4573/queue)
 *     exten => 104,1,AGI(agi:async)
 *
 *     npx tsx examples/agi-server.ts --host pbx.example --username web --secret … --queue support
 */
import { CallManager, FastAGIServer } from 'obelus-asterisk'
import { askForCallback, callBack } from './agi/callback.js'
import { bank } from './agi/ivr.js'
import { waitingRoom } from './agi/queue.js'
import { RemoteControl } from './agi/remote-control.js'
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
    const channel = (number: string) => values.channel.replace('{}', () => number)
    const remote = new RemoteControl(ami)
    await using server = new FastAGIServer({ port: fake === undefined ? Number(values.listen) : 0 })
    server.on('error', (error) => trouble(error))
    server
      .route('ivr', bank({ '1234': { pin: '0000', balance: 42 } }, channel('200')))
      .route('callback', askForCallback)
      .route(
        'voicemail',
        voicemail(values.recordings, ({ from, seconds, file }) => fact('message', `${from}, ${seconds} s: ${file}`)),
      )
      .route(
        'queue',
        waitingRoom(ami, values.queue, (agi) => askForCallback(agi)),
      )
    const minutely = setInterval(() => void callBack(calls, ami, channel).catch(trouble), 60_000)
    const { host, port } = await server.listen()
    console.log(`agi://${host}:${port}/ with ivr, callback, voicemail, queue`)
    if (fake === undefined) await new Promise((resolve) => untilInterrupted().addEventListener('abort', resolve))
    else {
      // What a caller does, on the embedded fake.
      const caller = fake.callFastAGI(`agi://${host}:${port}/ivr`, { callerId: '"Ann" <0301>', keys: '112340000' })
      fact('AGISTATUS', await caller.ended())
      for (const command of caller.commands) fact('command', command)
    }
    clearInterval(minutely)
    await remote.close()
  },
)
