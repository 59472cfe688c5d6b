import type { ReferenceCall, ReferenceModel } from '../../support/reference/reference-model.js'
import type { ObservedCall } from './observed-call.js'
import type { FullStatement } from './statement.js'
import type { WhoIs } from './witness/told-by-model.js'

/** What is compared of a call; `calls` is their number. */
export const JUDGED = [
  'calls',
  'caller',
  'isWithheld',
  'dialed',
  'direction',
  'origin',
  'phones',
  'answered',
  'answeredBy',
  'talked',
  'hungUpBy',
  'reason',
  'held',
  'transfers',
  'pickedUpBy',
  'parking',
  'queues',
  'recorded',
  'goesOnIn',
  'linkedId',
  'startedAt',
  'answeredAt',
  'endedAt',
  'ringMs',
  'talkMs',
] as const

export type Judged = (typeof JUDGED)[number]

/** How far times may differ: one is read off the event, the other may be its arrival. */
const TOLERANCE_MS = 50

export interface Judgement {
  /** What was told otherwise than it is, with both sides. */
  readonly wrong: ReadonlyMap<Judged, string>
  /** What was not told at all. */
  readonly untold: ReadonlySet<Judged>
}

/** What a scenario's play should have been told as: the statement, and the times by the witness. */
export interface Truth {
  readonly statements: readonly FullStatement[]
  readonly model: ReferenceModel
  readonly who: WhoIs
  /** Calls may be lost, or told as begun unseen: somebody cut the connection. */
  readonly isBroken: boolean
}

/** Holds what the product told against the truth. */
export function judge(observed: readonly ObservedCall[], truth: Truth): Judgement {
  const wrong = new Map<Judged, string>()
  const untold = new Set<Judged>()
  const calls = truth.model.calls
  for (const [index, statement] of truth.statements.entries()) {
    const call = calls[index] as ReferenceCall
    const own = observed.filter(({ uniqueIds: [first = ''] }) => truth.model.bornIn(first) === call.id)
    const [only] = own
    // What began while the connection was away, and has become one with another by then, left no trace.
    if (truth.isBroken && only === undefined && statement.goesOnIn !== undefined) continue
    if (only === undefined || own.length > 1) {
      wrong.set('calls', `call ${index + 1} is told as ${own.length} calls`)
      continue
    }
    if (truth.isBroken && only.result === 'lost') continue
    for (const field of JUDGED.filter((each) => each !== 'calls')) {
      const comparison = compare(field, only, statement, call, truth)
      if (comparison === 'untold') untold.add(field)
      else if (comparison !== 'same') wrong.set(field, `call ${index + 1}: ${comparison}`)
    }
  }
  const strangers = observed.filter(({ uniqueIds: [first = ''] }) => truth.model.bornIn(first) === undefined)
  if (strangers.length > 0) wrong.set('calls', `${strangers.length} calls that nobody made`)
  return { wrong, untold }
}

/** `same`, `untold`, or how they differ. */
function compare(
  field: Exclude<Judged, 'calls'>,
  observed: ObservedCall,
  statement: FullStatement,
  call: ReferenceCall,
  truth: Truth,
): string {
  const told = toldOf(field, observed, truth)
  if (told === undefined) return 'untold'
  // What only its beginning said is not known of a call that was begun unseen.
  if (told === null && observed.isAdopted) return 'same'
  const true_ = field in statement ? (statement[field as keyof FullStatement] ?? null) : timeOf(field, call, truth)
  if (typeof told === 'number' && typeof true_ === 'number' && field !== 'goesOnIn')
    return Math.abs(told - true_) <= TOLERANCE_MS ? 'same' : `${Math.round(told - true_)} ms off`
  const [seen, meant] = [JSON.stringify(told), JSON.stringify(true_)]
  return seen === meant ? 'same' : `${seen}, not ${meant}`
}

/** What the product says of a field, in the statement's words. */
function toldOf(field: Exclude<Judged, 'calls'>, observed: ObservedCall, { who, model }: Truth): unknown {
  const name = (id: string | null | undefined) => (typeof id === 'string' ? who(id) : id)
  if (observed[field === 'goesOnIn' ? 'mergedInto' : field] === null) return null
  switch (field) {
    case 'caller':
    case 'answeredBy':
    case 'hungUpBy':
    case 'pickedUpBy':
      return name(observed[field])
    case 'phones':
      return observed.phones && Object.fromEntries(observed.phones.map(({ uniqueId, fate }) => [who(uniqueId), fate]).sort())
    case 'held':
      return observed.held?.map(who)
    case 'transfers':
      return observed.transfers?.map(
        ({ how, by, exten }) => `${who(by)} ${how === 'blind' ? `sent it to ${exten}` : 'connected it'}`,
      )
    case 'goesOnIn': {
      const { mergedInto } = observed
      if (mergedInto === undefined || mergedInto === null) return mergedInto
      return model.calls.findIndex(({ id }) => id === model.bornIn(mergedInto)) + 1
    }
    default:
      return observed[field]
  }
}

/** What the witness measured. */
function timeOf(field: string, call: ReferenceCall, { model }: Truth): number | string | null {
  const { startedAt, answeredAt, endedAt } = call
  switch (field) {
    case 'linkedId':
      return model.channels.get(call.id)?.linkedId ?? null
    case 'startedAt':
      return startedAt
    case 'answeredAt':
      return answeredAt ?? null
    case 'endedAt':
      return endedAt ?? null
    case 'ringMs':
      return (answeredAt ?? endedAt ?? startedAt) - startedAt
    case 'talkMs':
      return call.talks.reduce((sum, { from, to }) => sum + ((to ?? endedAt ?? from) - from), 0)
    default:
      throw new Error(`no witness of ${field}`)
  }
}
