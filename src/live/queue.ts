import { checkOptions, flag, line, wholeNumber } from '../core/options.js'
import type { Caller } from './caller.js'
import type { Member } from './member.js'
import type { QueueRecord } from './state/records.js'
import { View } from './view.js'

/** How a member enters a queue. */
export interface AddMemberOptions {
  /** @default 0 */
  readonly penalty?: number | undefined
  /** The name that the queue knows the member by. @default the interface */
  readonly name?: string | undefined
  /** The device that the state is of. @default the interface */
  readonly stateInterface?: string | undefined
  /** @default false */
  readonly isPaused?: boolean | undefined
}

const ADD_SHAPE = { penalty: wholeNumber(0), name: line, stateInterface: line, isPaused: flag }

/** A queue, with its members and callers. */
export class Queue extends View<QueueRecord> {
  readonly #members = new Map<string, Member>()
  readonly #callers = new Map<string, Caller>()

  get name(): string {
    return this.record.name
  }

  /** `ringall`, `rrmemory`, `linear`… */
  get strategy(): string {
    return this.record.strategy
  }

  /** The members, by interface. */
  get members(): ReadonlyMap<string, Member> {
    return this.#members
  }

  /** Those who wait, by position. */
  get callers(): readonly Caller[] {
    return [...this.#callers.values()].sort((one, two) => one.position - two.position)
  }

  /** How many wait. */
  get waiting(): number {
    return this.record.waiting
  }

  /** How long the one who has waited longest has waited; 0 where nobody waits. */
  get longestWaitMs(): number {
    return Math.max(0, ...[...this.#callers.values()].map(({ waitMs }) => waitMs))
  }

  /** How many calls were completed, since Asterisk was started or its statistics were reset. */
  get completed(): number {
    return this.record.completed
  }

  get abandoned(): number {
    return this.record.abandoned
  }

  /** Asterisk's sliding mean, in whole seconds. */
  get averageHoldMs(): number {
    return this.record.averageHoldMs
  }

  /** Asterisk's sliding mean, in whole seconds. */
  get averageTalkMs(): number {
    return this.record.averageTalkMs
  }

  /** How many of 100 completed calls were answered within `serviceLevelMs`. */
  get serviceLevel(): number {
    return this.record.serviceLevel
  }

  get serviceLevelMs(): number {
    return this.record.serviceLevelMs
  }

  /**
   * Adds a member, as `PJSIP/201`.
   *
   * @throws ActionError when it is in the queue already; what `sendAction` throws; TypeError or RangeError for a wrong option.
   */
  async add(device: string, options: AddMemberOptions = {}): Promise<void> {
    checkOptions(options, ADD_SHAPE)
    const { penalty, name, stateInterface, isPaused } = options
    await this.host.ami.sendAction('QueueAdd', {
      Queue: this.name,
      Interface: device,
      Penalty: penalty,
      MemberName: name,
      StateInterface: stateInterface,
      Paused: isPaused,
    })
  }

  /** @internal */
  setMember(device: string, member: Member | undefined): void {
    if (member === undefined) this.#members.delete(device)
    else this.#members.set(device, member)
  }

  /** @internal */
  setCaller(uniqueId: string, caller: Caller | undefined): void {
    if (caller === undefined) this.#callers.delete(uniqueId)
    else this.#callers.set(uniqueId, caller)
  }
}
