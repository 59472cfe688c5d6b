import { readFileSync } from 'node:fs'
import { FakeAsterisk } from 'obelus-asterisk/testing'
import { expect, it, onTestFinished } from 'vitest'
import { Example } from '../support/example.js'
import { runProgram } from '../support/readme-program.js'

const guide = readFileSync(new URL('../../src/gateway/README.md', import.meta.url), 'utf8')

it('what the guide has compiles and runs, and the board is there', async () => {
  const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
  onTestFinished(() => pbx.close())
  pbx.queue('support', { members: { Ann: 'PJSIP/101' } })
  const { port } = await pbx.listen()
  const [program = ''] = [...guide.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code)
  const token = 'x'.repeat(40)
  const printed = await runProgram(
    'program.mts',
    `process.env.BOARD_TOKEN = '${token}'
process.env.AGENT_TOKEN = '${'y'.repeat(40)}'
${program.replace("host: '127.0.0.1'", `host: '127.0.0.1', port: ${port}`).replace('listen(8080', 'listen(0')}
await live.ready()
await new Promise((resolve) => (server.listening ? resolve(0) : server.once('listening', resolve)))
const address = server.address()
const at = typeof address === 'object' && address !== null ? \`http://127.0.0.1:\${address.port}\` : ''
const state = await (await fetch(at + '/api/state', { headers: { Authorization: 'Bearer ${token}' } })).json()
console.log(Object.keys(state.queues).join())
console.log((await (await fetch(at + '/')).text()).slice(0, 15))
await gateway.close()
server.closeAllConnections()
server.close()
live.close()
calls.close()
await ami.close()`,
  )
  expect(printed).toContain('support')
  expect(printed).toContain('<!doctype html>')
}, 30_000)

it('npm run board says where the board is, on its embedded fake', async () => {
  const example = new Example('board', '--listen', '0', '--once')
  expect(await example.ended()).toBe(0)
  expect(example.lines[0]).toMatch(/^The board is at http:\/\/127\.0\.0\.1:\d+\/ and wants this token: \S{32}$/)
}, 30_000)
