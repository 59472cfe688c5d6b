import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { runTypedProgram } from '../support/readme-program.js'

const guide = readFileSync(fileURLToPath(new URL('../../src/testing/README.md', import.meta.url)), 'utf8')

it('the snippets of the guide compile, run one after the other, and print what they say', async () => {
  const snippets = [...guide.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, snippet = '']) => snippet)
  expect(snippets.length).toBeGreaterThanOrEqual(10)
  const program = [...snippets, 'calls.close()\nawait ami.close()\nawait pbx.close()\n'].join('\n')
  const printed = (await runTypedProgram(program)).trim().split('\n')
  // Each line that prints says so behind it, up to a remark.
  const said = [...program.matchAll(/console\.log\(.*\/\/ ([^;\n]*)/g)].map(([, text = '']) => text)
  expect(printed.sort()).toEqual(said.sort())
}, 60_000)
