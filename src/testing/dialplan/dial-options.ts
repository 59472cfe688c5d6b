import type { Dialing, FakeChannel } from './fake-channel.js'

/** What a dialled channel is given. */
export interface DialOptions {
  readonly dialing: Dialing
  readonly requestor?: FakeChannel | undefined
  readonly uniqueId?: string | undefined
  readonly otherUniqueId?: string | undefined
  /** What DialBegin calls the destination. @default without its technology */
  readonly dialString?: string | undefined
  readonly prepare?: ((channel: FakeChannel) => void) | undefined
}

/** Calls destinations: makes the channel of one, or gives undefined when there is none. */
export interface Destinations {
  call(to: string, options: DialOptions): FakeChannel | undefined
}
