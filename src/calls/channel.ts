import type { AMIEvent } from '../ami/messages/event.js'
import { CHANNEL_STATES } from '../catalog/channel-states.js'
import type { Member, Room } from './connectedness.js'
import type { PartyRecord } from './party.js'

/** A channel of a call. */
export interface CallChannel {
  /** `Uniqueid`, which never changes. */
  readonly uniqueId: string
  readonly name: string
  readonly linkedId: string
  /** `ChannelState`: 0 Down, 4 Ring, 5 Ringing, 6 Up … */
  readonly state: number
  /** `ChannelStateDesc`. */
  readonly stateText: string
}

/** `ChannelState` of a channel on which a call comes in, of one that rings, and of one that is answered. */
export const [RING, RINGING, UP] = [4, 5, 6] as const

/** What is known of a live channel, of a call that is tracked or of another. */
export class ChannelRecord<Call> implements CallChannel, Member<ChannelRecord<Call>> {
  readonly uniqueId: string
  name: string
  linkedId: string
  /** Down until told otherwise, as every channel that is made to call somebody. */
  state = 0
  call: Call | undefined
  /** Who it is in its call; half of a Local channel is nobody. */
  party: PartyRecord | undefined
  half: ChannelRecord<Call> | undefined
  room: Room<ChannelRecord<Call>> | undefined
  isConnected = false
  before: ChannelRecord<Call> | undefined
  after: ChannelRecord<Call> | undefined
  /** On which side of its call; see `PartyRecord.leg`. */
  leg: 'a' | 'b' = 'a'
  /** Whether it is being dialled, which channel dialled it (an Originate dials without one), and how that went. */
  dialing = false
  dialer: ChannelRecord<Call> | undefined
  dialStatus: string | undefined
  /** The cause with which its technology asked for the hangup, because who is on it hung up; undefined before. */
  requestedCause: number | undefined
  /** What was said of it when it was made, until it is known what it was made for. */
  made: AMIEvent | undefined
  /** The connection on which it was heard of last. */
  seen: number

  constructor(uniqueId: string, name: string, linkedId: string, seen: number) {
    this.uniqueId = uniqueId
    this.name = name
    this.linkedId = linkedId
    this.seen = seen
  }

  get isDevice(): boolean {
    return !this.name.startsWith('Local/')
  }

  get stateText(): string {
    return CHANNEL_STATES[this.state] ?? ''
  }

  toJSON(): CallChannel {
    const { uniqueId, name, linkedId, state, stateText } = this
    return { uniqueId, name, linkedId, state, stateText }
  }
}

const HELPERS = /^(?:CBAnn|CBRec|Announcer|Recorder|Surrogate|AsyncGoto|Snoop|Message)\//

/** Whether Asterisk made a channel for itself: an announcer, a recorder, a spy, what carries a channel to another extension. */
export function isHelper(name: string): boolean {
  return HELPERS.test(name)
}
