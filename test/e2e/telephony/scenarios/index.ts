import type { Scenario } from '../statement.js'
import { GROUPS } from './groups.js'
import { PLAIN_CALLS } from './plain-calls.js'
import { PROGRAMS } from './programs.js'
import { QUEUES } from './queues.js'
import { SERVICES_AND_PLACES } from './services.js'
import { TRANSFERS } from './transfers.js'

/** All plays, in the order of the table. */
export const SCENARIOS: readonly Scenario[] = [
  ...PLAIN_CALLS,
  ...GROUPS,
  ...QUEUES,
  ...SERVICES_AND_PLACES,
  ...TRANSFERS,
  ...PROGRAMS,
]
