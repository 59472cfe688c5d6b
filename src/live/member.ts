import type { Call } from '../calls/call.js'
import type { DeviceState } from '../catalog/device-states.js'
import { quote } from '../core/checks.js'
import type { MemberRecord, MemberState } from './state/records.js'
import { dateOf, View } from './view.js'

/** Asterisk cuts what is longer, in silence (verified on 16 and 22). */
const MOST_OF_A_REASON = 79

/** One device in one queue. */
export class Member extends View<MemberRecord> {
  /** The name of the queue. */
  get queue(): string {
    return this.record.queue
  }

  /** The name that the queue knows the member by. */
  get name(): string {
    return this.record.name
  }

  /** What is dialled, as in `PJSIP/200` or `Local/200@agents/n`. */
  get interface(): string {
    return this.record.interface
  }

  /** The device that the state is of; mostly the interface. */
  get stateInterface(): string {
    return this.record.stateInterface
  }

  /** `dynamic`, `static` or `realtime`. */
  get membership(): string {
    return this.record.membership
  }

  /** The first that holds of `unavailable`, `talking`, `ringing`, `paused`, `wrapUp` and `available`. */
  get state(): MemberState {
    return this.record.state
  }

  /** Since when the state is seen; of one that there was before the model, since it was read. */
  get since(): Date {
    return dateOf(this.record.since)
  }

  get deviceState(): DeviceState {
    return this.record.deviceState
  }

  /** Whether the member is paused, whatever the state: one can talk and be paused. */
  get isPaused(): boolean {
    return this.record.isPaused
  }

  /** Empty where none was given. */
  get pausedReason(): string {
    return this.record.pausedReason
  }

  get pausedSince(): Date | undefined {
    return dateOf(this.record.pausedSince)
  }

  get penalty(): number {
    return this.record.penalty
  }

  /** How many calls of this queue the member has taken. */
  get callsTaken(): number {
    return this.record.callsTaken
  }

  /** When the last of them ended. */
  get lastCallAt(): Date | undefined {
    return dateOf(this.record.lastCallAt)
  }

  /**
   * The call that the member is in, of whatever queue or none. Needs the option `calls`. Behind a Local channel or a hint only a call of this queue
   * that was connected since the connection was made is known.
   */
  get call(): Call | undefined {
    return this.#callOfQueue ?? this.host.callAt(this.stateInterface) ?? this.host.callAt(this.interface)
  }

  /**
   * Keeps the calls of this queue away.
   *
   * @param reason up to 79 bytes.
   * @throws RangeError for a longer reason, which Asterisk would cut; what `sendAction` throws.
   */
  async pause(reason?: string): Promise<void> {
    if (reason !== undefined && new TextEncoder().encode(reason).length > MOST_OF_A_REASON)
      throw new RangeError(
        `reason must be ${MOST_OF_A_REASON} bytes at the most, as Asterisk cuts what is longer, not ${quote(reason)}`,
      )
    await this.#pause(true, reason)
  }

  /** @throws what `sendAction` throws. */
  async unpause(): Promise<void> {
    await this.#pause(false)
  }

  /** @throws what `sendAction` throws. */
  async setPenalty(penalty: number): Promise<void> {
    await this.host.ami.sendAction('QueuePenalty', { Queue: this.queue, Interface: this.interface, Penalty: penalty })
  }

  /** Takes the member out of the queue. @throws ActionError for a member that is not `dynamic`; what `sendAction` throws. */
  async remove(): Promise<void> {
    await this.host.ami.sendAction('QueueRemove', { Queue: this.queue, Interface: this.interface })
  }

  get #callOfQueue(): Call | undefined {
    const caller = this.record.isInCall ? this.host.callerWith(this.queue, this.interface) : undefined
    return caller === undefined ? undefined : this.host.callOf(caller)
  }

  async #pause(isPaused: boolean, reason?: string): Promise<void> {
    const { queue, host } = this
    await host.ami.sendAction('QueuePause', { Queue: queue, Interface: this.interface, Paused: isPaused, Reason: reason })
  }
}
