import type { ManagerConnection } from '../ami/client/manager-connection.js'
import type { Call } from '../calls/call.js'
import type { Clock } from '../core/clock.js'

/** What the objects of the model need from it. */
export interface ViewHost {
  readonly ami: ManagerConnection
  readonly clock: Clock
  /** The call of a channel. */
  callOf(uniqueId: string): Call | undefined
  /** The call that a device is in. */
  callAt(device: string): Call | undefined
  /** `Uniqueid` of the caller whom a queue connected with a member last. */
  callerWith(queue: string, device: string): string | undefined
  /** No event tells of what was done: the conferences are read again. */
  conferencesChanged(): void
}

/** A read-only view of something of the PBX: the same object as long as that is there, always with what is known now. */
export abstract class View<Known> {
  /** @internal */
  readonly host: ViewHost
  #record: Known

  /** @internal */
  constructor(record: Known, host: ViewHost) {
    this.#record = record
    this.host = host
  }

  /** What is known of it, as plain JSON; when it is gone, what was known last. */
  get record(): Known {
    return this.#record
  }

  /** @internal */
  take(record: Known): void {
    this.#record = record
  }

  toJSON(): Known {
    return this.#record
  }
}

export function dateOf(instant: number): Date
export function dateOf(instant: number | null): Date | undefined
export function dateOf(instant: number | null): Date | undefined {
  return instant === null ? undefined : new Date(instant)
}
