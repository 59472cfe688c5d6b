import type { Destinations } from '../dialplan/dial-options.js'
import type { FakeChannel } from '../dialplan/fake-channel.js'
import type { Switchboard } from '../dialplan/switchboard.js'
import type { HeaderPairs } from '../handlers.js'
import { entryHeaders, type FakeQueue } from './fake-queue.js'
import { QueueCall } from './queue-call.js'
import type { WaitingCaller } from './waiting-caller.js'

/** How often somebody who is not served looks again. */
const RECHECK_MS = 1_000
/** Timers may be early by a little. */
const TOLERANCE_MS = 20

/** What to do in a queue, as the application Queue is told. */
export interface QueueOrder {
  /** How long to wait at most; undefined: as long as it takes. */
  readonly timeoutSeconds: number | undefined
  readonly priority: number
}

/** A caller who waits in a queue: the application Queue on a channel. */
export class QueuedCaller implements WaitingCaller {
  readonly channel: FakeChannel
  isServed = false
  priority: number
  nextPosition = 0
  withdrawInfo: string | undefined
  readonly #queue: FakeQueue
  readonly #board: Switchboard
  readonly #phones: Destinations
  readonly #returns: () => void
  readonly #timeoutSeconds: number
  readonly #startedAt: number
  #originalPosition = 0
  #call: QueueCall | undefined
  #stopTimer: () => void = () => undefined

  constructor(
    queue: FakeQueue,
    channel: FakeChannel,
    order: QueueOrder,
    { board, phones, returns }: { readonly board: Switchboard; readonly phones: Destinations; readonly returns: () => void },
  ) {
    this.#queue = queue
    this.channel = channel
    this.priority = order.priority
    this.#timeoutSeconds = order.timeoutSeconds ?? Number.POSITIVE_INFINITY
    this.#board = board
    this.#phones = phones
    this.#returns = returns
    this.#startedAt = board.clock.now()
  }

  get waitSeconds(): number {
    return Math.floor(this.waitMs / 1000)
  }

  get waitMs(): number {
    return this.#board.clock.now() - this.#startedAt + TOLERANCE_MS
  }

  get restMs(): number {
    return Math.max(0, (this.#timeoutSeconds - this.waitSeconds) * 1000)
  }

  itemHeaders(): HeaderPairs {
    const { channel } = this
    const identity = channel.headers().filter(([name]) => /^(CallerID|ConnectedLine)/.test(name))
    return [
      ['Channel', channel.name],
      ['Uniqueid', channel.uniqueId],
      ...entryHeaders(identity),
      ['Wait', this.waitSeconds],
      ['Priority', this.priority],
    ]
  }

  start(): void {
    const { channel } = this
    this.#queue.join(this)
    this.#originalPosition = this.#queue.positionOf(this)
    channel.cancel = () => this.#gone()
    this.#board.tell(channel, 'MusicOnHoldStart', [['Class', 'default']])
    this.#turn()
  }

  withdraw(info: string): void {
    this.withdrawInfo = info
  }

  callFailed(): void {
    this.#call = undefined
    this.isServed = false
    if (this.#isOver()) return
    this.#stopTimer = this.#board.clock.after(this.#queue.options.retryMs, () => this.#turn())
  }

  connected(): void {
    const { channel } = this
    this.#board.tell(channel, 'MusicOnHoldStop', [])
    this.#leave()
    this.#setTimes('QUEUEWAIT', this.waitMs)
  }

  talked(connectedAt: number): void {
    this.#setTimes('ANSWEREDTIME', this.#board.clock.now() - connectedAt)
    this.#setTimes('DIALEDTIME', this.waitMs)
  }

  /** Sets a variable that counts seconds, and the one that 22 has for milliseconds. */
  #setTimes(name: string, ms: number | undefined): void {
    if (this.#board.version !== 22) return
    this.#board.setVariable(this.channel, name, ms === undefined ? '' : String(Math.floor(ms / 1000)))
    this.#board.setVariable(this.channel, `${name}_MS`, ms === undefined ? '' : String(ms))
  }

  #turn(): void {
    if (this.#isOver()) return
    if (!this.#queue.isTurnOf(this)) {
      this.#stopTimer = this.#board.clock.after(RECHECK_MS, () => this.#turn())
      return
    }
    this.isServed = true
    this.#call = new QueueCall(this.#queue, this, this.#board, this.#phones)
    this.#call.start()
  }

  /** Whether the caller has left: no time is left, nobody could come, or somebody said so. */
  #isOver(): boolean {
    if (this.withdrawInfo !== undefined) this.#giveUp('WITHDRAW')
    else if (this.#queue.options.leaveWhenEmpty && this.#queue.isEmpty) this.#giveUp('LEAVEEMPTY')
    else if (this.waitSeconds >= this.#timeoutSeconds) this.#giveUp('TIMEOUT')
    else return false
    return true
  }

  #giveUp(status: string): void {
    const { channel } = this
    channel.cancel = () => undefined
    if (status === 'WITHDRAW') this.#setWaited()
    this.#abandon()
    if (status !== 'WITHDRAW') this.#setWaited()
    if (this.withdrawInfo !== undefined && this.withdrawInfo !== '')
      this.#board.setVariable(channel, 'QUEUE_WITHDRAW_INFO', this.withdrawInfo)
    this.#board.tell(channel, 'MusicOnHoldStop', [])
    this.#leave()
    this.#board.setVariable(channel, 'QUEUESTATUS', status)
    this.#returns()
  }

  /** The caller hung up, or was taken elsewhere. */
  #gone(): void {
    this.#stopTimer()
    this.#board.tell(this.channel, 'MusicOnHoldStop', [])
    this.#call?.abandon()
    this.#setWaited()
    this.#abandon()
    this.#leave()
  }

  #abandon(): void {
    this.#board.setVariable(this.channel, 'ABANDONED', 'TRUE')
    this.#queue.statistics.abandoned(this.waitSeconds)
    this.#board.tell(this.channel, 'QueueCallerAbandon', [
      ['Queue', this.#queue.name],
      ['Position', this.#queue.positionOf(this)],
      ['OriginalPosition', this.#originalPosition],
      ['HoldTime', this.waitSeconds],
    ])
  }

  #setWaited(): void {
    this.#setTimes('QUEUEWAIT', this.waitMs)
    this.#setTimes('DIALEDTIME', this.waitMs)
    this.#setTimes('ANSWEREDTIME', 0)
  }

  #leave(): void {
    const position = this.#queue.positionOf(this)
    this.#queue.leave(this)
    this.#board.setVariable(this.channel, 'QUEUEPOSITION', String(position))
  }
}
