import type { AMIEvent } from '../messages/event.js'
import type { AMIResponse } from '../messages/response.js'

/** When the Asterisk at the other end was started, by whatever sign it gave. */
export class ServerStart {
  /** Milliseconds since the epoch by this machine's clock, at most a second late: FullyBooted counts whole seconds. */
  readonly #atMs: number | undefined
  /** Date and time as Asterisk writes them. */
  readonly #text: string | undefined

  private constructor(atMs: number | undefined, text: string | undefined) {
    this.#atMs = atMs
    this.#text = text
  }

  /** From the `Uptime` (seconds) of FullyBooted, on 16 and 22; undefined where it has none. */
  static fromUptime(fullyBooted: AMIEvent, nowMs: number): ServerStart | undefined {
    const uptime = fullyBooted.get('Uptime') ?? ''
    return /^\d+$/.test(uptime) ? new ServerStart(nowMs - Number(uptime) * 1000, undefined) : undefined
  }

  /** From the answer to CoreStatus, whose time zone is the server's; undefined where it does not say. */
  static fromCoreStatus(response: AMIResponse): ServerStart | undefined {
    const date = response.get('CoreStartupDate')
    const time = response.get('CoreStartupTime')
    return date === undefined || time === undefined ? undefined : new ServerStart(undefined, `${date} ${time}`)
  }

  /**
   * Whether this start is later than the connection before it; undefined when that cannot be known.
   *
   * @param before the start known on the connection before. @param lastSignOfLifeMs when its last message came.
   */
  isRestartAfter(before: ServerStart | undefined, lastSignOfLifeMs: number): boolean | undefined {
    if (this.#atMs !== undefined) {
      if (this.#atMs <= lastSignOfLifeMs) return false
      // Both are up to a second late, so within a second of a start the same one can look later.
      const earlier = before === undefined ? undefined : before.#atMs
      return earlier !== undefined && this.#atMs - earlier < 1_000 ? undefined : true
    }
    if (before === undefined || before.#text === undefined) return undefined
    return before.#text !== this.#text
  }
}
