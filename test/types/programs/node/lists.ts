import type { AMIClient, AMIEvent, EventStream } from 'obelus-asterisk'

export function channels(ami: AMIClient): EventStream<AMIEvent<'CoreShowChannel'>> {
  // @ts-expect-error: Ping answers with no list.
  ami.listAction('Ping')
  return ami.listAction('CoreShowChannels')
}

export async function names(ami: AMIClient): Promise<string[]> {
  const found: string[] = []
  for await (const { headers } of ami.listAction('CoreShowChannels')) found.push(headers.Channel)
  return found
}
