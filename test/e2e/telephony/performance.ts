import { type Judgement, judge } from './judge.js'
import type { Mode, Observer } from './observer.js'
import type { Office } from './office.js'
import { play, type Stage } from './script.js'
import { full, type Scenario } from './statement.js'
import { cdrDifference } from './witness/cdr-difference.js'
import { contradictionsOf } from './witness/contradictions.js'
import { whoIs } from './witness/told-by-model.js'
import type { Testimony, Witness } from './witness/witness.js'

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
  const stage: Stage = { office, recording, ours: observer }
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
  const statements = scenario.calls.map((each) => full(each, office))
  const who = whoIs(testimony.events, office)
  const contradictions = contradictionsOf(statements, testimony, who, observer.ours)
  if (contradictions.length > 0) throw new Error(`the witness contradicts the statement:\n${contradictions.join('\n')}`)
  const observed = await observer.callsOf(new Set(testimony.events.channels.keys()))
  const truth = { statements, model: testimony.events, who, isBroken: mode === 'cut' || mode === 'restart' }
  return { judgement: judge(observed, truth), cdr: cdrDifference(testimony, statements, who) }
}
