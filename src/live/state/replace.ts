import type { Area, AreaRecords } from './records.js'
import type { Store } from './store.js'

/** Takes in the whole list of an area: what is not in it is gone. */
export function replaceAll<Name extends Area>(store: Store, area: Name, listed: ReadonlyMap<string, AreaRecords[Name]>): void {
  for (const [key, record] of listed) store.set(area, key, record, 'read')
  for (const key of store.keys(area)) if (!listed.has(key)) store.delete(area, key, 'read')
}
