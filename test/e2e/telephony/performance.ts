import { inspect } from 'node:util'
import type { ReferenceModel } from '../../support/reference/reference-model.js'
import { type Judgement, judge } from './judge.js'
import type { Mode, Observer } from './observer.js'
import type { Office } from './office.js'
import type { Person, Service } from './people.js'
import { play } from './script.js'
import { type CallStatement, type Field, type FullStatement, full, type Scenario } from './statement.js'
import { cdrDifference } from './witness/cdr-difference.js'
import { toldByModel, whoIs } from './witness/told-by-model.js'
import type { Testimony, Witness } from './witness/witness.js'

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

export interface Performance {
  readonly judgement: Judgement
  /** How CDR tells it otherwise; empty if it does not. */
  readonly cdr: string
}

/**
 * Plays a scenario in an office before an observer, and holds what the product tells against the statement.
 *
 * @throws Error when a sentence did not happen, or when the witness contradicts the statement.
 */
export async function perform(
  scenario: Scenario,
  {
    office,
    witness,
    observer,
    mode,
  }: { readonly office: Office; readonly witness: Witness; readonly observer: Observer; readonly mode: Mode },
): Promise<Performance> {
  const { recording } = witness
  const stage = {
    office,
    recording,
    originate: (request: Parameters<Observer['originate']>[0]) => void observer.originate(request),
  }
  let testimony: Testimony
  try {
    for (const sentence of scenario.script) {
      await play(stage, sentence)
      if (mode === 'cut' && sentence === scenario.break?.after) await observer.cut()
      if (mode === 'cut' && sentence === scenario.break?.until) await observer.mend()
      if (mode === 'restart' && sentence === scenario.break?.after) await observer.restart()
    }
    testimony = await witness.testimony(office.number, scenario.calls.length)
    await office.tidy()
  } catch (error) {
    office.hangUpAll()
    await office.tidy().catch(() => undefined)
    await witness.testimony(office.number, 0).catch(() => undefined)
    throw error
  } finally {
    witness.forget(office.number)
  }
  const numberOf = (target: NonNullable<CallStatement['dialed']>) => dialedNumber(target, office)
  const statements = scenario.calls.map((each) => {
    const statement = full(each, numberOf)
    const prefix =
      statement.direction === 'inbound' && statement.origin === 'device' && !each.dialed?.startsWith('dials ') ? '555' : ''
    return statement.dialed === undefined ? statement : { ...statement, dialed: `${prefix}${statement.dialed}` }
  })
  const who = whoIs(testimony.events, office)
  confirm(statements, testimony, who, observer.ours)
  const observed = await observer.callsOf(new Set(testimony.events.channels.keys()))
  const truth = { statements, model: testimony.events, who, isBroken: mode === 'cut' || mode === 'restart' }
  return { judgement: judge(observed, truth), cdr: cdrDifference(testimony, statements, who) }
}

function dialedNumber(target: NonNullable<CallStatement['dialed']>, office: Office): string {
  if (target.startsWith('dials ')) return target.slice(6).replaceAll('N', String(office.number))
  return office.numberOf(target as Person | Service)
}

/** Whether a call's last talk was with people of other calls. Who ended that CEL says of each channel, and not of the talk. */
function meetsOthers(model: ReferenceModel, index: number): boolean {
  const call = model.calls[index]
  return [...(call?.talks.at(-1)?.devices ?? [])].some((id) => !call?.parties.includes(id))
}

/** The witness has the last word on what happened: a statement that it contradicts is wrong, whatever the product says. */
function confirm(
  statements: readonly FullStatement[],
  { events, log }: Testimony,
  who: (id: string) => Person,
  ours: ReadonlySet<string>,
): void {
  const differences: string[] = []
  const byEvents = toldByModel(events, who, ours)
  const byLog = toldByModel(log, who, ours)
  if (byEvents.length !== statements.length || byLog.length !== statements.length) {
    const seen = inspect(byEvents, { depth: 4, breakLength: 150 })
    throw new Error(
      `the witness saw ${byEvents.length} calls, CEL ${byLog.length}, the statement has ${statements.length}: ${seen}`,
    )
  }
  for (const [index, statement] of statements.entries()) {
    const compare = (by: string, told: FullStatement | undefined, fields: readonly Field[]) => {
      for (const field of fields) {
        const [seen, said] = [JSON.stringify(told?.[field]), JSON.stringify(statement[field])]
        if (seen !== said) differences.push(`call ${index + 1}, ${field}: the statement says ${said}, ${by} ${seen}`)
      }
    }
    compare('the events say', byEvents[index], Object.keys(statement) as Field[])
    const logged = statement.origin === 'device' ? LOGGED : LOGGED_OF_PROGRAMS
    compare('CEL says', byLog[index], meetsOthers(events, index) ? logged.filter((field) => field !== 'hungUpBy') : logged)
  }
  if (differences.length > 0) throw new Error(`the witness contradicts the statement:\n${differences.join('\n')}`)
}
