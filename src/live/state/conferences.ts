import type { Rules, StateContext } from './area-state.js'
import { type Fields, flagOf, identityOf, secondsOf, settled, textOf } from './fields.js'
import type { ConferenceRecord, ParticipantRecord } from './records.js'

/**
 * The conferences, and who is in them.
 *
 * | told by | does | why that is right |
 * |---|---|---|
 * | ConfbridgeListRooms, and ConfbridgeList of each | replace all | each is one block, newer than every event before it |
 * | ConfbridgeStart, End, Join, Leave, Mute, Unmute | as they say; Join makes an unknown conference | of one conference they are in order |
 * | ConfbridgeLock | is no event: after an action of ours the rooms are read | |
 */
export class Conferences {
  readonly #context: StateContext
  readonly #participants = new Map<string, Set<string>>()
  readonly rules: Rules

  constructor(context: StateContext) {
    this.#context = context
    const muted = (isMuted: boolean) => (event: Fields, _now: number, cause: string) => {
      const key = participantKey(textOf(event, 'Conference'), textOf(event, 'Uniqueid'))
      const before = context.store.get('participants', key)
      if (before !== undefined) context.store.set('participants', key, { ...before, isMuted }, cause)
    }
    this.rules = {
      ConfbridgeStart: (event, _now, cause) => this.#open(textOf(event, 'Conference'), cause),
      ConfbridgeEnd: (event, _now, cause) => this.#close(textOf(event, 'Conference'), cause),
      ConfbridgeJoin: (event, now, cause) => this.#joined(event, now, cause),
      ConfbridgeLeave: (event, _now, cause) => this.#left(textOf(event, 'Conference'), textOf(event, 'Uniqueid'), cause),
      ConfbridgeMute: muted(true),
      ConfbridgeUnmute: muted(false),
    }
  }

  roomsListed(items: readonly Fields[]): void {
    const listed = new Map(items.map((item) => [textOf(item, 'Conference'), flagOf(item, 'Locked')]))
    for (const name of this.#context.store.keys('conferences')) if (!listed.has(name)) this.#close(name, 'read')
    for (const [name, isLocked] of listed) this.#set(name, { isLocked }, 'read')
  }

  participantsListed(conference: string, items: readonly Fields[], now: number): void {
    const listed = new Set<string>()
    for (const item of items) {
      const record = this.#participantOf(item, now - secondsOf(item, 'AnsweredTime'))
      listed.add(record.uniqueId)
      this.#add({ ...record, isMarked: flagOf(item, 'MarkedUser') }, 'read')
    }
    for (const uniqueId of [...(this.#participants.get(conference) ?? [])])
      if (!listed.has(uniqueId)) this.#left(conference, uniqueId, 'read')
  }

  #participantOf(fields: Fields, joinedAt: number): ParticipantRecord {
    const conference = textOf(fields, 'Conference')
    const uniqueId = textOf(fields, 'Uniqueid')
    const before = this.#context.store.get('participants', participantKey(conference, uniqueId))
    return {
      conference,
      uniqueId,
      channel: textOf(fields, 'Channel'),
      number: identityOf(fields, 'CallerIDNum'),
      name: identityOf(fields, 'CallerIDName'),
      isAdmin: flagOf(fields, 'Admin'),
      isMarked: before?.isMarked ?? false,
      isMuted: flagOf(fields, 'Muted'),
      joinedAt: settled(before?.joinedAt, joinedAt),
    }
  }

  #joined(event: Fields, now: number, cause: string): void {
    const record = this.#participantOf(event, now)
    this.#open(record.conference, cause)
    this.#add(record, cause)
  }

  #open(conference: string, cause: string): void {
    this.#set(conference, {}, cause)
  }

  #add(record: ParticipantRecord, cause: string): void {
    const { conference, uniqueId } = record
    const own = this.#participants.get(conference) ?? new Set()
    this.#participants.set(conference, own.add(uniqueId))
    this.#context.store.set('participants', participantKey(conference, uniqueId), record, cause)
    this.#set(conference, {}, cause)
  }

  #left(conference: string, uniqueId: string, cause: string): void {
    this.#participants.get(conference)?.delete(uniqueId)
    this.#context.store.delete('participants', participantKey(conference, uniqueId), cause)
    if (this.#context.store.get('conferences', conference) !== undefined) this.#set(conference, {}, cause)
  }

  #close(conference: string, cause: string): void {
    for (const uniqueId of [...(this.#participants.get(conference) ?? [])]) this.#left(conference, uniqueId, cause)
    this.#participants.delete(conference)
    this.#context.store.delete('conferences', conference, cause)
  }

  #set(name: string, told: Partial<ConferenceRecord>, cause: string): void {
    const before = this.#context.store.get('conferences', name)
    const parties = this.#participants.get(name)?.size ?? 0
    this.#context.store.set('conferences', name, { name, isLocked: before?.isLocked ?? false, ...told, parties }, cause)
  }
}

export function participantKey(conference: string, uniqueId: string): string {
  return `${conference}/${uniqueId}`
}
