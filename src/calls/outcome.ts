import type { Hangup, Party, PartyRecord } from './party.js'
import type { CallOutcome, CallReason, Leg, QueueResult } from './transition.js'

/** What was seen of a call, when it is over. */
export interface LegFacts {
  readonly parties: readonly PartyRecord[]
  readonly isAnswered: boolean
  readonly hasTalked: boolean
  /** Whether the own channel was in one bridge with what it had dialled. */
  readonly hasReached: boolean
  /** Whether the caller, or a program, asked for the hangup while nobody talked. */
  readonly hasGivenUp: boolean
  /** Whether the own channel is half of a Local channel and was not even dialled: nothing is behind it. */
  readonly isNowhere: boolean
  readonly caller: PartyRecord | undefined
  readonly answeredBy: PartyRecord | undefined
  readonly hungUpBy: PartyRecord | undefined
  readonly lastDialed: PartyRecord | undefined
  /** Of the own channel, and of the last dialling of its own to end. */
  readonly ownDialStatus: string | undefined
  readonly dialStatus: string | undefined
  readonly ownHangup: Hangup | undefined
  readonly lastHangup: Hangup | undefined
  readonly queueResult: QueueResult | undefined
  readonly originateReason: number | undefined
  readonly explanation: CallReason | undefined
  readonly mergedInto: string | undefined
  readonly error: Error | undefined
}

const NO_HANGUP: Hangup = { cause: 0, causeText: '', techCause: undefined }

/** What became of a call, from what was seen of it: from what happened, not from the last event. */
export function outcomeOf(result: CallOutcome['result'], facts: LegFacts): CallOutcome {
  const { isAnswered, hasTalked, answeredBy, hungUpBy, originateReason, mergedInto, error } = facts
  const dialStatus = dialStatusOf(facts)
  const reason = reasonOf(facts, dialStatus)
  const b = legB(facts)
  return {
    result,
    answered: isAnswered,
    talked: hasTalked,
    answeredBy,
    hungUpBy,
    ...decidingHangup(facts, reason),
    dialStatus,
    reason,
    originateReason,
    legs: b === undefined ? { a: legA(facts) } : { a: legA(facts), b },
    mergedInto,
    error,
  }
}

function dialStatusOf({ answeredBy, hasReached, dialStatus, ownDialStatus }: LegFacts): string | undefined {
  return answeredBy !== undefined || hasReached ? 'ANSWER' : (dialStatus ?? ownDialStatus)
}

/** The hangup that decided: whose talk it ended, who could not be reached, whoever gave up; else the call's own. */
function decidingHangup(facts: LegFacts, reason: CallReason | undefined): Hangup {
  const { hungUpBy, lastDialed, ownHangup, lastHangup } = facts
  const isRefusal = reason !== undefined && !['cancelled', 'abandoned', 'timeout'].includes(reason)
  const candidates = [hungUpBy?.hangup, isRefusal && lastDialed?.hangup, ownHangup, lastHangup]
  for (const each of candidates) if (each && each.cause !== 0) return each
  return ownHangup ?? NO_HANGUP
}

function reasonOf(facts: LegFacts, dialStatus: string | undefined): CallReason | undefined {
  const { isAnswered, hasGivenUp, queueResult, lastDialed, ownHangup, lastHangup } = facts
  if (facts.explanation !== undefined) return facts.explanation
  if (facts.hasTalked || facts.hasReached || facts.mergedInto !== undefined) return undefined
  if (queueResult === 'abandoned') return 'abandoned'
  if (hasGivenUp && !isAnswered) return 'cancelled'
  if (queueResult === 'timeout') return 'timeout'
  // Answered, and whoever answered had nobody called: a machine did. Or somebody picked up, and did not take the call.
  const isMachine = isAnswered && (dialStatus === undefined || dialStatus === 'ANSWER')
  const dialed = facts.parties.filter((party) => party.role === 'called' && party !== facts.caller)
  if (facts.error !== undefined || isMachine || dialed.some((party) => party.leg === 'b' && party.hasAnswered)) return undefined
  const cause = [lastDialed?.cause, ownHangup?.cause, lastHangup?.cause].find((each) => each !== undefined && each !== 0)
  const isUnreachable = dialStatus === 'NOANSWER' && dialed.length > 0 && !dialed.some(({ hasRung }) => hasRung)
  return (
    REASON_OF_STATUS[dialStatus ?? ''] ??
    REASON_OF_CAUSE[cause ?? 0] ??
    REASON_OF_ORIGINATE[facts.originateReason ?? 0] ??
    (facts.isNowhere && facts.originateReason === 0 ? 'unknownNumber' : undefined) ??
    (isUnreachable ? 'unavailable' : undefined) ??
    (dialStatus === 'CANCEL' && !isAnswered ? 'cancelled' : undefined) ??
    (dialStatus === 'CANCEL' || dialStatus === 'NOANSWER' ? 'noAnswer' : undefined)
  )
}

/** NOANSWER is what Asterisk says of most failures: there the cause tells more. */
const REASON_OF_STATUS: Readonly<Record<string, CallReason>> = {
  BUSY: 'busy',
  CONGESTION: 'congestion',
  CHANUNAVAIL: 'unavailable',
}

const REASON_OF_CAUSE: Readonly<Record<number, CallReason>> = {
  1: 'unknownNumber',
  3: 'unavailable',
  17: 'busy',
  18: 'noAnswer',
  19: 'noAnswer',
  20: 'unavailable',
  21: 'rejected',
  27: 'unavailable',
  28: 'unknownNumber',
  34: 'congestion',
  38: 'congestion',
  41: 'congestion',
  42: 'congestion',
}

const REASON_OF_ORIGINATE: Readonly<Record<number, CallReason>> = { 3: 'noAnswer', 5: 'busy', 8: 'congestion' }

function legA(facts: LegFacts): Leg {
  const parties = facts.parties.filter(({ leg }) => leg === 'a')
  const party = parties.find(({ hasAnswered }) => hasAnswered) ?? parties.at(-1)
  return legOf(facts.isAnswered, facts.ownDialStatus, facts.ownHangup, party)
}

function legB(facts: LegFacts): Leg | undefined {
  const parties = facts.parties.filter(({ leg }) => leg === 'b')
  if (parties.length === 0 && facts.dialStatus === undefined) return undefined
  const party = facts.answeredBy?.leg === 'b' ? facts.answeredBy : parties.at(-1)
  const answered = party !== undefined && party === facts.answeredBy
  return legOf(answered, answered || facts.hasReached ? 'ANSWER' : facts.dialStatus, undefined, party)
}

function legOf(answered: boolean, dialStatus: string | undefined, own: Hangup | undefined, party: Party | undefined): Leg {
  const { cause = 0, causeText = '' } = own !== undefined && own.cause !== 0 ? own : (party ?? NO_HANGUP)
  return { answered, dialStatus, cause, causeText, party }
}
