import { expect, it } from 'vitest'
import { pagePrograms, runProgram } from '../support/readme-program.js'

it('what the guide of errors and protocols has compiles and runs', async () => {
  const [errors = '', protocol = ''] = pagePrograms('src/core/README.md')
  const [imported = '', ...spoken] = protocol.split('\n')
  const printed = await runProgram(
    'program.mts',
    `import { connect } from 'node:net'
import { AMIClient, isAMIError } from 'obelus-asterisk'
import { FakeAsterisk } from 'obelus-asterisk/testing'
${imported}
const pbx = new FakeAsterisk({ users: { admin: 's3cret' } })
pbx.dialplan({ 100: 'answer' })
const { port } = await pbx.listen()
const ami = new AMIClient({ host: '127.0.0.1', port, username: 'admin', secret: 's3cret' })
await ami.login()
const channel = 'PJSIP/nobody-1'
const again = () => console.log('again')
${errors}
await ami.close()
const tcp = connect(port, '127.0.0.1')
const socket = {
  send: (bytes: Uint8Array) => void tcp.write(bytes),
  close: () => void tcp.end(),
  set onBytes(listener: (bytes: Uint8Array) => void) {
    tcp.on('data', listener)
  },
  set onEnd(listener: (error?: Error) => void) {
    tcp.on('close', () => listener())
  },
}
${spoken.join('\n')}
socket.close()
await pbx.close()`.replace('console.error(error.code)', 'console.log(error.code)'),
  )
  expect(printed).toBe('ACTION_FAILED\nAuthentication accepted\n')
}, 60_000)
