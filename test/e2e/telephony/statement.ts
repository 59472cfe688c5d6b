import type { Office } from './office.js'
import type { Person, Service } from './people.js'

/** What became of a phone that was called. */
export type PhoneFate = 'answered' | 'rang' | 'busy' | 'refused' | 'unreachable' | 'forwarded'

/** Why nobody was talked with; undefined where somebody was, or where a machine answered. */
export type Reason =
  | 'busy'
  | 'noAnswer'
  | 'cancelled'
  | 'refused'
  | 'unreachable'
  | 'congestion'
  /** Left the queue before anybody answered. */
  | 'abandoned'
  /** The queue sent the caller away. */
  | 'timedOut'

/** What people would say of one call. What is left out did not happen. */
export interface CallStatement {
  /** Who began it. Of a call that a program began, the first whom it called, once a second is called. */
  readonly caller?: Person
  /** Whether the caller shows no number. */
  readonly isWithheld?: boolean
  /** Whom or what the caller wanted; a text is the number as dialled, N being the office. */
  readonly dialed?: Person | Service | `dials ${string}`
  /** Inside the house unless an outside person is in it. @default by the people: max and zoe are outside */
  readonly direction?: 'inbound' | 'outbound' | 'internal'
  /** Who began it: a telephone, our program, or another program. @default 'device' */
  readonly origin?: 'device' | 'ours' | 'other'
  /** The phones that were called, by their owners. */
  readonly phones?: Readonly<Partial<Record<Person, PhoneFate>>>
  /** Whether the caller was put through to somebody or to a machine. Of a program's call: whether the first phone was picked up. @default answeredBy is given */
  readonly answered?: boolean
  /** The first whom the caller talked with. */
  readonly answeredBy?: Person
  /** Who talked with whom, in order: `ann with bob`. */
  readonly talks?: readonly string[]
  readonly hungUpBy?: Person
  readonly reason?: Reason
  /** Who put the other on hold. */
  readonly held?: readonly Person[]
  /** `bob sent it to cid`, `bob connected it`. */
  readonly transfers?: readonly string[]
  readonly pickedUpBy?: Person
  readonly parking?: readonly ('parked' | 'retrieved' | 'came back' | 'gave up')[]
  /** The queues the caller waited in, and how the waiting ended. */
  readonly queues?: Readonly<Record<string, 'answered' | 'gave up' | 'timed out'>>
  readonly recorded?: boolean
  /** It became one with that call: its number in the scenario, the first being 1. */
  readonly goesOnIn?: number
}

/** A statement with everything said, whoever says it. `undefined` is said too: nobody, no reason. */
export interface FullStatement {
  readonly caller: Person | undefined
  readonly isWithheld: boolean
  readonly dialed: string | undefined
  readonly direction: string
  readonly origin: string
  readonly phones: Readonly<Record<string, string>>
  readonly answered: boolean
  readonly answeredBy: Person | undefined
  readonly talked: boolean
  readonly talks: readonly string[]
  readonly hungUpBy: Person | undefined
  readonly reason: string | undefined
  readonly held: readonly Person[]
  readonly transfers: readonly string[]
  readonly pickedUpBy: Person | undefined
  readonly parking: readonly string[]
  readonly queues: Readonly<Record<string, string>>
  readonly recorded: boolean
  readonly goesOnIn: number | undefined
}

export type Field = keyof FullStatement

/** A play: what people do, and what they would say of it. */
export interface Scenario {
  readonly title: string
  readonly script: readonly string[]
  readonly calls: readonly CallStatement[]
  /** Where CDR says something else by design: how it differs, now one way, now another if there are several, and why that is no mistake of ours. */
  readonly cdr?: { readonly says: readonly string[]; readonly because: string }
  /** It is played also with `setupFilters()`, with the connection cut from here to there, and with the program restarted where it is cut. */
  readonly break?: { readonly after: string; readonly until: string }
}

const OUTSIDERS: readonly (string | undefined)[] = ['max', 'zoe']

/** What a statement says of the direction, aloud or not. */
export function directionOf({ direction, caller, phones = {} }: CallStatement): 'inbound' | 'outbound' | 'internal' {
  if (direction !== undefined) return direction
  if (OUTSIDERS.includes(caller)) return 'inbound'
  return OUTSIDERS.some((each) => each !== undefined && each in phones) ? 'outbound' : 'internal'
}

/** Says out loud what a statement leaves out, with the numbers of an office. */
export function full(statement: CallStatement, office: Office): FullStatement {
  const { caller, dialed, origin = 'device', answeredBy, talks = [], phones = {} } = statement
  return {
    caller,
    isWithheld: statement.isWithheld ?? false,
    dialed: dialed === undefined ? undefined : numberOf(dialed, caller, office),
    direction: directionOf(statement),
    origin,
    phones: sorted(phones),
    answered: statement.answered ?? answeredBy !== undefined,
    answeredBy,
    talked: talks.length > 0,
    talks: [...talks].map(pair).sort(),
    hungUpBy: statement.hungUpBy,
    reason: statement.reason,
    held: [...(statement.held ?? [])],
    transfers: (statement.transfers ?? []).map((transfer) => inNumbers(transfer, office)),
    pickedUpBy: statement.pickedUpBy,
    parking: [...(statement.parking ?? [])],
    queues: { ...statement.queues },
    recorded: statement.recorded ?? false,
    goesOnIn: statement.goesOnIn,
  }
}

/** What the caller dialled for it. */
function numberOf(dialed: NonNullable<CallStatement['dialed']>, caller: Person | undefined, office: Office): string {
  if (dialed.startsWith('dials ')) return office.inOffice(dialed.slice('dials '.length))
  return office.numberOf(dialed as Person | Service, caller)
}

/** `bob sent it to 303`. */
function inNumbers(transfer: string, office: Office): string {
  return transfer.replace(/ sent it to (.+)$/, (_, target) => ` sent it to ${office.numberOf(target as Person | Service)}`)
}

/** `ann with bob`, whoever of them is named first. */
export function pair(text: string): string {
  return text.split(' with ').sort().join(' with ')
}

export function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}
