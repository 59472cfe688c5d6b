import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { HANGUP_CAUSES } from 'obelus-asterisk'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Catalog, type CatalogEntry, catalogOf } from '../../src/catalog/generate/catalog.js'
import { CORRECTIONS } from '../../src/catalog/generate/corrections.js'
import { readDocumentation } from '../../src/catalog/generate/documentation.js'
import type { Release } from '../../src/catalog/generate/entries.js'
import { catalogFiles } from '../../src/catalog/generate/files.js'
import { sourceOf } from '../../src/catalog/generate/release.js'
import { PRIVILEGES } from '../../src/catalog/generate/undocumented.js'
import { LIST_ACTIONS } from '../../src/catalog/list-actions.js'
import type { TestServer } from './asterisk/global-setup.js'
import { RELEASES } from './asterisk/releases.js'
import { liveThroughADay } from './scenarios/index.js'
import { Observations } from './scenarios/observations.js'
import { Pbx } from './scenarios/pbx.js'
import { controls, loggedIn, NOT_OURS, servers } from './target.js'

const ours = servers.length === RELEASES.length
const xmlOf = (release: Release) => {
  const root = RELEASES.find(({ version }) => version === release)?.root ?? ''
  return join(root, 'usr/share/asterisk/documentation/core-en_US.xml')
}
const committed = (name: string) => readFileSync(new URL(`../../src/catalog/${name}`, import.meta.url), 'utf8')

describe.skipIf(!ours)(`the catalog${ours ? '' : ` (skipped: ${NOT_OURS})`}`, () => {
  let catalog: Catalog
  const catalogs = new Map<Release, Catalog>()
  const own = ({ version }: TestServer) => catalogs.get(version ?? 0) as Catalog
  const seen = new Map<string, readonly string[]>()

  beforeAll(() => {
    const documentations = new Map(
      RELEASES.map(({ version }) => {
        const { release, file } = sourceOf(xmlOf(version))
        expect(release).toBe(version)
        return [release, readDocumentation(readFileSync(file))]
      }),
    )
    catalog = catalogOf(documentations, CORRECTIONS)
    for (const [release, documentation] of documentations) {
      catalogs.set(release, catalogOf(new Map([[release, documentation]]), CORRECTIONS))
    }
  })

  it('regenerated from the documentation of both servers is what is committed, byte for byte', () => {
    for (const [name, text] of catalogFiles(catalog)) expect(text, name).toBe(committed(name))
  })

  it('has every entry of both documentations, and none that neither they nor the corrections have', () => {
    const texts = RELEASES.map(({ version }) => readFileSync(xmlOf(version), 'utf8'))
    const inXml = (element: string) =>
      new Set(
        texts.flatMap((text) => [...text.matchAll(new RegExp(`<${element}\\s[^>]*?\\bname="([^"]+)"`, 'g'))].map((m) => m[1])),
      )
    const spelt = (name: string | undefined) => CORRECTIONS.spellings[name ?? '']?.event ?? name
    const added = new Set([
      ...Object.keys(CORRECTIONS.events),
      ...Object.values(CORRECTIONS.lists).map((list) => list.completion),
    ])
    const events = new Set([...inXml('managerEvent')].map(spelt))
    const counts = {
      actions: [inXml('manager').size, catalog.actions.length],
      events: [events.size, catalog.events.length],
      agiCommands: [inXml('agi').size, catalog.agiCommands.length],
    }
    console.log(`entries of the documentation, of the catalog: ${JSON.stringify(counts)}`)
    expect(catalog.actions.map(({ name }) => name)).toEqual([...inXml('manager')].sort())
    expect(catalog.agiCommands.map(({ name }) => name.toLowerCase())).toEqual([...inXml('agi')].sort())
    const names = catalog.events.map(({ name }) => name)
    expect([...events].filter((name) => !names.includes(name as string))).toEqual([])
    expect(names.filter((name) => !events.has(name) && !added.has(name))).toEqual([])
  })

  it.each(servers)('knows every header of every event of a day on $name', { timeout: 180_000 }, async (server) => {
    const ami = await loggedIn(server)
    const observations = new Observations(ami)
    await liveThroughADay(new Pbx(ami, server, observations))
    observations.close()
    expect(observations.complaints(own(server))).toEqual([])
    seen.set(server.name, observations.names)
    console.log(`${server.name}: ${observations.names.length} types of events: ${observations.names.join(' ')}`)
  })

  it('was compared with at least 60 types of events', () => {
    const all = new Set([...seen.values()].flat())
    console.log(`${all.size} types of events in all`)
    expect(all.size).toBeGreaterThanOrEqual(60)
  })

  it.each(servers)('has the actions and privileges that $name lists', async (server) => {
    const ami = await loggedIn(server)
    const answer = await ami.sendAction('ListCommands')
    for (const [name, value] of answer.entries()) {
      const classes = /\(Priv: (.*)\)$/.exec(value)?.[1]
      if (classes === undefined) continue
      const action = own(server).actions.find((each) => each.name === name) as CatalogEntry | undefined
      expect(action?.name, `${name} of ListCommands`).toBe(name)
      const expected = classes === '<none>' ? 'none' : classes.replace(/,?all$/, '')
      expect(Object.entries(PRIVILEGES).find(([, actions]) => actions.includes(name))?.[0], name).toBe(expected)
    }
  })

  it.each(servers)('has the hangup causes of $name, by number and by name', { timeout: 60_000 }, async (server) => {
    const ami = await loggedIn(server)
    await ami.sendAction('DialplanExtensionAdd', {
      Context: 'causes',
      Extension: 'cause',
      Priority: 1,
      Application: 'Hangup',
      ApplicationData: '$' + '{CAUSE}',
      Replace: 'yes',
    })
    const hangup = async (cause: string) => {
      const id = `cause-${server.version}-${cause}`
      const gone = ami.waitFor('Hangup', { where: (event) => event.get('Uniqueid') === `${id};2` })
      await ami.sendAction('Originate', {
        Channel: 'Local/cause@causes/n',
        Application: 'Wait',
        Data: 1,
        Async: true,
        ChannelId: id,
        Variable: `CAUSE=${cause}`,
      })
      const event = await gone
      return [Number(event.get('Cause')), event.get('Cause-txt')]
    }
    // The dialplan's own Hangup() reads a number that is no cause as 16.
    for (let code = 1; code < 128; code += 1) {
      expect(await hangup(String(code)), `cause ${code}`).toEqual([code, HANGUP_CAUSES[code]?.text ?? 'Unknown'])
    }
    for (const [code, { name, text }] of Object.entries(HANGUP_CAUSES))
      expect(await hangup(name), name).toEqual([Number(code), text])
    await controls(server).cli('dialplan remove context causes')
  })

  it('has a run-time list for each action that the types say answers with one', () => {
    for (const { name, list } of catalog.actions) {
      if (list !== undefined && !list.notAlways) expect(LIST_ACTIONS[name]?.completion).toBe(list.completion)
    }
  })
})
