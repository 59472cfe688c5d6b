import { parseCallerId } from '../../core/caller-id.js'
import { checkOptions } from '../../core/options.js'
import type { AGICalls } from '../agi/agi-calls.js'
import { Conferences } from '../conferences/conferences.js'
import { FakeStateError } from '../errors.js'
import type { ActionHandler, FakeEvent } from '../handlers.js'
import { ParkingLot } from '../parking/parking-lot.js'
import { FakeQueues } from '../queues/fake-queues.js'
import type { FakeQueueOptions } from '../queues/queue-options.js'
import { agiApplication } from './agi-application.js'
import { ApplicationRunner, type FakeApplication } from './applications.js'
import { Caller, INCOMING_CALL_SHAPE, type IncomingCall } from './caller.js'
import { channelItem, statusItem } from './channel-lists.js'
import { dialplanActions } from './dialplan-actions.js'
import { type FakeChannel, STATE } from './fake-channel.js'
import { type Dialplan, Plan } from './plan.js'
import { DialplanRunner, telephoneOf } from './runner.js'
import { Switchboard, type SwitchboardHost } from './switchboard.js'

/** The simulated calls of a fake. */
export class DialplanCalls {
  readonly #board: Switchboard
  readonly #runner: DialplanRunner
  readonly #plan: Plan
  readonly #queues: FakeQueues
  readonly handlers: readonly ActionHandler[]

  /** @throws TypeError that names a wrong entry of the plan. */
  constructor(
    host: Omit<SwitchboardHost, 'isThere'>,
    plan: Dialplan,
    applications: Readonly<Record<string, FakeApplication>>,
    agi: AGICalls,
  ) {
    this.#plan = new Plan(plan)
    this.#board = new Switchboard({ ...host, isThere: (device) => this.#isThere(device) })
    this.#queues = new FakeQueues(this.#board)
    const conferences = new Conferences(this.#board)
    const parking = new ParkingLot(this.#board, (channel, dialString) => this.#runner.comeBack(channel, dialString))
    const builtIn = {
      agi: agiApplication(this.#board, agi),
      confbridge: conferences.application,
      park: parking.park,
      parkedcall: parking.retrieve,
      queue: this.#queues.application,
    }
    this.#runner = new DialplanRunner(this.#board, this.#plan, new ApplicationRunner(this.#board, applications, builtIn))
    this.handlers = [
      ...dialplanActions(this.#board, this.#runner),
      ...this.#queues.handlers,
      ...conferences.handlers,
      ...parking.handlers,
    ]
  }

  /** @throws TypeError or RangeError that names a wrong option. */
  addQueue(name: string, options: FakeQueueOptions): void {
    for (const member of Object.values(options.members ?? {})) {
      const called = typeof member === 'string' ? member : member.interface
      if (!called.startsWith('Local/')) this.#plan.addTelephone(telephoneOf(called))
    }
    this.#queues.add(name, options)
  }

  /** @throws FakeStateError when the extension is not there; TypeError that names what is wrong with the call. */
  incoming(call: IncomingCall): Caller {
    checkOptions(call, INCOMING_CALL_SHAPE)
    const { to, from = '', trunk = 'PJSIP/trunk', context = 'default' } = call
    this.#plan.addContext(context)
    if (!this.#runner.has(to, context)) throw new FakeStateError(`Nobody can call ${to}: the dialplan has no such extension`)
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
    return Caller.of(this.#board, this.#runner, channel)
  }

  /** Whether there is such a channel, by its name or its `Uniqueid`. */
  has(nameOrId: string): boolean {
    return this.#board.find(nameOrId) !== undefined
  }

  hasBridge(id: string): boolean {
    return this.#board.channels.some(({ bridge }) => bridge?.id === id)
  }

  hasContext(name: string): boolean {
    return this.#plan.hasContext(name)
  }

  get channels(): readonly FakeChannel[] {
    return this.#board.channels
  }

  /** How many channels have run a dialplan or an application. */
  get processed(): number {
    return this.#board.processed
  }

  /** Its channels, as CoreShowChannels lists them. */
  list(): FakeEvent[] {
    return this.#board.channels.map((channel) => channelItem(channel, this.#board.clock.now()))
  }

  /** Its channels, or one of them, as Status lists them; undefined when that one is not there. */
  status(nameOrId: string, variables: readonly string[], withAll: boolean): FakeEvent[] | undefined {
    const one = this.#board.find(nameOrId)
    if (nameOrId !== '' && one === undefined) return undefined
    const now = this.#board.clock.now()
    return (one === undefined ? this.#board.channels : [one]).map((channel) => {
      const values = new Map(variables.map((name) => [name, this.#board.variable(channel, name)]))
      return statusItem(channel, now, values, withAll)
    })
  }

  /** Hangs up every call. */
  hangUpAll(): void {
    this.#board.hangUpAll()
  }

  /** Ends every call without a word. */
  clear(): void {
    this.#board.clear()
  }

  #isThere(device: string): boolean {
    const [exten = '', context = 'default'] = device.replace(/^Local\//, '').split('@')
    return device.startsWith('Local/') ? this.#runner.has(exten, context) : this.#plan.hasTelephone(telephoneOf(device))
  }
}
