import type { HeaderPairs } from '../handlers.js'

/** Two channels that hear each other. */
export class FakeBridge<Channel> {
  readonly id: string
  readonly members = new Set<Channel>()
  /** Called once when they part: with who left first, or because of a transfer. */
  ended: ((reason: Channel | 'transfer') => void) | undefined

  constructor(id: string) {
    this.id = id
  }

  end(reason: Channel | 'transfer'): void {
    const { ended } = this
    this.ended = undefined
    ended?.(reason)
  }

  headers(): HeaderPairs {
    return [
      ['BridgeUniqueid', this.id],
      ['BridgeType', 'basic'],
      ['BridgeTechnology', 'simple_bridge'],
      ['BridgeCreator', '<unknown>'],
      ['BridgeName', '<unknown>'],
      ['BridgeNumChannels', this.members.size],
      ['BridgeVideoSourceMode', 'none'],
    ]
  }
}
