import { inspect } from 'node:util'
import type { ReferenceCall, ReferenceModel } from '../../../support/reference/reference-model.js'
import type { Field, FullStatement } from '../statement.js'
import { toldByModel, type WhoIs } from './told-by-model.js'
import type { Testimony } from './witness.js'

/** What the Channel Event Log can tell. */
const LOGGED: readonly Field[] = [
  'dialed',
  'answered',
  'answeredBy',
  'talked',
  'talks',
  'hungUpBy',
  'transfers',
  'pickedUpBy',
  'parking',
  'goesOnIn',
]
/** What it can tell of a call that a program began: not who was dialled first. */
const LOGGED_OF_PROGRAMS = LOGGED.filter((field) => field !== 'dialed' && field !== 'answeredBy')
/** How far the events' times may be from those of CEL: they are stamped when they are written to the connection, which a busy server does late. */
const TOLERANCE_MS = 1_000

/** Where the witness contradicts statements: it has the last word on what happened, whatever the product says. */
export function contradictionsOf(
  statements: readonly FullStatement[],
  { events, log }: Testimony,
  who: WhoIs,
  ours: ReadonlySet<string>,
): string[] {
  const byEvents = toldByModel(events, who, ours)
  const byLog = toldByModel(log, who, ours)
  if (byEvents.length !== statements.length || byLog.length !== statements.length) {
    const seen = inspect(byEvents, { depth: 4, breakLength: 150 })
    return [`the events have ${byEvents.length} calls, CEL has ${byLog.length}, the statement ${statements.length}: ${seen}`]
  }
  return statements.flatMap((statement, index) => {
    const logged = statement.origin === 'device' ? LOGGED : LOGGED_OF_PROGRAMS
    const meets = meetsOthers(events, index)
    return [
      ...differences(statement, byEvents[index], Object.keys(statement) as Field[], 'the events say'),
      ...differences(statement, byLog[index], meets ? logged.filter((field) => field !== 'hungUpBy') : logged, 'CEL says'),
      ...timesApart(events.calls[index] as ReferenceCall, log.calls[index] as ReferenceCall),
    ].map((difference) => `call ${index + 1}, ${difference}`)
  })
}

function differences(statement: FullStatement, told: FullStatement | undefined, fields: readonly Field[], by: string): string[] {
  return fields.flatMap((field) => {
    const [seen, said] = [JSON.stringify(told?.[field]), JSON.stringify(statement[field])]
    return seen === said ? [] : [`${field}: the statement says ${said}, ${by} ${seen}`]
  })
}

/** Where the events and CEL disagree on when it was. */
function timesApart(byEvents: ReferenceCall, byLog: ReferenceCall): string[] {
  return (['startedAt', 'answeredAt', 'endedAt'] as const).flatMap((time) => {
    const apart = (byEvents[time] ?? 0) - (byLog[time] ?? 0)
    return Math.abs(apart) <= TOLERANCE_MS ? [] : [`${time}: the events say ${Math.round(apart)} ms after CEL`]
  })
}

/** Whether a call's last talk was with people of other calls. Who ended that CEL says of each channel, and not of the talk. */
function meetsOthers(model: ReferenceModel, index: number): boolean {
  const call = model.calls[index]
  return [...(call?.talks.at(-1)?.devices ?? [])].some((id) => !call?.parties.includes(id))
}
