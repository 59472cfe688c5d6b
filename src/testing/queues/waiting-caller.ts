import type { FakeChannel } from '../dialplan/fake-channel.js'
import type { HeaderPairs } from '../handlers.js'

/** A caller, as the queue and the calls for them see one. */
export interface WaitingCaller {
  readonly channel: FakeChannel
  /** Whether members are called for this one. */
  readonly isServed: boolean
  priority: number
  /** Where linear begins the next time. */
  nextPosition: number
  readonly waitSeconds: number
  /** How long members may still be called. */
  readonly restMs: number
  /** The headers of QueueEntry behind the position. */
  itemHeaders(): HeaderPairs
  /** Takes the caller out at the next look. */
  withdraw(info: string): void
  /** Nobody answered, and none is called any more. */
  callFailed(): void
  /** A member is there: the caller leaves the queue to talk. */
  connected(): void
  /** The talk with the member is over. */
  talked(connectedAt: number): void
}
