import type { Judged } from './judge.js'
import type { Mode } from './observer.js'
import type { Scenario } from './statement.js'

/** Something that the product is known to tell wrong, in some plays. */
export interface ExpectedFailure {
  readonly field: Judged
  readonly reason: string
  readonly isIn: (scenario: Scenario, mode: Mode) => boolean
}

/** What the product gets wrong. What is mended must be taken off: the run fails otherwise. */
export const EXPECTED_FAILURES: readonly ExpectedFailure[] = []
