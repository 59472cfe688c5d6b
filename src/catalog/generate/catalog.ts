import { correct } from './correct.js'
import type { Corrections } from './correction.js'
import type { Documentation, EventList, Field, Release } from './entries.js'
import { PRIVILEGES } from './undocumented.js'

/** A field, and the releases that have it. */
export interface CatalogField extends Field {
  readonly required: boolean
  readonly releases: readonly Release[]
}

/** An action, an event or an AGI command of one or more releases. */
export interface CatalogEntry {
  readonly name: string
  readonly releases: readonly Release[]
  /** Parameters, headers or arguments, in the order of the documentation. */
  readonly fields: readonly CatalogField[]
  /** Any field besides. */
  readonly open: boolean
}

export interface CatalogAction extends CatalogEntry {
  /** The classes of which a user needs one to run it; empty: none. Undefined when no server said. */
  readonly privilege: readonly string[] | undefined
  readonly list: EventList | undefined
}

export interface CatalogEvent extends CatalogEntry {
  /** Undefined for the item or the end of a list. */
  readonly class: string | undefined
  /** The documentation's spelling of the name; undefined when the corrections alone know it. */
  readonly documentedAs: string | undefined
}

/** What some releases of Asterisk have, in the order of the names. */
export interface Catalog {
  readonly releases: readonly Release[]
  readonly actions: readonly CatalogAction[]
  readonly events: readonly CatalogEvent[]
  readonly agiCommands: readonly CatalogEntry[]
}

/** Corrects the documentation of each release and makes one catalog of all. */
export function catalogOf(documentations: ReadonlyMap<Release, Documentation>, corrections: Corrections): Catalog {
  const corrected = new Map(
    [...documentations]
      .sort(([a], [b]) => a - b)
      .map(([release, documentation]) => [release, correct(release, documentation, corrections)]),
  )
  const sameName = (name: string) => name
  // Asterisk takes parameters in any case, and sends headers in one.
  const anyCase = (name: string) => name.toLowerCase()
  return {
    releases: [...corrected.keys()],
    actions: mergeEntries(corrected, (each) => each.actions).map(({ name, releases, latest, entries }) => ({
      name,
      releases,
      fields: mergeFields(entries, ({ parameters }) => parameters, anyCase),
      open: latest.open === true,
      privilege: privilegeOf(name),
      list: mergeLists([...entries.values()].flatMap(({ list }) => list ?? [])),
    })),
    events: mergeEntries(corrected, (each) => each.events).map(({ name, releases, latest, entries }) => ({
      name,
      releases,
      fields: mergeFields(entries, ({ headers }) => headers, sameName),
      open: latest.open === true,
      class: latest.class,
      documentedAs: [...entries.values()].findLast(({ documentedAs }) => documentedAs !== undefined)?.documentedAs,
    })),
    agiCommands: mergeEntries(corrected, (each) => each.agiCommands).map(({ name, releases, latest }) => ({
      name,
      releases,
      // The order matters, so it is the latest release's.
      fields: latest.arguments.map((field) => ({ ...field, required: field.required === true, releases })),
      open: false,
    })),
  }
}

interface Merged<Entry> {
  readonly name: string
  readonly releases: readonly Release[]
  readonly latest: Entry
  readonly entries: ReadonlyMap<Release, Entry>
}

function mergeEntries<Entry>(
  documentations: ReadonlyMap<Release, Documentation>,
  entriesOf: (documentation: Documentation) => ReadonlyMap<string, Entry>,
): Merged<Entry>[] {
  const found = new Map<string, Map<Release, Entry>>()
  for (const [release, documentation] of documentations) {
    for (const [name, entry] of entriesOf(documentation)) {
      const entries = found.get(name) ?? new Map<Release, Entry>()
      found.set(name, entries.set(release, entry))
    }
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, entries]) => {
      const releases = [...entries.keys()]
      return { name, releases, latest: entries.get(releases.at(-1) as Release) as Entry, entries }
    })
}

/** The latest release's fields in their order, then those that only earlier ones have. Required is what all releases of the entry require. */
function mergeFields<Entry>(
  entries: ReadonlyMap<Release, Entry>,
  fieldsOf: (entry: Entry) => readonly Field[],
  keyOf: (name: string) => string,
): CatalogField[] {
  const merged = new Map<string, CatalogField>()
  for (const [release, entry] of [...entries].reverse()) {
    for (const field of fieldsOf(entry)) {
      const known = merged.get(keyOf(field.name))
      merged.set(keyOf(field.name), {
        ...(known ?? field),
        required: (known?.required ?? true) && field.required === true,
        values: [...new Set([...(known?.values ?? []), ...field.values])],
        releases: [release, ...(known?.releases ?? [])],
      })
    }
  }
  return [...merged.values()].map((field) => ({ ...field, required: field.required && field.releases.length === entries.size }))
}

function mergeLists(lists: readonly EventList[]): EventList | undefined {
  const latest = lists.at(-1)
  return latest && { ...latest, items: [...new Set(lists.flatMap(({ items }) => items))] }
}

function privilegeOf(action: string): readonly string[] | undefined {
  const found = Object.entries(PRIVILEGES).find(([, actions]) => actions.includes(action))
  return found === undefined ? undefined : found[0].split(',').filter((each) => each !== 'none')
}
