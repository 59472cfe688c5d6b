import { AMIClient, webSocketTransport } from 'obelus-asterisk/web'

export async function main(): Promise<void> {
  await using ami = new AMIClient({
    username: 'admin',
    secret: 's3cret',
    connect: webSocketTransport('wss://pbx.example/ami', { protocols: 'binary' }),
  })
  await ami.login()
  for await (const event of ami.events(['Newchannel', 'Hangup'])) console.log(event.name, event.headers.Channel)
}

// @ts-expect-error: there is no TCP.
export const overTCP = new AMIClient({ host: 'pbx', username: 'admin', secret: 's3cret' })
