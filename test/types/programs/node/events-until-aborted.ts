import type { AMIClient } from 'obelus-asterisk'

export async function until(ami: AMIClient, signal: AbortSignal): Promise<number> {
  let count = 0
  for await (const event of ami.events({ signal, where: (each) => each.name !== 'RTCPSent' })) count += event.name.length
  for await (const item of ami.events({ withGaps: true })) if ('dropped' in item) count += item.dropped
  // @ts-expect-error: a signal is no name.
  ami.events(signal)
  return count
}
