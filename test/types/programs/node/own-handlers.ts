import { AMIEvent, AMIResponse } from 'obelus-asterisk'

function isBusy(event: AMIEvent<'Hangup'>): boolean {
  return event.get('Cause') === '17'
}

function waiting(response: AMIResponse<'QueueStatus'>): number {
  return response.events.filter((item) => item.name === 'QueueEntry').length
}

const hangup = AMIEvent.from({ Event: 'Hangup', Channel: 'PJSIP/100-00000001', Cause: 17 })
const status = AMIResponse.from<'QueueStatus'>(
  { Response: 'Success', Message: 'Queue status will follow' },
  {
    events: [AMIEvent.from({ Event: 'QueueEntry', Queue: 'support', Position: 1 })],
    completion: AMIEvent.from({ Event: 'QueueStatusComplete', ListItems: 1 }),
  },
)

export const results = [isBusy(hangup), waiting(status), hangup.toJSON()]
