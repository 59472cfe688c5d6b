import type { PBXFact, Room } from './pbx-fact.js'

/** An event as any reader of the wire has it. Header names are given in lower case. */
export interface WireEvent {
  readonly name: string
  get(header: string): string | undefined
}

/** What an event says, in the forms of Asterisk 12 and later and of 1.8 to 11. `arrivedAt` counts where the server sends no `Timestamp`. */
export function factsOfEvent(event: WireEvent, arrivedAt: number): PBXFact[] {
  const stamp = event.get('timestamp')
  const at = stamp === undefined ? arrivedAt : Number(stamp) * 1_000
  const of = (prefix: string) => event.get(`${prefix}uniqueid`) ?? ''
  const text = (header: string) => {
    const value = event.get(header) ?? ''
    return value === '<unknown>' ? '' : value
  }
  const id = of('')
  switch (event.name) {
    case 'Newchannel':
      return [
        {
          kind: 'channel',
          at,
          id,
          name: text('channel'),
          linkedId: event.get('linkedid') ?? id,
          number: text('calleridnum'),
          exten: text('exten'),
          context: text('context'),
        },
        ...stateFacts(event, at, id),
      ]
    case 'Newstate':
      return stateFacts(event, at, id)
    case 'LocalBridge':
      return [
        {
          kind: 'pair',
          at,
          one: event.get('localoneuniqueid') ?? event.get('uniqueid1') ?? '',
          two: event.get('localtwouniqueid') ?? event.get('uniqueid2') ?? '',
        },
      ]
    case 'DialBegin':
      return [{ kind: 'dial', at, id: of('dest'), dialer: event.get('uniqueid'), number: dialed(text('dialstring')) }]
    case 'DialEnd':
      return [{ kind: 'dialEnd', at, id: of('dest'), status: text('dialstatus'), forward: text('forward') }]
    case 'Dial':
      if (event.get('subevent') !== 'Begin') return []
      return [{ kind: 'dial', at, id: of('dest'), dialer: event.get('uniqueid'), number: dialed(text('dialstring')) }]
    case 'BridgeEnter':
      return [{ kind: 'enter', at, id, bridge: text('bridgeuniqueid'), room: roomOf(event) }]
    case 'BridgeLeave':
      return [{ kind: 'leave', at, id, bridge: text('bridgeuniqueid') }]
    case 'Bridge':
    case 'Unlink':
      return oldBridge(event, at)
    case 'Hold':
      return [{ kind: event.get('status') === 'Off' ? 'unhold' : 'hold', at, id }]
    case 'Unhold':
      return [{ kind: 'unhold', at, id }]
    case 'HangupRequest':
      return [{ kind: 'hangupAsked', at, id, cause: Number(event.get('cause') ?? 0) }]
    case 'Hangup':
      return [{ kind: 'hangup', at, id, cause: Number(event.get('cause') ?? 0) }]
    case 'Pickup':
      return [{ kind: 'pickup', at, by: id, target: of('target') }]
    case 'BlindTransfer':
      return [{ kind: 'blindTransfer', at, by: of('transferer'), exten: text('extension') }]
    case 'AttendedTransfer':
      return [{ kind: 'attendedTransfer', at, by: of('origtransferer'), and: of('secondtransferer') }]
    case 'ParkedCall':
      return [{ kind: 'parked', at, id: of('parkee') }]
    case 'ParkedCallTimeOut':
      return [{ kind: 'parkingTimeOut', at, id: of('parkee') }]
    case 'ParkedCallGiveUp':
      return [{ kind: 'parkingGivenUp', at, id: of('parkee') }]
    case 'UnParkedCall':
      return [{ kind: 'unparked', at, id: of('parkee'), by: of('retriever') }]
    case 'QueueCallerJoin':
      return [{ kind: 'queueJoined', at, id, queue: text('queue') }]
    case 'QueueCallerLeave':
      return [{ kind: 'queueLeft', at, id, queue: text('queue') }]
    case 'QueueCallerAbandon':
      return [{ kind: 'queueAbandoned', at, id, queue: text('queue') }]
    case 'MixMonitorStart':
      return [{ kind: 'recording', at, id }]
    default:
      return []
  }
}

function stateFacts(event: WireEvent, at: number, id: string): PBXFact[] {
  const state = event.get('channelstate')
  if (state === '5') return [{ kind: 'ringing', at, id }]
  if (state === '6') return [{ kind: 'up', at, id }]
  return []
}

/** `030200` of `030200@trunk3`; a dial string without `@` is a device. */
function dialed(dialString: string): string {
  return dialString.includes('@') ? (dialString.split('@')[0] ?? '') : ''
}

function roomOf(event: WireEvent): Room {
  if (event.get('bridgetechnology') === 'holding_bridge') return 'waiting'
  return event.get('bridgetype') === 'basic' ? 'talk' : 'conference'
}

/** Before 12 an event names two channels and no bridge, and says again what is so already. */
function oldBridge(event: WireEvent, at: number): PBXFact[] {
  const [one = '', two = ''] = [event.get('uniqueid1'), event.get('uniqueid2')]
  const bridge = [one, two].sort().join(' and ')
  const parts = event.name === 'Unlink' || event.get('bridgestate') === 'Unlink'
  return [one, two].map((id) =>
    parts ? { kind: 'leave', at, id, bridge } : { kind: 'enter', at, id, bridge, room: 'talk' as const },
  )
}
