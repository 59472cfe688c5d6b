import type { AMIEvent } from '../ami/messages/event.js'
import { type CallContext, type CallFacts, CallRecord } from './call-record.js'
import { type Bridge, ChannelRecord } from './channel.js'
import { TooManyChannelsError } from './errors.js'

type Channel = ChannelRecord<CallRecord>
/** An event as the tracker reads it: any header, of any release. */
interface Fields {
  get(name: string): string | undefined
}

/** What the tracker tells of. */
export interface TrackerEvents {
  /** A call came from outside. */
  incoming(call: CallRecord): void
  /** A channel was found to be a call's. */
  joined(call: CallRecord, channel: Channel): void
  /** A call of ours has no channel any more, and its OriginateResponse has not come. */
  silent(call: CallRecord): void
  /** A call has come to its end. */
  over(call: CallRecord): void
}

/** The events that tracking reads. `Dial`, `Bridge` and `Unlink` are what Asterisk before 12 sent. */
export const TRACKED_EVENTS = [
  'Newchannel',
  'Newstate',
  'Rename',
  'Hangup',
  'HangupRequest',
  'Dial',
  'DialBegin',
  'DialEnd',
  'LocalBridge',
  'BridgeEnter',
  'BridgeLeave',
  'Bridge',
  'Unlink',
  'Hold',
  'Unhold',
  'OriginateResponse',
] as const

/** The variable that names a call of ours to servers before 12, which choose the ids of channels themselves; as Obelus did. */
export const TRACKING_VARIABLE = 'OBELUS_CALL'

const NO_VARIABLES: ReadonlyMap<string, string> = new Map()
const TOO_MANY = 'The server has more live channels than are followed, and this call is among the oldest of them'
/** `ChannelState` of a channel on which a call comes in. */
const RING = 4

/**
 * Knows every live channel and which call it belongs to, from events and, after a hole in them, from a list of the server's channels. Each
 * event costs the same however many calls there are. No clock, no I/O.
 */
export class Tracker {
  readonly #context: CallContext
  readonly #maxChannels: number
  readonly #events: TrackerEvents
  readonly #live = new Set<CallRecord>()
  readonly #channels = new Map<string, Channel>()
  readonly #bridges = new Map<string, Bridge<CallRecord>>()
  /** Calls by the `Linkedid`s of their channels: a channel that is made for another inherits its `Linkedid`. */
  readonly #byLinkedId = new Map<string, CallRecord>()
  /** Calls of ours by the `Uniqueid`s that were chosen for their channels, and by the ActionID of their Originate. */
  readonly #expected = new Map<string, CallRecord>()
  /** Channels that hung up while a list that shows them still may be on its way; undefined when none is. */
  #tombstones: Set<string> | undefined
  #connection = 0

  /** @param maxChannels how many live channels it knows; past it, those that are there longest are let go. */
  constructor(context: CallContext, maxChannels: number, events: TrackerEvents) {
    this.#context = context
    this.#maxChannels = maxChannels
    this.#events = events
  }

  /** The calls that have not ended. */
  get calls(): readonly CallRecord[] {
    return [...this.#live]
  }

  /** How many channels it knows, of calls and of others. */
  get channelCount(): number {
    return this.#channels.size
  }

  /** Follows a call of ours: its OriginateResponse and its channels will have these ids. */
  expect(call: CallRecord): void {
    this.#live.add(call)
    call.confirmed = this.#connection
    for (const id of chosenIds(call)) this.#expected.set(id, call)
  }

  /** Asterisk accepted the Originate of a call. */
  accepted(call: CallRecord): void {
    call.heard = this.#connection
    if (call.originate === 'queued') call.originate = 'accepted'
    this.#settle(call, undefined)
  }

  /** The Originate of a call was written, and its answer was lost: Asterisk may call, or may not. */
  uncertain(call: CallRecord): void {
    if (call.originate === 'queued') call.originate = 'sent'
    this.#settle(call, undefined)
  }

  /** Ends a call from this side: it cannot be, or nothing more is known. Its channels, if any, are nobody's then. */
  giveUp(call: CallRecord, result: 'failed' | 'lost', error?: Error): void {
    for (const channel of call.channels) call.remove(channel, undefined)
    call.giveUp(result, error)
    this.#settle(call, undefined)
  }

  /** Ends a silent call by what was seen of it. */
  conclude(call: CallRecord): void {
    if (!call.isSilent) return
    call.conclude()
    this.#settle(call, undefined)
  }

  eventReceived(event: AMIEvent): void {
    const fields = event as Fields
    switch (event.name) {
      case 'Newchannel':
      case 'Newstate':
        this.#stateReceived(event, fields)
        break
      case 'Rename':
        this.#renamed(fields)
        break
      case 'Hangup':
        this.#hangup(event, fields)
        break
      case 'HangupRequest':
        this.#hangupRequested(fields)
        break
      case 'Dial':
        if (fields.get('SubEvent') === 'Begin') this.#dialBegin(event, fields)
        else this.#oldDialEnd(event, fields)
        break
      case 'DialBegin':
        this.#dialBegin(event, fields)
        break
      case 'DialEnd':
        this.#dialEnd(this.#known(fields.get('DestUniqueid')), fields.get('DialStatus'), event)
        break
      case 'LocalBridge':
        this.#join(
          this.#known(fields.get('LocalOneUniqueid') ?? fields.get('Uniqueid1')),
          this.#known(fields.get('LocalTwoUniqueid') ?? fields.get('Uniqueid2')),
        )
        break
      case 'BridgeEnter':
        this.#bridgeEnter(event, fields)
        break
      case 'BridgeLeave':
        this.#bridgeLeave(event, fields)
        break
      case 'Bridge':
      case 'Unlink':
        this.#oldBridge(event, fields)
        break
      case 'Hold':
      case 'Unhold':
        this.#held(event, fields)
        break
      case 'VarSet':
        this.#variableSet(event, fields)
        break
      case 'OriginateResponse':
        this.#originateResponse(event, fields)
        break
    }
  }

  /** The link is down: what happens now is not seen. */
  disconnected(): void {
    this.#connection += 1
    this.#tombstones = new Set()
  }

  /**
   * Takes in one channel of the server's list. `asCalls`: one that is not known is a call that came in unseen, if it looks like one.
   *
   * What events of the same connection said of a channel stands: the list is no newer than the events that follow it.
   */
  channelListed(item: AMIEvent, asCalls: boolean): void {
    const fields = item as Fields
    const uniqueId = fields.get('Uniqueid') ?? ''
    const known = this.#channels.get(uniqueId)
    if (known !== undefined && known.seen === this.#connection) return
    const channel = this.#see(fields, '')
    if (channel === undefined) return
    const application = fields.get('Application') ?? ''
    if (
      asCalls &&
      known === undefined &&
      channel.call === undefined &&
      mayBeIncoming(channel) &&
      !application.startsWith('AppDial')
    ) {
      this.#startIncoming(channel, item)
    }
    this.#setState(channel, stateOf(fields), item)
    const bridgeId = fields.get('BridgeId') ?? ''
    if (channel.bridge !== undefined && channel.bridge.id !== bridgeId) this.#leave(channel, undefined)
    if (bridgeId !== '') this.#enter(channel, bridgeId, undefined)
  }

  /** The list is complete and every event before it was taken in: what was not heard of since the hole is gone. */
  resynchronized(): void {
    for (const channel of [...this.#channels.values()]) {
      if (channel.seen === this.#connection) continue
      const { call } = channel
      this.#drop(channel, undefined)
      call?.remove(channel, undefined)
    }
    for (const call of [...this.#live]) {
      if (call.confirmed === this.#connection) continue
      const isThere = call.channels.length > 0
      const mayCome = call.originate === 'queued' || (call.originate !== undefined && call.heard === this.#connection)
      if (isThere || mayCome) call.confirmed = this.#connection
      if (isThere) call.resumed()
      else if (!mayCome) this.giveUp(call, 'lost')
    }
    this.#tombstones = undefined
  }

  #known(uniqueId: string | undefined): Channel | undefined {
    const channel = uniqueId === undefined ? undefined : this.#channels.get(uniqueId)
    if (channel !== undefined) channel.seen = this.#connection
    return channel
  }

  /** The channel that an event tells of, also if it was not known so far. Undefined if it is none, or has hung up. */
  #see(fields: Fields, prefix: '' | 'Dest'): Channel | undefined {
    const uniqueId = fields.get(`${prefix}Uniqueid`) ?? ''
    if (uniqueId === '' || this.#tombstones?.has(uniqueId)) return undefined
    const known = this.#known(uniqueId)
    const linkedId = fields.get(`${prefix}Linkedid`) ?? known?.linkedId ?? uniqueId
    if (known !== undefined) {
      this.#relink(known, linkedId)
      return known
    }
    const name = fields.get(`${prefix}Channel`) ?? fields.get('Destination') ?? ''
    const channel = new ChannelRecord<CallRecord>(uniqueId, name, linkedId, this.#connection)
    this.#channels.set(uniqueId, channel)
    const call = this.#expected.get(uniqueId) ?? this.#byLinkedId.get(linkedId)
    if (call !== undefined) this.#adopt(call, channel)
    if (this.#channels.size > this.#maxChannels) this.#forgetOldest()
    return channel
  }

  #relink(channel: Channel, linkedId: string): void {
    if (channel.linkedId === linkedId) return
    channel.linkedId = linkedId
    if (channel.call !== undefined) this.#link(channel.call, linkedId)
  }

  #link(call: CallRecord, linkedId: string): void {
    if (call.link(linkedId) && !this.#byLinkedId.has(linkedId)) this.#byLinkedId.set(linkedId, call)
  }

  #adopt(call: CallRecord, channel: Channel): void {
    call.add(channel)
    call.heard = this.#connection
    this.#link(call, channel.linkedId)
    this.#events.joined(call, channel)
  }

  /** Two channels are of one call. If both are of calls already, each stays with its own: each call has its own end. */
  #join(one: Channel | undefined, two: Channel | undefined): void {
    if (one === undefined || two === undefined) return
    if (one.call !== undefined && two.call === undefined) this.#adopt(one.call, two)
    else if (two.call !== undefined && one.call === undefined) this.#adopt(two.call, one)
  }

  #startIncoming(channel: Channel, event: AMIEvent): void {
    const call = new CallRecord(channel.uniqueId, 'incoming', factsOf(event), this.#context)
    call.confirmed = this.#connection
    this.#live.add(call)
    this.#adopt(call, channel)
    this.#events.incoming(call)
  }

  #stateReceived(event: AMIEvent, fields: Fields): void {
    const channel = this.#see(fields, '')
    if (channel === undefined) return
    const state = stateOf(fields)
    if (state === RING && channel.call === undefined && !channel.dialing && mayBeIncoming(channel))
      this.#startIncoming(channel, event)
    this.#setState(channel, state, event)
  }

  #setState(channel: Channel, state: number, event: AMIEvent): void {
    if (channel.state === state) return
    channel.state = state
    channel.call?.stateChanged(channel, event)
  }

  #renamed(fields: Fields): void {
    const channel = this.#known(fields.get('Uniqueid'))
    const name = fields.get('Newname')
    if (channel !== undefined && name !== undefined) channel.name = name
  }

  #variableSet(event: AMIEvent, fields: Fields): void {
    // The name may come with the underscores that have children inherit it.
    if (fields.get('Variable')?.replace(/^_+/, '') !== TRACKING_VARIABLE) return
    const call = this.#expected.get(fields.get('Value') ?? '')
    const channel = this.#see(fields, '')
    if (call === undefined || channel === undefined || channel.call !== undefined) return
    this.#adopt(call, channel)
    if (channel.state !== 0) call.stateChanged(channel, event)
  }

  #hangupRequested(fields: Fields): void {
    const channel = this.#known(fields.get('Uniqueid'))
    if (channel !== undefined) channel.requestedCause = numberIn(fields, 'Cause')
  }

  #hangup(event: AMIEvent, fields: Fields): void {
    const uniqueId = fields.get('Uniqueid') ?? ''
    this.#tombstones?.add(uniqueId)
    const channel = this.#known(uniqueId)
    if (channel === undefined) return
    const { call } = channel
    const cause = numberIn(fields, 'Cause')
    this.#dialEnd(channel, undefined, event)
    this.#drop(channel, event)
    if (call === undefined) return
    if (cause === 0) call.hungUp(channel.requestedCause, '', fields.get('TechCause'))
    else call.hungUp(cause, fields.get('Cause-txt') ?? '', fields.get('TechCause'))
    call.remove(channel, event)
    this.#settle(call, event)
  }

  #dialBegin(event: AMIEvent, fields: Fields): void {
    const dialer = this.#known(fields.get('Uniqueid'))
    const channel = this.#see(fields, 'Dest')
    if (channel === undefined) return
    this.#join(dialer, channel)
    if (channel.dialing) return
    channel.dialing = true
    channel.dialer = dialer
    channel.call?.dialed(channel, event)
  }

  /** DialEnd may come twice, or for a channel that was never dialled (a pickup), or not at all: then the Hangup ends the dialling. */
  #dialEnd(channel: Channel | undefined, dialStatus: string | undefined, event: AMIEvent): void {
    if (channel === undefined || !channel.dialing) return
    channel.dialing = false
    channel.dialer = undefined
    channel.call?.dialEnded(channel, dialStatus, event)
  }

  /** The old event says who dialled, and not whom. */
  #oldDialEnd(event: AMIEvent, fields: Fields): void {
    const dialer = this.#known(fields.get('Uniqueid'))
    if (dialer?.call === undefined) return
    for (const channel of dialer.call.channels) {
      if (channel.dialer === dialer) this.#dialEnd(channel, fields.get('DialStatus'), event)
    }
  }

  #bridgeEnter(event: AMIEvent, fields: Fields): void {
    const channel = this.#see(fields, '')
    const bridgeId = fields.get('BridgeUniqueid')
    if (channel === undefined || bridgeId === undefined) return
    // Those who wait in a holding bridge, parked or as agents, do not hear each other.
    if (fields.get('BridgeTechnology') === 'holding_bridge') return
    if (channel.bridge !== undefined && channel.bridge.id !== bridgeId) this.#leave(channel, event)
    // In a conference everybody stays with his own call.
    if (fields.get('BridgeType') === 'basic')
      for (const other of this.#bridges.get(bridgeId)?.members ?? []) this.#join(other, channel)
    this.#enter(channel, bridgeId, event)
  }

  #bridgeLeave(event: AMIEvent, fields: Fields): void {
    const channel = this.#known(fields.get('Uniqueid'))
    if (channel?.bridge !== undefined && channel.bridge.id === fields.get('BridgeUniqueid')) this.#leave(channel, event)
  }

  /** The old events name two channels at once, and no bridge. */
  #oldBridge(event: AMIEvent, fields: Fields): void {
    const one = this.#known(fields.get('Uniqueid1'))
    const two = this.#known(fields.get('Uniqueid2'))
    if (one === undefined || two === undefined) return
    const parts = event.name === 'Unlink' || fields.get('Bridgestate') === 'Unlink'
    for (const channel of [one, two]) this.#leave(channel, event)
    if (parts) return
    this.#join(one, two)
    for (const channel of [one, two]) this.#enter(channel, `${one.uniqueId} and ${two.uniqueId}`, event)
  }

  #enter(channel: Channel, bridgeId: string, event: AMIEvent | undefined): void {
    if (channel.bridge !== undefined) return
    const bridge = this.#bridges.get(bridgeId) ?? { id: bridgeId, members: new Set() }
    this.#bridges.set(bridgeId, bridge)
    bridge.members.add(channel)
    channel.bridge = bridge
    if (bridge.members.size < 2) return
    const met = bridge.members.size === 2 ? bridge.members : [channel]
    for (const member of met) {
      member.bridged = true
      member.call?.bridged(event)
    }
  }

  #leave(channel: Channel, event: AMIEvent | undefined): void {
    const { bridge } = channel
    if (bridge === undefined) return
    channel.bridge = undefined
    bridge.members.delete(channel)
    if (bridge.members.size === 0) this.#bridges.delete(bridge.id)
    const parted = bridge.members.size === 1 ? [channel, ...bridge.members] : [channel]
    for (const member of parted) {
      if (!member.bridged) continue
      member.bridged = false
      member.call?.unbridged(event)
    }
  }

  #held(event: AMIEvent, fields: Fields): void {
    const channel = this.#known(fields.get('Uniqueid'))
    // Asterisk before 12 said it by Status: a Hold that is Off.
    if (event.name === 'Hold' && fields.get('Status') !== 'Off') channel?.call?.held(channel, event)
    else channel?.call?.unheld(channel, event)
  }

  /** By its ActionID, which is the call's; what it says of a channel may be another's. */
  #originateResponse(event: AMIEvent, fields: Fields): void {
    const call = this.#expected.get(fields.get('ActionID') ?? '')
    if (call === undefined) return
    call.heard = this.#connection
    call.originated(fields.get('Response') === 'Success', numberIn(fields, 'Reason'))
    this.#settle(call, event)
  }

  /**
   * Lets go of the channels that are there longest: of a server that does not say when they hang up. A tenth at once, as the first of a Map
   * whose first entries were deleted takes long to find.
   */
  #forgetOldest(): void {
    let left = Math.ceil(this.#maxChannels / 10)
    for (const channel of this.#channels.values()) {
      const { call } = channel
      this.#drop(channel, undefined)
      call?.remove(channel, undefined)
      if (call?.channels.length === 0) this.giveUp(call, 'lost', new TooManyChannelsError(TOO_MANY))
      left -= 1
      if (left === 0) return
    }
  }

  /** Forgets a channel, except for its call. */
  #drop(channel: Channel, event: AMIEvent | undefined): void {
    this.#channels.delete(channel.uniqueId)
    this.#leave(channel, event)
  }

  #settle(call: CallRecord, event: AMIEvent | undefined): void {
    call.endIfOver(event)
    if (call.outcome === undefined) {
      if (call.isSilent) this.#events.silent(call)
      return
    }
    if (!this.#live.delete(call)) return
    for (const id of chosenIds(call)) this.#expected.delete(id)
    for (const linkedId of call.linkedIds) if (this.#byLinkedId.get(linkedId) === call) this.#byLinkedId.delete(linkedId)
    this.#events.over(call)
  }
}

/** The ids that an Originate of ours chooses: its channel's, which is its ActionID too, and the other half's of a Local channel. */
export function chosenIds(call: CallRecord): readonly [channelId: string, otherChannelId: string] {
  return [call.id, `${call.id};2`]
}

/** A channel that nothing else was made for, and that is a telephone's or a trunk's. */
function mayBeIncoming(channel: Channel): boolean {
  return channel.linkedId === channel.uniqueId && !channel.isLocal
}

function stateOf(fields: Fields): number {
  return numberIn(fields, 'ChannelState')
}

/** A header that is a number from 0 up; 0, by which Asterisk says that it does not know, where it is something else. */
function numberIn(fields: Fields, name: string): number {
  const number = Number(fields.get(name))
  return Number.isSafeInteger(number) && number > 0 ? number : 0
}

function factsOf(event: AMIEvent): CallFacts {
  const fields = event as Fields
  const { variables } = event
  const text = (name: string) => {
    const value = fields.get(name) ?? ''
    return value === '<unknown>' ? '' : value
  }
  return {
    callerId: text('CallerIDNum'),
    callerName: text('CallerIDName'),
    context: text('Context'),
    exten: text('Exten'),
    variables: variables.size === 0 ? NO_VARIABLES : variables,
  }
}
