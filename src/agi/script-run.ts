import type { Clock } from '../core/clock.js'
import type { Observer } from '../core/observer.js'
import { waitWithin } from '../core/waiting.js'
import { AGIHangupError, AGISessionEndedError, AGITimeoutError, isAGIError, TAKEN_ELSEWHERE } from './errors.js'
import type { AGIScript, RouteMatch } from './router.js'
import { AGISession } from './session.js'
import type { AGISessionConnection } from './session-connection.js'
import { SessionEnd } from './session-end.js'

/** How long Asterisk may take to hang up. */
const HANGUP_MS = 1_000

/** How a script ended. `threw` has what it threw, if that was neither the caller's hangup nor the end of the session. */
export type ScriptEnd = { readonly threw: unknown } | undefined

/** What a script needs of its runtime. */
export interface ScriptRuntime {
  readonly clock: Clock
  readonly observer?: Observer | undefined
}

/** One script at work on one call. */
export class ScriptRun {
  readonly session: AGISession
  readonly #end = new SessionEnd()
  readonly #script: AGIScript
  readonly #connection: AGISessionConnection
  readonly #clock: Clock

  constructor(connection: AGISessionConnection, { clock, observer }: ScriptRuntime, { script, params, query }: RouteMatch) {
    this.#script = script
    this.#connection = connection
    this.#clock = clock
    const end = this.#end
    const context = {
      clock,
      observer,
      params,
      query,
      get signal() {
        return end.signal
      },
    }
    this.session = AGISession.on(connection, context)
  }

  /** The caller has hung up. */
  hungUp(): void {
    this.#end.come(() => new AGIHangupError())
  }

  /** The caller was taken elsewhere. */
  transferred(): void {
    this.#end.come(() => new AGISessionEndedError(TAKEN_ELSEWHERE))
  }

  /** The connection is gone. */
  lost(error: Error | undefined): void {
    this.#end.come(() => new AGISessionEndedError(error?.message ?? 'its connection is closed', '', error && { cause: error }))
  }

  /** Hangs up, ends the session and tells the script why. What it still does reaches nobody. */
  async stop(reason: AGISessionEndedError): Promise<void> {
    this.#end.come(() => reason)
    await this.#hangUp()
    this.session.end()
  }

  /** Runs the script to its end, and hands the call back. A script that throws has its call hung up. Never rejects. */
  async run(): Promise<ScriptEnd> {
    let end: ScriptEnd
    try {
      await this.#script(this.session)
    } catch (error) {
      if (!this.#isOrderly(error)) end = { threw: error }
    }
    if (end !== undefined && !this.#end.hasCome) await this.#hangUp()
    this.session.end()
    return end
  }

  async #hangUp(): Promise<void> {
    const tooLate = () => new AGITimeoutError(`HANGUP was not answered within ${HANGUP_MS} ms`, 'HANGUP')
    const limits = { clock: this.#clock, timeoutMs: HANGUP_MS, tooLate }
    await waitWithin(this.#connection.hangUp(), limits).catch(() => undefined)
  }

  /** A script need not catch what its caller's hangup throws. */
  #isOrderly(error: unknown): boolean {
    const isEnd = error instanceof AGIHangupError || error instanceof AGISessionEndedError
    return isEnd || (this.#end.hasCome && (this.#end.isReason(error) || isAGIError(error, 'AGI_DEAD_CHANNEL')))
  }
}
