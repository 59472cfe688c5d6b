import { type AMIClient, CallManager } from 'obelus-asterisk'

/** What a program learns from a server: the same on the server and on a recording of it. */
export async function program(client: AMIClient, extension: string): Promise<object> {
  await using ami = client
  await ami.login()
  using calls = new CallManager(ami)
  const version = await ami.command('core show version')
  await ami.sendAction('Setvar', { Variable: 'GREETING', Value: 'Jürgen ☎ \\ "quoted"' })
  const greeting = (await ami.sendAction('Getvar', { Variable: 'GREETING' })).get('Value')
  const refused = await ami.sendAction('Getvar', { Variable: '' }).catch((error: Error) => error.message)
  const states = (await ami.sendAction('CoreShowChannels')).events.length
  const channels = Array.from({ length: 3 }, () => `Local/${extension}@default`)
  const outcomes = await Promise.all(
    channels.map(async (channel) => {
      const call = calls.originate({ channel, context: 'default', exten: extension })
      const story: string[] = []
      for await (const { type, status } of call) story.push(`${type} ${status}`)
      const { result, answered, cause, causeText, dialStatus } = await call.ended()
      return { story, result, answered, cause, causeText, dialStatus }
    }),
  )
  return { version, greeting, refused, states, outcomes }
}
