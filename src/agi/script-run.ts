import type { Clock } from '../core/clock.js'
import type { Observer } from '../core/observer.js'
import { waitWithin } from '../core/waiting.js'
import { AGIHangupError, AGISessionEndedError, AGITimeoutError, isAGIError } from './errors.js'
import type { AGIScript, RouteMatch } from './router.js'
import { AGISession } from './session.js'
import type { AGISessionConnection } from './session-connection.js'

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
  readonly #abort = new AbortController()
  readonly #script: AGIScript
  readonly #connection: AGISessionConnection
  readonly #clock: Clock

  constructor(connection: AGISessionConnection, { clock, observer }: ScriptRuntime, { script, params, query }: RouteMatch) {
    this.#script = script
    this.#connection = connection
    this.#clock = clock
    this.session = AGISession.on(connection, { clock, observer, signal: this.#abort.signal, params, query })
  }

  /** The caller has hung up. */
  hungUp(): void {
    this.#abort.abort(new AGIHangupError())
  }

  /** The connection is gone. */
  lost(error: Error | undefined): void {
    this.#abort.abort(new AGISessionEndedError(error?.message ?? 'its connection is closed', '', error && { cause: error }))
  }

  /** Hangs up, ends the session and tells the script why. What it still does reaches nobody. */
  async stop(reason: AGISessionEndedError): Promise<void> {
    this.#abort.abort(reason)
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
    if (end !== undefined && !this.#abort.signal.aborted) await this.#hangUp()
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
    return isEnd || (this.#abort.signal.aborted && (error === this.#abort.signal.reason || isAGIError(error, 'AGI_DEAD_CHANNEL')))
  }
}
