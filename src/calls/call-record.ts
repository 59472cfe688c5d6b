import type { CallOrigin } from './call-state.js'
import type { Parking, QueueStay, Recording, Transfer } from './happenings.js'
import type { CallDirection } from './outside.js'
import type { Party } from './party.js'
import type { CallOutcome, CallReason, CallStatus, Leg, ParkingResult, QueueResult } from './transition.js'

/** The version of the shape of records; a change that breaks readers raises it. */
export const CALL_RECORD_VERSION = 1

/** A party in a record; times are ISO 8601, in UTC; `null` is what is not known, or did not happen. */
export interface PartyJSON {
  readonly uniqueId: string
  readonly channel: string
  readonly endpoint: string
  readonly number: string
  readonly name: string
  readonly isWithheld: boolean
  readonly role: 'caller' | 'called'
  readonly startedAt: string
  readonly ringingAt: string | null
  readonly answeredAt: string | null
  readonly endedAt: string | null
  readonly cause: number | null
  readonly causeText: string | null
  readonly techCause: string | null
  readonly dialStatus: string | null
}

/** One side of a call in a record. `party` is the `uniqueId` of one of the parties. */
export interface LegJSON {
  readonly answered: boolean
  readonly dialStatus: string | null
  readonly cause: number
  readonly causeText: string
  readonly party: string | null
}

/** What `JSON.stringify(call)` writes. `CALL_RECORD_SCHEMA` describes it; parties are named by their `uniqueId`. */
export interface CallRecord {
  readonly version: typeof CALL_RECORD_VERSION
  readonly id: string
  readonly linkedId: string
  readonly origin: CallOrigin
  readonly direction: CallDirection
  readonly status: CallStatus
  /** Whether all of it was seen. */
  readonly isComplete: boolean
  readonly callerNumber: string | null
  readonly callerName: string | null
  readonly context: string | null
  readonly exten: string | null
  readonly startedAt: string | null
  readonly answeredAt: string | null
  readonly endedAt: string | null
  readonly ringMs: number | null
  readonly talkMs: number | null
  readonly caller: string | null
  readonly answeredBy: string | null
  readonly hungUpBy: string | null
  readonly parties: readonly PartyJSON[]
  readonly queue: {
    readonly queue: string
    readonly position: number
    readonly joinedAt: string
    readonly leftAt: string | null
    readonly result: QueueResult | null
    readonly member: string | null
  } | null
  readonly transfers: readonly {
    readonly kind: 'blind' | 'attended'
    readonly at: string
    readonly uniqueId: string
    readonly channel: string
    readonly transferee: string | null
    readonly to: string | null
  }[]
  readonly recordings: readonly { readonly channel: string; readonly startedAt: string; readonly endedAt: string | null }[]
  readonly parking: {
    readonly lot: string
    readonly space: string
    readonly parkedAt: string
    readonly endedAt: string | null
    readonly result: ParkingResult | null
    readonly retriever: string | null
  } | null
  /** What became of it; `null` while it lives. */
  readonly outcome: {
    readonly result: 'ended' | 'failed' | 'lost'
    readonly answered: boolean
    readonly talked: boolean
    readonly cause: number
    readonly causeText: string
    readonly techCause: string | null
    readonly dialStatus: string | null
    readonly reason: CallReason | null
    /** OriginateResponse's `Reason`. */
    readonly originateReason: number | null
    readonly legs: { readonly a: LegJSON; readonly b?: LegJSON | undefined }
    readonly mergedInto: string | null
    /** The message of the error. */
    readonly error: string | null
  } | null
}

/** The members of a call that its record is made of. */
export interface RecordedCall {
  readonly id: string
  readonly linkedId: string
  readonly origin: CallOrigin
  readonly direction: CallDirection
  readonly status: CallStatus
  readonly isComplete: boolean
  readonly callerNumber: string | undefined
  readonly callerName: string | undefined
  readonly context: string | undefined
  readonly exten: string | undefined
  readonly startedAt: Date | undefined
  readonly answeredAt: Date | undefined
  readonly endedAt: Date | undefined
  readonly ringMs: number | undefined
  readonly talkMs: number | undefined
  readonly caller: Party | undefined
  readonly answeredBy: Party | undefined
  readonly hungUpBy: Party | undefined
  readonly parties: readonly Party[]
  readonly queue: QueueStay | undefined
  readonly transfers: readonly Transfer[]
  readonly recordings: readonly Recording[]
  readonly parking: Parking | undefined
  readonly outcome: CallOutcome | undefined
}

export function callRecord(call: RecordedCall): CallRecord {
  const { id, linkedId, origin, direction, status, isComplete, parties, queue, transfers, recordings, parking, outcome } = call
  return {
    version: CALL_RECORD_VERSION,
    id,
    linkedId,
    origin,
    direction,
    status,
    isComplete,
    callerNumber: call.callerNumber ?? null,
    callerName: call.callerName ?? null,
    context: call.context ?? null,
    exten: call.exten ?? null,
    startedAt: time(call.startedAt),
    answeredAt: time(call.answeredAt),
    endedAt: time(call.endedAt),
    ringMs: call.ringMs ?? null,
    talkMs: call.talkMs ?? null,
    caller: call.caller?.uniqueId ?? null,
    answeredBy: call.answeredBy?.uniqueId ?? null,
    hungUpBy: call.hungUpBy?.uniqueId ?? null,
    parties: parties.map(partyJSON),
    queue: queue === undefined ? null : plain(queue),
    transfers: transfers.map(plain),
    recordings: recordings.map(plain),
    parking: parking === undefined ? null : plain(parking),
    outcome: outcome === undefined ? null : outcomeJSON(outcome),
  }
}

function partyJSON(party: Party): PartyJSON {
  const { uniqueId, channel, endpoint, number, name, isWithheld, role, startedAt, ringingAt, answeredAt, endedAt } = party
  const { cause, causeText, techCause, dialStatus } = party
  const who = { uniqueId, channel, endpoint, number, name, isWithheld, role }
  return plain({ ...who, startedAt, ringingAt, answeredAt, endedAt, cause, causeText, techCause, dialStatus })
}

function outcomeJSON(outcome: CallOutcome): CallRecord['outcome'] {
  const { answeredBy: _, hungUpBy: __, legs, error, ...rest } = outcome
  const { a, b } = legs
  return {
    ...plain(rest),
    legs: b === undefined ? { a: legJSON(a) } : { a: legJSON(a), b: legJSON(b) },
    error: error?.message ?? null,
  }
}

function legJSON({ party, ...rest }: Leg): LegJSON {
  return { ...plain(rest), party: party?.uniqueId ?? null }
}

type Plain<T> = { readonly [Key in keyof T]: PlainValue<T[Key]> }
type PlainValue<T> = undefined extends T ? PlainValue<Exclude<T, undefined>> | null : T extends Date ? string : T

/** The same with times as texts, and with `null` for what is undefined. */
function plain<T extends object>(facts: T): Plain<T> {
  const entries = Object.entries(facts).map(([key, value]) => [
    key,
    value instanceof Date ? value.toISOString() : (value ?? null),
  ])
  return Object.fromEntries(entries) as Plain<T>
}

function time(date: Date | undefined): string | null {
  return date?.toISOString() ?? null
}
