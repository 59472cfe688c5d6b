import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { runTypedProgram } from '../support/readme-program.js'

const place = new URL('../../src/agi/README.md', import.meta.url)
const guide = readFileSync(place, 'utf8')

it("the guide's program does what the guide says", async () => {
  const program = /```ts\n([\s\S]*?)```/.exec(guide)?.[1] ?? ''
  const printed = /prints `(.*)`\./.exec(guide)?.[1]
  expect((await runTypedProgram(program)).trim()).toBe(printed)
}, 60_000)

it('what the guide leads to is there', () => {
  const links = [...guide.matchAll(/\]\((\.[^)]+)\)/g)].map(([, link = '']) => link)
  expect(links).toHaveLength(5)
  for (const link of links) expect([link, existsSync(new URL(link, place))]).toEqual([link, true])
})
