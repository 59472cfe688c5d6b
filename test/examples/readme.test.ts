import { readFileSync } from 'node:fs'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { expect, it } from 'vitest'
import { readmeBlock, runProgram, runReadmeProgram } from '../support/readme-program.js'

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

it("the README's test of a function without a fake runs", async () => {
  expect(await runProgram('program.mts', readmeBlock('ts', 'AMIEvent.from'))).toBe('PJSIP/100 was busy\n')
}, 30_000)

it("the README's first program ends within 40 lines", () => {
  const lines = readme.split('\n')
  const start = lines.indexOf('```js')
  expect(start).toBeGreaterThan(0)
  expect(lines.indexOf('```', start)).toBeLessThan(40)
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
