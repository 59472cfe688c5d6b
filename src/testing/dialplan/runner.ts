import type { ApplicationRunner } from './applications.js'
import type { DialFailure } from './dial-failure.js'
import type { DialOptions, DialTimes } from './dial-options.js'
import { type FakeChannel, STATE } from './fake-channel.js'
import { FakeDial } from './fake-dial.js'
import { NORMAL_CLEARING, type Plan, RING_MS } from './plan.js'
import type { Switchboard } from './switchboard.js'

const BUSY: DialFailure = { dialStatus: 'BUSY', cause: 17, reason: 5 }
const CONGESTION: DialFailure = { dialStatus: 'CONGESTION', cause: 34, reason: 8 }
/** The cause of a telephone that refuses. */
const REFUSALS = { busy: 17, congestion: 34, reject: 21 } as const

/** What an extension is in extensions.conf: Answer, Wait, Hangup. */
const PRIORITIES = { answer: 3, dial: 2, noanswer: 2, busy: 1, congestion: 1, reject: 1 } as const

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

  /** An extension of the fake has as many priorities as the application calls that it stands for. */
  hasPriority(exten: string, context: string, priority: number): boolean {
    const behaviour = this.#plan.extension(exten, context)
    return behaviour !== undefined && priority <= PRIORITIES[behaviour.kind]
  }

  /** Has a channel go on at an extension. One that is not there hangs it up. */
  run(channel: FakeChannel, context: string, exten: string): void {
    channel.cancel()
    channel.context = context
    channel.exten = exten
    this.#board.dialplanStarted(channel)
    const behaviour = this.#plan.takeExtension(exten, context)
    switch (behaviour?.kind) {
      case 'answer':
        if (behaviour.afterMs > 0) {
          this.#board.runs(channel, 'Ringing', '')
          this.#board.ring(channel)
          this.#board.runs(channel, 'Wait', String(behaviour.afterMs / 1000))
        }
        this.#later(channel, behaviour.afterMs, () => {
          this.#board.runs(channel, 'Answer', '')
          this.#board.answer(channel)
          this.wait(channel, behaviour.talkMs, behaviour.cause ?? NORMAL_CLEARING)
        })
        break
      case 'noanswer':
        this.#board.runs(channel, 'Ringing', '')
        this.#board.ring(channel)
        this.#board.runs(channel, 'Wait', '60')
        break
      case 'busy':
        this.#board.runs(channel, 'Busy', '')
        this.#board.refuse(channel, BUSY)
        break
      case 'congestion':
        this.#board.runs(channel, 'Congestion', '')
        this.#board.refuse(channel, CONGESTION)
        break
      case 'reject':
        this.#board.runs(channel, 'Hangup', String(REFUSALS.reject))
        this.#board.hangup(channel, REFUSALS.reject)
        break
      case 'dial':
        if (behaviour.answerFirst) this.#board.answer(channel)
        this.#board.runs(channel, 'Dial', `${behaviour.to.join('&')},${behaviour.timeoutMs / 1000}`)
        this.dial(channel, behaviour.to, { timeoutMs: behaviour.timeoutMs, causeOfNone: NORMAL_CLEARING })
        break
      default:
        this.#board.hangup(channel, 0)
    }
  }

  /** Has a channel run one application, and hang up when it returns. */
  runApplication(channel: FakeChannel, name: string, data: string): void {
    channel.cancel()
    application(channel, name, data)
    this.#applications.run(channel, name, data, this)
  }

  /** The application Wait, at the end of which the channel hangs up. */
  wait(channel: FakeChannel, ms: number, cause: number): void {
    if (channel.isGone) return
    this.#board.runs(channel, 'Wait', String(ms / 1000))
    this.#later(channel, ms, () => {
      this.#board.runs(channel, 'Hangup', String(cause))
      this.#board.hangup(channel, cause)
    })
  }

  /** The application Dial. When nobody answers, the dialplan goes on to its end. */
  dial(channel: FakeChannel, destinations: readonly string[], { timeoutMs = RING_MS, causeOfNone = 0 }: DialTimes = {}): void {
    new FakeDial(this.#board, channel, causeOfNone).start(this, destinations, timeoutMs)
  }

  /**
   * Makes the channel of a destination and calls it. Undefined when there is none: a telephone that nobody knows makes no channel, an
   * extension that is not there makes two that are gone at once.
   */
  call(to: string, options: DialOptions): FakeChannel | undefined {
    const [technology = '', resource = ''] = to.split(/\/(.*)/s)
    return technology.toLowerCase() === 'local' ? this.#callLocal(resource, options) : this.#callPhone(to, resource, options)
  }

  #callLocal(resource: string, options: DialOptions): FakeChannel | undefined {
    const [address = '', flags = ''] = resource.split('/')
    const [exten = '', context = 'default'] = address.split('@')
    const { requestor, dialing } = options
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
    this.#board.dialBegin(one, dialing, resource)
    this.run(two, context, exten)
    return one
  }

  #callPhone(to: string, resource: string, options: DialOptions): FakeChannel | undefined {
    const { number, peer } = addressOf(resource)
    const behaviour = this.#plan.takeTelephone(number)
    if (behaviour === undefined) return undefined
    const { requestor, uniqueId, dialing } = options
    const name = `${to.slice(0, to.indexOf('/'))}/${peer}-${this.#board.nextNumber()}`
    const facts = { name, state: STATE.down, context: 'default', exten: 's' }
    const channel = this.#board.create({ ...facts, uniqueId, requestor })
    options.prepare?.(channel)
    this.#board.dialBegin(channel, dialing, resource)
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

  #later(channel: FakeChannel, ms: number, callback: () => void): void {
    if (ms === 0) callback()
    else channel.cancel = this.#board.clock.after(ms, callback)
  }
}

/** `PJSIP/0301@trunk` calls 0301 by the peer `trunk`, and so does `SIP/trunk/0301`. */
function addressOf(resource: string): { readonly number: string; readonly peer: string } {
  const [first = '', second] = resource.split('/')
  if (second !== undefined) return { number: second.replace(/^sip:/, '').replace(/@.*/, ''), peer: first }
  const [number = '', peer = number] = resource.split('@')
  return { number, peer }
}

function application(channel: FakeChannel, name: string, data: string): void {
  channel.application = name
  channel.applicationData = data
}
