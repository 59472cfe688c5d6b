import type { CallStatus } from './transition.js'

/** What moves a call from one status to another; `unanswered` is `unbridged` of a call whose own channel has not answered. */
export type CallSignal = 'dialing' | 'ringing' | 'up' | 'bridged' | 'unbridged' | 'unanswered' | 'ended' | 'failed' | 'lost'

const END = { ended: 'ended', failed: 'failed', lost: 'lost' } as const

/**
 * The status after a signal, by the status before it. A signal that a row lacks changes nothing: a call does not go back from up to
 * ringing when one of its channels is dialled again.
 */
export const STATUS_TABLE: Readonly<Record<CallStatus, Readonly<Partial<Record<CallSignal, CallStatus>>>>> = {
  queued: { ...END, dialing: 'dialing', ringing: 'ringing', up: 'up', bridged: 'bridged' },
  dialing: { ...END, ringing: 'ringing', up: 'up', bridged: 'bridged' },
  ringing: { ...END, up: 'up', bridged: 'bridged' },
  up: { ...END, bridged: 'bridged' },
  bridged: { ...END, unbridged: 'up', unanswered: 'ringing' },
  ended: {},
  failed: {},
  lost: {},
}

/** How far a call has come; `waitFor` is content with more than was asked for. */
export const PROGRESS: Readonly<Record<CallStatus, number>> = {
  queued: 0,
  dialing: 1,
  ringing: 2,
  up: 3,
  bridged: 4,
  ended: -1,
  failed: -1,
  lost: -1,
}

/** The signal of a channel's state (`ChannelState`, in the order of `CHANNEL_STATES`). */
export function signalOfState(state: number): CallSignal | undefined {
  return [undefined, undefined, undefined, 'dialing', 'ringing', 'ringing', 'up'][state] as CallSignal | undefined
}
