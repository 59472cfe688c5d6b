import { EXPECTED_FAILURES, type ExpectedFailure } from './expected-failures.js'
import type { Judged, Judgement } from './judge.js'
import { CANNOT_TELL } from './observed-call.js'
import type { Mode } from './observer.js'
import type { Scenario } from './statement.js'

export interface Verdict {
  /** `holds`, `expected to fail` with what and why, or what makes the run fail. */
  readonly text: string
  readonly isAsExpected: boolean
}

/** What becomes of a play: what is wrong must be known, and what is known must be wrong. */
export function verdictOf(
  scenario: Scenario,
  mode: Mode,
  { wrong, untold }: Judgement,
  marks: readonly ExpectedFailure[] = EXPECTED_FAILURES,
): Verdict {
  const known = new Map<Judged, string>()
  for (const { field, reason, isIn } of marks) if (isIn(scenario, mode)) known.set(field, reason)
  const surprises = [
    ...[...wrong].filter(([field]) => !known.has(field)).map(([field, how]) => `${field} is wrong: ${how}`),
    ...[...untold].filter((field) => !CANNOT_TELL.has(field)).map((field) => `${field} is not told`),
    ...[...known.keys()].filter((field) => !wrong.has(field)).map((field) => `${field} holds now: take its mark away`),
  ]
  if (surprises.length > 0) return { text: `FAILS: ${surprises.join('; ')}`, isAsExpected: false }
  const failures = [...known].map(([field, reason]) => `${field}: ${reason}`)
  if (untold.size > 0) failures.push(`cannot tell: ${[...untold].join(', ')}`)
  return { text: failures.length === 0 ? 'holds' : `expected to fail (${failures.join('; ')})`, isAsExpected: true }
}
