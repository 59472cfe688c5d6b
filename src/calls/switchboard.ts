import type { AMIEvent } from '../ami/messages/event.js'
import type { CallContext } from './call-context.js'
import { type CallFacts, type CallOrigin, CallState } from './call-state.js'
import { ChannelRecord, isHelper, RING, UP } from './channel.js'
import { Connectedness } from './connectedness.js'
import { TooManyChannelsError } from './errors.js'
import { GoneChannels } from './gone-channels.js'
import type { Outside } from './outside.js'

export type Channel = ChannelRecord<CallState>

/** An event as the calls read it: any header, of any release. */
export interface Fields {
  get(name: string): string | undefined
}

/** Takes in the events of one name. */
export type EventReader = (board: Switchboard, fields: Fields, event: AMIEvent) => void

/** The headers that an event names a channel by. */
export interface Subject {
  readonly uniqueId: string
  readonly channel: string
  readonly linkedId: string
  readonly number: string
  readonly name: string
}

/** How a call began: by what its first event said, when, and whether its first channel is the caller's. */
export interface Beginning {
  readonly facts?: CallFacts | undefined
  readonly isCaller?: boolean | undefined
  readonly found?: Found | undefined
}

/** A channel, what is said of it, and when it was made, in milliseconds since the epoch. */
export interface Found {
  readonly fields: Fields
  readonly startedMs: number
}

/** What the switchboard tells of. */
export interface SwitchboardEvents {
  /** A call began that is none of ours, or was found. */
  began(call: CallState): void
  /** A channel was found to be a call's. */
  joined(call: CallState, channel: Channel): void
  /** A call of ours has no channel any more, and its OriginateResponse has not come. */
  silent(call: CallState): void
  /** A call of ours failed before it had a channel, and no event says why. */
  unexplained(call: CallState): void
  /** A call has come to its end. */
  over(call: CallState): void
}

export const OWN = subject('')
export const DEST = subject('Dest')
const TOO_MANY = 'The server has more live channels than are followed, and this call is among the oldest of them'
const NO_VARIABLES: ReadonlyMap<string, string> = new Map()
export const UNSEEN: CallFacts = {
  callerNumber: undefined,
  callerName: undefined,
  context: undefined,
  exten: undefined,
  variables: NO_VARIABLES,
}

/**
 * Every live channel, the call that each belongs to, and who hears whom. Those who read events tell it what happened; a step costs the same
 * however many calls there are. No clock, no I/O.
 */
export class Switchboard {
  readonly context: CallContext
  readonly connectedness: Connectedness<Channel>
  readonly #outside: Outside
  readonly #maxChannels: number
  readonly #events: SwitchboardEvents
  readonly #calls = new Set<CallState>()
  readonly #channels = new Map<string, Channel>()
  /** Calls by the `Linkedid`s of their channels: a channel that is made for another inherits its `Linkedid`. */
  readonly #byLinkedId = new Map<string, CallState>()
  /** Calls of ours by the `Uniqueid`s that were chosen for their channels, and by the ActionID of their Originate. */
  readonly #expected = new Map<string, CallState>()
  readonly #gone = new GoneChannels()
  #connection = 0
  /** Channels whose state, and whose bridge, was heard while a list is on its way: what that says of them is older. */
  readonly stateHeard = new Set<Channel>()
  readonly bridgeHeard = new Set<Channel>()
  /** Channels that were parked, and not said to have left the lot. */
  readonly parked = new Set<Channel>()
  /** Whether the server chooses the ids of channels itself, and tells no `Linkedid`: Asterisk before 12. */
  isOld = false
  /** Whether it is told enough to follow the calls of others; Asterisk 1.4 tells too little. */
  followsOthers = true

  /** `maxChannels`: how many live channels it knows; past it, those that are there longest are let go. */
  constructor(context: CallContext, outside: Outside, maxChannels: number, events: SwitchboardEvents) {
    this.context = context
    this.#outside = outside
    this.#maxChannels = maxChannels
    this.#events = events
    this.connectedness = new Connectedness<Channel>({
      changed: (device) => {
        if (device.isConnected) device.call?.connected(device)
        else device.call?.parted()
      },
      met: (device) => device.call?.met(device),
    })
  }

  /** The calls that have not ended. */
  get calls(): readonly CallState[] {
    return [...this.#calls]
  }

  get channels(): readonly Channel[] {
    return [...this.#channels.values()]
  }

  /** The number of the connection; events and lists of an earlier one are old. */
  get connection(): number {
    return this.#connection
  }

  /** Whether the server's channels are still to be listed: what is not known may have lived before. */
  get isIncomplete(): boolean {
    return this.#gone.keepsAll
  }

  /** The call of a channel, by its `Uniqueid`, or of those with a `Linkedid`. */
  callOf(id: string): CallState | undefined {
    return this.#channels.get(id)?.call ?? this.#expected.get(id) ?? this.#byLinkedId.get(id)
  }

  /** A call of ours, by the ActionID of its Originate. */
  expectedCall(id: string | undefined): CallState | undefined {
    return id === undefined ? undefined : this.#expected.get(id)
  }

  /** Follows a call of ours: its OriginateResponse and its channels will have these ids. */
  expect(call: CallState): void {
    call.confirmed = this.#connection
    this.#calls.add(call)
    for (const id of chosenIds(call)) this.#expected.set(id, call)
  }

  /** The connection broke: what is heard from now on is another one's, and what happened meanwhile is not known. */
  disconnected(): void {
    this.#connection += 1
    for (const call of this.#calls) if (call.originate !== 'queued') call.missed()
    this.#gone.keepsAll = true
    this.stateHeard.clear()
    this.bridgeHeard.clear()
    this.parked.clear()
  }

  /** The server's channels are all known again. */
  completed(): void {
    this.#gone.keepsAll = false
    this.stateHeard.clear()
    this.bridgeHeard.clear()
  }

  known(uniqueId: string | undefined): Channel | undefined {
    const channel = uniqueId === undefined ? undefined : this.#channels.get(uniqueId)
    if (channel !== undefined) channel.seen = this.#connection
    return channel
  }

  isKnown(uniqueId: string | undefined): boolean {
    return uniqueId !== undefined && this.#channels.has(uniqueId)
  }

  /**
   * The channel that an event tells of, also if it was not known so far. Undefined if it is none, has hung up, or is Asterisk's own. A channel
   * that is not `made` just now and belongs to no call that is known began unseen.
   */
  see(fields: Fields, by: Subject = OWN, isMade = false): Channel | undefined {
    const uniqueId = fields.get(by.uniqueId) ?? ''
    if (uniqueId === '' || this.#gone.has(uniqueId)) return undefined
    const known = this.known(uniqueId)
    const linkedId = fields.get(by.linkedId) ?? known?.linkedId ?? uniqueId
    if (known !== undefined) {
      this.#relink(known, linkedId)
      return known
    }
    const name = fields.get(by.channel) ?? ''
    if (name === '' || (!this.isOld && isHelper(name))) return undefined
    const call = this.#expected.get(uniqueId) ?? this.#byLinkedId.get(linkedId)
    // One text for all that have the same.
    const own = linkedId === uniqueId ? uniqueId : call?.linkedIds.find((each) => each === linkedId)
    const channel: Channel = new ChannelRecord<CallState>(uniqueId, name, own ?? linkedId, this.#connection)
    this.#channels.set(uniqueId, channel)
    if (call !== undefined) this.adopt(call, channel)
    else if (!isMade && !this.isIncomplete && !this.isOld) this.startUnseen(channel)
    this.identify(channel, fields, by)
    if (this.#channels.size > this.#maxChannels) this.#forgetOldest()
    return channel
  }

  /** Reads who is on a channel. */
  identify(channel: Channel, fields: Fields, by: Subject = OWN): void {
    const { party } = channel
    const number = fields.get(by.number)
    if (party !== undefined && number !== undefined)
      party.identify(known(number), known(fields.get(by.name)), by === OWN ? fields.get('CID-CallingPres') : undefined)
  }

  /** A channel is a call's from now on, and so is the other half of a Local channel. */
  adopt(call: CallState, channel: Channel, found?: Found): void {
    const { made, half } = channel
    channel.made = undefined
    call.heard = this.#connection
    call.add(channel, found?.startedMs)
    const said = found?.fields ?? (made as Fields | undefined)
    if (said !== undefined) this.identify(channel, said)
    this.#link(call, channel.linkedId)
    this.#place(call, channel)
    this.#events.joined(call, channel)
    if (half === undefined || half.call !== undefined) return
    half.leg = channel.leg
    this.adopt(call, half)
  }

  /** Two channels are of one call. If both are of calls already, each stays with its own: each call has its own end. */
  join(one: Channel | undefined, two: Channel | undefined): void {
    if (one === undefined || two === undefined) return
    if (one.call !== undefined && two.call === undefined) this.adopt(one.call, two)
    else if (two.call !== undefined && one.call === undefined) this.adopt(two.call, one)
  }

  /** A channel is dialled by one of another call: its `Linkedid` was only borrowed. */
  reassign(channel: Channel, call: CallState): void {
    const { call: before, party } = channel
    before?.lend(channel)
    channel.party = undefined
    this.adopt(call, channel)
    if (party !== undefined) (channel as Channel).party?.identify(party.number, party.name, undefined)
  }

  /** As `merge`, where one call fetched the other: Asterisk may tell of their bridge before, and that talk is the older one's. */
  mergeFetched(one: CallState, two: CallState): CallState {
    if (one !== two) byAge(one, two)[1].disownTalk()
    return this.merge(one, two)
  }

  /** Two calls become one, which has the parties of both: the older one goes on. Gives that one. */
  merge(one: CallState, two: CallState): CallState {
    if (one === two) return one
    const [older, younger] = byAge(one, two)
    older.absorb(younger)
    for (const linkedId of younger.linkedIds) this.#byLinkedId.set(linkedId, older)
    this.settle(younger)
    return older
  }

  /** A call begins on a channel of which nothing was known before. Undefined if calls of others are not followed. */
  start(
    origin: CallOrigin,
    channel: Channel,
    { facts = UNSEEN, isCaller = false, found }: Beginning = {},
  ): CallState | undefined {
    if (!this.followsOthers) return undefined
    // The channel that an unseen call began with may be gone: its Uniqueid is the Linkedid of the others.
    const id = origin === 'unknown' ? channel.linkedId : channel.uniqueId
    const call = new CallState(id, origin, facts, this.context, found)
    call.confirmed = this.#connection
    call.own = channel
    this.#calls.add(call)
    this.adopt(call, channel, found)
    const { party } = channel
    if (isCaller && party !== undefined) call.calledBy(party)
    if (isCaller && facts.callerNumber !== undefined) party?.identify(facts.callerNumber, facts.callerName ?? '', undefined)
    call.direction = isCaller ? this.#outside.ofCaller(channel.name, facts.context) : this.#directionOf(channel)
    this.#events.began(call)
    return call
  }

  /** A call is seen that nobody saw begin. */
  startUnseen(channel: Channel, beginning?: Beginning): CallState | undefined {
    return this.start('unknown', channel, beginning)
  }

  /** Another program, or a call file, has a channel dialled. */
  startOther(channel: Channel): CallState | undefined {
    return this.start('other', channel)
  }

  /** A new device's channel with an own `Linkedid` rings or is up: a call begins on it, unless it is being called. */
  mayBegin(channel: Channel, state: number, event: AMIEvent): void {
    if (event.name !== 'Newchannel' && channel.made === undefined) return
    if (channel.call !== undefined || channel.dialing || !channel.isDevice || channel.linkedId !== channel.uniqueId) return
    if (state === RING) this.start('device', channel, { facts: factsOf(event, channel.made), isCaller: true })
    if (state > RING && state <= UP) this.startOther(channel)
  }

  /** A channel entered or left a bridge. */
  heardOfBridge(channel: Channel): void {
    if (this.isIncomplete) this.bridgeHeard.add(channel)
  }

  setState(channel: Channel, state: number): void {
    if (this.isIncomplete) this.stateHeard.add(channel)
    if (channel.state === state) return
    channel.state = state
    channel.call?.stateChanged(channel)
  }

  /** A call's dialling is over; `dialStatus` and `forward` as DialEnd says them, undefined where it did not come. */
  dialEnd(channel: Channel, dialStatus: string | undefined, forward: string | undefined): void {
    if (!channel.dialing) return
    channel.dialing = false
    channel.call?.dialEnded(channel, dialStatus, forward)
  }

  /** Forgets a channel that hung up. */
  drop(channel: Channel): void {
    this.#gone.add(channel.uniqueId)
    this.#channels.delete(channel.uniqueId)
    this.parked.delete(channel)
    this.connectedness.remove(channel)
  }

  /** A channel is made. */
  unbury(uniqueId: string): void {
    this.#gone.delete(uniqueId)
  }

  /** A hangup of a channel that is not known. */
  bury(uniqueId: string): void {
    this.#gone.add(uniqueId)
  }

  /** Ends a call from this side: it cannot be, or nothing more is known. Its channels, if any, are nobody's then. */
  giveUp(call: CallState, result: 'failed' | 'lost', error?: Error): void {
    for (const channel of call.channels) {
      call.remove(channel)
      channel.party = undefined
    }
    call.giveUp(result, error)
    this.settle(call)
  }

  /** Lets go of a call that is over. */
  settle(call: CallState): void {
    if (call.isUnexplained && call.outcome === undefined) this.#events.unexplained(call)
    else call.endIfOver()
    if (call.outcome === undefined) {
      if (call.isSilent) this.#events.silent(call)
      return
    }
    if (!this.#calls.delete(call)) return
    for (const id of chosenIds(call)) this.#expected.delete(id)
    for (const linkedId of call.linkedIds) if (this.#byLinkedId.get(linkedId) === call) this.#byLinkedId.delete(linkedId)
    this.#events.over(call)
  }

  /**
   * Lets go of the channels that are there longest: of a server that does not say when they hang up. A tenth at once, as the first of a Map
   * whose first entries were deleted takes long to find.
   */
  #forgetOldest(): void {
    let left = Math.ceil(this.#maxChannels / 10)
    for (const channel of this.#channels.values()) {
      const { call } = channel
      this.drop(channel)
      call?.lose(channel)
      if (call?.channels.length === 0) this.giveUp(call, 'lost', new TooManyChannelsError(TOO_MANY))
      left -= 1
      if (left === 0) return
    }
  }

  #relink(channel: Channel, linkedId: string): void {
    if (channel.linkedId === linkedId) return
    channel.linkedId = linkedId
    if (channel.call !== undefined) this.#link(channel.call, linkedId)
  }

  #link(call: CallState, linkedId: string): void {
    if (call.link(linkedId) && !this.#byLinkedId.has(linkedId)) this.#byLinkedId.set(linkedId, call)
  }

  /** What a channel of a call makes it: `inbound` stays, and a call that leaves is no internal one. */
  #place(call: CallState, channel: Channel): void {
    call.own ??= channel
    if (call.callerIsFirst && channel.party !== undefined && call.caller === undefined) call.calledBy(channel.party)
    if (call.origin === 'ours' && call.direction === 'unknown') call.direction = this.#outside.ofNobody()
    if (call.direction !== 'inbound' && channel.isDevice && this.#outside.isTrunk(channel.name)) call.direction = 'outbound'
  }

  #directionOf(channel: Channel) {
    return channel.isDevice && this.#outside.isTrunk(channel.name) ? 'outbound' : this.#outside.ofNobody()
  }
}

/** `Uniqueid`s end in a number that counts up: it tells which came first of those found to be of the same second. */
function byAge(one: CallState, two: CallState): readonly [older: CallState, younger: CallState] {
  return isOlder(one, two) ? [one, two] : [two, one]
}

function isOlder(one: CallState, two: CallState): boolean {
  if (one.startedMs !== two.startedMs) return one.startedMs < two.startedMs
  const [first, second] = [one, two].map(({ id }) => Number(id.slice(id.lastIndexOf('.') + 1)))
  return !((first ?? 0) > (second ?? 0))
}

/** The ids that an Originate of ours chooses: its channel's, which is its ActionID too, and the other half's of a Local channel. */
export function chosenIds(call: CallState): readonly [channelId: string, otherChannelId: string] {
  return [call.id, `${call.id};2`]
}

/** The headers with a prefix: `DestUniqueid`, `DestChannel` … */
export function subject(prefix: string): Subject {
  return {
    uniqueId: `${prefix}Uniqueid`,
    channel: `${prefix}Channel`,
    linkedId: `${prefix}Linkedid`,
    number: `${prefix}CallerIDNum`,
    name: `${prefix}CallerIDName`,
  }
}

/** `ChannelState`. */
export function stateOf(fields: Fields): number {
  return numberIn(fields, 'ChannelState')
}

/** A header that is a number from 0 up; 0, by which Asterisk says that it does not know, where it is something else. */
export function numberIn(fields: Fields, name: string): number {
  const number = Number(fields.get(name))
  return Number.isSafeInteger(number) && number > 0 ? number : 0
}

/** Who calls whom: as the event that begins the call says it, or the one that made the channel. */
function factsOf(event: AMIEvent, made: AMIEvent | undefined): CallFacts {
  const text = (name: string) => known((event as Fields).get(name)) || known((made as Fields | undefined)?.get(name))
  const { variables } = event
  return {
    callerNumber: text('CallerIDNum'),
    callerName: text('CallerIDName'),
    context: text('Context'),
    exten: text('Exten'),
    variables: variables.size === 0 ? NO_VARIABLES : variables,
  }
}

/** A text that Asterisk knows; it writes `<unknown>` for others. */
function known(text: string | undefined): string {
  return text === undefined || text === '<unknown>' ? '' : text
}
