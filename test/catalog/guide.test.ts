import { expect, it } from 'vitest'
import { pagePrograms, runProgram } from '../support/readme-program.js'

it('what the guide of the names has compiles and runs, and a misspelt name does not compile', async () => {
  const [names = '', merged = ''] = pagePrograms('src/catalog/README.md')
  const program = (added: string) => `import { AMIClient, HANGUP_CAUSES } from 'obelus-asterisk'
import { FakeAsterisk } from 'obelus-asterisk/testing'
${merged}
const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
pbx.queue('support', { members: {} })
const ami = new AMIClient({ username: 'admin', secret: 's3cret', connect: pbx.connector })
await ami.login()
const source = setInterval(() => pbx.emit('DialEnd', { DestChannel: 'PJSIP/100-1', DialStatus: 'BUSY' }), 1)
${names}
clearInterval(source)
${added}
console.log(HANGUP_CAUSES[17]?.name)
await ami.close()
await pbx.close()`
  expect(await runProgram('program.mts', program("ami.onEvent('VendorAlarm', (alarm) => alarm.headers.Level)"))).toContain(
    'USER_BUSY',
  )
  await expect(runProgram('program.mts', program("ami.onEvent('VendorAlram', () => undefined)"))).rejects.toMatchObject({
    stdout: expect.stringContaining('VendorAlram'),
  })
}, 60_000)
