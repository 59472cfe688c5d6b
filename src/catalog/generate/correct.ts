import type { AGICorrection, Corrections, Seen } from './correction.js'
import type { Action, AGICommand, Documentation, Event, Field, Release } from './entries.js'
import { numberedName } from './numbered.js'

/** A documentation that says what servers do. `required` is certain now: for a header, that every event of this name has it. */
export function correct(release: Release, documentation: Documentation, corrections: Corrections): Documentation {
  const tested = nearestTested(release, corrections)
  const its = appliedTo(tested, corrections)
  const actions = [...documentation.actions.values()].map((action) => correctAction(action, its))
  const documented = [...documentation.events.values()].map((event) => ({
    ...event,
    name: its.spelling(event.name),
    documentedAs: event.name,
  }))
  const events = withUndocumented(documented, actions, its).map((event) => {
    const corrected = correctEvent(event, its)
    const isObserved = corrections.observed[tested]?.includes(event.name) === true
    const certain = (field: Field): Field => ({
      ...field,
      required: isObserved && field.required !== false && numberedName(field.name) === undefined,
    })
    return { ...corrected, headers: corrected.headers.map(certain) }
  })
  return {
    actions: new Map(actions.map((action) => [action.name, action])),
    events: new Map(events.map((event) => [event.name, event])),
    agiCommands: new Map([...documentation.agiCommands].map(([name, command]) => [name, correctAGICommand(command, its)])),
  }
}

/** A release that nobody has tested takes the corrections of the nearest that was, the later one of two. */
function nearestTested(release: Release, { observed }: Corrections): Release {
  return Object.keys(observed)
    .map(Number)
    .reduce((best, each) => (Math.abs(each - release) <= Math.abs(best - release) ? each : best))
}

/** The corrections that are true of one release. */
function appliedTo(release: Release, { spellings, snapshotHeaders, events, actions, lists, agiCommands }: Corrections) {
  const applies = ({ on }: Seen) => on.includes(release)
  return {
    spelling: (documented: string) => [spellings[documented] ?? []].flat().find(applies)?.event ?? documented,
    snapshotHeaders: snapshotHeaders.filter(applies).map(({ header }) => header),
    events: Object.keys(events).filter((name) => events[name]?.some(applies)),
    event: (name: string) => events[name]?.filter(applies) ?? [],
    action: (name: string) => actions[name]?.filter(applies) ?? [],
    list: (name: string) => [lists[name] ?? []].flat().find(applies),
    agiCommand: (name: string) => agiCommands[name]?.find(applies) ?? ({ on: [] } satisfies AGICorrection),
  }
}

type Applied = ReturnType<typeof appliedTo>

/** The documented events, and those that only the corrections know, and the ends of lists. */
function withUndocumented(documented: readonly Event[], actions: readonly Action[], its: Applied): Event[] {
  const known = new Set(documented.map((event) => event.name))
  const ends = actions.flatMap(({ list }) => list?.completion ?? [])
  const added = new Set([...its.events, ...ends].filter((name) => !known.has(name)))
  return [
    ...documented.map((event) =>
      ends.includes(event.name) ? { ...event, headers: unique([...END_OF_LIST, ...event.headers]) } : event,
    ),
    ...[...added].map((name) => ({
      name,
      class: undefined,
      headers: ends.includes(name) ? END_OF_LIST : [],
    })),
  ]
}

const END_OF_LIST: readonly Field[] = ['EventList', 'ListItems'].map(asField)

function correctEvent(event: Event, its: Applied): Event {
  const corrections = its.event(event.name)
  const drops = corrections.flatMap((each) => each.drops ?? [])
  const sometimes = corrections.flatMap((each) => each.sometimes ?? [])
  const headers = withSnapshotHeaders(
    [
      ...event.headers.filter(({ name }) => !drops.includes(name)),
      ...corrections.flatMap((each) => each.adds ?? []).map(asField),
    ],
    its,
  )
  for (const name of sometimes) {
    if (!headers.some((field) => field.name === name))
      throw new Error(`corrections: the event ${event.name} has no header ${name}`)
  }
  return {
    ...event,
    class: corrections.findLast((each) => each.class !== undefined)?.class ?? event.class,
    headers: headers.map((field) => (sometimes.includes(field.name) ? { ...field, required: false } : field)),
    open: corrections.some((each) => each.open),
  }
}

/** Each snapshot of a channel has more headers than are documented. */
function withSnapshotHeaders(headers: readonly Field[], { snapshotHeaders }: Applied): readonly Field[] {
  const states = headers.filter(({ name }) => name.endsWith('ChannelStateDesc'))
  const added = states.flatMap(({ name }) =>
    snapshotHeaders.map((header) => ({ ...header, name: name.replace('ChannelStateDesc', header.name) })),
  )
  return unique([...headers, ...added])
}

function correctAction(action: Action, its: Applied): Action {
  const corrections = its.action(action.name)
  const drops = corrections.flatMap((each) => each.drops ?? [])
  const anyValue = corrections.flatMap((each) => each.anyValue ?? [])
  const repeats = corrections.flatMap((each) => each.repeats ?? [])
  const remarks: Readonly<Record<string, string>> = Object.assign({}, ...corrections.map((each) => each.remarks))
  const added = corrections.flatMap((each) => each.adds ?? []).map(asField)
  return {
    ...action,
    parameters: unique([...action.parameters.filter(({ name }) => name !== 'ActionID' && !drops.includes(name)), ...added]).map(
      (field) => ({
        ...field,
        required: field.required === true,
        values: anyValue.includes(field.name) ? [] : field.values,
        repeats: repeats.includes(field.name),
        remark: remarks[field.name],
      }),
    ),
    list: its.list(action.name) ?? action.list,
    open: corrections.some((each) => each.open),
  }
}

function correctAGICommand(command: AGICommand, its: Applied): AGICommand {
  const { adds = [], renames = {}, optional = [], values = {} }: AGICorrection = its.agiCommand(command.name)
  return {
    name: command.name,
    arguments: [...command.arguments, ...adds].map((field) => ({
      name: renames[field.name] ?? field.name,
      required: field.required === true && !optional.includes(field.name),
      values: values[field.name] ?? field.values,
    })),
  }
}

function asField(field: string | Field): Field {
  return typeof field === 'string' ? { name: field, required: undefined, values: [] } : field
}

function unique(fields: readonly Field[]): readonly Field[] {
  return [...new Map(fields.map((field) => [field.name, field])).values()]
}
