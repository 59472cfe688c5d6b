import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Catalog, catalogOf } from '../../src/catalog/generate/catalog.js'
import type { Corrections } from '../../src/catalog/generate/correction.js'
import { readDocumentation } from '../../src/catalog/generate/documentation.js'
import { catalogFiles } from '../../src/catalog/generate/files.js'

const fixture = (release: number) => readFileSync(new URL(`../fixtures/documentation/${release}.xml`, import.meta.url))
const documentation = (release: number) => readDocumentation(fixture(release))

const corrections: Corrections = {
  spellings: { TeaCOLD: { on: [16, 22], event: 'TeaCold' } },
  snapshotHeaders: [
    { on: [16, 22], header: { name: 'ChanVariable', required: false, values: [] } },
    { on: [22], header: { name: 'Tenantid', required: false, values: [] } },
  ],
  events: {
    TeaBrewed: [{ on: [16, 22], sometimes: ['ReportB'] }],
    TeaCold: [{ on: [22], adds: ['Degrees'] }],
    TeaGone: [{ on: [16], class: 'user', adds: ['By'], open: true }],
    TeaSpilt: [{ on: [16, 22], drops: ['Where-txt'], adds: ['Where'] }],
  },
  observed: { 16: ['TeaBrewed', 'TeaCold', 'TeaPoured'], 22: ['TeaBrewed', 'TeaCold', 'TeaPoured', 'TeaListComplete'] },
  actions: {
    TeaNew: [{ on: [22], adds: ['Extra'], repeats: ['Extra'], remarks: { Extra: 'Hot.' } }],
    TeaOld: [{ on: [16], open: true }],
  },
  lists: {
    TeaOld: { on: [16], items: ['Tea'], completion: undefined, single: true, unannounced: true },
    TeaNew: { on: [22], items: ['Tea'], completion: 'TeaNewComplete', itemsWithoutActionID: true },
  },
  agiCommands: { 'BREW TEA': [{ on: [16, 22], renames: { 'kind of tea': 'kind' }, optional: ['sugar'] }] },
}

const catalog = catalogOf(new Map([22, 16].map((release) => [release, documentation(release)])), corrections)
const action = (name: string) => entry(catalog, 'actions', name)
const event = (name: string) => entry(catalog, 'events', name)

function entry<Kind extends 'actions' | 'events' | 'agiCommands'>(
  from: Catalog,
  kind: Kind,
  name: string,
): Catalog[Kind][number] {
  const found = from[kind].find((each) => each.name === name)
  if (found === undefined) throw new Error(`no ${kind} ${name}`)
  return found
}

const names = (fields: readonly { readonly name: string; readonly required: boolean }[]) =>
  fields.map(({ name, required }) => (required ? `${name}!` : name))

describe('the documentation', () => {
  it('is read with its XIncludes: single parameters, whole events, XPath functions', () => {
    expect(
      documentation(16)
        .actions.get('TeaBrew')
        ?.parameters.map(({ name }) => name)[0],
    ).toBe('ActionID')
    expect(
      documentation(16)
        .events.get('TeaSpilt')
        ?.headers.map(({ name }) => name),
    ).toEqual(['ReportA', 'ReportB', 'Where-txt'])
    expect(documentation(16).actions.get('TeaList')?.list).toMatchObject({
      items: ['Tea', 'TeaBrewed'],
      completion: 'TeaListComplete',
    })
  })

  it('becomes one event where it has an event several times; what one of them lacks is not certain', () => {
    expect(documentation(16).events.get('TeaPoured')?.headers).toMatchObject([{ name: 'Cup' }, { name: 'Hand', required: false }])
  })

  it('is refused when it is none', () => {
    expect(() => readDocumentation(Buffer.from('<docs/>'))).toThrow(/core-en_US\.xml/)
    expect(() => readDocumentation(Buffer.from('not XML'))).toThrow()
  })
})

describe('the catalog', () => {
  it('has every entry of every release, and none besides those and the corrections', () => {
    const inXml = (path: RegExp) => [
      ...new Set([16, 22].flatMap((each) => [...fixture(each).toString().matchAll(path)].map((m) => m[1]))),
    ]
    expect(catalog.actions.map(({ name }) => name)).toEqual(inXml(/<manager name="(.+?)"/g).sort())
    expect(catalog.events.map(({ name }) => name)).toEqual(
      [
        ...inXml(/<managerEvent .*?name="(.+?)"/g).filter((each) => each !== 'TeaCOLD'),
        'TeaCold',
        'TeaGone',
        'TeaNewComplete',
      ].sort(),
    )
    expect(catalog.agiCommands.map(({ name }) => name)).toEqual(['BREW TEA'])
  })

  it('says which releases have an entry and a field', () => {
    expect(action('TeaBrew').releases).toEqual([16, 22])
    expect(action('TeaOld').releases).toEqual([16])
    expect(event('Tea').fields.find(({ name }) => name === 'Fresh')?.releases).toEqual([22])
    expect(event('TeaCold').fields.find(({ name }) => name === 'Degrees')?.releases).toEqual([22])
  })

  it('requires of an action what every release requires, in any case of its letters', () => {
    expect(names(action('TeaBrew').fields)).toEqual([
      'Kettle!',
      'Minutes',
      'Options',
      'Kind',
      'Filter',
      'Leaf-000000',
      'Weight(0)',
    ])
  })

  it('is certain of headers only where they were observed, on every release', () => {
    expect(names(event('TeaPoured').fields)).toEqual(['Cup!', 'Hand'])
    expect(names(event('TeaSpilt').fields)).toEqual(['ReportA', 'ReportB', 'Where'])
    expect(names(event('TeaBrewed').fields)).toContain('GuestChannelStateDesc!')
    expect(names(event('TeaBrewed').fields)).toContain('ReportB')
    expect(names(event('TeaListComplete').fields)).toEqual(['EventList', 'ListItems'])
  })

  it('applies the corrections of the nearest tested release to one that nobody tested', () => {
    const of = (release: number) => catalogOf(new Map([[release, documentation(22)]]), corrections)
    expect(names(entry(of(20), 'events', 'TeaCold').fields)).toContain('Degrees!')
    expect(names(entry(of(18), 'events', 'TeaCold').fields)).toEqual([])
    expect(entry(of(18), 'actions', 'TeaBrew').releases).toEqual([18])
  })

  it('tells of a correction that corrects nothing', () => {
    const wrong = { ...corrections, events: { TeaPoured: [{ on: [16], sometimes: ['Spoon'] }] } }
    expect(() => catalogOf(new Map([[16, documentation(16)]]), wrong)).toThrow('TeaPoured has no header Spoon')
  })
})

describe('the files', () => {
  const files = catalogFiles(catalog)

  it.each(['action-classes.ts', 'actions.ts', 'agi-commands.ts', 'event-classes.ts', 'events.ts', 'list-actions.ts', 'lists.ts'])(
    '%s',
    async (name) => {
      await expect(files.get(name)).toMatchFileSnapshot(`../fixtures/documentation/catalog/${name}.txt`)
    },
  )

  it('are the same whatever the order of the releases', () => {
    const other = catalogOf(new Map([16, 22].map((release) => [release, documentation(release)])), corrections)
    expect(catalogFiles(other)).toEqual(files)
  })

  it('hold no sentence of the documentation', () => {
    for (const text of files.values()) expect(text).not.toMatch(/<para>|synopsis/)
  })
})
