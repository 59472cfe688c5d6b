import { AMIClient } from 'obelus-asterisk'

export async function main(): Promise<void> {
  await using ami = new AMIClient({ host: '127.0.0.1', username: 'admin', secret: 's3cret' })
  await ami.login()
  console.log((await ami.sendAction('Ping')).get('Timestamp'))
  console.log(await ami.command('core show version'))
  const calls = ami.events(['Newchannel', 'Hangup'])
  await ami.sendAction('Originate', { Channel: 'Local/200@default', Application: 'Wait', Data: 1, Async: true })
  for await (const event of calls) {
    console.log(event.name, event.headers.Channel)
    if (event.name === 'Hangup') {
      console.log(event.headers['Cause-txt'])
      break
    }
  }
}
