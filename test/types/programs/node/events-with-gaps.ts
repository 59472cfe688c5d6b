import { type AMIClient, type AMIEvent, Gap } from 'obelus-asterisk'

export async function keepUp(ami: AMIClient, handle: (event: AMIEvent) => Promise<void>): Promise<void> {
  for await (const item of ami.events(['Newchannel', 'Hangup'], { withGaps: true, maxBuffered: 100, overflow: 'drop-oldest' })) {
    if (item instanceof Gap) console.warn(item.reason, item.from.getTime(), item.dropped, item.restarted)
    else await handle(item)
  }
}
