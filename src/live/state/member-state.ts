import type { MemberRecord, MemberState } from './records.js'

const UNAVAILABLE: ReadonlySet<string> = new Set(['INVALID', 'UNAVAILABLE'])
const IN_USE: ReadonlySet<string> = new Set(['INUSE', 'BUSY', 'RINGINUSE', 'ONHOLD'])

/**
 * What a member does: the first that holds. A device whose state Asterisk does not know (`UNKNOWN`, as of many Local channels) is called, and so
 * is available.
 */
export function memberState(member: Omit<MemberRecord, 'state' | 'since'>, now: number): MemberState {
  if (UNAVAILABLE.has(member.deviceState)) return 'unavailable'
  if (member.isInCall || IN_USE.has(member.deviceState)) return 'talking'
  if (member.deviceState === 'RINGING') return 'ringing'
  if (member.isPaused) return 'paused'
  if (member.wrapUpUntil !== null && member.wrapUpUntil > now) return 'wrapUp'
  return 'available'
}

/** The member with its state, which began now unless it is what it was before. */
export function withState(
  member: Omit<MemberRecord, 'state' | 'since'>,
  before: MemberRecord | undefined,
  now: number,
): MemberRecord {
  const state = memberState(member, now)
  return { ...member, state, since: before?.state === state ? before.since : now }
}
