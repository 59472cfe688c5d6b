import type { ApplicationRunner } from './applications.js'
import type { DialOptions } from './dial-options.js'
import { type FakeChannel, STATE } from './fake-channel.js'
import type { Plan } from './plan.js'
import { type Step, step } from './step.js'
import type { Switchboard } from './switchboard.js'

/** The cause of a telephone that refuses. */
const REFUSALS = { busy: 17, congestion: 34, reject: 21 } as const

/** Runs a dialplan: what happens at its extensions and its telephones. */
export class DialplanRunner {
  readonly #board: Switchboard
  readonly #plan: Plan
  readonly #applications: ApplicationRunner

  constructor(board: Switchboard, plan: Plan, applications: ApplicationRunner) {
    this.#board = board
    this.#plan = plan
    this.#applications = applications
  }

  has(exten: string, context: string): boolean {
    return this.#plan.extension(exten, context) !== undefined
  }

  /** An extension has as many priorities as steps. */
  hasPriority(exten: string, context: string, priority: number): boolean {
    return priority <= (this.#plan.extension(exten, context)?.length ?? 0)
  }

  /** Has a channel go on at an extension. One that is not there hangs it up. */
  run(channel: FakeChannel, context: string, exten: string, priority = 1): void {
    channel.cancel()
    channel.context = context
    channel.exten = exten
    this.#board.dialplanStarted(channel)
    this.#goOn(channel, this.#plan.takeExtension(exten, context) ?? [], priority)
  }

  /** Has a forgotten call ring where it was parked, as Asterisk's own context for that does. */
  comeBack(channel: FakeChannel, dialString: string): void {
    channel.context = 'park-dial'
    channel.exten = dialString.replaceAll('/', '_')
    this.#board.dialplanStarted(channel)
    this.#goOn(channel, [step('Dial', `${dialString},30`)], 1)
  }

  /** Has a channel run one application, and hang up when it returns. */
  runApplication(channel: FakeChannel, name: string, data: string): void {
    channel.cancel()
    channel.application = name
    channel.applicationData = data
    this.#applications.run(channel, { application: name, data }, this, () => this.#board.hangup(channel, channel.cause))
  }

  /**
   * Makes the channel of a destination and calls it. Undefined when there is none: a telephone that nobody knows makes no channel, an
   * extension that is not there makes two that are gone at once.
   */
  call(to: string, options: DialOptions): FakeChannel | undefined {
    const [technology = '', resource = ''] = to.split(/\/(.*)/s)
    return technology.toLowerCase() === 'local' ? this.#callLocal(resource, options) : this.#callPhone(to, resource, options)
  }

  /** Runs the steps of an extension from one on; behind the last the channel hangs up. */
  #goOn(channel: FakeChannel, steps: readonly Step[], priority: number): void {
    if (channel.isGone) return
    const next = steps[priority - 1]
    if (next === undefined) {
      this.#board.hangup(channel, channel.cause)
      return
    }
    channel.priority = priority
    channel.cancel = () => undefined
    this.#board.runs(channel, next.application, next.data)
    this.#applications.run(channel, next, this, () => this.#goOn(channel, steps, priority + 1))
  }

  #callLocal(resource: string, options: DialOptions): FakeChannel | undefined {
    const [address = '', flags = ''] = resource.split('/')
    const [exten = '', context = 'default'] = address.split('@')
    const { requestor, dialing, dialString = resource } = options
    const name = `Local/${exten}@${context}-${this.#board.nextNumber()}`
    const facts = { context, exten }
    const one = this.#board.create({ ...facts, name: `${name};1`, state: STATE.down, uniqueId: options.uniqueId, requestor })
    const two = this.#board.create({
      ...facts,
      name: `${name};2`,
      state: STATE.ring,
      uniqueId: options.otherUniqueId ?? (options.uniqueId === undefined ? undefined : `${options.uniqueId};2`),
      requestor: requestor ?? one,
    })
    for (const half of [one, two]) options.prepare?.(half)
    if (!this.has(exten, context)) {
      this.#board.hangup(two, 0)
      this.#board.hangup(one, 0)
      return undefined
    }
    one.otherHalf = two
    two.otherHalf = one
    this.#board.joinHalves(one, two, !flags.includes('n'))
    this.#board.dialBegin(one, dialing, dialString)
    this.run(two, context, exten)
    return one
  }

  #callPhone(to: string, resource: string, options: DialOptions): FakeChannel | undefined {
    const { number, peer } = addressOf(resource)
    const behaviour = this.#plan.takeTelephone(number)
    if (behaviour === undefined) return undefined
    const { requestor, uniqueId, dialing, dialString = resource } = options
    const name = `${to.slice(0, to.indexOf('/'))}/${peer}-${this.#board.nextNumber()}`
    const facts = { name, state: STATE.down, context: 'default', exten: 's' }
    const channel = this.#board.create({ ...facts, uniqueId, requestor })
    options.prepare?.(channel)
    this.#board.dialBegin(channel, dialing, dialString)
    if (behaviour.kind === 'answer') {
      this.#board.ring(channel)
      const answers = () => {
        channel.cancelPhone = this.#board.clock.after(behaviour.talkMs, () => this.#board.hangUpPhone(channel, behaviour.cause))
        this.#board.answer(channel)
      }
      if (behaviour.afterMs === 0) answers()
      else channel.cancelPhone = this.#board.clock.after(behaviour.afterMs, answers)
    } else if (behaviour.kind === 'noanswer') this.#board.ring(channel)
    else this.#board.hangup(channel, REFUSALS[behaviour.kind], true)
    return channel
  }
}

/** The telephone that a destination reaches. */
export function telephoneOf(to: string): string {
  return addressOf(to.slice(to.indexOf('/') + 1)).number
}

/** `PJSIP/0301@trunk` calls 0301 by the peer `trunk`, and so does `SIP/trunk/0301`. */
function addressOf(resource: string): { readonly number: string; readonly peer: string } {
  const [first = '', second] = resource.split('/')
  if (second !== undefined) return { number: second.replace(/^sip:/, '').replace(/@.*/, ''), peer: first }
  const [number = '', peer = number] = resource.split('@')
  return { number, peer }
}
