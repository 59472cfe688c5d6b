import type { Happening } from './call-state.js'
import type { ParkingResult, QueueResult } from './transition.js'

/** A channel that was dialled for a call. */
export interface Dialing {
  readonly uniqueId: string
  readonly channel: string
  readonly dialString: string | undefined
  readonly startedAt: Date
  readonly endedAt: Date | undefined
  /** Asterisk's `DialStatus`; undefined while it lasts, and where no DialEnd came. */
  readonly dialStatus: string | undefined
  /** Where the called device sent the call instead. */
  readonly forward: string | undefined
}

/** A call that was handed on. */
export interface Transfer {
  readonly kind: 'blind' | 'attended'
  readonly at: Date
  /** `Uniqueid` and name of the channel of who handed it on. */
  readonly uniqueId: string
  readonly channel: string
  readonly transferee: string | undefined
  /** An extension (blind) or a channel (attended). */
  readonly to: string | undefined
}

/** A caller's stay in a queue of the PBX. */
export interface QueueStay {
  readonly queue: string
  /** The place in the queue on joining it, 1 for the first. */
  readonly position: number
  readonly joinedAt: Date
  readonly leftAt: Date | undefined
  /** Undefined while they wait. */
  readonly result: QueueResult | undefined
  /** The queue's name of the member who was connected; a colleague may have picked the call up. */
  readonly member: string | undefined
}

/** A call's stay in a parking lot. */
export interface Parking {
  readonly lot: string
  readonly space: string
  readonly parkedAt: Date
  readonly endedAt: Date | undefined
  /** Undefined while it is parked. */
  readonly result: ParkingResult | undefined
  /** Channel of who fetched it. */
  readonly retriever: string | undefined
}

/** A recording of a channel (MixMonitor). Asterisk's event names no file. */
export interface Recording {
  readonly channel: string
  readonly startedAt: Date
  readonly endedAt: Date | undefined
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

export function dialingsOf(happenings: readonly Happening[]): readonly Dialing[] {
  const dialings: Writable<Dialing>[] = []
  for (const { facts, atMs } of happenings) {
    if (facts.type === 'dialingStarted') {
      const { uniqueId, channel, dialString } = facts
      const open = { endedAt: undefined, dialStatus: undefined, forward: undefined }
      dialings.push({ uniqueId, channel, dialString, startedAt: new Date(atMs), ...open })
    } else if (facts.type === 'dialingFinished') {
      const dialing = dialings.findLast(({ uniqueId, endedAt }) => uniqueId === facts.uniqueId && endedAt === undefined)
      const { dialStatus, forward } = facts
      if (dialing !== undefined) Object.assign(dialing, { dialStatus, forward, endedAt: new Date(atMs) })
    }
  }
  return dialings
}

export function transfersOf(happenings: readonly Happening[]): readonly Transfer[] {
  return happenings.flatMap(({ facts, atMs }) => {
    if (facts.type !== 'transferred') return []
    const { kind, uniqueId, channel, transferee, to } = facts
    return [{ kind, at: new Date(atMs), uniqueId, channel, transferee, to }]
  })
}

/** The last queue that the caller waited in. */
export function queueStayOf(happenings: readonly Happening[]): QueueStay | undefined {
  let stay: Writable<QueueStay> | undefined
  for (const { facts, atMs } of happenings) {
    if (facts.type === 'queueJoined') {
      const { queue, position } = facts
      stay = { queue, position, joinedAt: new Date(atMs), leftAt: undefined, result: undefined, member: undefined }
    } else if (facts.type === 'queueLeft' && stay !== undefined) {
      stay.leftAt = new Date(atMs)
      stay.result = facts.result
    } else if (facts.type === 'agentConnected' && stay !== undefined) stay.member = facts.member
  }
  return stay
}

/** The last time that the call was parked. */
export function parkingOf(happenings: readonly Happening[]): Parking | undefined {
  let parking: Writable<Parking> | undefined
  for (const { facts, atMs } of happenings) {
    if (facts.type === 'parked') {
      const { lot, space } = facts
      parking = {
        lot,
        space,
        parkedAt: new Date(atMs),
        endedAt: undefined,
        result: undefined,
        retriever: undefined,
      }
    } else if (facts.type === 'unparked' && parking !== undefined) {
      const { result, retriever } = facts
      Object.assign(parking, { endedAt: new Date(atMs), result, retriever })
    }
  }
  return parking
}

export function recordingsOf(happenings: readonly Happening[]): readonly Recording[] {
  const recordings: Writable<Recording>[] = []
  for (const { facts, atMs } of happenings) {
    if (facts.type === 'recordingStarted') {
      recordings.push({ channel: facts.channel, startedAt: new Date(atMs), endedAt: undefined })
    } else if (facts.type === 'recordingStopped') {
      const recording = recordings.findLast(({ channel, endedAt }) => channel === facts.channel && endedAt === undefined)
      if (recording !== undefined) recording.endedAt = new Date(atMs)
    }
  }
  return recordings
}
