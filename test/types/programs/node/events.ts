import type { AMIClient } from 'obelus-asterisk'

export async function watch(ami: AMIClient): Promise<void> {
  for await (const event of ami.events('DialEnd')) {
    if (event.headers.DialStatus === 'BUSY') console.log(event.get('DestChannel')?.length)
    // @ts-expect-error: there is no such header.
    console.log(event.headers.DialStatuss)
  }
  for await (const event of ami.events()) if (event.is('Hangup')) console.log(event.headers.Cause.length)
  // @ts-expect-error: there is no such event.
  ami.events('Hangupp')
}
