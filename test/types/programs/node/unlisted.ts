import { type AMIClient, unlisted } from 'obelus-asterisk'

export async function vendor(ami: AMIClient, name: string): Promise<void> {
  const tuned = await ami.sendAction(unlisted('QueueTune'), { Queue: 'support', Speed: 3, Twice: ['a', 'b'] })
  console.log(tuned.get('Speed'))
  for await (const event of ami.events(['Hangup', unlisted('VendorAlarm')])) {
    if (event.name === 'VendorAlarm') console.log(event.headers.Level)
    else console.log(event.get(unlisted('X-Vendor')))
  }
  await ami.sendAction(unlisted(name))
  // @ts-expect-error: any text is too much.
  await ami.sendAction(name)
}
