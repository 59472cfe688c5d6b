import { checkOptions, line, milliseconds, required } from '../core/options.js'
import { ChannelView } from './channel-view.js'
import type { ParkedCallRecord, ParkingLotRecord } from './state/records.js'
import { dateOf, View } from './view.js'

/** How a parked call is fetched. */
export interface RetrieveOptions {
  /** The device that is called, and connected when it answers, as in `PJSIP/200`. */
  readonly by: string
  /** The context in which the spaces of the lot are extensions. @default parkedcalls */
  readonly context?: string | undefined
  /** How long the device rings. @default 30_000 */
  readonly timeoutMs?: number | undefined
}

const RETRIEVE_SHAPE = { by: required(line), context: line, timeoutMs: milliseconds() }

/** A call that is parked. */
export class ParkedCall extends ChannelView<ParkedCallRecord> {
  /** The name of the lot. */
  get lot(): string {
    return this.record.lot
  }

  get space(): string {
    return this.record.space
  }

  /** The dial string of who parked it, whom it comes back to. */
  get parkedBy(): string {
    return this.record.parkedBy
  }

  get parkedSince(): Date {
    return dateOf(this.record.parkedSince)
  }

  /** When it comes back; undefined: never. */
  get timeoutAt(): Date | undefined {
    return dateOf(this.record.timeoutAt)
  }
}

/** A parking lot, and what is parked in it. */
export class ParkingLot extends View<ParkingLotRecord> {
  readonly #parked = new Map<string, ParkedCall>()

  get name(): string {
    return this.record.name
  }

  get firstSpace(): string {
    return this.record.firstSpace
  }

  get lastSpace(): string {
    return this.record.lastSpace
  }

  get timeoutMs(): number {
    return this.record.timeoutMs
  }

  /** The parked calls, by space. */
  get parked(): ReadonlyMap<string, ParkedCall> {
    return this.#parked
  }

  /**
   * Calls a device, and connects it with who is parked in a space when it answers. Resolves when the call is under way.
   *
   * @throws what `sendAction` throws; ActionError when the context has no such extension; TypeError or RangeError for a wrong option.
   */
  async retrieve(space: string, options: RetrieveOptions): Promise<void> {
    checkOptions(options, RETRIEVE_SHAPE)
    const { by, context = 'parkedcalls', timeoutMs = 30_000 } = options
    const place = { Context: context, Exten: space, Priority: 1 }
    await this.host.ami.sendAction('Originate', { Channel: by, ...place, Timeout: timeoutMs, Async: true })
  }

  /** @internal */
  setParked(space: string, parked: ParkedCall | undefined): void {
    if (parked === undefined) this.#parked.delete(space)
    else this.#parked.set(space, parked)
  }
}
