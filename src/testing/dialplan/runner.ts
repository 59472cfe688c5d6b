import type { DialFailure } from './dial-failure.js'
import { type Dialing, type FakeChannel, STATE } from './fake-channel.js'
import { type Behaviour, NORMAL_CLEARING } from './plan.js'
import type { Switchboard } from './switchboard.js'

const BUSY: DialFailure = { dialStatus: 'BUSY', cause: 17, reason: 5 }
const CONGESTION: DialFailure = { dialStatus: 'CONGESTION', cause: 34, reason: 8 }
/** The cause of a telephone that refuses. */
const REFUSALS = { busy: 17, congestion: 34, reject: 21 } as const
const NO_ROUTE = 3

/** Where a channel is called: `PJSIP/200`, `Local/200@default/n`. */
export interface Destination {
  readonly technology: string
  readonly resource: string
}

/** What a dialled channel is given. */
export interface DialOptions {
  readonly dialing: Dialing
  readonly requestor?: FakeChannel | undefined
  readonly uniqueId?: string | undefined
  readonly otherUniqueId?: string | undefined
  readonly callerIdNum?: string | undefined
  readonly callerIdName?: string | undefined
  readonly prepare?: ((channel: FakeChannel) => void) | undefined
}

/** Runs a dialplan: what happens at its extensions and its telephones. */
export class DialplanRunner {
  readonly #board: Switchboard
  readonly #plan: ReadonlyMap<string, Behaviour>

  constructor(board: Switchboard, plan: ReadonlyMap<string, Behaviour>) {
    this.#board = board
    this.#plan = plan
  }

  has(exten: string): boolean {
    const behaviour = this.#plan.get(exten)
    return behaviour !== undefined && behaviour.kind !== 'invalid'
  }

  /** Has a channel go on at an extension. One that is not there hangs it up. */
  run(channel: FakeChannel, context: string, exten: string): void {
    channel.cancel()
    channel.context = context
    channel.exten = exten
    channel.runsDialplan = true
    const behaviour = this.#plan.get(exten)
    switch (behaviour?.kind) {
      case 'answer':
        if (behaviour.afterMs > 0) this.#board.ring(channel)
        this.#later(channel, behaviour.afterMs, () => {
          this.#board.answer(channel)
          this.wait(channel, behaviour.talkMs, behaviour.cause)
        })
        break
      case 'noanswer':
        application(channel, 'Wait', '60')
        this.#board.ring(channel)
        break
      case 'busy':
        application(channel, 'Busy', '')
        this.#board.refuse(channel, BUSY)
        break
      case 'congestion':
        application(channel, 'Congestion', '')
        this.#board.refuse(channel, CONGESTION)
        break
      case 'reject':
        this.#board.hangup(channel, REFUSALS.reject)
        break
      case 'dial':
        if (behaviour.answerFirst) this.#board.answer(channel)
        this.#dial(channel, behaviour.to, behaviour.timeoutMs)
        break
      default:
        this.#board.hangup(channel, 0)
    }
  }

  /** The application Wait, at the end of which the channel hangs up. */
  wait(channel: FakeChannel, ms: number, cause: number = NORMAL_CLEARING): void {
    application(channel, 'Wait', String(ms / 1000))
    this.#later(channel, ms, () => this.#board.hangup(channel, cause))
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
    const { requestor, dialing, callerIdNum = '', callerIdName = '' } = options
    const name = `Local/${exten}@${context}-${this.#board.nextNumber()}`
    const facts = { context, exten, callerIdNum, callerIdName }
    const one = this.#board.create({ ...facts, name: `${name};1`, state: STATE.down, uniqueId: options.uniqueId, requestor })
    const two = this.#board.create({
      ...facts,
      name: `${name};2`,
      state: STATE.ring,
      uniqueId: options.otherUniqueId ?? (options.uniqueId === undefined ? undefined : `${options.uniqueId};2`),
      requestor: requestor ?? one,
    })
    for (const half of [one, two]) options.prepare?.(half)
    if (!this.has(exten)) {
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
    const behaviour = this.#plan.get(resource)
    if (behaviour === undefined || behaviour.kind === 'invalid' || behaviour.kind === 'dial') return undefined
    const { requestor, uniqueId, dialing, callerIdNum = '', callerIdName = '' } = options
    const name = `${to}-${this.#board.nextNumber()}`
    const facts = { name, state: STATE.down, context: 'default', exten: 's', callerIdNum, callerIdName }
    const channel = this.#board.create({ ...facts, uniqueId, requestor })
    options.prepare?.(channel)
    this.#board.dialBegin(channel, dialing, resource)
    if (behaviour.kind === 'answer') {
      this.#board.ring(channel)
      const answers = () => {
        channel.cancelPhone = this.#board.clock.after(behaviour.talkMs, () => this.#board.hangup(channel, behaviour.cause, true))
        this.#board.answer(channel)
      }
      if (behaviour.afterMs === 0) answers()
      else channel.cancelPhone = this.#board.clock.after(behaviour.afterMs, answers)
    } else if (behaviour.kind === 'noanswer') this.#board.ring(channel)
    else this.#board.hangup(channel, REFUSALS[behaviour.kind], true)
    return channel
  }

  /** The application Dial. When it comes to nothing, the dialplan goes on to its end. */
  #dial(dialer: FakeChannel, to: string, timeoutMs: number): void {
    application(dialer, 'Dial', to)
    const board = this.#board
    let stopTimer: () => void = () => undefined
    let called: FakeChannel | undefined
    let over = false
    const end = (dialStatus: string, cause: number) => {
      over = true
      stopTimer()
      if (called !== undefined) {
        board.dialEnd(called, dialer, dialStatus)
        called.dialing = undefined
        board.hangup(called, cause)
      }
      board.hangup(dialer, cause === 0 ? NORMAL_CLEARING : cause)
    }
    const dialing: Dialing = {
      dialer,
      ringing: () => {
        board.ring(dialer)
        if (called !== undefined) board.dialState(called, dialer, 'RINGING')
      },
      answered: () => {
        over = true
        stopTimer()
        dialer.cancel = () => undefined
        if (called === undefined) return
        board.dialEnd(called, dialer, 'ANSWER')
        board.answer(dialer)
        called.exten = ''
        board.bridge(called, dialer)
      },
      failed: ({ dialStatus, cause }) => end(dialStatus, cause),
    }
    const prepare = (channel: FakeChannel) => {
      called ??= channel
    }
    this.call(to, { dialing, requestor: dialer, prepare })
    if (called === undefined || called.isGone) {
      if (!over) board.hangup(dialer, NO_ROUTE)
      return
    }
    if (over) return
    stopTimer = board.clock.after(timeoutMs, () => end('NOANSWER', 0))
    dialer.cancel = () => {
      stopTimer()
      if (over || called === undefined) return
      over = true
      called.dialing = undefined
      board.dialEnd(called, dialer, 'CANCEL')
      board.hangup(called, NORMAL_CLEARING)
    }
  }

  #later(channel: FakeChannel, ms: number, then: () => void): void {
    if (ms === 0) then()
    else channel.cancel = this.#board.clock.after(ms, then)
  }
}

function application(channel: FakeChannel, name: string, data: string): void {
  channel.application = name
  channel.applicationData = data
}
