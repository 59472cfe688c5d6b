import type { Call } from '../calls/call.js'
import { View } from './view.js'

/** What the records of channels have in common. */
interface ChannelRecord {
  readonly uniqueId: string
  readonly channel: string
  readonly number: string
  readonly name: string
}

/** Somebody by the channel that they are on. */
export abstract class ChannelView<Known extends ChannelRecord> extends View<Known> {
  get uniqueId(): string {
    return this.record.uniqueId
  }

  get channel(): string {
    return this.record.channel
  }

  /** Empty where it is not known. */
  get number(): string {
    return this.record.number
  }

  /** Empty where it is not known. */
  get name(): string {
    return this.record.name
  }

  /** The call of the channel. Needs the option `calls`. */
  get call(): Call | undefined {
    return this.host.callOf(this.uniqueId)
  }
}
