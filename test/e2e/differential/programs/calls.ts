import type { Program } from '../bench.js'

type Headers = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

const call = (name: string, headers: Headers): Program => ({ name, run: (bench) => bench.originate(headers) })
const bothWays = (name: string, headers: Headers): Program[] => [
  call(`${name}, synchronous`, headers),
  call(`${name}, asynchronous`, { ...headers, Async: true }),
]
const wait = { Application: 'Wait', Data: '0.2' }
const dial = (Data: string, Channel = 'Local/answer@default') => ({ Channel, Application: 'Dial', Data, Async: true })

/** Programs that make calls. */
export const callPrograms: readonly Program[] = [
  ...bothWays('a Local extension answers', { Channel: 'Local/answer@default', ...wait }),
  ...bothWays('a Local extension is busy', { Channel: 'Local/busy@default', ...wait }),
  ...bothWays('a Local extension is congested', { Channel: 'Local/congestion@default', ...wait }),
  ...bothWays('a Local extension rejects', { Channel: 'Local/reject@default', ...wait }),
  ...bothWays('a Local extension rings for too long', { Channel: 'Local/ring@default', Timeout: 300, ...wait }),
  ...bothWays('a phone answers', { Channel: 'PJSIP/200', ...wait }),
  ...bothWays('a phone is busy', { Channel: 'PJSIP/201', ...wait }),
  ...bothWays('a phone rejects', { Channel: 'PJSIP/202', ...wait }),
  ...bothWays('a phone rings for too long', { Channel: 'PJSIP/203', Timeout: 300, ...wait }),
  ...bothWays('a phone is congested', { Channel: 'PJSIP/204', ...wait }),
  call('a Local extension with a caller id', { Channel: 'Local/answer@default', CallerID: '"Ann" <100>', Async: true, ...wait }),
  call('an extension for whoever answers', {
    Channel: 'Local/answer@default',
    Context: 'default',
    Exten: 'answer',
    Priority: 1,
    Async: true,
  }),
  call('an extension that dials', { Channel: 'Local/dial@default', Async: true, ...wait }),
  call('an unknown application', { Channel: 'Local/answer@default', Application: 'Wayt', Data: '1', Async: true }),
  call('the application Hangup', { Channel: 'Local/answer@default', Application: 'Hangup', Async: true }),
  call('the application Hangup with a cause', {
    Channel: 'Local/answer@default',
    Application: 'Hangup',
    Data: '21',
    Async: true,
  }),
  call('the application Busy', { Channel: 'Local/answer@default', Application: 'Busy', Data: '0.1', Async: true }),
  call('the application Congestion', { Channel: 'Local/answer@default', Application: 'Congestion', Data: '0.1', Async: true }),
  call('the application Answer', { Channel: 'Local/answer@default', Application: 'Answer', Async: true }),
  call('the application Echo, until the other side hangs up', {
    Channel: 'Local/answer@default',
    Application: 'Echo',
    Async: true,
  }),
  call('the application NoOp', { Channel: 'Local/answer@default', Application: 'NoOp', Async: true }),
  call('the application Playback of a file that is not there', {
    Channel: 'Local/answer@default',
    Application: 'Playback',
    Data: 'no-such-file',
    Async: true,
  }),
  call('the application Dial of a Local extension', dial('Local/long@default/n,5')),
  call('the application Dial of a phone that answers', dial('PJSIP/200,5', 'Local/long@default')),
  call('the application Dial of a phone that does not answer', dial('PJSIP/203,1', 'Local/long@default')),
  call('the application Dial of two phones', dial('PJSIP/203&PJSIP/200,5', 'Local/long@default/n')),
  call('a phone that hangs up', { Channel: 'PJSIP/200', Application: 'Wait', Data: 5, Async: true }),
  call('an extension that dials two phones', { Channel: 'Local/fork@default/n', Application: 'Wait', Data: 0.6, Async: true }),
  call('an extension that dials a phone that does not answer', { Channel: 'Local/noone@default/n', ...wait, Async: true }),
  call('the application Dial of a phone that is busy', {
    Channel: 'Local/answer@default',
    Application: 'Dial',
    Data: 'PJSIP/201,5',
    Async: true,
  }),
  call('the application Dial of a phone that is not there', {
    Channel: 'Local/answer@default',
    Application: 'Dial',
    Data: 'PJSIP/none,5',
    Async: true,
  }),
  {
    name: 'Hangup by the manager, with and without a cause',
    run: async (bench) => {
      for (const Cause of [undefined, 16, 17, 34, 127, 300, 'x']) {
        await bench.ringing({ ChannelId: `hm${Cause}` })
        await bench.send('Hangup', { Channel: `hm${Cause}`, Cause })
        await bench.calm()
      }
    },
  },
  {
    name: 'variables of a channel',
    run: async (bench) => {
      await bench.ringing({ ChannelId: 'vars', Variable: ['A=1', '__B=2'] })
      for (const Variable of ['A', 'B', 'C', 'UNIQUEID', 'CHANNEL(state)', 'CALLERID(num)']) {
        const { headers } = await bench.send('Getvar', { Channel: 'vars', Variable })
        bench.note(`${Variable} is ${headers.Value}`)
      }
      await bench.send('Setvar', { Channel: 'vars', Variable: 'C', Value: '3' })
      bench.note(`C is ${(await bench.send('Getvar', { Channel: 'vars', Variable: 'C' })).headers.Value}`)
      await bench.send('Hangup', { Channel: 'vars' })
      await bench.calm()
    },
  },
  {
    name: 'lists and counts of the calls that are there',
    run: async (bench) => {
      await bench.ringing({ ChannelId: 'lists' })
      const channels = await bench.send('CoreShowChannels')
      bench.note(`${channels.events.length} channels`)
      bench.note(`${(await bench.send('CoreStatus')).get('CoreCurrentCalls')} calls`)
      const status = await bench.send('Status')
      bench.note(`${status.events.length} in Status, ${status.completion?.get('Items')} items`)
      await bench.send('Status', { Channel: 'lists' })
      await bench.send('Hangup', { Channel: 'lists' })
      await bench.calm()
    },
  },
]
