import type { Gap } from '../core/gap.js'
import { timeOfDay } from './output.js'

/** A hole in a list of events, as a line of it. */
export function gapLine({ reason, from, to, dropped, restarted }: Gap): string {
  const between = `from ${timeOfDay(from)} to ${timeOfDay(to)}`
  if (reason === 'overflow') return `-- ${dropped} events were dropped ${between}: they came faster than they could be printed`
  const restart = restarted === undefined ? '' : restarted ? '; Asterisk was restarted' : '; Asterisk was not restarted'
  return `-- events are missing ${between}: there was no connection${restart}`
}

export function gapJSON({ reason, from, to, dropped, restarted }: Gap): object {
  return { gap: { reason, from, to, dropped, restarted } }
}
