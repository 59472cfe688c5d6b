import type { AMIEvent } from '../../ami/messages/event.js'
import { unlisted } from '../../ami/messages/typed-names.js'
import { EVENT_CLASSES } from '../../catalog/event-classes.js'
import { quote } from '../../core/checks.js'
import { Gap } from '../../core/gap.js'
import { nearestName } from '../../core/nearest-name.js'
import { redactHeaders } from '../../core/redaction.js'
import { urlAdvice } from '../arguments.js'
import type { Command, ExitCode } from '../command.js'
import { CONNECTION, JSON_OPTION, logIn, untilEnded, withClient } from '../connection.js'
import { gapJSON, gapLine } from '../gap-text.js'
import { type Output, safe, timeOfDay } from '../output.js'
import { UsageError } from '../usage-error.js'
import { eventTest } from '../where.js'

export const events: Command = {
  usage: '[NAME …] [URL] [options]',
  description: [
    'Prints events as they come, until Ctrl-C: those with one of the names, or all. Values that a name calls secret are not shown.',
    'A hole in the events, as after a lost connection, stands in its place.',
  ],
  options: {
    where: {
      type: 'string',
      multiple: true,
      value: 'CONDITION',
      help: 'only events with Header=value, Header!=value or Header~pattern; several must all hold',
    },
    ...JSON_OPTION,
    ...CONNECTION,
  },
  examples: ["obelus events Newchannel Hangup --where 'Channel~^PJSIP/'", "obelus events --where 'Queue=support' --json | jq ."],
  async run(args, context) {
    const { output, signal } = context
    const names = args.positionals
    const where = eventTest(args.texts('where'))
    const isJSON = args.flag('json')
    for (const name of names) checkName(name, output)
    return withClient<ExitCode>(args, context, async (ami) => {
      const stream = ami.events(names.length === 0 ? undefined : names.map(unlisted), { where, withGaps: true })
      await logIn(ami, context)
      output.note(`-- listening to ${names.length === 0 ? 'all events' : names.map(safe).join(', ')}; Ctrl-C ends`)
      for await (const item of untilEnded(stream, signal)) {
        if (item instanceof Gap) isJSON ? output.printJSON(gapJSON(item)) : output.print(output.styled('yellow', gapLine(item)))
        else if (isJSON) output.printJSON(eventJSON(item))
        else output.print(eventLine(item, output))
      }
      return 0
    })
  },
}

const NAMES = Object.values(EVENT_CLASSES).flat()

/** Events of other modules have names that nobody has written down: that is no mistake, but may be one. @throws UsageError */
function checkName(name: string, output: Output): void {
  if (!/^[^\s:@]+$/.test(name)) throw new UsageError(`${quote(name)} is no name of an event${urlAdvice(name)}`)
  if (name === '*' || NAMES.some((known) => known.toLowerCase() === name.toLowerCase())) return
  const nearest = nearestName(name, NAMES)
  const advice = nearest === undefined ? '' : `; did you mean ${nearest}?`
  output.note(`-- Asterisk's documentation has no event ${JSON.stringify(safe(name))}${advice}`)
}

function eventLine(event: AMIEvent, output: Output): string {
  const headers = redactHeaders(event.entries())
    .filter(([name, value]) => value !== '' && name !== 'Event' && name !== 'Privilege')
    .map(([name, value]) => `${output.styled('dim', `${safe(name)}=`)}${valueText(value)}`)
  return [timeOfDay(new Date()), output.styled('cyan', safe(event.name)), ...headers].join(' ')
}

function valueText(value: string): string {
  const text = safe(value)
  return /[\s"]/.test(text) ? JSON.stringify(text) : text
}

/** As an event's own JSON, with the time at which it came, and without secrets. */
function eventJSON(event: AMIEvent) {
  const headers: Record<string, string | string[]> = {}
  for (const [name, value] of redactHeaders(event.entries())) {
    const before = headers[name]
    headers[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value]
  }
  return { at: new Date().toISOString(), name: event.name, headers }
}
