import type { Clock } from '../../core/clock.js'
import { callFastAGI } from '../../node/call-fastagi.js'
import { callProgram } from '../../node/call-program.js'
import type { ActionHandler, FakeEvent, HeaderPairs } from '../handlers.js'
import { AGICaller, type AGICallOptions } from './agi-caller.js'
import { AsyncAGICalls, type AsyncAGIHost } from './async-agi-calls.js'

/** The simulated callers whom scripts answer. */
export class AGICalls {
  readonly #async: AsyncAGICalls
  readonly #clock: Clock
  /** Callers whose scripts run, and what ends the connection to the script. */
  readonly #running = new Map<AGICaller, () => void>()

  constructor(host: AsyncAGIHost) {
    this.#clock = host.clock
    this.#async = new AsyncAGICalls(host)
  }

  /** The action by which scripts of AsyncAGI send their commands. */
  get handlers(): readonly ActionHandler[] {
    return this.#async.handlers
  }

  /** The channels in AsyncAGI, as CoreShowChannels lists them. */
  list(): FakeEvent[] {
    return this.#async.list()
  }

  byFastAGI(url: string, options: AGICallOptions): AGICaller {
    const caller = new AGICaller(options, this.#clock)
    return this.#started(caller, callFastAGI(url, caller))
  }

  /** @param channel the headers of a channel of the dialplan, whose life is the dialplan's matter. */
  byAsyncAGI(options: AGICallOptions, channel?: () => HeaderPairs): AGICaller {
    return this.#started(this.#async.start(options, channel), () => undefined)
  }

  byProgram(program: string, args: readonly string[], options: AGICallOptions): AGICaller & { errors(): string } {
    const caller = new AGICaller({ ...options, args: options.args ?? args }, this.#clock)
    const { errors, drop } = callProgram(program, args, caller)
    return Object.assign(this.#started(caller, drop), { errors })
  }

  /** Every caller hangs up, and waits for no script. Resolves when all have ended. */
  async hangUp(): Promise<void> {
    const callers = [...this.#running]
    for (const [caller, drop] of callers) {
      caller.hangup()
      drop()
    }
    await Promise.all(callers.map(([caller]) => caller.ended()))
  }

  #started(caller: AGICaller, drop: () => void): AGICaller {
    this.#running.set(caller, drop)
    void caller.ended().then(() => this.#running.delete(caller))
    return caller
  }
}
