import { isAMIError } from '../../ami/messages/errors.js'
import type { AMIResponse } from '../../ami/messages/response.js'
import { type ActionHeaders, unlisted } from '../../ami/messages/typed-names.js'
import { ACTION_CLASSES } from '../../catalog/action-classes.js'
import { quote } from '../../core/checks.js'
import { nearestName } from '../../core/nearest-name.js'
import type { AMIClient } from '../../node/ami-client.js'
import type { Command, ExitCode } from '../command.js'
import { CONNECTION, JSON_OPTION, logIn, withClient } from '../connection.js'
import { actionEndsCalls, mayEndCalls, YES } from '../ends-calls.js'
import { type Output, safe } from '../output.js'
import { UsageError } from '../usage-error.js'

export const action: Command = {
  usage: 'NAME [Header=Value …] [URL] [options]',
  description: [
    'Sends an action and prints its answer: the headers, what a command printed, the items of a list. A header may stand several times.',
    'Before an action that can end calls it asks.',
  ],
  options: { ...YES, ...JSON_OPTION, ...CONNECTION },
  examples: ['obelus action QueueStatus Queue=support', "obelus action Setvar 'Variable=GREETING' 'Value=good morning'"],
  async run(args, context) {
    const [name, ...pairs] = args.positionals
    if (name === undefined) throw new UsageError('NAME is missing')
    const headers = headersOf(pairs)
    if (actionEndsCalls(name, headers) && !(await mayEndCalls(name, args.flag('yes'), context))) return 2
    const { output, signal } = context
    const send = async (ami: AMIClient): Promise<ExitCode> => {
      await logIn(ami, context)
      const response = await ami.sendAction(unlisted(name), headers, { signal })
      if (args.flag('json')) output.printJSON(response)
      else printResponse(response, output)
      return 0
    }
    try {
      return await withClient(args, context, send, { events: false })
    } catch (error) {
      const nearest = nearestName(name, Object.keys(ACTION_CLASSES))
      if (isAMIError(error, 'ACTION_FAILED') && nearest !== undefined && !isKnown(name)) output.note(`did you mean ${nearest}?`)
      throw error
    }
  },
}

function isKnown(name: string): boolean {
  return Object.keys(ACTION_CLASSES).some((known) => known.toLowerCase() === name.toLowerCase())
}

/** @throws UsageError that quotes what is no header. */
function headersOf(pairs: readonly string[]): ActionHeaders {
  const headers: Record<string, string[]> = {}
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    if (at < 1) throw new UsageError(`a header is written Header=Value, not ${quote(pair)}`)
    const name = pair.slice(0, at)
    headers[name] = [...(headers[name] ?? []), pair.slice(at + 1)]
  }
  return headers
}

function printResponse(response: AMIResponse, output: Output): void {
  const print = (entries: Iterable<readonly [string, string]>) => {
    for (const [name, value] of entries)
      if (name !== 'ActionID' && name !== 'EventList') output.print(`${safe(name)}: ${safe(value)}`)
  }
  print([...response.entries()].filter(([name]) => name !== 'Output'))
  for (const line of [...response.unparsedLines, ...response.output]) output.print(safe(line))
  for (const item of response.events) {
    output.print()
    print(item.entries())
  }
}
