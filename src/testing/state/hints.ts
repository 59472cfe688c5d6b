import type { DeviceState } from '../../catalog/device-states.js'

/** Which of two states of devices an extension of both has: the one that ranks higher (`main/devicestate.c`). */
const RANKS: Readonly<Record<string, number>> = {
  INVALID: 0,
  UNKNOWN: 1,
  UNAVAILABLE: 2,
  NOT_INUSE: 3,
  ONHOLD: 4,
  RINGING: 5,
  INUSE: 6,
  BUSY: 7,
  RINGINUSE: 8,
}
const IN_USE: ReadonlySet<string> = new Set(['INUSE', 'BUSY', 'ONHOLD'])

/** `Status` of ExtensionStatus by the state of its devices. */
const STATUSES: Readonly<Record<string, number>> = {
  NOT_INUSE: 0,
  INUSE: 1,
  BUSY: 2,
  UNKNOWN: 4,
  INVALID: 4,
  UNAVAILABLE: 4,
  RINGING: 8,
  RINGINUSE: 9,
  ONHOLD: 16,
}
const TEXTS: Readonly<Record<number, string>> = {
  0: 'Idle',
  1: 'InUse',
  2: 'Busy',
  4: 'Unavailable',
  8: 'Ringing',
  9: 'InUse&Ringing',
  16: 'Hold',
}
/** What EXTENSION_STATE() gives. */
const STATES: Readonly<Record<number, string>> = {
  0: 'NOT_INUSE',
  1: 'INUSE',
  2: 'BUSY',
  4: 'UNAVAILABLE',
  8: 'RINGING',
  9: 'RINGINUSE',
  16: 'ONHOLD',
}
/** Of an extension without a hint. */
export const NO_HINT = -1

/** The provider of a hint's presence. */
export function presenceProviderOf(hint: string): string | undefined {
  return hint.split(',')[1]
}

/** The state of the devices that a hint names, as one. */
export function extensionStatus(hint: string, devices: ReadonlyMap<string, DeviceState>): number {
  const names = hint.split(',')[0]?.split('&') ?? []
  const states = names.map((name): string => devices.get(name) ?? 'UNKNOWN')
  const isRinging = states.includes('RINGING')
  if (isRinging && states.some((state) => IN_USE.has(state))) return STATUSES.RINGINUSE ?? NO_HINT
  const highest = states.reduce((one, other) => ((RANKS[other] ?? 0) > (RANKS[one] ?? 0) ? other : one), 'INVALID')
  return STATUSES[highest] ?? NO_HINT
}

/** `StatusText` of a `Status`. */
export function statusText(status: number): string {
  return TEXTS[status] ?? 'Unknown'
}

/** A `Status` as EXTENSION_STATE() gives it. */
export function statusName(status: number): string {
  return STATES[status] ?? 'UNKNOWN'
}
