import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { expect, it } from 'vitest'
import { readmeBlock, runProgram, runReadmeProgram } from '../support/readme-program.js'

/** The pages that users read. */
const PAGES = ['', 'src/', 'examples/', ...['agi', 'ami', 'calls', 'catalog', 'core', 'web'].map((area) => `src/${area}/`)]
  .map((folder) => `${folder}README.md`)
  .concat(
    ['agi', 'calls', 'testing'].map((area) => `src/${area}/REFERENCE.md`),
    'src/MIGRATING.md',
  )

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

it("the README's program runs in plain Node.js with its account, prints what it says, and exits by itself", async () => {
  const account = Object.fromEntries(
    [...readmeBlock('ini').matchAll(/^(secret|read|write) = ([^ ;\n]+)/gm)].map(([, name, value]) => [name, value]),
  )
  const pbx = new FakeAsterisk({ users: { obelus: account as { secret: string } } })
  pbx.dialplan({ 100: 'answer' })
  const printed = await runReadmeProgram(await pbx.listen())
  expect(printed.trim().split('\n')).toEqual([
    expect.stringMatching(/^Asterisk 22\.\d+\.\d+$/),
    'queued queued',
    'dialingStarted dialing',
    'stateChanged ringing',
    'stateChanged up',
    'dialingFinished up',
    'ended ended',
  ])
  await pbx.close()
}, 30_000)

it("the reference's test of a function without a fake runs", async () => {
  expect(await runProgram('program.mts', readmeBlock('ts', 'AMIEvent.from', 'src/testing/REFERENCE.md'))).toBe(
    'PJSIP/100 was busy\n',
  )
}, 30_000)

it("the README's first program ends within 40 lines", () => {
  const lines = readme.split('\n')
  const start = lines.indexOf('```js')
  expect(start).toBeGreaterThan(0)
  expect(lines.indexOf('```', start)).toBeLessThan(40)
})

it('the README has at most 150 lines, and every page and test that it leads to is there', () => {
  expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(150)
  for (const page of PAGES) {
    const place = new URL(`../../${page}`, import.meta.url)
    const links = [...readFileSync(place, 'utf8').matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link)
    for (const link of links) expect([page, link, existsSync(new URL(link, place))]).toEqual([page, link, true])
  }
})

it('every file that the page of the architecture names is there', () => {
  const text = readFileSync(new URL('../../src/README.md', import.meta.url), 'utf8')
  const root = new URL('../../', import.meta.url)
  const files = ['src', 'test'].flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' }).map((file) => `/${folder}/${file}`),
  )
  const named = [...text.matchAll(/`([\w/.-]+\.(?:ts|mjs))`/g)].map(([, name = '']) => name)
  expect(named.length).toBeGreaterThan(30)
  expect(named.filter((name) => !files.some((file) => file.endsWith(`/${name}`)))).toEqual([])
})

it('each area has a guide that the README leads to', () => {
  const areas = readdirSync(new URL('../../src', import.meta.url), { withFileTypes: true }).filter((entry) => entry.isDirectory())
  for (const { name } of areas) if (name !== 'tools') expect(readme).toContain(`(src/${name}/README.md)`)
})

it('the contents of the README are its chapters, in their order', () => {
  const anchors = [...readme.matchAll(/^- \[(.+)\]\(#(.+)\)$/gm)].map(([, title, anchor]) => ({ title, anchor }))
  const chapters = [...readme.matchAll(/^## (.+)$/gm)].map(([, title = '']) => {
    // As the hosting sites make them.
    const anchor = title
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-')
    return { title, anchor }
  })
  expect(anchors).toEqual(chapters)
})

it('the changelog has an entry for the version', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
  expect(readFileSync(new URL('../../CHANGELOG.md', import.meta.url), 'utf8')).toContain(`## ${version}`)
})
