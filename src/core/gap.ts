/**
 * A hole in a stream of events, in its place between the events around it. Two holes with no event between
 * them are one.
 */
export class Gap {
  /**
   * `disconnect`: there was no connection for a while. `overflow`: the reader was too slow and events were dropped. `lost`: the server numbers its events, and
   * some numbers did not come although the connection stood.
   */
  readonly reason: 'disconnect' | 'overflow' | 'lost'
  /** From when on events may be missing. */
  readonly from: Date
  /** Until when. */
  readonly to: Date
  /** How many events this side dropped. What was missed without a connection cannot be counted. */
  readonly dropped: number
  /** Whether Asterisk was started anew during the hole; undefined when it cannot be known. */
  readonly restarted: boolean | undefined
  readonly #missed: () => number | undefined
  readonly #isExact: () => boolean

  constructor(fields: {
    reason: Gap['reason']
    from: Date
    to: Date
    dropped?: number | undefined
    restarted?: boolean | undefined
    missed?: (() => number | undefined) | undefined
    isExact?: (() => boolean) | undefined
  }) {
    this.reason = fields.reason
    this.from = fields.from
    this.to = fields.to
    this.dropped = fields.dropped ?? 0
    this.restarted = fields.reason === 'disconnect' ? fields.restarted : (fields.restarted ?? false)
    this.#missed = fields.missed ?? (() => undefined)
    this.#isExact = fields.isExact ?? (() => false)
  }

  /**
   * How many events at least the server sent meanwhile that did not come; undefined where nothing can be known: the server does not number its events
   * (`debug = on` in manager.conf), a mask, a filter or the account keeps events from the client, or the account may not read manager.conf (GetConfig: `system`
   * or `config`), where that stands. Of an outage it is known from the first numbered event behind it on. It is no more than a lower bound, as Asterisk numbers
   * nothing while no session is there.
   */
  get missed(): number | undefined {
    return this.#missed()
  }

  /** Whether `missed` is exact: another session of this client stood meanwhile (option `keeper`). */
  get isExact(): boolean {
    return this.missed !== undefined && this.#isExact()
  }

  /** This hole and the one that follows it directly, as one. */
  joinedWith(later: Gap): Gap {
    return new Gap({
      reason: this.reason === 'overflow' ? later.reason : this.reason,
      from: this.from.getTime() < later.from.getTime() ? this.from : later.from,
      to: this.to.getTime() > later.to.getTime() ? this.to : later.to,
      dropped: this.dropped + later.dropped,
      missed: () => sum(this.missed, later.missed),
      isExact: () => this.isExact && later.isExact,
      restarted: this.restarted || later.restarted || (this.restarted === later.restarted ? this.restarted : undefined),
    })
  }
}

/** Of two lower bounds. */
function sum(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined && other === undefined ? undefined : (one ?? 0) + (other ?? 0)
}
