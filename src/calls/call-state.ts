import type { AMIEvent } from '../ami/messages/event.js'
import { HANGUP_CAUSES } from '../catalog/hangup-causes.js'
import { type Deferred, deferred } from '../core/deferred.js'
import type { CallContext } from './call-context.js'
import { type ChannelRecord, RING, RINGING, UP } from './channel.js'
import { areTogether } from './connectedness.js'
import { appended, small } from './in-little-room.js'
import { type LegFacts, outcomeOf } from './outcome.js'
import type { CallDirection } from './outside.js'
import { type Hangup, type PartyCall, PartyRecord } from './party.js'
import { type CallSignal, PROGRESS, STATUS_TABLE, signalOfState } from './status-table.js'
import type { CallOutcome, CallReason, CallStatus, CallTransition, QueueResult } from './transition.js'

type Channel = ChannelRecord<CallState>

const NONE: readonly CallState[] = []
/** The causes of who hangs up because they want to; others come back from what the dialplan said, as busy and congestion do. */
const WISHED = [0, 16, 31, 127]

/**
 * Who began a call: this manager; a device, a telephone or a trunk; another program or a call file; or nobody knows, because it lived before
 * it was seen.
 */
export type CallOrigin = 'ours' | 'device' | 'other' | 'unknown'

/** Who calls whom, as it was when the call began; undefined where nobody saw it begin. */
export interface CallFacts {
  readonly callerNumber: string | undefined
  readonly callerName: string | undefined
  readonly context: string | undefined
  readonly exten: string | undefined
  readonly variables: ReadonlyMap<string, string>
}

/** What is said of a call when it begins, where it is not as usual. */
interface CallOptions {
  readonly startedMs?: number | undefined
  readonly callerIsFirst?: boolean | undefined
  readonly dialString?: string | undefined
}

/** A transition without what all of them have. */
export type TransitionFacts = CallTransition extends infer Each
  ? Each extends CallTransition
    ? Omit<Each, 'at' | 'status' | 'event'>
    : never
  : never

/** A transition in little room: `afterMs` is milliseconds after the start of the call, a small number. */
export interface Remembered {
  readonly facts: TransitionFacts
  readonly afterMs: number
  readonly status: CallStatus
}

/** Something that happened, in milliseconds since the epoch. */
export interface Happening {
  readonly facts: TransitionFacts
  readonly atMs: number
}

/** What is known of an Originate of ours. */
export type OriginateProgress = 'queued' | 'sent' | 'accepted' | 'answered' | 'refused'

/** A call can last for days and have thousands of channels; how much of it is kept. */
const TRANSITIONS = { first: 0, last: 10_000, atOnce: 10_000 }
const PARTIES = { first: 20, last: 180, atOnce: 1 }
const IDS = { first: 1, last: 999, atOnce: 1 }

/**
 * One call's state: its channels and parties, its status, and what happened to it. It is told what happens by whoever reads the events, and tells
 * whoever listens. No clock, no I/O. However long a call lives, what it keeps is bounded.
 */
export class CallState {
  readonly id: string
  readonly origin: CallOrigin
  readonly facts: CallFacts
  /** What users see of it: it is set by whoever makes that, before anybody is told of the call. */
  facade!: PartyCall
  direction: CallDirection = 'unknown'
  readonly #context: CallContext
  // Short lists of their very length, not sets: a call has few of each, and there may be many calls.
  #channels: readonly Channel[] = []
  #uniqueIds: string[] = []
  #linkedIds: readonly string[] = []
  #parties: PartyRecord[] = []
  #history: Remembered[] = []
  #transitions = 0
  #listeners: Set<(transition: CallTransition) => void> | undefined
  #channelAwaited: Deferred<void> | undefined
  #status: CallStatus = 'queued'
  #progress = 0
  #connected = 0
  #held = 0
  /** The number of the talk under way, or of the last one. */
  #talk = -1
  // After the start, in milliseconds: small numbers take less room.
  #talkSince: number | undefined
  #talkedMs = 0
  #hasGap: boolean
  #isAnswered = false
  #began = 0
  #answered: number | undefined
  #ended: number | undefined
  /** When its last channel was gone, and whether nothing came behind that. */
  #silentSince: number | undefined
  #isConcluded = false
  #caller: PartyRecord | undefined
  #answeredBy: PartyRecord | undefined
  #hungUpBy: PartyRecord | undefined
  #hasGivenUp = false
  #hasReached = false
  #queue: string | undefined
  #queueResult: QueueResult | undefined
  #ownDialStatus: string | undefined
  #dialStatus: string | undefined
  #lastDialed: PartyRecord | undefined
  #ownHangup: Hangup | undefined
  #lastHangup: Hangup | undefined
  #originateReason: number | undefined
  #isExplained = false
  #explanation: CallReason | undefined
  #error: Error | undefined
  #mergedInto: CallState | undefined
  #absorbed: readonly CallState[] = NONE
  #outcome: CallOutcome | undefined
  /** The channel that stands for the call: the one that was originated, or the caller's. It may have hung up. */
  own: Channel | undefined
  /** Whether the first leg is the caller, as in a click-to-call. */
  readonly callerIsFirst: boolean
  /** The `channel` of an originate; empty for a call of others. */
  readonly dialString: string
  /** When it began, in milliseconds since the epoch. */
  readonly startedMs: number
  /** How far the Originate is; a call of others has none. */
  originate: OriginateProgress | undefined
  /** The connection on which the server's answer or a channel of it was heard last. */
  heard = 0
  /** The connection on which it began, or was found to be there still. */
  confirmed = 0

  constructor(
    id: string,
    origin: CallOrigin,
    facts: CallFacts,
    context: CallContext,
    { startedMs = context.atMs, callerIsFirst = false, dialString = '' }: CallOptions = {},
  ) {
    this.id = id
    this.origin = origin
    this.#hasGap = origin === 'unknown'
    this.facts = facts
    this.#context = context
    this.startedMs = startedMs
    this.callerIsFirst = callerIsFirst
    this.dialString = dialString
    if (origin === 'ours') {
      this.originate = 'queued'
      this.tell({ type: 'queued' })
    }
  }

  get status(): CallStatus {
    return this.#status
  }

  get outcome(): CallOutcome | undefined {
    return this.#outcome
  }

  /** How far it came, as a number of `PROGRESS`, also if it has fallen back since. */
  get progress(): number {
    return this.#progress
  }

  /** The `Linkedid`s of its channels, the first one first. */
  get linkedIds(): readonly string[] {
    return this.#linkedIds
  }

  get uniqueIds(): readonly string[] {
    return this.#uniqueIds
  }

  get channels(): readonly Channel[] {
    return this.#channels
  }

  /** The channel that actions on the call are for: its own one, else its first one that is alive. */
  get channel(): Channel | undefined {
    return this.own?.call === this ? this.own : this.#channels[0]
  }

  get parties(): readonly PartyRecord[] {
    return this.#parties
  }

  /** How many transitions came before those in `history`. */
  get forgotten(): number {
    return this.#transitions - this.#history.length
  }

  get caller(): PartyRecord | undefined {
    return this.#caller
  }

  get answeredBy(): PartyRecord | undefined {
    return this.#answeredBy
  }

  get hungUpBy(): PartyRecord | undefined {
    return this.#hungUpBy
  }

  /** When its first channel was made; of a call of ours that has none yet, when it was asked for. */
  get beganMs(): number {
    return this.startedMs + this.#began
  }

  get answeredMs(): number | undefined {
    return this.#time(this.#answered)
  }

  get endedMs(): number | undefined {
    return this.#time(this.#ended)
  }

  get mergedInto(): CallState | undefined {
    return this.#mergedInto
  }

  /** Whether all of it was seen: nobody missed its beginning, and the connection was never down while it lived. */
  get isComplete(): boolean {
    return !this.#hasGap
  }

  /** From the start to the answer, else to the end, else to now; undefined where one of them was not seen. */
  get ringMs(): number | undefined {
    const untilMs = this.#isAnswered ? this.answeredMs : this.#outcome === undefined ? this.#context.atMs : this.endedMs
    return this.origin === 'unknown' || untilMs === undefined ? undefined : untilMs - this.beganMs
  }

  /** How long two devices were connected; undefined where not all of it was seen. */
  get talkMs(): number | undefined {
    if (this.#hasGap) return undefined
    return this.#talkedMs + (this.#talkSince === undefined ? 0 : this.#now - this.#talkSince)
  }

  get isHeld(): boolean {
    return this.#held > 0
  }

  /** What happened, in order; what is longer ago has lost its event. */
  get history(): readonly Remembered[] {
    return this.#history
  }

  /** The event that caused a transition; undefined if there was none, or if it is too long ago. */
  eventOf(transition: Remembered): AMIEvent | undefined {
    return this.#context.recentEvents.of(transition)
  }

  /** What happened, in order, also to the calls that it goes on for, with milliseconds since the epoch. */
  get happenings(): readonly Happening[] {
    const own = this.#history.map(({ facts, afterMs }) => ({ facts, atMs: this.startedMs + afterMs }))
    if (this.#absorbed.length === 0) return own
    const others = this.#absorbed.flatMap((other) => other.happenings)
    return [...others, ...own].toSorted((one, two) => one.atMs - two.atMs)
  }

  /** Calls `listener` at each transition from now on, until the returned function is called. */
  listen(listener: (transition: CallTransition) => void): () => void {
    this.#listeners ??= new Set()
    const listeners = this.#listeners.add(listener)
    return () => listeners.delete(listener)
  }

  /** Resolves when it has a channel, or has ended. */
  async hasChannel(): Promise<void> {
    if (this.#channels.length > 0 || this.#outcome !== undefined) return
    this.#channelAwaited ??= deferred()
    await this.#channelAwaited.promise
  }

  /** Notes a `Linkedid` of one of its channels. False if it has too many of them. */
  link(linkedId: string): boolean {
    if (this.#linkedIds.includes(linkedId)) return true
    if (this.#linkedIds.length >= IDS.last) return false
    this.#linkedIds = this.#linkedIds.concat([linkedId])
    return true
  }

  /** A channel is the call's now. `startedMs`: when the channel was made, if that is not now. */
  add(channel: Channel, startedMs = this.#context.atMs): void {
    channel.call = this
    // A call of ours may have waited for its turn.
    if (this.origin === 'ours' && this.#uniqueIds.length === 0) this.#began = this.#now
    this.#channels = this.#channels.concat([channel])
    if (!this.#uniqueIds.includes(channel.uniqueId)) this.#uniqueIds = appended(this.#uniqueIds, channel.uniqueId, IDS)
    if (channel.isDevice && channel.party === undefined) {
      channel.party = new PartyRecord(channel, 'called', channel.leg, this, startedMs)
      this.#parties = appended(this.#parties, channel.party, PARTIES)
    }
    this.#signalParty(channel)
    if (channel.isConnected) this.connected(channel)
    this.#channelAwaited?.resolve()
  }

  /** A channel hung up, or is another call's. */
  remove(channel: Channel): void {
    if (channel.call !== this) return
    this.#channels = this.#channels.filter((each) => each !== channel)
    channel.call = undefined
    if (this.#channels.length === 0) this.#silentSince = this.#seenMs === undefined ? undefined : this.#now
  }

  /** A channel is gone, and nobody saw when and why. */
  lose(channel: Channel): void {
    if (channel.party !== undefined) this.unheld(channel.party)
    this.remove(channel)
  }

  /** A channel turns out to be another call's, and never was this one's. */
  lend(channel: Channel): void {
    this.remove(channel)
    this.#uniqueIds = this.#uniqueIds.filter((id) => id !== channel.uniqueId)
    this.#parties = this.#parties.filter((party) => party !== channel.party)
  }

  /** Who began the call. */
  calledBy(party: PartyRecord): void {
    party.role = 'caller'
    this.#caller = party
  }

  dialed(channel: Channel, dialString: string | undefined): void {
    if (channel.leg === 'b') this.#secondLegDialed()
    if (channel.party !== undefined) this.#lastDialed = channel.party
    this.#signal('dialing')
    this.tell({ type: 'dialingStarted', uniqueId: channel.uniqueId, channel: channel.name, dialString })
  }

  dialEnded(channel: Channel, dialStatus: string | undefined, forward: string | undefined): void {
    this.#noteDialStatus(channel, dialStatus)
    this.tell({ type: 'dialingFinished', uniqueId: channel.uniqueId, channel: channel.name, dialStatus, forward })
  }

  /** Of a channel that was not being dialled: it took another's place, or FollowMe or Queue did not take a leg that had answered. */
  dialCorrected(channel: Channel, dialStatus: string): void {
    if (channel.dialStatus === undefined || (channel.dialStatus === 'ANSWER' && !channel.isConnected))
      this.#noteDialStatus(channel, dialStatus)
  }

  /** A dialling of a channel ended, and the dialled one is gone: Asterisk before 12 said so when Dial was over. */
  lateDialStatus(dialer: Channel, dialStatus: string | undefined): void {
    if (dialer === this.own && dialStatus !== undefined) this.#dialStatus = dialStatus
  }

  /** A channel's state changed, or is told for the first time. Only the own channel's state is the call's. */
  stateChanged(channel: Channel): void {
    this.#signalParty(channel)
    if (channel !== this.own) return
    const signal = signalOfState(channel.state)
    if (signal !== undefined) this.#signal(signal)
    if (channel.state === UP && !this.#isAnswered) {
      this.#isAnswered = true
      this.#answered = this.#seenMs === undefined ? undefined : this.#now
    }
    this.tell({ type: 'stateChanged', state: channel.state, stateText: channel.stateText })
  }

  /** The call was found when it lived already: when its channel is up nobody saw who answered, and when. */
  found(own: Channel): void {
    const signal = signalOfState(own.state)
    if (signal !== undefined) this.#signal(signal)
    this.#isAnswered = own.state === UP
  }

  /** A device of the call hears another device. */
  connected(channel: Channel): void {
    this.#connected += 1
    if (this.#connected === 1) {
      this.#talk += 1
      this.#talkSince = this.#now
      this.#hungUpBy = undefined
    }
    if (channel.party !== undefined) channel.party.talk = this.#talk
    if (this.#connected === 1 && this.#signal('bridged')) this.tell({ type: 'bridged' })
  }

  /** A device of the call hears nobody any more. */
  parted(): void {
    this.#connected -= 1
    if (this.#connected === 0) this.#talkEnded()
  }

  /** The talk that is going on is another call's. */
  disownTalk(): void {
    if (this.#talkSince === undefined) return
    this.#talk -= 1
    this.#talkSince = this.#now
  }

  /** A device of the call is with others whom it was not with before: perhaps the caller with somebody who was called. */
  met(channel: Channel): void {
    const isUnknown = this.#isAnswered && this.#answered === undefined
    if (this.#answeredBy !== undefined || this.#caller === undefined || isUnknown) return
    const isCaller = channel.party === this.#caller
    const other = this.#channels.find(
      (each) =>
        (isCaller ? each.party?.role === 'called' : each.party === this.#caller) &&
        each !== channel &&
        areTogether(each, channel),
    )
    const party = isCaller ? other?.party : channel.party
    if (other !== undefined && party?.role === 'called') this.#answeredBy = party
  }

  /** The own channel is in one bridge with what it had dialled, be it no device. */
  reached(): void {
    this.#hasReached = true
  }

  held(party: PartyRecord): void {
    if (!party.signal('holds', this.#context.atMs)) return
    this.#held += 1
    this.#tellHold('held', party)
  }

  /** An Unhold without a Hold, as a blind transfer has, says nothing. */
  unheld(party: PartyRecord): void {
    if (party.signal('unholds', this.#context.atMs)) this.#unheld(party)
  }

  /** A channel's technology asked for its hangup: who is on it hung up. */
  hangupRequested(channel: Channel): void {
    const isOwnWish = WISHED.includes(channel.requestedCause ?? 0)
    const isWaiting = this.#lastDialed === undefined || this.#channels.some((each) => each.dialing && each !== channel)
    if (channel === this.own && isOwnWish && channel.state <= UP && this.#connected === 0 && isWaiting) this.#hasGivenUp = true
    const { party } = channel
    if (party !== undefined && party.talk >= 0 && party.talk === this.#talk) this.#hungUpBy ??= party
  }

  /** A program gave up on the call. */
  givenUp(): void {
    if (!this.#isAnswered) this.#hasGivenUp = true
  }

  /** A party handed the call on, and is not in it any more; undefined if it is not known which one. */
  transferred(by: PartyRecord | undefined, facts: TransitionFacts & { type: 'transferred' }): void {
    this.#hungUpBy = undefined
    if (by !== undefined) by.talk = -1
    this.tell(facts)
  }

  /** A telephone picks up what rings elsewhere, at `target` if that is known, for `dialer`. */
  pickedUp(by: Channel, target: Channel | undefined, dialer: Channel | undefined): void {
    by.leg = target?.leg ?? 'b'
    by.dialer = dialer
    if (by.party !== undefined) {
      by.party.role = 'called'
      by.party.leg = by.leg
    }
    if (target === undefined || this.own !== target) return
    this.own = by
    this.stateChanged(by)
  }

  /** The queue of the PBX in which the caller waits, or is served. */
  get queue(): string | undefined {
    return this.#queue
  }

  joinedQueue(facts: TransitionFacts & { type: 'queueJoined' }): void {
    this.#queue = facts.queue
    this.#queueResult = undefined
    this.tell(facts)
  }

  leftQueue(result: QueueResult, facts: TransitionFacts & { type: 'queueLeft' }): void {
    this.#queue = undefined
    this.#queueResult = result
    this.tell(facts)
  }

  /** Takes over all that another call has, which ends with it. */
  absorb(other: CallState): void {
    const { channels } = other
    const parties = [...other.parties]
    other.#mergeInto(this)
    this.#absorbed = this.#absorbed.concat([other])
    this.#hasGap ||= other.#hasGap
    if (this.direction !== 'inbound' && other.direction === 'outbound') this.direction = other.direction
    for (const party of parties) {
      party.moveTo(this)
      this.#parties = appended(this.#parties, party, PARTIES)
    }
    for (const linkedId of other.linkedIds) this.link(linkedId)
    for (const channel of channels) this.add(channel)
    this.tell({ type: 'merged', other: other.id })
    for (const party of parties) {
      if (!party.isHeld) continue
      this.#held += 1
      this.#tellHold('held', party)
    }
    for (const channel of channels) if (channel.isConnected) this.met(channel)
  }

  /** The connection is down: what happens to the call is not seen. */
  missed(): void {
    this.#hasGap = true
  }

  resumed(): void {
    this.tell({ type: 'resumed' })
  }

  /** A channel hung up; a cause of 0 tells nothing. */
  hungUp(channel: Channel, cause: number, text: string, techCause: string | undefined): void {
    const causeText = text === '' && cause !== 0 ? (HANGUP_CAUSES[cause]?.text ?? '') : text
    const { party } = channel
    if (party !== undefined) {
      if (party.isHeld) this.#unheld(party)
      party.signal('hangsUp', this.#context.atMs)
      party.hangup = { cause, causeText: cause === 0 ? '' : causeText, techCause }
    }
    const hangup: Hangup = { cause, causeText: cause === 0 ? '' : causeText, techCause }
    if (channel === this.own) this.#ownHangup = hangup
    if (cause !== 0 || techCause !== undefined) this.#lastHangup = hangup
  }

  /** OriginateResponse came. */
  originated(succeeded: boolean, reason: number): void {
    this.originate = succeeded ? 'answered' : 'refused'
    if (!succeeded) this.#originateReason = reason
  }

  /** Its channels are gone and OriginateResponse does not come: what was seen decides. */
  conclude(): void {
    this.#isConcluded = true
    this.originate = this.#isAnswered ? 'answered' : 'refused'
  }

  /** Why it came to nothing, where its events say nothing; undefined if nothing else says it either. */
  explain(reason: CallReason | undefined): void {
    this.#isExplained = true
    this.#explanation = reason
  }

  /** It cannot be, whatever channels there are: Asterisk refused it, it was taken back, or it is not known any more. */
  giveUp(result: 'failed' | 'lost', error: Error | undefined): void {
    this.#error = error
    this.#end(result)
  }

  /** Whether it had channels and has none any more. */
  get isSilent(): boolean {
    return this.#channels.length === 0 && this.uniqueIds.length > 0
  }

  /** Whether the Originate failed before there was a channel, and nothing says why. */
  get isUnexplained(): boolean {
    return !this.#isExplained && this.originate === 'refused' && this.#originateReason === 0 && this.uniqueIds.length === 0
  }

  /** Ends the call if no channel is left and none is to come. */
  endIfOver(): void {
    if (this.#channels.length > 0) return
    if (this.originate === 'refused') this.#end('failed')
    // OriginateResponse may come before its own Newchannel.
    else if (this.originate === undefined || (this.originate === 'answered' && this.uniqueIds.length > 0)) this.#end('ended')
  }

  /** Adds to what happened, and tells whoever listens. */
  tell(facts: TransitionFacts): void {
    const { atMs, event } = this.#context
    const remembered: Remembered = { facts, afterMs: small(atMs - this.startedMs), status: this.#status }
    this.#history = appended(this.#history, remembered, TRANSITIONS)
    this.#transitions += 1
    if (event !== undefined) this.#context.recentEvents.keep(remembered, event)
    if (this.#listeners === undefined || this.#listeners.size === 0) return
    // Of its own: what listeners were given keeps its event.
    const transition = { ...facts, at: new Date(atMs), status: this.#status, event } as CallTransition
    for (const listener of this.#listeners) listener(transition)
  }

  /** When what happens now happened; undefined if nobody saw when. */
  get #seenMs(): number | undefined {
    return this.#context.isLate ? undefined : this.#context.atMs
  }

  /** Milliseconds after the start. */
  get #now(): number {
    return small(this.#context.atMs - this.startedMs)
  }

  #time(after: number | undefined): number | undefined {
    return after === undefined ? undefined : this.startedMs + after
  }

  #signalParty({ party, state }: Channel): void {
    if (party === undefined) return
    if (state === RING || state === RINGING) party.signal('rings', this.#seenMs)
    if (state === UP) party.signal('answers', this.#seenMs)
  }

  /** The originated leg calls somebody: whoever answered it is the caller. */
  #secondLegDialed(): void {
    if (this.#caller !== undefined) return
    const first = this.parties.find(({ leg, hasAnswered, state }) => leg === 'a' && hasAnswered && state !== 'ended')
    if (first !== undefined) this.calledBy(first)
  }

  #noteDialStatus(channel: Channel, dialStatus: string | undefined): void {
    if (dialStatus === undefined) return
    channel.dialStatus = dialStatus
    if (channel.party !== undefined) channel.party.dialStatus = dialStatus
    if (channel === this.own) this.#ownDialStatus = dialStatus
    else if (channel.leg === 'b' && channel.dialer === this.own) this.#dialStatus = dialStatus
  }

  #unheld(party: PartyRecord): void {
    this.#held -= 1
    this.#tellHold('unheld', party)
  }

  #tellHold(type: 'held' | 'unheld', { uniqueId, channel }: PartyRecord): void {
    this.tell({ type, uniqueId, channel })
  }

  #talkEnded(): void {
    this.#talkedMs += this.#now - (this.#talkSince ?? this.#now)
    this.#talkSince = undefined
    if (this.#signal(this.#isAnswered ? 'unbridged' : 'unanswered')) this.tell({ type: 'unbridged' })
  }

  #mergeInto(other: CallState): void {
    for (const channel of this.channels) this.remove(channel)
    for (const party of this.parties) if (party.isHeld) this.#unheld(party)
    if (this.#connected > 0) this.#talkEnded()
    this.#connected = 0
    this.#mergedInto = other
    this.#end('ended')
  }

  #end(result: CallOutcome['result']): void {
    if (!this.#signal(result)) return
    this.#talkedMs += this.#talkSince === undefined ? 0 : this.#now - this.#talkSince
    this.#talkSince = undefined
    const now = this.#seenMs === undefined ? undefined : this.#now
    if (result !== 'lost') this.#ended = this.#isConcluded ? this.#silentSince : now
    this.#outcome = outcomeOf(result, this.#legFacts())
    this.tell({ type: result, ...this.#outcome })
    this.#listeners = undefined
    this.#channelAwaited?.resolve()
  }

  #legFacts(): LegFacts {
    return {
      parties: this.parties,
      isAnswered: this.#isAnswered,
      hasTalked: this.#talk >= 0,
      hasReached: this.#hasReached,
      hasGivenUp: this.#hasGivenUp,
      // Asterisk refuses a Local channel whose extension is not there before it says that it is dialled.
      isNowhere: this.own?.isDevice === false && this.#progress < PROGRESS.dialing,
      caller: this.#caller,
      answeredBy: this.#answeredBy,
      hungUpBy: this.#hungUpBy,
      lastDialed: this.#lastDialed,
      ownDialStatus: this.#ownDialStatus,
      dialStatus: this.#dialStatus,
      ownHangup: this.#ownHangup,
      lastHangup: this.#lastHangup,
      queueResult: this.#queueResult,
      originateReason: this.#originateReason,
      explanation: this.#explanation,
      mergedInto: this.#mergedInto?.id,
      error: this.#error,
    }
  }

  /** Moves on in the table. False when the table knows no such move. */
  #signal(signal: CallSignal): boolean {
    const next = STATUS_TABLE[this.#status][signal]
    if (next === undefined) return false
    this.#status = next
    this.#progress = Math.max(this.#progress, PROGRESS[next])
    return true
  }
}
