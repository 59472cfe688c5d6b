import type { AMIEvent } from '../ami/messages/event.js'
import { HANGUP_CAUSES } from '../catalog/hangup-causes.js'
import { type Deferred, deferred } from '../core/deferred.js'
import type { ChannelRecord } from './channel.js'
import type { RecentEvents } from './recent-events.js'
import { type CallSignal, PROGRESS, STATUS_TABLE, signalOfState } from './status-table.js'
import type { CallOutcome, CallStatus, CallTransition } from './transition.js'

export type CallDirection = 'outgoing' | 'incoming'

/** Who calls whom, as it was when the call began. */
export interface CallFacts {
  readonly callerId: string
  readonly callerName: string
  readonly context: string
  readonly exten: string
  readonly variables: ReadonlyMap<string, string>
}

/** A transition without what all of them have. */
type TransitionFacts = CallTransition extends infer Each
  ? Each extends CallTransition
    ? Omit<Each, 'at' | 'status' | 'event'>
    : never
  : never

/** What all calls of a manager share. */
export interface CallContext {
  readonly now: () => Date
  readonly recentEvents: RecentEvents
}

/** A transition in little room: `atMs` is milliseconds since the epoch. */
export type Remembered = TransitionFacts & { readonly atMs: number; readonly status: CallStatus; event: AMIEvent | undefined }

/** What is known of an Originate of ours. */
export type OriginateProgress = 'queued' | 'sent' | 'accepted' | 'answered' | 'refused'

/** How many transitions of a call are kept at least; a call may have any number of them. */
const KEPT_TRANSITIONS = 10_000
/** How many `Uniqueid`s and `Linkedid`s of a call are kept; a call that waits in a queue for hours has many channels. */
const KEPT_IDS = 1_000

/**
 * One call's state: its channels, its status, and what happened to it. It is told what happens by whoever reads the events, and tells whoever
 * listens. No clock, no I/O. However long a call lives, what it keeps is bounded.
 */
export class CallRecord {
  readonly id: string
  readonly direction: CallDirection
  readonly facts: CallFacts
  readonly #context: CallContext
  // Lists, not sets: a call has few of each, and there may be many calls.
  readonly #channels: ChannelRecord<CallRecord>[] = []
  readonly #uniqueIds: string[] = []
  readonly #linkedIds: string[] = []
  #history: Remembered[] = []
  #forgotten = 0
  #listeners: Set<(transition: CallTransition) => void> | undefined
  #channelAwaited: Deferred<void> | undefined
  #status: CallStatus = 'queued'
  #progress = 0
  #bridgedChannels = 0
  #heldChannels = 0
  #answered = false
  #cause = 0
  #causeText = ''
  #techCause: string | undefined
  #dialStatus: string | undefined
  #reason: number | undefined
  #error: Error | undefined
  #outcome: CallOutcome | undefined
  /** How far the Originate is; an incoming call has none. */
  originate: OriginateProgress | undefined
  /** The connection on which the server's answer or a channel of it was heard last. */
  heard = 0
  /** The connection on which it began, or was found to be there still. */
  confirmed = 0

  constructor(id: string, direction: CallDirection, facts: CallFacts, context: CallContext) {
    this.id = id
    this.direction = direction
    this.facts = facts
    this.#context = context
    if (direction === 'outgoing') {
      this.originate = 'queued'
      this.#tell({ type: 'queued' }, undefined)
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

  get channels(): readonly ChannelRecord<CallRecord>[] {
    return [...this.#channels]
  }

  /** The channel that stands for the call: its first one that is alive. */
  get channel(): ChannelRecord<CallRecord> | undefined {
    return this.#channels[0]
  }

  get isHeld(): boolean {
    return this.#heldChannels > 0
  }

  /** What happened so far, in order, but for `forgotten`; what is longer ago has lost its event. */
  get history(): readonly Remembered[] {
    return this.#history
  }

  /** How many transitions came before those in `history`. */
  get forgotten(): number {
    return this.#forgotten
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
    if (this.#linkedIds.length >= KEPT_IDS) return false
    this.#linkedIds.push(linkedId)
    return true
  }

  add(channel: ChannelRecord<CallRecord>): void {
    channel.call = this
    this.#channels.push(channel)
    if (!this.#uniqueIds.includes(channel.uniqueId)) this.#uniqueIds.push(channel.uniqueId)
    if (this.#uniqueIds.length > KEPT_IDS) this.#uniqueIds.shift()
    if (channel.bridged) this.#bridgedChannels += 1
    this.#channelAwaited?.resolve()
  }

  /** A channel is no more, or is not this call's any more. */
  remove(channel: ChannelRecord<CallRecord>, event: AMIEvent | undefined): void {
    const at = this.#channels.indexOf(channel)
    if (at >= 0) this.#channels.splice(at, 1)
    channel.call = undefined
    this.unheld(channel, event)
  }

  dialed(channel: ChannelRecord<CallRecord>, event: AMIEvent): void {
    this.#signal('dialing')
    this.#tell({ type: 'dialingStarted', uniqueId: channel.uniqueId, channel: channel.name }, event)
  }

  dialEnded(channel: ChannelRecord<CallRecord>, dialStatus: string | undefined, event: AMIEvent | undefined): void {
    this.#dialStatus = dialStatus ?? this.#dialStatus
    this.#tell({ type: 'dialingFinished', uniqueId: channel.uniqueId, channel: channel.name, dialStatus }, event)
  }

  /** A channel's state changed, or is told for the first time. Only the first channel's state is the call's. */
  stateChanged(channel: ChannelRecord<CallRecord>, event: AMIEvent | undefined): void {
    if (channel !== this.channel) return
    const signal = signalOfState(channel.state)
    if (signal !== undefined) this.#signal(signal)
    this.#tell({ type: 'stateChanged', state: channel.state, stateText: channel.stateText }, event)
  }

  bridged(event: AMIEvent | undefined): void {
    this.#bridgedChannels += 1
    if (this.#bridgedChannels === 1 && this.#signal('bridged')) this.#tell({ type: 'bridged' }, event)
  }

  unbridged(event: AMIEvent | undefined): void {
    this.#bridgedChannels -= 1
    if (this.#bridgedChannels === 0 && this.#signal('unbridged')) this.#tell({ type: 'unbridged' }, event)
  }

  held(channel: ChannelRecord<CallRecord>, event: AMIEvent): void {
    if (channel.held) return
    channel.held = true
    this.#heldChannels += 1
    if (this.#heldChannels === 1) this.#tell({ type: 'held' }, event)
  }

  /** An Unhold without a Hold, as a blind transfer has, says nothing. */
  unheld(channel: ChannelRecord<CallRecord>, event: AMIEvent | undefined): void {
    if (!channel.held) return
    channel.held = false
    this.#heldChannels -= 1
    if (this.#heldChannels === 0) this.#tell({ type: 'unheld' }, event)
  }

  resumed(): void {
    this.#tell({ type: 'resumed' }, undefined)
  }

  /** Notes why a channel hung up; 0 tells nothing. */
  hungUp(cause: number, causeText: string, techCause: string | undefined): void {
    if (cause !== 0) {
      this.#cause = cause
      this.#causeText = causeText === '' ? (HANGUP_CAUSES[cause]?.text ?? '') : causeText
    }
    this.#techCause = techCause ?? this.#techCause
  }

  /** OriginateResponse came. */
  originated(succeeded: boolean, reason: number): void {
    this.originate = succeeded ? 'answered' : 'refused'
    if (!succeeded) this.#reason = reason
  }

  /** Its channels are gone and OriginateResponse does not come: what was seen decides. */
  conclude(): void {
    this.originate = this.#answered ? 'answered' : 'refused'
  }

  /** It cannot be, whatever channels there are: Asterisk refused it, it was taken back, or it is not known any more. */
  giveUp(result: 'failed' | 'lost', error: Error | undefined): void {
    this.#error = error
    this.#end(result, undefined)
  }

  /** Whether it had channels and has none any more. */
  get isSilent(): boolean {
    return this.#channels.length === 0 && this.#uniqueIds.length > 0
  }

  /** Ends the call if no channel is left and none is to come. */
  endIfOver(event: AMIEvent | undefined): void {
    if (this.#channels.length > 0) return
    if (this.originate === 'refused') this.#end('failed', event)
    // OriginateResponse may come before its own Newchannel.
    else if (this.originate === undefined || (this.originate === 'answered' && this.#uniqueIds.length > 0))
      this.#end('ended', event)
  }

  #end(result: CallOutcome['result'], event: AMIEvent | undefined): void {
    if (!this.#signal(result)) return
    this.#outcome = {
      result,
      answered: this.#answered,
      cause: this.#cause,
      causeText: this.#causeText,
      techCause: this.#techCause,
      dialStatus: this.#dialStatus,
      reason: this.#reason,
      error: this.#error,
    }
    this.#tell({ type: result, ...this.#outcome }, event)
    this.#listeners = undefined
    this.#channelAwaited?.resolve()
  }

  /** Moves on in the table. False when the table knows no such move. */
  #signal(signal: CallSignal): boolean {
    const next = STATUS_TABLE[this.#status][signal]
    if (next === undefined) return false
    this.#status = next
    this.#progress = Math.max(this.#progress, PROGRESS[next])
    if (next === 'up' || next === 'bridged') this.#answered = true
    return true
  }

  #tell(facts: TransitionFacts, event: AMIEvent | undefined): void {
    const now = this.#context.now()
    const remembered: Remembered = { ...facts, atMs: now.getTime(), status: this.#status, event }
    this.#remember(remembered)
    if (event !== undefined) this.#context.recentEvents.keep(remembered)
    if (this.#listeners === undefined || this.#listeners.size === 0) return
    // Of its own: what listeners were given keeps its event.
    const transition = { ...facts, at: now, status: this.#status, event } as CallTransition
    for (const listener of this.#listeners) listener(transition)
  }
  #remember(transition: Remembered): void {
    this.#history.push(transition)
    if (this.#history.length < 2 * KEPT_TRANSITIONS) return
    this.#history = this.#history.slice(-KEPT_TRANSITIONS)
    this.#forgotten += KEPT_TRANSITIONS
  }
}
