import { parseCallerId } from '../../core/caller-id.js'
import { checkOptions } from '../../core/options.js'
import { FakeStateError } from '../errors.js'
import type { ActionHandler, FakeEvent } from '../handlers.js'
import { Caller, INCOMING_CALL_SHAPE, type IncomingCall } from './caller.js'
import { dialplanActions, listChannels } from './dialplan-actions.js'
import { STATE } from './fake-channel.js'
import { behaviours, type Dialplan } from './plan.js'
import { DialplanRunner } from './runner.js'
import { Switchboard, type SwitchboardHost } from './switchboard.js'

/** The simulated calls of a fake. */
export class DialplanCalls {
  readonly #board: Switchboard
  readonly #runner: DialplanRunner
  readonly handlers: readonly ActionHandler[]

  /** @throws TypeError that names an entry of the plan which cannot be. */
  constructor(host: SwitchboardHost, plan: Dialplan) {
    this.#board = new Switchboard(host)
    this.#runner = new DialplanRunner(this.#board, behaviours(plan))
    this.handlers = dialplanActions(this.#board, this.#runner)
  }

  /** @throws FakeStateError when the extension is not there; TypeError that names what is wrong with the call. */
  incoming(call: IncomingCall): Caller {
    checkOptions(call, INCOMING_CALL_SHAPE)
    const { to, from = '', trunk = 'PJSIP/trunk', context = 'default' } = call
    if (!this.#runner.has(to)) throw new FakeStateError(`Nobody can call ${to}: the dialplan has no such extension`)
    const { name: callerIdName, number: callerIdNum } = parseCallerId(from)
    const channel = this.#board.create({
      name: `${trunk}-${this.#board.nextNumber()}`,
      state: STATE.ring,
      context,
      exten: to,
      callerIdNum,
      callerIdName,
    })
    this.#runner.run(channel, context, to)
    return new Caller(this.#board, this.#runner, channel)
  }

  /** Its channels, as CoreShowChannels lists them. */
  list(): FakeEvent[] {
    return [...listChannels(this.#board.channels, this.#board.clock.now())]
  }

  /** Hangs up every call. */
  hangUpAll(): void {
    this.#board.hangUpAll()
  }

  /** Ends every call without a word. */
  clear(): void {
    this.#board.clear()
  }
}
