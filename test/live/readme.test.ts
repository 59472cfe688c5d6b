import { readFileSync } from 'node:fs'
import { AMIClient } from 'obelus-asterisk'
import { LiveModel } from 'obelus-asterisk/live'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { expect, it, onTestFinished } from 'vitest'
import { runProgram } from '../support/readme-program.js'

const guide = readFileSync(new URL('../../src/live/README.md', import.meta.url), 'utf8')
const snippets = [...guide.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code)

it('what the guide has compiles and runs, one after the other', async () => {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
  onTestFinished(() => pbx.close())
  pbx.dialplan({ 101: 'noanswer', 201: 'noanswer', 600: { queue: 'support' } })
  pbx.queue('support', { members: { Ann: 'PJSIP/101' } })
  const { port } = await pbx.listen()
  const [model = '', changes = '', actions = ''] = snippets
  expect(snippets).toHaveLength(3)
  const [imported = '', ...first] = model.split('\n')
  const printed = await runProgram(
    'program.mts',
    `import { AMIClient } from 'obelus-asterisk'
${imported}
await using ami = new AMIClient({ host: '127.0.0.1', port: ${port}, username: 'admin', secret: 's3cret' })
await ami.login()
${first.join('\n')}
const act = async () => {
${actions}
}
const acted = new Promise((resolve) => setTimeout(resolve, 50)).then(act)
${changes}
await acted`,
  )
  expect(printed).toContain('support: 0 waiting')
  expect(printed).toContain('Ann: available since ')
  expect(printed).toContain('there are 1 members')
}, 30_000)

it('a model of a fake that has nothing is complete at once', async () => {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
  onTestFinished(() => pbx.close())
  const ami = new AMIClient({ username: 'admin', secret: 's3cret', connect: pbx.connector })
  onTestFinished(() => ami.close())
  await ami.login()
  using live = new LiveModel(ami, { mailboxes: ['100@default'] })
  await live.ready()
  expect(live.mailboxes.get('100@default')?.newMessages).toBe(0)
  expect(live.queues.size).toBe(0)
})
