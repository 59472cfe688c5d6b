/**
 * A hole in a stream of events, in its place between the events around it. Two holes with no event between
 * them are one.
 */
export class Gap {
  /** `disconnect`: there was no connection for a while. `overflow`: the reader was too slow and events were dropped. */
  readonly reason: 'disconnect' | 'overflow'
  /** From when on events may be missing. */
  readonly from: Date
  /** Until when. */
  readonly to: Date
  /** How many events this side dropped. What was missed without a connection cannot be counted. */
  readonly dropped: number
  /** Whether Asterisk was started anew during the hole; undefined when it cannot be known. */
  readonly restarted: boolean | undefined

  constructor(fields: {
    reason: Gap['reason']
    from: Date
    to: Date
    dropped?: number | undefined
    restarted?: boolean | undefined
  }) {
    this.reason = fields.reason
    this.from = fields.from
    this.to = fields.to
    this.dropped = fields.dropped ?? 0
    this.restarted = fields.reason === 'overflow' ? (fields.restarted ?? false) : fields.restarted
  }

  /** This hole and the one that follows it directly, as one. */
  joinedWith(later: Gap): Gap {
    return new Gap({
      reason: this.reason === 'disconnect' ? 'disconnect' : later.reason,
      from: this.from.getTime() < later.from.getTime() ? this.from : later.from,
      to: this.to.getTime() > later.to.getTime() ? this.to : later.to,
      dropped: this.dropped + later.dropped,
      restarted: this.restarted || later.restarted || (this.restarted === later.restarted ? this.restarted : undefined),
    })
  }
}
