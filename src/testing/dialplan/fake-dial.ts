import type { DialFailure } from './dial-failure.js'
import type { Destinations } from './dial-options.js'
import type { Dialing, FakeChannel } from './fake-channel.js'
import { NORMAL_CLEARING } from './plan.js'
import type { Switchboard } from './switchboard.js'

const NO_ROUTE = 3
const ANSWERED_ELSEWHERE = 26
/** What a channel that is called says that it runs. */
const OUTGOING = '(Outgoing Line)'

/** What Dial clears before it calls. */
const CLEARED = [
  ...['DIALSTATUS', 'DIALEDPEERNUMBER', 'DIALEDPEERNAME'],
  ...['ANSWEREDTIME', 'DIALEDTIME', 'RINGTIME', 'PROGRESSTIME'].flatMap((name) => [name, `${name}_MS`]),
]

/** The application Dial: calls its destinations at once, and connects the caller with the first that answers. */
export class FakeDial {
  readonly #board: Switchboard
  readonly #dialer: FakeChannel
  readonly #returns: () => void
  #isSingle = true
  /** Who is called still. */
  readonly #legs = new Set<Leg>()
  #startedAt = 0
  #hasRung = false
  #isEnded = false
  #lastFailure: DialFailure = { dialStatus: 'CHANUNAVAIL', cause: NO_ROUTE, reason: 0 }
  #stopTimer: () => void = () => undefined

  /** @param returns has the dialler go on when nobody answered. */
  constructor(board: Switchboard, dialer: FakeChannel, returns: () => void) {
    this.#board = board
    this.#dialer = dialer
    this.#returns = returns
  }

  ringing(leg: Leg): void {
    const { channel } = leg
    if (this.#isSingle) leg.connectDialer()
    if (!this.#hasRung) this.#setTime('RINGTIME', this.#startedAt)
    this.#hasRung = true
    this.#board.ring(this.#dialer)
    if (channel !== undefined) this.#board.dialState(channel, this.#dialer, 'RINGING')
  }

  /** Calls. */
  start(phones: Destinations, destinations: readonly string[], timeoutMs: number): void {
    this.#isSingle = destinations.length === 1
    this.#startedAt = this.#board.clock.now()
    for (const name of CLEARED) this.#set(name, '')
    const legs = destinations.map((to) => new Leg(this, this.#dialer, this.#board, to.replace(/^[^/]*\//, '')))
    for (const leg of legs) this.#legs.add(leg)
    destinations.forEach((to, at) => {
      const leg = legs[at]
      if (leg === undefined || this.#isEnded) return
      const prepare = (channel: FakeChannel) => {
        if (leg.channel === undefined) leg.begin(channel)
        else leg.beginFarHalf(channel)
      }
      const channel = phones.call(to, { dialing: leg, requestor: this.#dialer, prepare })
      if (channel === undefined) this.#legs.delete(leg)
    })
    if (this.#isEnded) return
    if (this.#legs.size === 0) {
      this.#end()
      return
    }
    this.#stopTimer = this.#board.clock.after(timeoutMs, () => {
      this.#lastFailure = { dialStatus: 'NOANSWER', cause: 0, reason: 0 }
      this.#drop('NOANSWER', 0)
      this.#end()
    })
    this.#dialer.cancel = () => {
      this.#drop('CANCEL', NORMAL_CLEARING)
      this.#set('DIALSTATUS', 'CANCEL')
    }
  }

  answered(leg: Leg): void {
    const { channel } = leg
    this.#legs.delete(leg)
    if (channel === undefined || this.#isEnded) return
    leg.connectDialer()
    this.#drop('CANCEL', ANSWERED_ELSEWHERE)
    this.#dialer.cancel = () => undefined
    this.#board.dialEnd(channel, this.#dialer, 'ANSWER')
    this.#set('DIALSTATUS', 'ANSWER')
    this.#set('DIALEDPEERNAME', channel.name)
    this.#set('DIALEDPEERNUMBER', leg.number)
    this.#board.answer(this.#dialer)
    channel.exten = ''
    this.#board.runs(channel, 'AppDial', OUTGOING)
    this.#board.bridge(channel, this.#dialer)
    const answeredAt = this.#board.clock.now()
    this.#dialer.cancel = () => this.#talked(answeredAt)
  }

  #talked(answeredAt: number): void {
    this.#setTime('ANSWEREDTIME', answeredAt)
    this.#setTime('DIALEDTIME', this.#startedAt)
    this.#set('DIALSTATUS', 'ANSWER')
  }

  failed(leg: Leg, failure: DialFailure): void {
    if (!this.#legs.delete(leg) || this.#isEnded) return
    const { channel } = leg
    this.#lastFailure = failure
    if (channel !== undefined) {
      if (this.#isSingle) leg.connectDialer()
      this.#board.dialEnd(channel, this.#dialer, failure.dialStatus)
      this.#board.hangup(channel, failure.cause)
    }
    if (this.#legs.size === 0) this.#end()
  }

  /** Gives up everybody that is called still. */
  #drop(dialStatus: string, cause: number): void {
    this.#isEnded = true
    this.#stopTimer()
    for (const { channel } of this.#legs) {
      if (channel === undefined) continue
      channel.dialing = undefined
      this.#board.dialEnd(channel, this.#dialer, dialStatus)
      this.#board.hangup(channel, cause)
    }
    this.#legs.clear()
  }

  #set(name: string, value: string): void {
    this.#board.setVariable(this.#dialer, name, value)
  }

  /** How long it is since then, in seconds and in milliseconds. */
  #setTime(name: string, since: number): void {
    const ms = this.#board.clock.now() - since
    this.#set(name, String(Math.floor(ms / 1000)))
    this.#set(`${name}_MS`, String(ms))
  }

  #end(): void {
    this.#isEnded = true
    this.#stopTimer()
    this.#dialer.cancel = () => undefined
    this.#dialer.cause = this.#lastFailure.cause
    this.#set('DIALSTATUS', this.#lastFailure.dialStatus)
    this.#returns()
  }
}

/** One of the destinations that are called. */
class Leg implements Dialing {
  readonly dialer: FakeChannel
  channel: FakeChannel | undefined
  /** What is called, without its technology. */
  readonly number: string
  readonly #dial: FakeDial
  readonly #board: Switchboard

  constructor(dial: FakeDial, dialer: FakeChannel, board: Switchboard, number: string) {
    this.number = number
    this.#dial = dial
    this.dialer = dialer
    this.#board = board
  }

  /** Its channel is there: it is who was dialled, and it sees who calls. */
  begin(channel: FakeChannel): void {
    const { dialer } = this
    this.channel = channel
    this.#board.setVariable(channel, 'DIALEDPEERNUMBER', this.number)
    channel.exten = dialer.exten
    channel.caller = { number: dialer.connectedNum || dialer.exten, name: dialer.connectedName }
    this.#board.runs(channel, 'AppDial', OUTGOING)
    this.#board.callerIdChanged(channel)
    this.#board.connectLine(channel, { number: dialer.callerIdNum, name: dialer.callerIdName })
  }

  /** The other half of a Local channel sees the same from the other side. */
  beginFarHalf(channel: FakeChannel): void {
    const { channel: near } = this
    if (near === undefined) return
    this.#board.setVariable(channel, 'DIALEDPEERNUMBER', this.number)
    this.#board.identify(channel, { number: near.connectedNum, name: near.connectedName })
    this.#board.connectLine(channel, { number: near.callerIdNum, name: near.callerIdName })
  }

  /** The caller learns whom they reach; a Local channel says nothing. */
  connectDialer(): void {
    const { channel, dialer } = this
    if (channel === undefined || channel.otherHalf !== undefined) return
    const reached = { number: channel.callerIdNum, name: channel.callerIdName }
    this.#board.connectLine(dialer, reached)
    if (dialer.otherHalf !== undefined) this.#board.identify(dialer.otherHalf, reached)
  }

  ringing(): void {
    this.#dial.ringing(this)
  }

  answered(): void {
    this.#dial.answered(this)
  }

  failed(failure: DialFailure): void {
    this.#dial.failed(this, failure)
  }
}
