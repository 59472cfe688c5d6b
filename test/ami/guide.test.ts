import { expect, it } from 'vitest'
import { pagePrograms, runProgram } from '../support/readme-program.js'

it('what the guide of the client has compiles and runs', async () => {
  const programs = pagePrograms('src/ami/README.md')
  expect(programs).toHaveLength(5)
  const printed = await runProgram(
    'program.mts',
    `import { AMIClient, trace } from 'obelus-asterisk'
import { action, event, FakeAsterisk, FakeResponse } from 'obelus-asterisk/testing'
const pbx = new FakeAsterisk(
  { users: { admin: 's3cret' } },
  action('PJSIPShowEndpoints', async function* () {
    yield event('EndpointList', { ObjectName: '100' })
  }),
  action('Command', () => new FakeResponse('Success', { Message: 'Command output follows', Output: ['0 active channels'] })),
)
pbx.dialplan({ 100: 'answer', 200: 'answer' })
pbx.queue('support', { members: { Ann: 'PJSIP/101' } })
const ami = new AMIClient({ username: 'admin', secret: 's3cret', connect: pbx.connector })
const save = (message: object) => console.log(JSON.stringify(message))
const log = { debug: (text: string) => console.log(text) }
${programs[4]}
await ami.login()
const secret = 's3cret'
process.env.AMI_URL = 'ami://crm:s3cret@127.0.0.1'
const id = '17.1'
const stopped = new AbortController()
const { signal } = stopped
${programs.slice(0, 3).join('\n')}
console.log(queue.completion?.name, lines.join())
let emitted = 0
const source = setInterval(() => {
  pbx.emit('Hangup', { Channel: 'PJSIP/100-1', Uniqueid: id, Cause: 16 })
  if (++emitted === 50) stopped.abort()
}, 1)
try {
${programs[3]}
} catch (error) {
  if (!signal.aborted) throw error
}
clearInterval(source)
stop()
await ami.close()
await pbx.close()`,
  )
  expect(printed).toContain('QueueStatusComplete 0 active channels')
  expect(printed).toContain('Hangup PJSIP/100-1')
  expect(printed).toContain('> connection 1\n  Action: Login\n')
  expect(printed).toContain('"direction":"sent"')
}, 60_000)
