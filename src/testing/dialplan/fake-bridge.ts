import type { HeaderPairs } from '../handlers.js'

/** Two channels that hear each other. */
export class FakeBridge<Channel> {
  readonly id: string
  readonly members = new Set<Channel>()

  constructor(id: string) {
    this.id = id
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
