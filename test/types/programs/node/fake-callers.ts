import { AMIClient } from 'obelus-asterisk'
import { type AGICaller, type AGIStatus, type Caller, FakeAsterisk, faulty, record } from 'obelus-asterisk/testing'

export async function test(): Promise<AGIStatus> {
  const pbx = FakeAsterisk.fromRecording('session.ami.txt', { scale: 1, ignoreHeaders: ['File'] })
  const caller: Caller = pbx.incomingCall({ to: '300', from: '"Ann" <0301>' })
  caller.press('12#')
  const agi: AGICaller = pbx.callFastAGI('agi://127.0.0.1:4573/hello/ann', {
    callerId: '"Ann" <0301>',
    keys: '1234#',
    hangupAt: 5,
  })
  const connect = faulty(pbx.connector, { seed: 7, split: 3, delayMs: [5, 50] })
  const ami = new AMIClient({ username: 'admin', secret: 's3cret', connect })
  console.log(record(ami).text)
  connect.break(new Error('read ECONNRESET'))
  return agi.ended()
}
