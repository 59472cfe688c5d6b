import type { AMIEvent } from '../ami/messages/event.js'
import type { Party } from './party.js'

/** Where a call stands. */
export type CallStatus = 'queued' | 'dialing' | 'ringing' | 'up' | 'bridged' | 'ended' | 'failed' | 'lost'

/** What all transitions have. */
export interface TransitionOf<Type extends string> {
  readonly type: Type
  /** The event's `Timestamp` where the server sends it (`timestampevents` in manager.conf), else its arrival. */
  readonly at: Date
  /** Where the call stands after it. */
  readonly status: CallStatus
  /** The event that caused it; undefined where it was no event: the queue, a resynchronisation, a close. */
  readonly event: AMIEvent | undefined
}

/** `Uniqueid` and name of the channel that a transition is about. */
export interface ChannelFacts {
  readonly uniqueId: string
  readonly channel: string
}

/** How a caller left a queue. `other`: by a key, because the queue emptied, or otherwise by its own rules. */
export type QueueResult = 'connected' | 'abandoned' | 'timeout' | 'other'

/** How a parked call came out of the lot. */
export type ParkingResult = 'retrieved' | 'timeout' | 'abandoned'

/** Something that happened to a call, told apart by `type`. */
export type CallTransition =
  | TransitionOf<'queued'>
  | (TransitionOf<'dialingStarted'> & ChannelFacts & { readonly dialString: string | undefined })
  /** The call's own channel changed its state; `stateText` is Asterisk's `ChannelStateDesc`. */
  | (TransitionOf<'stateChanged'> & { readonly state: number; readonly stateText: string })
  /**
   * `dialStatus` is Asterisk's (`ANSWER`, `BUSY` …); undefined when the channel hung up and no DialEnd came. `forward`: where the called device
   * sent the call instead.
   */
  | (TransitionOf<'dialingFinished'> &
      ChannelFacts & { readonly dialStatus: string | undefined; readonly forward: string | undefined })
  /** Two devices are connected. */
  | TransitionOf<'bridged'>
  /** No two devices are connected any more. */
  | TransitionOf<'unbridged'>
  /** A party, whose channel this is, put the others on hold, and took them back or hung up. */
  | (TransitionOf<'held' | 'unheld'> & ChannelFacts)
  /** A party, whose channel this is, handed the call on; `to` is an extension (blind) or a channel (attended). */
  | (TransitionOf<'transferred'> &
      ChannelFacts & {
        readonly kind: 'blind' | 'attended'
        readonly transferee: string | undefined
        readonly to: string | undefined
      })
  /** Another telephone took the call that rang at `target`. */
  | (TransitionOf<'pickedUp'> & ChannelFacts & { readonly target: string })
  | (TransitionOf<'parked'> & ChannelFacts & { readonly lot: string; readonly space: string })
  | (TransitionOf<'unparked'> & ChannelFacts & { readonly result: ParkingResult; readonly retriever: string | undefined })
  /** A caller waits in a queue of the PBX; a call that waits for its turn here is `queued`. */
  | (TransitionOf<'queueJoined'> & ChannelFacts & { readonly queue: string; readonly position: number })
  | (TransitionOf<'queueLeft'> & ChannelFacts & { readonly queue: string; readonly result: QueueResult })
  /** A queue rings a member, connects the caller with one, gives one up, or a member's call is over. `member` is the queue's name of them. */
  | (TransitionOf<'agentCalled' | 'agentConnected' | 'agentNotAnswered' | 'agentEnded'> &
      ChannelFacts & { readonly queue: string; readonly member: string; readonly interface: string })
  /** Asterisk hears somebody speak (`TALK_DETECT` in the dialplan). */
  | (TransitionOf<'speechStarted' | 'speechStopped'> & ChannelFacts)
  | (TransitionOf<'recordingStarted' | 'recordingStopped'> & ChannelFacts)
  /** The call goes on with the parties of another one, `other`, whose `mergedInto` it is. */
  | (TransitionOf<'merged'> & { readonly other: string })
  /** The connection was down, and the call is still there. */
  | TransitionOf<'resumed'>
  | (TransitionOf<'ended' | 'failed' | 'lost'> & CallOutcome)

/**
 * Why nobody of those who were called talked with the caller. `cancelled`: the caller, or a program, gave up while it rang. `abandoned`: the
 * caller gave up in a queue. `timeout`: the queue's time was over. `unknownNumber`: there is no such number or extension. `unknownEndpoint`: Asterisk has no such endpoint.
 * `unavailable`: the endpoint has no contact, or cannot be reached.
 */
export type CallReason =
  | 'busy'
  | 'noAnswer'
  | 'cancelled'
  | 'abandoned'
  | 'timeout'
  | 'rejected'
  | 'congestion'
  | 'unavailable'
  | 'unknownNumber'
  | 'unknownEndpoint'

/** One side of a call: the channel that was originated or the caller's (`a`), what that one had dialled (`b`). */
export interface Leg {
  /** `a`: whether the call was answered. `b`: whether somebody on it was connected with the caller. */
  readonly answered: boolean
  /** `ANSWER` if it was answered, else of the last dialling to end. */
  readonly dialStatus: string | undefined
  readonly cause: number
  readonly causeText: string
  /** Who answered, else who was tried last. */
  readonly party: Party | undefined
}

/** What became of a call. */
export interface CallOutcome {
  /** `failed`: a call of ours that was never answered. `lost`: what became of it is not known. */
  readonly result: 'ended' | 'failed' | 'lost'
  /** Whether its own channel was up at some time. */
  readonly answered: boolean
  /** Whether two devices were connected at some time. */
  readonly talked: boolean
  /** The first called party that was connected with the caller. */
  readonly answeredBy: Party | undefined
  /** Who hung up; undefined where a program did, or nobody talked. */
  readonly hungUpBy: Party | undefined
  /** Q.850 cause of the leg that decided; 0 if there was none. */
  readonly cause: number
  /** What Asterisk calls the cause; empty if there was none. */
  readonly causeText: string
  /** The same leg's own cause, such as SIP's 486; only where Asterisk sends `TechCause` (22). */
  readonly techCause: string | undefined
  /** `ANSWER` if somebody answered, else Asterisk's `DialStatus` of the last dialling to end. */
  readonly dialStatus: string | undefined
  /** Why nobody who was called talked with the caller; undefined if somebody did, if nobody was called, or where nothing tells. */
  readonly reason: CallReason | undefined
  /** OriginateResponse's `Reason`, of a call of ours that failed: 3 no answer, 5 busy, 8 congestion, 0 anything else. */
  readonly originateReason: number | undefined
  readonly legs: { readonly a: Leg; readonly b?: Leg | undefined }
  /** The id of the call that went on with this one's parties. */
  readonly mergedInto: string | undefined
  /** Why a call failed or was lost, where that was no hangup: Asterisk's refusal, an abort, a close. */
  readonly error: Error | undefined
}
