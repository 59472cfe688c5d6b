import { CHANNEL_STATES } from '../catalog/channel-states.js'

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

/** A bridge and the channels in it. */
export interface Bridge<Owner> {
  readonly id: string
  readonly members: Set<ChannelRecord<Owner>>
}

/** What is known of a live channel, of a call that is tracked or of another. */
export class ChannelRecord<Owner> implements CallChannel {
  readonly uniqueId: string
  name: string
  linkedId: string
  /** Down until told otherwise, as every channel that is made to call somebody. */
  state = 0
  call: Owner | undefined
  bridge: Bridge<Owner> | undefined
  held = false
  /** Whether it is being dialled, and by which channel; an Originate dials without one. */
  dialing = false
  dialer: ChannelRecord<Owner> | undefined
  /** Whether it shares a bridge with another channel. */
  bridged = false
  requestedCause = 0
  /** The connection on which it was heard of last. */
  seen: number

  constructor(uniqueId: string, name: string, linkedId: string, seen: number) {
    this.uniqueId = uniqueId
    this.name = name
    this.linkedId = linkedId
    this.seen = seen
  }

  get stateText(): string {
    return CHANNEL_STATES[this.state] ?? ''
  }

  /** Whether it is half of a Local channel, which stands for no telephone. */
  get isLocal(): boolean {
    return this.name.startsWith('Local/')
  }

  toJSON(): CallChannel {
    const { uniqueId, name, linkedId, state, stateText } = this
    return { uniqueId, name, linkedId, state, stateText }
  }
}
