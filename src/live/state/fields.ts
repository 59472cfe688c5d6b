import { DEVICE_STATES, type DeviceState } from '../../catalog/device-states.js'

/** The headers of an event, or of an item of a list. */
export interface Fields {
  get(name: string): string | undefined
}

export function textOf(fields: Fields, name: string): string {
  return fields.get(name) ?? ''
}

/** A caller's number or name; `<unknown>` and, in QueueEntry, `unknown` stand for none. */
export function identityOf(fields: Fields, name: string): string {
  const text = fields.get(name) ?? ''
  return text === '<unknown>' || text === 'unknown' ? '' : text
}

/** A number; 0 where there is none. */
export function numberOf(fields: Fields, name: string): number {
  const number = Number(fields.get(name))
  return Number.isFinite(number) ? number : 0
}

export function secondsOf(fields: Fields, name: string): number {
  return numberOf(fields, name) * 1000
}

/** `1`, `yes`, `true`… in any case. */
export function flagOf(fields: Fields, name: string): boolean {
  return /^(?:1|yes|true|on)$/i.test(fields.get(name) ?? '')
}

/** The state by its number, as queues tell it. */
export function deviceStateOf(fields: Fields, name: string): DeviceState {
  return DEVICE_STATES[numberOf(fields, name)] ?? 'UNKNOWN'
}

/** An instant of the server's, in seconds since 1970, by our clock; null for 0 and for none. `serverAheadMs`: how far its clock is ahead. */
export function instantOf(fields: Fields, name: string, serverAheadMs: number): number | null {
  const seconds = numberOf(fields, name)
  return seconds === 0 ? null : seconds * 1000 - serverAheadMs
}

/** Of an instant that a list gives in whole seconds, the one that is known already is the better. */
const SAME_INSTANT_MS = 2_500

/** An instant as it was known, if what is told may be the same. */
export function settled<Instant extends number | null>(before: Instant | undefined, told: Instant): Instant {
  if (before === undefined || before === null || told === null) return told
  return Math.abs(before - told) < SAME_INSTANT_MS ? before : told
}

/** Items by a key. */
export function grouped(items: readonly Fields[], keyOf: (item: Fields) => string): ReadonlyMap<string, readonly Fields[]> {
  const groups = new Map<string, Fields[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return groups
}
