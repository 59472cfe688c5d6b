// What a page of a browser does: its imports are resolved by the page's import map.
import { AMIProtocol } from 'obelus-asterisk/protocol'
import { AMIClient, webSocketTransport } from 'obelus-asterisk/web'

export async function run({ url, username, secret }) {
  const ami = new AMIClient({ username, secret, connect: webSocketTransport(url, { protocols: 'binary' }) })
  await ami.login()
  const pong = (await ami.sendAction('Ping')).get('Ping')
  const events = ami.events('UserEvent', { where: (event) => event.get('UserEvent') === 'Browser' })
  for (const number of [1, 2, 3]) await ami.sendAction('UserEvent', { UserEvent: 'Browser', Number: number })
  const numbers = []
  for await (const event of events) {
    numbers.push(event.get('Number'))
    if (numbers.length === 3) break
  }
  await ami.close()
  return { pong, numbers, state: ami.status.state, protocol: typeof new AMIProtocol().sendAction, agent: navigator.userAgent }
}
