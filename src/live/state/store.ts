import { AREAS, type Area, type AreaRecords, type LiveChange } from './records.js'

type AnyRecord = AreaRecords[Area]
/** What is not told yet: a record, or that there is none any more. */
interface Draft {
  readonly record: AnyRecord | undefined
  readonly cause: string
}

/**
 * The records, with a version that counts their changes. While a reading is under way changes are kept back, so that of whatever
 * came and went in it, or is read as it was known, nothing is told.
 */
export class Store {
  readonly #records: { readonly [Name in Area]: Map<string, AreaRecords[Name]> }
  readonly #drafts = new Map<Area, Map<string, Draft>>()
  readonly #told: (change: LiveChange) => void
  #isHeld = false
  #version = 0

  /** @param told is called with each change, when the records are as it says. */
  constructor(told: (change: LiveChange) => void) {
    this.#records = Object.fromEntries(AREAS.map((area) => [area, new Map()])) as never
    this.#told = told
  }

  get version(): number {
    return this.#version
  }

  /** The records that were told. */
  records<Name extends Area>(area: Name): ReadonlyMap<string, AreaRecords[Name]> {
    return this.#records[area]
  }

  /** A record as it is known now, told or not. */
  get<Name extends Area>(area: Name, key: string): AreaRecords[Name] | undefined {
    const draft = this.#drafts.get(area)?.get(key)
    return draft === undefined ? this.#records[area].get(key) : (draft.record as AreaRecords[Name] | undefined)
  }

  /** The keys that there are now, told or not. */
  keys(area: Area): string[] {
    const drafts = this.#drafts.get(area)
    if (drafts === undefined) return [...this.#records[area].keys()]
    const keys = new Set(this.#records[area].keys())
    for (const [key, { record }] of drafts) record === undefined ? keys.delete(key) : keys.add(key)
    return [...keys]
  }

  set<Name extends Area>(area: Name, key: string, record: AreaRecords[Name], cause: string): void {
    this.#change(area, key, record, cause)
  }

  delete(area: Area, key: string, cause: string): void {
    if (this.get(area, key) !== undefined) this.#change(area, key, undefined, cause)
  }

  /** Keeps changes back until the returned function is called. One at a time. */
  hold(): () => void {
    this.#isHeld = true
    return () => {
      this.#isHeld = false
      this.#tellDrafts()
    }
  }

  #change(area: Area, key: string, record: AnyRecord | undefined, cause: string): void {
    if (!this.#isHeld) {
      this.#tell(area, key, record, cause)
      return
    }
    let drafts = this.#drafts.get(area)
    if (drafts === undefined) {
      drafts = new Map()
      this.#drafts.set(area, drafts)
    }
    drafts.set(key, { record, cause })
  }

  #tellDrafts(): void {
    const drafts = [...this.#drafts]
    this.#drafts.clear()
    for (const [area, changes] of drafts) for (const [key, { record, cause }] of changes) this.#tell(area, key, record, cause)
  }

  #tell(area: Area, key: string, now: AnyRecord | undefined, cause: string): void {
    const records = this.#records[area] as Map<string, AnyRecord>
    const before = records.get(key)
    if (isSame(before, now)) return
    if (now === undefined) records.delete(key)
    else records.set(key, Object.freeze(now))
    this.#version += 1
    const kind = before === undefined ? 'added' : now === undefined ? 'removed' : 'changed'
    this.#told({ area, key, kind, before, now, version: this.#version, cause } as LiveChange)
  }
}

/** Whether two records say the same; what they hold are values, or short lists. */
function isSame(one: AnyRecord | undefined, two: AnyRecord | undefined): boolean {
  if (one === two) return true
  if (one === undefined || two === undefined) return false
  const others = two as unknown as Readonly<Record<string, unknown>>
  return Object.entries(one).every(([name, value]) => {
    const other = others[name]
    return value === other || (typeof value === 'object' && value !== null && JSON.stringify(value) === JSON.stringify(other))
  })
}
