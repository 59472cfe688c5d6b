import type { HeaderPairs } from '../handlers.js'

/** What a bridge is for. */
export interface BridgeKind {
  readonly type: string
  readonly technology: string
  readonly creator: string
  readonly name: string
}

const BASIC: BridgeKind = { type: 'basic', technology: 'simple_bridge', creator: '<unknown>', name: '<unknown>' }

/** Channels that hear each other: two of a call, or as many as somebody lets in. */
export class FakeBridge<Channel> {
  readonly id: string
  readonly members = new Set<Channel>()
  /** How many channels are in it that nobody sees, such as a conference's announcer. */
  unseen = 0
  /** Called once when two part: with who left first, or because of a transfer. */
  ended: ((reason: Channel | 'transfer') => void) | undefined
  /** Of a bridge that is no pair's: takes a channel out, with all that is to be told. */
  readonly leave: ((channel: Channel) => void) | undefined
  readonly #kind: BridgeKind

  constructor(id: string, kind: BridgeKind = BASIC, leave?: (channel: Channel) => void) {
    this.id = id
    this.#kind = kind
    this.leave = leave
  }

  end(reason: Channel | 'transfer'): void {
    const { ended } = this
    this.ended = undefined
    ended?.(reason)
  }

  headers(channels: number = this.members.size + this.unseen): HeaderPairs {
    const { type, technology, creator, name } = this.#kind
    return [
      ['BridgeUniqueid', this.id],
      ['BridgeType', type],
      ['BridgeTechnology', technology],
      ['BridgeCreator', creator],
      ['BridgeName', name],
      ['BridgeNumChannels', channels],
      ['BridgeVideoSourceMode', 'none'],
    ]
  }
}
