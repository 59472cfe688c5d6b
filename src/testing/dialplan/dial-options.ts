import type { Dialing, FakeChannel } from './fake-channel.js'

/** What a dialled channel is given. */
export interface DialOptions {
  readonly dialing: Dialing
  readonly requestor?: FakeChannel | undefined
  readonly uniqueId?: string | undefined
  readonly otherUniqueId?: string | undefined
  readonly prepare?: ((channel: FakeChannel) => void) | undefined
}

/** How a Dial ends when nobody answers. */
export interface DialTimes {
  /** How long it may ring. @default 30_000 */
  readonly timeoutMs?: number | undefined
  /** The cause that the caller hangs up with where the dialling leaves none. @default 0 */
  readonly causeOfNone?: number | undefined
}

/** Calls destinations: makes the channel of one, or gives undefined when there is none. */
export interface Destinations {
  call(to: string, options: DialOptions): FakeChannel | undefined
}

/** Has a channel run Dial. */
export interface Dialer {
  dial(channel: FakeChannel, destinations: readonly string[], times?: DialTimes): void
}
