import type { AMIClient, AMIResponse } from 'obelus-asterisk'

export async function queue(ami: AMIClient, signal: AbortSignal): Promise<AMIResponse<'QueueStatus'>> {
  await ami.sendAction('QueueAdd', { Queue: 'support', Interface: 'PJSIP/100', Penalty: 1, Paused: undefined })
  await ami.sendAction(
    'Originate',
    { Channel: 'PJSIP/1', Async: true },
    { variables: { A: 1 }, timeoutMs: 5_000, signal, priority: 1 },
  )
  const status = await ami.sendAction('QueueStatus', { Queue: 'support' })
  for (const item of status.events) if (item.name === 'QueueMember') console.log(item.headers.Location)
  console.log(status.completion?.get('ListItems'), status.type, status.message, status.output)
  // @ts-expect-error: there is no such action.
  await ami.sendAction('QueueAd', {})
  // @ts-expect-error: Interface is required.
  await ami.sendAction('QueueAdd', { Queue: 'support' })
  // @ts-expect-error: there is no such parameter.
  await ami.sendAction('Ping', { Queue: 'support' })
  return status
}
