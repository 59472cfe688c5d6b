import type { Person } from '../people.js'
import type { FullStatement } from '../statement.js'
import type { WhoIs } from './told-by-model.js'
import type { Testimony } from './witness.js'

/** How the Call Detail Records tell the calls otherwise than the statement: whether each was answered, and whom it talked with. */
export function cdrDifference({ events, details }: Testimony, statements: readonly FullStatement[], who: WhoIs): string {
  const names = new Map([...events.channels.values()].map(({ id, name }) => [name, id]))
  return events.calls
    .flatMap((call, index) => {
      const statement = statements[index] as FullStatement
      const answered = details.filter(
        ({ uniqueId, disposition }) => disposition === 'ANSWERED' && events.bornIn(uniqueId) === call.id,
      )
      const partners = answered
        .map(({ destination }) => names.get(destination) ?? '')
        .filter((id) => events.isDevice(id))
        .map(who)
      const [told, meant] = [list(partners), list(partnersOf(statement))]
      const which = statements.length > 1 ? `call ${index + 1} ` : ''
      return [
        answered.length > 0 === statement.answered ? '' : `${which}${statement.answered ? 'not answered' : 'answered'}`,
        told === meant ? '' : `${which}talked with ${told || 'nobody'}`,
      ].filter((each) => each !== '')
    })
    .join('; ')
}

/** All who talked, but for the caller. */
function partnersOf({ talks, caller }: FullStatement): Person[] {
  return talks.flatMap((talk) => talk.split(' with ') as Person[]).filter((person) => person !== caller)
}

function list(people: readonly Person[]): string {
  return [...new Set(people)].sort().join(', ')
}
