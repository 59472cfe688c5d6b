import { isAMIError } from '../ami/messages/errors.js'
import { AsteriskError, asError } from '../core/errors.js'
import { unknownName } from '../core/options.js'
import { redactText } from '../core/redaction.js'
import { Arguments } from './arguments.js'
import type { Context, ExitCode } from './command.js'
import { COMMANDS } from './command-table.js'
import { helpOf, overview } from './help.js'
import { UsageError } from './usage-error.js'
import { packageVersion } from './version.js'

/** Runs `obelus` with what was typed behind its name. Never rejects. */
export async function runProgram(argv: readonly string[], context: Context): Promise<ExitCode> {
  const { output, signal } = context
  const [name = '', ...args] = argv
  try {
    return await run(name, args, context)
  } catch (error) {
    // Ended by whoever runs it: what was under way could not be finished.
    if (signal.aborted && error === signal.reason) return 2
    const where = Object.hasOwn(COMMANDS, name) ? `obelus ${name}` : 'obelus'
    // A URL with a slip in it is taken for something else, a file or a command, and quoted as that. A UsageError quotes without secrets.
    output.note(`${where}: ${error instanceof UsageError ? error.message : redactText(messageOf(error))}`)
    if (isAMIError(error, 'CONNECTION_FAILED') || isAMIError(error, 'AUTHENTICATION_FAILED'))
      output.note('obelus doctor says more of the reason, and what to do')
    if (!(error instanceof UsageError)) return 1
    output.note(`${where} --help says how it is used`)
    return 2
  }
}

async function run(name: string, args: readonly string[], context: Context): Promise<ExitCode> {
  const print = (lines: readonly string[]) => {
    for (const line of lines) context.output.print(line)
    return 0 as const
  }
  if (name === '' || name === '--help' || name === '-h') return print(overview())
  if (name === '--version') return print([packageVersion()])
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (entry === undefined) throw new UsageError(unknownName('command', name, Object.keys(COMMANDS)).message)
  const command = await entry.load()
  const given = Arguments.parse(args, command.options)
  if (given.flag('help')) return print(helpOf(name, command))
  return command.run(given, context)
}

/** On one line. An error that nobody foresaw tells where it came from. */
function messageOf(thrown: unknown): string {
  const error = asError(thrown)
  const isForeseen =
    error instanceof AsteriskError || error instanceof TypeError || error instanceof RangeError || 'code' in error
  return isForeseen ? error.message.replaceAll('\n', ' ') : (error.stack ?? error.message)
}
