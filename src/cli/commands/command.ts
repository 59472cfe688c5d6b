import type { Command, ExitCode } from '../command.js'
import { CONNECTION, JSON_OPTION, logIn, withClient } from '../connection.js'
import { commandEndsCalls, mayEndCalls, YES } from '../ends-calls.js'
import { safe } from '../output.js'
import { UsageError } from '../usage-error.js'

export const command: Command = {
  usage: "'COMMAND' [URL] [options]",
  description: [
    "Runs a command of Asterisk's console and prints what it says. Before one that can end calls it asks.",
    'The account needs the class command.',
  ],
  options: { ...YES, ...JSON_OPTION, ...CONNECTION },
  examples: ["obelus command 'core show channels'"],
  async run(args, context) {
    const { output, signal } = context
    const text = args.positionals.join(' ')
    if (text.trim() === '') throw new UsageError('COMMAND is missing')
    if (commandEndsCalls(text) && !(await mayEndCalls(text, args.flag('yes'), context))) return 2
    return withClient<ExitCode>(
      args,
      context,
      async (ami) => {
        await logIn(ami, context)
        const lines = await ami.command(text, { signal })
        if (args.flag('json')) output.printJSON(lines)
        else for (const line of lines) output.print(safe(line))
        return 0
      },
      { events: false },
    )
  },
}
