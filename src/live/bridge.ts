import type { Call } from '../calls/call.js'
import type { BridgedChannel, BridgeRecord } from './state/records.js'
import { View } from './view.js'

/** A bridge: channels that are connected, or kept. */
export class Bridge extends View<BridgeRecord> {
  get id(): string {
    return this.record.id
  }

  /** `basic`, `base`, `parking`, `agent_hold`… */
  get type(): string {
    return this.record.type
  }

  /** `simple_bridge`, `softmix`, `holding_bridge`, `native_rtp`… */
  get technology(): string {
    return this.record.technology
  }

  /** The module that made it, where it says so. */
  get creator(): string {
    return this.record.creator
  }

  get name(): string {
    return this.record.name
  }

  /** Without those of Asterisk's own, such as announcers. */
  get channels(): readonly BridgedChannel[] {
    return this.record.channels
  }

  /** The calls whose channels are in it. Needs the option `calls`. */
  get calls(): readonly Call[] {
    return [...new Set(this.channels.flatMap(({ uniqueId }) => this.host.callOf(uniqueId) ?? []))]
  }
}
