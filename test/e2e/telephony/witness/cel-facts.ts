import type { PBXFact, Room } from '../../../support/reference/pbx-fact.js'
import type { CELEvent } from './cel.js'

/** What the Channel Event Log says happened. It knows no ringing, no hold and no queue, and who dialled only by kinship. */
export function factsOfCEL(events: readonly CELEvent[]): PBXFact[] {
  const ids = new Map(events.map(({ channel, uniqueId }) => [channel, uniqueId]))
  const first = new Map<string, CELEvent>()
  for (const event of events) if (event.application !== '' && !first.has(event.uniqueId)) first.set(event.uniqueId, event)
  return events.flatMap((event) => [...(first.get(event.uniqueId) === event ? program(event) : []), ...factsOf(event, ids)])
}

function factsOf(event: CELEvent, ids: ReadonlyMap<string, string>): PBXFact[] {
  const { at, uniqueId: id, linkedId, channel, extra } = event
  const text = (name: string) => String(extra[name] ?? '')
  switch (event.type) {
    case 'CHAN_START': {
      const { number, exten, context } = event
      return [{ kind: 'channel', at, id, name: channel, linkedId, number, exten, context }, ...kinship(event, ids)]
    }
    case 'ANSWER':
      return [{ kind: 'up', at, id }]
    case 'BRIDGE_ENTER':
      return [{ kind: 'enter', at, id, bridge: text('bridge_id'), room: roomOf(text('bridge_technology')) }]
    case 'BRIDGE_EXIT':
      return [{ kind: 'leave', at, id, bridge: text('bridge_id') }]
    case 'HANGUP': {
      const source = ids.get(text('hangupsource'))
      const asked: PBXFact[] = source === undefined ? [] : [{ kind: 'hangupAsked', at, id: source, cause: 0 }]
      return [...asked, { kind: 'hangup', at, id, cause: Number(extra.hangupcause ?? 0) }]
    }
    case 'PICKUP':
      return [{ kind: 'pickup', at, by: text('pickup_channel_uniqueid'), target: id }]
    case 'BLINDTRANSFER':
      return [{ kind: 'blindTransfer', at, by: id, exten: text('extension') }]
    case 'ATTENDEDTRANSFER':
      return [{ kind: 'attendedTransfer', at, by: id, and: text('channel2_uniqueid') }]
    case 'PARK_START':
      return [{ kind: 'parked', at, id }]
    case 'PARK_END':
      return parkingEnded(event, ids)
    default:
      return []
  }
}

/** A channel that was made for another was called by it; the second half of a Local channel was not. */
function kinship({ at, uniqueId: id, linkedId, channel }: CELEvent, ids: ReadonlyMap<string, string>): PBXFact[] {
  if (channel.endsWith(';2')) {
    const one = ids.get(channel.replace(/2$/, '1'))
    return one === undefined ? [] : [{ kind: 'pair', at, one, two: id }]
  }
  return linkedId === id ? [] : [{ kind: 'dial', at, id, dialer: linkedId, number: '' }]
}

/** What an Originate calls runs `AppDial2` first. */
function program({ at, uniqueId: id, application }: CELEvent): PBXFact[] {
  return application === 'AppDial2' ? [{ kind: 'dial', at, id, dialer: undefined, number: '' }] : []
}

function parkingEnded({ at, uniqueId: id, extra }: CELEvent, ids: ReadonlyMap<string, string>): PBXFact[] {
  switch (extra.reason) {
    case 'ParkedCallUnparked':
      return [{ kind: 'unparked', at, id, by: ids.get(String(extra.retriever ?? '')) ?? '' }]
    case 'ParkedCallTimeOut':
      return [{ kind: 'parkingTimeOut', at, id }]
    case 'ParkedCallGiveUp':
      return [{ kind: 'parkingGivenUp', at, id }]
    default:
      return []
  }
}

function roomOf(technology: string): Room {
  if (technology === 'holding_bridge') return 'waiting'
  return technology === 'softmix' ? 'conference' : 'talk'
}
