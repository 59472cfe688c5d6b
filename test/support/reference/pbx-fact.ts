/** Something that happened in a PBX, whoever tells it: `at` is milliseconds since the epoch, `id` a channel's `Uniqueid`. */
export type PBXFact = { readonly at: number } & (
  | {
      readonly kind: 'channel'
      readonly id: string
      readonly name: string
      readonly linkedId: string
      readonly number: string
      readonly exten: string
      readonly context: string
    }
  /** Two halves of a Local channel: what one hears, the other says. */
  | { readonly kind: 'pair'; readonly one: string; readonly two: string }
  /** `dialer` is undefined where a program dials (Originate); `number` where the dial string has one. */
  | { readonly kind: 'dial'; readonly id: string; readonly dialer: string | undefined; readonly number: string }
  /** `forward` is where the phone sent the caller instead. */
  | { readonly kind: 'dialEnd'; readonly id: string; readonly status: string; readonly forward: string }
  | { readonly kind: 'ringing' | 'up' | 'hold' | 'unhold'; readonly id: string }
  /** A device asked for the end; `cause` is 0 where it gave none. */
  | { readonly kind: 'hangupAsked'; readonly id: string; readonly cause: number }
  | { readonly kind: 'enter'; readonly id: string; readonly bridge: string; readonly room: Room }
  | { readonly kind: 'leave'; readonly id: string; readonly bridge: string }
  | { readonly kind: 'hangup'; readonly id: string; readonly cause: number }
  /** `by` takes the call that rings at `target`. */
  | { readonly kind: 'pickup'; readonly by: string; readonly target: string }
  | { readonly kind: 'blindTransfer'; readonly by: string; readonly exten: string }
  /** `by` had two calls, on one channel each or on one and the same, and they are one now. */
  | { readonly kind: 'attendedTransfer'; readonly by: string; readonly and: string }
  | { readonly kind: 'parked' | 'parkingTimeOut' | 'parkingGivenUp'; readonly id: string }
  | { readonly kind: 'unparked'; readonly id: string; readonly by: string }
  | { readonly kind: 'queueJoined'; readonly id: string; readonly queue: string }
  | { readonly kind: 'queueLeft' | 'queueAbandoned'; readonly id: string; readonly queue: string }
  | { readonly kind: 'recording'; readonly id: string }
)

/** In a `talk` and in a `conference` everybody hears everybody; in a conference the calls stay apart. In a `waiting` room nobody hears anybody. */
export type Room = 'talk' | 'conference' | 'waiting'
