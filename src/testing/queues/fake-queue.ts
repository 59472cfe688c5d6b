import type { Complete } from '../../core/options.js'
import type { Switchboard } from '../dialplan/switchboard.js'
import { event, type FakeEvent, type HeaderPairs } from '../handlers.js'
import { seededRandom } from '../random.js'
import { bucketOf, QueueMember } from './queue-member.js'
import type { FakeQueueOptions, QueueStrategy } from './queue-options.js'
import { QueueStatistics } from './queue-statistics.js'
import type { WaitingCaller } from './waiting-caller.js'

/** The order of these is that of the members' coming; others keep them by a hash. */
const BY_COMING: ReadonlySet<QueueStrategy> = new Set(['linear'])

/** A member as a test or an action adds it. */
export interface AddedMember {
  readonly name: string
  readonly interface: string
  readonly stateInterface?: string | undefined
  readonly penalty: number
  readonly isPaused: boolean
  readonly reason: string
  readonly membership: 'static' | 'dynamic'
}

/** A queue: its members, its callers, and what they have done. */
export class FakeQueue {
  readonly name: string
  readonly options: Complete<Omit<FakeQueueOptions, 'members'>>
  readonly statistics: QueueStatistics
  readonly callers: WaitingCaller[] = []
  /** Where rrmemory begins the next time. */
  nextPosition = 0
  readonly random = seededRandom(1)
  readonly #board: Switchboard
  #members: QueueMember[] = []

  constructor(name: string, options: FakeQueueOptions, board: Switchboard) {
    this.name = name
    this.#board = board
    this.options = {
      strategy: options.strategy ?? 'ringall',
      timeoutMs: options.timeoutMs ?? 15_000,
      retryMs: options.retryMs ?? 5_000,
      wrapUpMs: options.wrapUpMs ?? 0,
      ringInUse: options.ringInUse ?? true,
      maxLength: options.maxLength ?? 0,
      joinEmpty: options.joinEmpty ?? true,
      leaveWhenEmpty: options.leaveWhenEmpty ?? false,
      serviceLevelMs: options.serviceLevelMs ?? 0,
      weight: options.weight ?? 0,
    }
    this.statistics = new QueueStatistics(this.options.serviceLevelMs)
    for (const [memberName, given] of Object.entries(options.members ?? {})) {
      const member = typeof given === 'string' ? { interface: given } : given
      const { penalty = 0, paused = false, ...facts } = member
      const reason = typeof paused === 'string' ? paused : ''
      this.#insert({ ...facts, name: memberName, penalty, isPaused: paused !== false, reason, membership: 'static' })
    }
  }

  get members(): readonly QueueMember[] {
    return this.#members
  }

  member(name: string): QueueMember | undefined {
    return this.#members.find((member) => member.interface.toLowerCase() === name.toLowerCase())
  }

  get isEmpty(): boolean {
    return !this.#members.some((member) => member.state !== 'INVALID' && !member.isPaused)
  }

  get isFull(): boolean {
    const { maxLength } = this.options
    return maxLength > 0 && this.callers.length >= maxLength
  }

  /** Whether a member may be called now. */
  isAvailable(member: QueueMember): boolean {
    const isFree = member.state === 'NOT_INUSE' || (member.isReachable && member.ringInUse)
    return isFree && !member.isPaused && !this.isResting(member)
  }

  isResting(member: QueueMember): boolean {
    return member.lastCall > 0 && (this.now - member.lastCall) * 1000 < this.options.wrapUpMs
  }

  get now(): number {
    return Math.floor(this.#board.clock.now() / 1000)
  }

  add(facts: AddedMember): void {
    const member = this.#insert(facts)
    this.#paused(member)
    this.#tell('QueueMemberAdded', member)
    if (this.isAvailable(member)) this.#board.devices.set(`Queue:${this.name}_avail`, 'NOT_INUSE')
  }

  remove(member: QueueMember): void {
    this.#members = this.#members.filter((each) => each !== member)
    this.#tell('QueueMemberRemoved', member)
    this.#board.devices.set(this.#pauseDevice(member), 'NOT_INUSE')
    this.#tellIfNobodyIsAvailable()
  }

  pause(member: QueueMember, isPaused: boolean, reason: string): void {
    member.pause(isPaused, reason, this.now)
    this.#paused(member)
    if (this.isAvailable(member)) this.#board.devices.set(`Queue:${this.name}_avail`, 'NOT_INUSE')
    else this.#tellIfNobodyIsAvailable()
    // 16 says the reason twice.
    const again: HeaderPairs = this.#board.version === 16 && isPaused && reason !== '' ? [['Reason', reason]] : []
    this.#tell('QueueMemberPause', member, again)
  }

  setPenalty(member: QueueMember, penalty: number): void {
    member.penalty = penalty
    this.#tell('QueueMemberPenalty', member)
  }

  setRingInUse(member: QueueMember, ringInUse: boolean): void {
    member.ringInUse = ringInUse
    this.#tell('QueueMemberRinginuse', member)
  }

  /** A device has another state. */
  deviceChanged(device: string): void {
    for (const member of this.#members) {
      if (member.device !== device) continue
      const state = this.#board.devices.stateOf(member.stateInterface)
      if (state === member.state) continue
      member.state = state
      this.#tell('QueueMemberStatus', member)
      if (this.isAvailable(member)) this.#board.devices.set(`Queue:${this.name}_avail`, 'NOT_INUSE')
      else this.#tellIfNobodyIsAvailable()
    }
  }

  reset(): void {
    this.statistics.reset()
    for (const member of this.#members) member.reset()
  }

  /** Puts a caller behind those of the same priority. */
  join(caller: WaitingCaller): void {
    const behind = this.callers.findIndex((each) => each.priority < caller.priority)
    this.callers.splice(behind < 0 ? this.callers.length : behind, 0, caller)
    if (this.callers.length === 1) this.#board.devices.set(`Queue:${this.name}`, 'RINGING')
    this.#board.tell(caller.channel, 'QueueCallerJoin', [
      ['Queue', this.name],
      ['Position', this.positionOf(caller)],
      ['Count', this.callers.length],
    ])
  }

  leave(caller: WaitingCaller): void {
    const position = this.positionOf(caller)
    this.callers.splice(position - 1, 1)
    if (this.callers.length === 0) this.#board.devices.set(`Queue:${this.name}`, 'NOT_INUSE')
    this.#board.tell(caller.channel, 'QueueCallerLeave', [
      ['Queue', this.name],
      ['Position', position],
      ['Count', this.callers.length],
    ])
  }

  positionOf(caller: WaitingCaller): number {
    return this.callers.indexOf(caller) + 1
  }

  /** Whether it is a caller's turn: as many wait before them as members are free. */
  isTurnOf(caller: WaitingCaller): boolean {
    const free = this.#members.filter((member) => this.isAvailable(member)).length
    const places = this.options.strategy === 'ringall' ? Math.min(free, 1) : free
    const before = this.callers.slice(0, this.callers.indexOf(caller)).filter(({ isServed }) => !isServed)
    return before.length < places
  }

  /** QueueParams, and what comes behind it in QueueStatus. */
  status(member: string): FakeEvent[] {
    const wanted = this.#members.filter(({ interface: name }) => member === '' || name.toLowerCase() === member.toLowerCase())
    const { maxLength, strategy, serviceLevelMs, weight } = this.options
    return [
      event('QueueParams', [
        ['Queue', this.name],
        ['Max', maxLength],
        ['Strategy', strategy],
        ['Calls', this.callers.length],
        ...this.statistics.headers(),
        ['ServiceLevel', Math.floor(serviceLevelMs / 1000)],
        ...this.statistics.serviceLevelHeaders(),
        ['Weight', weight],
      ]),
      ...wanted.map((each) => event('QueueMember', each.itemHeaders(this.name))),
      ...this.callers.map((caller, at) =>
        event('QueueEntry', [['Queue', this.name], ['Position', at + 1], ...caller.itemHeaders()]),
      ),
    ]
  }

  summary(): FakeEvent {
    const reachable = this.#members.filter(({ isReachable }) => isReachable)
    const available = reachable.filter((member) => member.state === 'NOT_INUSE' && !member.isPaused && !this.isResting(member))
    return event('QueueSummary', [
      ['Queue', this.name],
      ['LoggedIn', reachable.length],
      ['Available', available.length],
      ['Callers', this.callers.length],
      ['HoldTime', this.statistics.holdTime],
      ['TalkTime', this.statistics.talkTime],
      ['LongestHoldTime', Math.max(0, ...this.callers.map(({ waitSeconds }) => waitSeconds))],
    ])
  }

  #insert(facts: AddedMember): QueueMember {
    const member = new QueueMember({ ...facts, ringInUse: this.options.ringInUse, now: this.now })
    if (facts.isPaused) member.pause(true, facts.reason, this.now)
    member.state = this.#board.devices.stateOf(member.stateInterface)
    this.#members.push(member)
    if (!BY_COMING.has(this.options.strategy)) this.#members.sort((one, two) => bucketOf(one.interface) - bucketOf(two.interface))
    return member
  }

  #paused(member: QueueMember): void {
    this.#board.devices.set(this.#pauseDevice(member), member.isPaused ? 'INUSE' : 'NOT_INUSE')
  }

  #pauseDevice(member: QueueMember): string {
    return `Queue:${this.name}_pause_${member.interface}`
  }

  #tellIfNobodyIsAvailable(): void {
    if (!this.#members.some((member) => this.isAvailable(member))) this.#board.devices.set(`Queue:${this.name}_avail`, 'INUSE')
  }

  #tell(name: string, member: QueueMember, more: HeaderPairs = []): void {
    this.#board.announce(name, [...member.headers(this.name), ...more])
  }
}

/** The headers of who waits, as QueueEntry has them: what is unknown is `unknown` there. */
export function entryHeaders(headers: HeaderPairs): HeaderPairs {
  return headers.map(([name, value]) => [name, value === '<unknown>' ? 'unknown' : value])
}
