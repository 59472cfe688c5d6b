/** How a dialling failed: its `DialStatus`, the cause it left, and the `Reason` that OriginateResponse gives. */
export interface DialFailure {
  readonly dialStatus: string
  readonly cause: number
  readonly reason: number
}

/** `DialStatus` of a channel that hung up with this cause before it answered. */
export function dialStatusOf(cause: number): string {
  if (cause === 17) return 'BUSY'
  if (cause === 34) return 'CONGESTION'
  if (cause === 3) return 'CHANUNAVAIL'
  return 'NOANSWER'
}
