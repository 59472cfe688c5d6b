// A process of its own that plays Asterisk's side of FastAGI: connects, sends an environment, answers every command at once.
import { connect } from 'node:net'

const [, , port] = process.argv
const NAMES = 'callerid calleridname callingpres callingani2 callington callingtns dnid rdnis'.split(' ')
const environment = [
  'agi_network: yes',
  'agi_network_script: bench',
  'agi_request: agi://127.0.0.1/bench',
  'agi_channel: PJSIP/100-00000001',
  'agi_language: en',
  'agi_type: PJSIP',
  'agi_uniqueid: 1795404116.195',
  'agi_version: 22.10.1',
  ...NAMES.map((name) => `agi_${name}: unknown`),
  'agi_context: default',
  'agi_extension: 200',
  'agi_priority: 2',
  'agi_enhanced: 0.0',
  'agi_accountcode: ',
  'agi_threadid: 139624899364544',
  '',
  '',
].join('\n')
let sockets = []

/** One session, to its end. */
function session() {
  return new Promise((resolve) => {
    const socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true })
    sockets.push(socket)
    socket.on('connect', () => socket.write(environment))
    socket.on('data', (data) => {
      let answers = ''
      for (const byte of data) if (byte === 10) answers += '200 result=0\n'
      socket.write(answers)
    })
    socket.on('error', () => undefined)
    socket.on('close', resolve)
  })
}

process.on('message', async ({ sessions, parallel, release }) => {
  if (release) {
    for (const socket of sockets) socket.destroy()
    sockets = []
  } else {
    let left = sessions
    const work = async () => {
      while (left > 0) {
        left -= 1
        await session()
        sockets = sockets.filter((each) => !each.closed)
      }
    }
    await Promise.all(Array.from({ length: parallel }, work))
  }
  process.send({ done: true })
})
process.on('disconnect', () => process.exit())
process.send({ ready: true })
