import type { AMIEvent } from '../ami/messages/event.js'

/** Where a call stands. */
export type CallStatus = 'queued' | 'dialing' | 'ringing' | 'up' | 'bridged' | 'ended' | 'failed' | 'lost'

/** What all transitions have. */
export interface TransitionOf<Type extends string> {
  readonly type: Type
  readonly at: Date
  /** Where the call stands after it. */
  readonly status: CallStatus
  /** The event that caused it; undefined where it was no event: the queue, a resynchronisation, a close. */
  readonly event: AMIEvent | undefined
}

/** `Uniqueid` of the channel that is dialled, its name, and how the dialling went. */
export interface DialFacts {
  readonly uniqueId: string
  readonly channel: string
}

/** Something that happened to a call, told apart by `type`. */
export type CallTransition =
  | TransitionOf<'queued'>
  | (TransitionOf<'dialingStarted'> & DialFacts)
  /** The call's first channel changed its state; `stateText` is Asterisk's `ChannelStateDesc`. */
  | (TransitionOf<'stateChanged'> & { readonly state: number; readonly stateText: string })
  /** `dialStatus` is Asterisk's (`ANSWER`, `BUSY` …); undefined when the channel hung up and no DialEnd came. */
  | (TransitionOf<'dialingFinished'> & DialFacts & { readonly dialStatus: string | undefined })
  | TransitionOf<'bridged'>
  | TransitionOf<'unbridged'>
  | TransitionOf<'held'>
  | TransitionOf<'unheld'>
  /** The link was down, and the call is still there. */
  | TransitionOf<'resumed'>
  | (TransitionOf<'ended' | 'failed' | 'lost'> & CallOutcome)

/** What became of a call. */
export interface CallOutcome {
  /** `failed`: an outgoing call that was never answered. `lost`: what became of it is not known. */
  readonly result: 'ended' | 'failed' | 'lost'
  /** Whether it was up at some time. */
  readonly answered: boolean
  /** The last Q.850 cause that is not 0, from Hangup and else HangupRequest; 0 if there was none. */
  readonly cause: number
  /** What Asterisk calls the cause; empty if there was none. */
  readonly causeText: string
  /** The technology's own cause, such as SIP's 486; only where Asterisk sends `TechCause` (22). */
  readonly techCause: string | undefined
  /** `DialStatus` of the last dialling that came to an end. */
  readonly dialStatus: string | undefined
  /** OriginateResponse's `Reason`, of a call of ours that failed: 3 no answer, 5 busy, 8 congestion, 0 anything else. */
  readonly reason: number | undefined
  /** Why a call failed or was lost, where that was no hangup: Asterisk's refusal, an abort, a close. */
  readonly error: Error | undefined
}
