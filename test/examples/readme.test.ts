import { readFileSync } from 'node:fs'
import { action, event, FakeAsterisk, FakeResponse, success } from 'obelus-asterisk/testing'
import { expect, it } from 'vitest'
import { firstReadmeProgram, readmeProgram, runReadmeProgram } from '../support/readme-program.js'

it("the README's program runs, prints what it says, and exits by itself", async () => {
  const pbx = new FakeAsterisk(
    { users: { admin: 's3cret' } },
    action('Command', () => new FakeResponse('Success', { Message: 'Command output follows', Output: ['Asterisk 22.10.1'] })),
    action('CoreShowChannels', () => [event('CoreShowChannel', { Channel: 'PJSIP/a-1' })]),
    action('Originate', () => {
      setImmediate(() => {
        pbx.emit('Newchannel', { Channel: 'Local/200@default-1;1' })
        pbx.emit('Hangup', { Channel: 'Local/200@default-1;1', Cause: 16, 'Cause-txt': 'Normal Clearing' })
      })
      return success('Originate successfully queued')
    }),
  )
  const { host, port } = await pbx.listen()
  const printed = await runReadmeProgram(firstReadmeProgram({ host, port, username: 'admin', secret: 's3cret' }))
  expect(printed.split('\n').slice(1)).toEqual([
    "[ 'Asterisk 22.10.1' ]",
    'PJSIP/a-1',
    'Newchannel Local/200@default-1;1',
    'Hangup Local/200@default-1;1',
    'Normal Clearing',
    '',
  ])
  await pbx.close()
}, 30_000)

it("the README's test of a function without a fake runs", async () => {
  expect(await runReadmeProgram(readmeProgram('AMIEvent.from'))).toBe('PJSIP/100 was busy\n')
}, 30_000)

it("the README's first program ends within 40 lines", () => {
  const lines = readFileSync(new URL('../../README.md', import.meta.url), 'utf8').split('\n')
  const start = lines.indexOf('```ts')
  expect(lines.indexOf('```', start)).toBeLessThan(40)
})

it('the changelog has an entry for the version', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
  expect(readFileSync(new URL('../../CHANGELOG.md', import.meta.url), 'utf8')).toContain(`## ${version}`)
})
