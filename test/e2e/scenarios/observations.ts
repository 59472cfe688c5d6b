import type { AMIClient, AMIEvent, AMIResponse } from 'obelus-asterisk'
import type { Catalog, CatalogAction, CatalogEvent } from '../../../src/catalog/generate/catalog.js'
import { isNamed } from '../../../src/catalog/generate/numbered.js'

/** What was seen of the events of one name. */
export interface Observation {
  count: number
  /** How many of them had a header. */
  readonly headers: Map<string, number>
  readonly privileges: Set<string>
}

/** Headers that any event may have. */
const ENVELOPE = new Set(['Event', 'Privilege', 'ActionID', 'Timestamp', 'SequenceNumber', 'File', 'Line', 'Func', 'SystemName'])

/** Which headers the events of a server had: those it told by itself, and those of lists. */
export class Observations {
  readonly told = new Map<string, Observation>()
  readonly listed = new Map<string, Observation>()
  /** The names of the events that actions answered with. */
  readonly #answers = new Map<string, { readonly items: Set<string>; readonly completions: Set<string> }>()
  readonly #stop: () => void

  constructor(ami: AMIClient) {
    this.#stop = ami.onEvent('*', (event) => note(this.told, event))
  }

  close(): void {
    this.#stop()
  }

  /** Takes the answer to an action: the events of its list, which no listener hears of. */
  noteAnswer(action: string, { events, completion }: AMIResponse): void {
    const answers = this.#answers.get(action) ?? { items: new Set(), completions: new Set() }
    this.#answers.set(action, answers)
    for (const event of events) answers.items.add(event.name)
    if (completion !== undefined) answers.completions.add(completion.name)
    for (const event of completion === undefined ? events : [...events, completion]) note(this.listed, event)
  }

  /** The names of the events that were seen. */
  get names(): string[] {
    return [...new Set([...this.told.keys(), ...this.listed.keys()])].sort()
  }

  /** Where what was seen differs from what a catalog says. */
  complaints({ actions, events }: Catalog): string[] {
    const known = new Map(events.map((event) => [event.name, event]))
    const action = (name: string) => actions.find((each) => each.name === name)
    return [
      ...[...this.told].flatMap(([name, seen]) => complaintsOf(name, seen, known.get(name))),
      ...[...this.told].flatMap(([name, seen]) => wrongClass(name, seen, known.get(name))),
      ...[...this.listed].flatMap(([name, seen]) => complaintsOf(name, seen, known.get(name))),
      ...[...this.#answers].flatMap(([name, { items, completions }]) => wrongList(name, items, completions, action(name))),
    ]
  }
}

function wrongList(name: string, items: Set<string>, completions: Set<string>, action: CatalogAction | undefined): string[] {
  const { list } = action ?? {}
  return [
    ...[...items]
      .filter((item) => !list?.items.includes(item))
      .map((item) => `${name} answers with ${item}, which its list lacks`),
    ...[...completions]
      .filter((end) => end !== list?.completion)
      .map((end) => `${name} ends with ${end}, not ${list?.completion}`),
  ]
}

function note(tally: Map<string, Observation>, event: AMIEvent): void {
  const seen = tally.get(event.name) ?? { count: 0, headers: new Map<string, number>(), privileges: new Set<string>() }
  tally.set(event.name, seen)
  seen.count += 1
  for (const header of new Set([...event.entries()].map(([name]) => name)))
    seen.headers.set(header, (seen.headers.get(header) ?? 0) + 1)
  seen.privileges.add(event.get('Privilege') ?? '')
}

function complaintsOf(name: string, seen: Observation, event: CatalogEvent | undefined): string[] {
  if (event === undefined) return [`${name} is not in the catalog; it has ${[...seen.headers.keys()].join(' ')}`]
  const isKnown = (header: string) => event.open || isEnvelope(header) || event.fields.some((field) => isNamed(field, header))
  const unknown = [...seen.headers.keys()].filter((header) => !isKnown(header))
  const missing = event.fields.filter((field) => field.required && seen.headers.get(field.name) !== seen.count)
  return [
    ...unknown.map(
      (header) => `${name} has the header ${header} (${seen.headers.get(header)} of ${seen.count}), which the catalog lacks`,
    ),
    ...missing.map((field) => `${name} lacks the header ${field.name} in some of ${seen.count}`),
  ]
}

/** Asterisk files an event under one class at least, which its users need the right to read. */
function wrongClass(name: string, { privileges }: Observation, event: CatalogEvent | undefined): string[] {
  const classes = [...privileges].map((each) => each.toLowerCase().replace(/,all$/, ''))
  return classes.filter((each) => event?.class !== each).map((each) => `${name} has the class ${each}, not ${event?.class}`)
}

function isEnvelope(header: string): boolean {
  return ENVELOPE.has(header) || header.startsWith('ChanVariable(')
}
