import type { Call } from '../calls/call.js'
import type { CallerRecord } from './state/records.js'
import { View } from './view.js'

/** Somebody by the channel that they are on. */
export abstract class ChannelView<
  Known extends Pick<CallerRecord, 'uniqueId' | 'channel' | 'number' | 'name'>,
> extends View<Known> {
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
