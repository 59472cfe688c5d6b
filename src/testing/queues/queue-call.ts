import type { DialFailure } from '../dialplan/dial-failure.js'
import type { Destinations } from '../dialplan/dial-options.js'
import type { Dialing, FakeChannel } from '../dialplan/fake-channel.js'
import type { Switchboard } from '../dialplan/switchboard.js'
import type { HeaderPairs } from '../handlers.js'
import { type Candidate, candidatesOf } from './candidates.js'
import type { FakeQueue } from './fake-queue.js'
import type { QueueMember } from './queue-member.js'
import type { WaitingCaller } from './waiting-caller.js'

const ANSWERED_ELSEWHERE = 26
/** What a member's channel says that it runs. */
const OUTGOING = '(Outgoing Line)'

/** One try to find a member for a caller: calls those whose turn it is, until one answers or time is up. */
export class QueueCall {
  readonly #queue: FakeQueue
  readonly #caller: WaitingCaller
  readonly #board: Switchboard
  readonly #phones: Destinations
  /** Whom to call still, the best first. */
  #candidates: Candidate[] = []
  readonly #legs = new Set<MemberLeg>()
  #startedAt = 0
  #isEnded = false
  #stopTimer: () => void = () => undefined

  constructor(queue: FakeQueue, caller: WaitingCaller, board: Switchboard, phones: Destinations) {
    this.#queue = queue
    this.#caller = caller
    this.#board = board
    this.#phones = phones
  }

  get channel(): FakeChannel {
    return this.#caller.channel
  }

  start(): void {
    this.#startedAt = this.#board.clock.now()
    // rrmemory goes on where the last caller came to, linear where this one did.
    const place = this.#queue.options.strategy === 'linear' ? this.#caller : this.#queue
    this.#candidates = candidatesOf(this.#queue, place.nextPosition)
    this.#callBest()
    place.nextPosition = this.#candidates[0]?.position ?? 0
    if (this.#isEnded) return
    if (this.#legs.size === 0) {
      this.#end()
      return
    }
    const ms = Math.min(this.#queue.options.timeoutMs, this.#caller.restMs || Number.POSITIVE_INFINITY)
    this.#stopTimer = this.#board.clock.after(ms, () => this.#tooLate())
  }

  /** The caller is gone. */
  abandon(): void {
    this.#finish()
    const legs = [...this.#legs]
    for (const leg of legs) leg.tellEnd('CANCEL')
    this.#drop(0)
  }

  ringing(leg: MemberLeg): void {
    leg.introduce()
    if (this.#queue.options.strategy !== 'ringall') leg.connectCaller()
    if (leg.channel !== undefined) this.#board.dialState(leg.channel, this.channel, 'RINGING')
  }

  answered(leg: MemberLeg): void {
    const { channel } = leg
    this.#legs.delete(leg)
    if (channel === undefined || this.#isEnded) return
    this.#finish()
    leg.introduce()
    leg.tellEnd('ANSWER')
    for (const loser of this.#legs) loser.tellEnd('CANCEL')
    leg.connectCaller()
    this.#drop(ANSWERED_ELSEWHERE)
    this.#connect(leg.member, channel)
  }

  failed(leg: MemberLeg, { cause }: DialFailure): void {
    const { channel } = leg
    if (!this.#legs.delete(leg) || this.#isEnded || channel === undefined) return
    leg.tell('AgentRingNoAnswer', [['RingTime', 0]])
    leg.tellEnd('NOANSWER')
    this.#board.hangup(channel, cause)
    if (this.#queue.options.strategy !== 'ringall') this.#callBest()
    if (this.#legs.size === 0) this.#end()
  }

  /** Calls the best candidate, with ringall all that are as good; one who cannot be called makes room for the next. */
  #callBest(): void {
    while (this.#legs.size === 0) {
      const [best] = this.#candidates
      if (best === undefined) return
      const isForAll = this.#queue.options.strategy === 'ringall'
      const chosen = isForAll ? this.#candidates.filter(({ metric }) => metric === best.metric) : [best]
      this.#candidates = this.#candidates.filter((each) => !chosen.includes(each))
      for (const { member } of chosen) {
        this.#callMember(member)
        if (this.#isEnded) return
      }
    }
  }

  #callMember(member: QueueMember): void {
    if (!this.#queue.isAvailable(member)) return
    const leg = new MemberLeg(this, member, this.#board, this.#queue.name)
    this.#legs.add(leg)
    const prepare = (channel: FakeChannel) => {
      if (leg.channel === undefined) leg.prepare(channel)
      else leg.prepareFarHalf(channel)
    }
    const options = { dialing: leg, requestor: this.channel, dialString: member.interface, prepare }
    if (this.#phones.call(member.interface, options) === undefined) this.#legs.delete(leg)
  }

  #tooLate(): void {
    this.#finish()
    for (const leg of this.#legs) {
      leg.tell('AgentRingNoAnswer', [['RingTime', this.#board.clock.now() - this.#startedAt]])
      leg.tellEnd('NOANSWER')
    }
    this.#drop(0)
    this.#caller.callFailed()
  }

  #end(): void {
    this.#finish()
    this.#caller.callFailed()
  }

  /** Hangs up all that are called still. */
  #drop(cause: number): void {
    const legs = [...this.#legs]
    this.#legs.clear()
    for (const leg of legs) leg.tellEnd('CANCEL')
    for (const { channel } of legs) {
      if (channel === undefined) continue
      channel.dialing = undefined
      this.#board.hangup(channel, cause)
    }
  }

  #finish(): void {
    this.#isEnded = true
    this.#stopTimer()
  }

  #connect(member: QueueMember, agent: FakeChannel): void {
    const { channel } = this
    const connectedAt = this.#board.clock.now()
    const holdSeconds = this.#caller.waitSeconds
    this.#queue.statistics.connected(holdSeconds)
    channel.cancel = () => undefined
    this.#caller.connected()
    const facts: HeaderPairs = [
      ['Queue', this.#queue.name],
      ['Interface', member.interface],
      ['MemberName', member.name],
      ['HoldTime', holdSeconds],
    ]
    const ringSeconds = Math.floor((connectedAt - this.#startedAt) / 1000)
    this.#board.tell(channel, 'AgentConnect', [...agent.headers('Dest'), ...facts, ['RingTime', ringSeconds]])
    member.isInCall = true
    this.#answerCaller(agent)
    const bridge = this.#board.bridge(agent, channel)
    bridge.ended = (reason) => {
      const talkSeconds = Math.floor((this.#board.clock.now() - connectedAt) / 1000)
      const ending = reason === 'transfer' ? 'transfer' : reason === channel ? 'caller' : 'agent'
      this.#board.tell(channel, 'AgentComplete', [
        ...agent.headers('Dest'),
        ...facts,
        ['TalkTime', talkSeconds],
        ['Reason', ending],
      ])
      this.#queue.statistics.completed(holdSeconds, talkSeconds)
      member.isInCall = false
      member.callsTaken += 1
      member.lastCall = this.#queue.now
    }
    channel.cancel = () => this.#caller.talked(connectedAt)
  }

  /** The other half of the caller's Local channel becomes the member; it tells so when it is up. */
  #answerCaller(agent: FakeChannel): void {
    const { channel } = this
    const { otherHalf, connectedNum: number, connectedName: name } = channel
    const isAnother = otherHalf !== undefined && agent.otherHalf === undefined && !otherHalf.isCalled({ number, name })
    if (isAnother) otherHalf.caller = { number, name }
    this.#board.answer(channel)
    if (isAnother) this.#board.callerIdChanged(otherHalf)
  }
}

/** A member who is called. */
class MemberLeg implements Dialing {
  readonly dialer: FakeChannel
  readonly member: QueueMember
  channel: FakeChannel | undefined
  readonly #call: QueueCall
  readonly #board: Switchboard
  readonly #queue: string
  #isIntroduced = false

  constructor(call: QueueCall, member: QueueMember, board: Switchboard, queue: string) {
    this.#call = call
    this.dialer = call.channel
    this.member = member
    this.#board = board
    this.#queue = queue
  }

  /** The member's channel is there: it is what the caller called, and it sees who calls. */
  prepare(channel: FakeChannel): void {
    const { dialer, member } = this
    this.channel = channel
    channel.caller = { number: dialer.connectedNum || dialer.exten, name: dialer.connectedName }
    this.#board.runs(channel, 'AppQueue', OUTGOING)
    this.#board.callerIdChanged(channel)
    this.#board.setVariable(channel, 'DIALEDPEERNUMBER', member.interface.replace(/^[^/]*\//, ''))
  }

  /** The other half of a Local channel sees the same from the other side. */
  prepareFarHalf(channel: FakeChannel): void {
    const { channel: near, member } = this
    if (near === undefined) return
    this.#board.setVariable(channel, 'DIALEDPEERNUMBER', member.interface.replace(/^[^/]*\//, ''))
    this.#board.identify(channel, { number: this.dialer.callerIdNum, name: this.dialer.callerIdName })
    this.#board.connectLine(channel, { number: near.callerIdNum, name: near.callerIdName })
  }

  begins(): void {
    this.tell('AgentCalled', [])
    const { channel, dialer } = this
    if (channel === undefined) return
    // Told with the first sign of the channel's own.
    channel.exten = dialer.exten
    channel.connectedNum = dialer.callerIdNum
    channel.connectedName = dialer.callerIdName
  }

  /** The first sign of the channel: it is at the caller's extension, and sees who calls. */
  introduce(): void {
    if (this.#isIntroduced || this.channel === undefined) return
    this.#isIntroduced = true
    this.#board.runs(this.channel, 'AppQueue', OUTGOING)
    if (this.channel.connectedNum !== '') this.#board.connectedLineChanged(this.channel)
  }

  /** The caller learns whom they reach; a Local channel says nothing. */
  connectCaller(): void {
    const { channel, dialer } = this
    if (channel === undefined || channel.otherHalf !== undefined) return
    this.#board.connectLine(dialer, { number: channel.callerIdNum, name: channel.callerIdName })
  }

  tell(name: string, more: HeaderPairs): void {
    const { channel, member } = this
    if (channel === undefined) return
    this.#board.tell(this.dialer, name, [
      ...channel.headers('Dest'),
      ['Queue', this.#queue],
      ['Interface', member.interface],
      ['MemberName', member.name],
      ...more,
    ])
  }

  tellEnd(dialStatus: string): void {
    if (this.channel !== undefined) this.#board.dialEnd(this.channel, this.dialer, dialStatus)
  }

  ringing(): void {
    this.#call.ringing(this)
  }

  answered(): void {
    this.#call.answered(this)
  }

  failed(failure: DialFailure): void {
    this.#call.failed(this, failure)
  }
}
