import { readFileSync } from 'node:fs'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { expect, it, onTestFinished } from 'vitest'
import { runTypedProgram } from '../support/readme-program.js'

it("the guide's program compiles, and prints what it says", async () => {
  const guide = readFileSync(new URL('../../src/node/README.md', import.meta.url), 'utf8')
  const [, program = ''] = /```ts\n([\s\S]*?)```/.exec(guide) ?? []
  const pbx = new FakeAsterisk({ users: { crm: 's3cret' } })
  onTestFinished(() => pbx.close())
  const { port } = await pbx.listen()
  const url = JSON.stringify(`ami://crm:s3cret@127.0.0.1:${port}`)
  const printed = await runTypedProgram(program.replace('fromEnvironment()', `fromEnvironment({ AMI_URL: ${url} })`))
  expect(printed).toBe('Ping: done\n')
}, 60_000)
