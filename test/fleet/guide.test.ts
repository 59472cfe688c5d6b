import { readFileSync } from 'node:fs'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { expect, it, onTestFinished } from 'vitest'
import { runProgram } from '../support/readme-program.js'

const guide = readFileSync(new URL('../../src/fleet/README.md', import.meta.url), 'utf8')
const snippets = [...guide.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code)

it('what the guide has compiles and runs, on two PBXs', async () => {
  const ports: number[] = []
  for (const queue of ['support', 'sales']) {
    const pbx = new FakeAsterisk({ users: { crm: 's3cret' } })
    onTestFinished(() => pbx.close())
    pbx.dialplan({ 200: { answer: { afterMs: 5, talkMs: 50 } } })
    pbx.queue(queue, { members: { Ann: 'PJSIP/101' } })
    ports.push((await pbx.listen()).port)
  }
  const [first = '', calls = '', model = ''] = snippets
  expect(snippets).toHaveLength(3)
  const [begin = '', loop = ''] = first.split('\n\nfor await')
  const printed = await runProgram(
    'program.mts',
    `${begin.replace('berlin.example:5038', `127.0.0.1:${ports[0]}`).replace("host: 'paris.example'", `host: '127.0.0.1', port: ${ports[1]}`)}
const act = async () => {
${calls}
${model}
await fleet.close()
}
const acted = act()
for await${loop}
await acted`,
  )
  expect(printed).toMatch(/^(berlin|paris): PJSIP\/200-\S+ is gone$/m)
  expect(printed).toContain('berlin/support: 0 waiting')
  expect(printed).toContain('paris/sales: 0 waiting')
  expect(printed).toMatch(/^ended$/m)
}, 30_000)
