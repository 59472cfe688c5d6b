import type { CallRecord } from '../../calls/call-record.js'
import type { DeviceState } from '../../catalog/device-states.js'

/** What a member of a queue does: the first of these that holds. */
export type MemberState = 'unavailable' | 'talking' | 'ringing' | 'paused' | 'wrapUp' | 'available'

/** A queue as it is now. Instants are milliseconds since 1970, by the clock of the program; lengths are in milliseconds. */
export interface QueueRecord {
  readonly name: string
  readonly strategy: string
  /** The most that may wait; 0: no limit. */
  readonly maxCallers: number
  readonly weight: number
  /** How many wait now. */
  readonly waiting: number
  /** As QueueStatus counts them, since Asterisk was started or its statistics were reset. */
  readonly completed: number
  readonly abandoned: number
  /** Asterisk's sliding means, which it gives in whole seconds. */
  readonly averageHoldMs: number
  readonly averageTalkMs: number
  /** Within how long a call shall be answered. */
  readonly serviceLevelMs: number
  /** How many calls of 100 that were completed were answered so fast; the second counts those that were abandoned too. */
  readonly serviceLevel: number
  readonly serviceLevel2: number
}

/** One device in one queue. */
export interface MemberRecord {
  readonly queue: string
  readonly name: string
  /** What is dialled, as in `PJSIP/200` or `Local/200@agents/n`. */
  readonly interface: string
  /** The device that the state is of; mostly the interface. */
  readonly stateInterface: string
  readonly membership: string
  readonly deviceState: DeviceState
  readonly isPaused: boolean
  readonly pausedReason: string
  /** When the member was paused; null while it is not, or unknown. */
  readonly pausedSince: number | null
  readonly penalty: number
  readonly callsTaken: number
  /** When the last call of the queue ended; null if there was none. */
  readonly lastCallAt: number | null
  /** Whether a call of this queue is connected with the member now. */
  readonly isInCall: boolean
  /** Until when calls are kept away after the last one; null where there was none, or the queue's time is unknown. */
  readonly wrapUpUntil: number | null
  readonly state: MemberState
  /** Since when the state is seen. */
  readonly since: number
}

/** Someone who waits in a queue. */
export interface CallerRecord {
  readonly queue: string
  readonly uniqueId: string
  readonly channel: string
  readonly number: string
  readonly name: string
  /** From 1. */
  readonly position: number
  readonly priority: number
  readonly waitingSince: number
}

/** A PJSIP endpoint. */
export interface EndpointRecord {
  readonly name: string
  readonly deviceState: DeviceState
  /** Where it is registered. */
  readonly contacts: readonly string[]
}

/** A device, also one that is no telephone (`Custom:`, `Queue:`, `MWI:`…). */
export interface DeviceStateRecord {
  readonly device: string
  readonly state: DeviceState
}

/** A channel in a bridge. */
export interface BridgedChannel {
  readonly uniqueId: string
  readonly channel: string
}

export interface BridgeRecord {
  readonly id: string
  /** `basic`, `base`, `parking`, `agent_hold`… */
  readonly type: string
  /** `simple_bridge`, `softmix`, `holding_bridge`, `native_rtp`… */
  readonly technology: string
  readonly creator: string
  readonly name: string
  /** Without those of Asterisk's own, such as announcers. */
  readonly channels: readonly BridgedChannel[]
}

export interface ParkingLotRecord {
  readonly name: string
  readonly firstSpace: string
  readonly lastSpace: string
  readonly timeoutMs: number
}

export interface ParkedCallRecord {
  readonly lot: string
  readonly space: string
  readonly uniqueId: string
  readonly channel: string
  readonly number: string
  readonly name: string
  /** The dial string of who parked it, whom it comes back to. */
  readonly parkedBy: string
  readonly parkedSince: number
  /** When it comes back; null: never. */
  readonly timeoutAt: number | null
}

export interface ConferenceRecord {
  readonly name: string
  /** How many are in it. */
  readonly parties: number
  readonly isLocked: boolean
}

export interface ParticipantRecord {
  readonly conference: string
  readonly uniqueId: string
  readonly channel: string
  readonly number: string
  readonly name: string
  readonly isAdmin: boolean
  readonly isMarked: boolean
  readonly isMuted: boolean
  readonly joinedAt: number
}

export interface MailboxRecord {
  /** As in `100@default`. */
  readonly name: string
  readonly newMessages: number
  readonly oldMessages: number
}

/** What the model knows, by area: immutable plain records, which JSON keeps as they are. */
export interface AreaRecords {
  /** Keys: names. */
  queues: QueueRecord
  /** Keys: `queue/interface`. */
  members: MemberRecord
  /** Keys: `queue/uniqueId`. */
  callers: CallerRecord
  /** Keys: names. */
  endpoints: EndpointRecord
  /** Keys: devices. */
  deviceStates: DeviceStateRecord
  /** Keys: ids. */
  bridges: BridgeRecord
  /** Keys: names. */
  parkingLots: ParkingLotRecord
  /** Keys: `lot/space`. */
  parkedCalls: ParkedCallRecord
  /** Keys: names. */
  conferences: ConferenceRecord
  /** Keys: `conference/uniqueId`. */
  participants: ParticipantRecord
  /** Keys: names. */
  mailboxes: MailboxRecord
  /** Keys: ids of calls, as `call.id`. With the option `calls` only; a call is removed when it is over. */
  calls: CallRecord
}

export type Area = keyof AreaRecords

export const AREAS = [
  'queues',
  'members',
  'callers',
  'endpoints',
  'deviceStates',
  'bridges',
  'parkingLots',
  'parkedCalls',
  'conferences',
  'participants',
  'mailboxes',
  'calls',
] as const satisfies readonly Area[]

export interface ChangeBase<Name extends Area> {
  readonly area: Name
  readonly key: string
  /** Each change has the next number. */
  readonly version: number
  /** The name of the event it was seen in; `read`: seen in a list of the server's; `time`: time has passed; `ended`: a call is over. */
  readonly cause: string
}

export type ChangeOf<Name extends Area> = ChangeBase<Name> &
  (
    | { readonly kind: 'added'; readonly before: undefined; readonly now: AreaRecords[Name] }
    | { readonly kind: 'changed'; readonly before: AreaRecords[Name]; readonly now: AreaRecords[Name] }
    | { readonly kind: 'removed'; readonly before: AreaRecords[Name]; readonly now: undefined }
  )

/** One change, told apart by `area` and `kind`. */
export type LiveChange<Name extends Area = Area> = { [Each in Name]: ChangeOf<Each> }[Name]

/** Everything the model knows, as plain JSON. Changes with a higher version apply to it exactly. */
export type LiveSnapshot = { readonly version: number } & {
  readonly [Name in Area]: Readonly<Record<string, AreaRecords[Name]>>
}
