import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { record as recordClient } from '../../testing/recording/recorder.js'
import { MOST_SECONDS } from '../arguments.js'
import type { Command } from '../command.js'
import { CONNECTION, logIn, withClient } from '../connection.js'
import { until } from '../interruption.js'
import { UsageError } from '../usage-error.js'

export const record: Command = {
  usage: 'FILE [URL] [options]',
  description: [
    'Records what the server says, until Ctrl-C, and writes it without secrets: replay plays it, and FakeAsterisk.fromRecording(FILE) in tests.',
    'The file is written when the recording ends, whole or not at all.',
  ],
  options: {
    seconds: { type: 'string', value: 'N', help: 'how long to record; default: until Ctrl-C' },
    force: { type: 'boolean', help: 'write over a file that is there' },
    ...CONNECTION,
  },
  examples: ['obelus record monday.ami --seconds 60'],
  async run(args, context) {
    const { output, signal } = context
    const [file = ''] = args.take('FILE')
    const seconds = args.number('seconds', 0, MOST_SECONDS)
    if (existsSync(file) && !args.flag('force')) throw new UsageError(`${file} is there already; --force writes over it`)
    const partial = `${file}.part`
    // Now, not when an hour is recorded: whether it can be written at all.
    writeFileSync(partial, '')
    try {
      const recording = await withClient(args, context, async (ami) => {
        const running = recordClient(ami)
        await logIn(ami, context)
        output.note('-- recording; Ctrl-C ends')
        await until(signal, seconds)
        return running
      })
      writeFileSync(partial, recording.text)
      renameSync(partial, file)
    } finally {
      rmSync(partial, { force: true })
    }
    output.note(`-- written to ${file}`)
    return 0
  },
}
