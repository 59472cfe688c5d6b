import { asError } from '../../core/errors.js'
import { FakeAsterisk } from '../../testing/fake-asterisk.js'
import type { Command } from '../command.js'
import { until } from '../interruption.js'
import { safe } from '../output.js'
import { UsageError } from '../usage-error.js'

export const replay: Command = {
  usage: 'FILE [options]',
  description: [
    'Plays a recording to the programs that connect, until Ctrl-C: they get the answers and events that were recorded. Any username and secret will do.',
    'Exits with 1 when a program sent what was not in the recording; each such action is told.',
  ],
  options: {
    port: { type: 'string', value: 'PORT', help: 'where to listen; default: 5038' },
    host: { type: 'string', value: 'HOST', help: 'on which address; default: 127.0.0.1' },
    scale: { type: 'string', value: 'N', help: 'how much slower than it was: 1 is real time; default: 0, no time' },
  },
  examples: ['obelus replay monday.ami --port 5039 --scale 1'],
  async run(args, { output, signal }) {
    const [file = ''] = args.take('FILE')
    const port = args.number('port') ?? 5038
    if (!(Number.isInteger(port) && port < 65_536))
      throw new UsageError(`--port must be a whole number from 0 to 65535, not ${port}`)
    const pbx = FakeAsterisk.fromRecording(file, { scale: args.number('scale') ?? 0 })
    pbx.on('connection', () => output.note('-- a client connected'))
    pbx.on('login', () => output.note('-- it logged in'))
    const at = await pbx.listen({ host: args.text('host') ?? '127.0.0.1', port })
    output.print(`${safe(file)} is played on ${at.host}:${at.port}; Ctrl-C ends`)
    await until(signal, undefined)
    try {
      await pbx.close()
      return 0
    } catch (error) {
      output.note(asError(error).message)
      return 1
    }
  },
}
