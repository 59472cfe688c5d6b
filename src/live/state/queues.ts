import type { Rules, StateContext } from './area-state.js'
import { deviceStateOf, type Fields, flagOf, identityOf, instantOf, numberOf, secondsOf, settled, textOf } from './fields.js'
import { withState } from './member-state.js'
import type { CallerRecord, MemberRecord, QueueRecord } from './records.js'

/** How long a queue keeps calls away from a member after a call, in ms; undefined where it is not known. */
export type WrapUp = (queue: string) => number | undefined

type MemberFields = Omit<MemberRecord, 'state' | 'since'>

/**
 * The queues, their members and callers.
 *
 * | told by | does | why that is right |
 * |---|---|---|
 * | QueueStatus | replaces all, or all of one queue | it is one block, newer than every event before it |
 * | QueueMemberAdded, Removed | adds, removes | sets: what was in the list already changes nothing |
 * | QueueMemberStatus, Pause, Penalty, … | device state, pause, penalty of a member | each change is told, in order, so the last event has the last value; a member that is not known has left, or was added by a reload: the queue is read |
 * | QueueCallerJoin, Leave | adds, removes a caller, moves those behind | sets; the positions are read as well |
 * | AgentConnect, AgentComplete, Abandon, Join, Leave | the queue's numbers, and the member's, are read | a count that an event came with may be in a list already, and Park or Redirect of a caller count before any event says so: counts come from lists only |
 * | BridgeLeave, Hangup of a queue's caller or member in talk | the same | that is when Asterisk counts what it tells later |
 */
export class QueueState {
  readonly #context: StateContext
  readonly #wrapUp: WrapUp
  /** The keys of the members, and of the callers, by queue. */
  readonly #members = new Map<string, Set<string>>()
  readonly #callers = new Map<string, Set<string>>()
  /** Those who talk, by channel. */
  readonly #talks = new Map<string, { readonly queue: string; readonly member: string; readonly caller: string }>()
  /** When the wrap-up of a member ends, by key. */
  readonly #wrapUps = new Map<string, number>()
  readonly rules: Rules

  constructor(context: StateContext, wrapUp: WrapUp) {
    this.#context = context
    this.#wrapUp = wrapUp
    const member = (event: Fields, now: number, cause: string) => this.#memberTold(event, now, cause)
    const count = (event: Fields) => this.#stale(textOf(event, 'Queue'))
    const left = (event: Fields) => this.#talkMayBeOver(event)
    this.rules = {
      QueueMemberAdded: (event, now, cause) => this.#memberAdded(event, now, cause),
      QueueMemberRemoved: (event, _now, cause) => this.#removeMember(textOf(event, 'Queue'), textOf(event, 'Interface'), cause),
      QueueMemberStatus: member,
      QueueMemberPause: member,
      QueueMemberPaused: member,
      QueueMemberPenalty: member,
      QueueMemberRinginuse: member,
      QueueCallerJoin: (event, now, cause) => this.#joined(event, now, cause),
      QueueCallerLeave: (event, _now, cause) => this.#left(event, cause),
      QueueCallerAbandon: count,
      AgentConnect: (event) => this.#connected(event),
      AgentComplete: (event) => this.#stale(textOf(event, 'Queue'), textOf(event, 'Interface')),
      BridgeLeave: left,
      Hangup: (event) => {
        left(event)
        this.#talks.delete(textOf(event, 'Uniqueid'))
      },
    }
  }

  /** Takes in QueueStatus: of all queues, or of one, with all its members or those that are named. */
  listed(
    items: readonly Fields[],
    now: number,
    only?: { readonly queue: string; readonly members: 'all' | ReadonlySet<string> },
  ): void {
    const queues = new Set<string>()
    const members = new Set<string>()
    const callers = new Set<string>()
    for (const item of items) {
      const queue = textOf(item, 'Queue')
      const kind = textOf(item, 'Event')
      if (kind === 'QueueParams') {
        queues.add(queue)
        this.#setQueue(item)
      } else if (kind === 'QueueMember') {
        const key = memberKey(queue, textOf(item, 'Location'))
        members.add(key)
        this.#setMember(this.#memberOf(item, 'Location', 'Name'), now, READ, true)
        this.#setCounts(key, item, now)
      } else if (kind === 'QueueEntry') {
        callers.add(callerKey(queue, textOf(item, 'Uniqueid')))
        this.#setCaller(this.#callerOf(item, now - secondsOf(item, 'Wait')), READ)
      }
    }
    const { store } = this.#context
    const listed = only === undefined ? store.keys('queues') : [only.queue]
    for (const queue of listed) {
      if (!queues.has(queue)) this.#removeQueue(queue)
      for (const key of [...(this.#members.get(queue) ?? [])]) {
        const isMissing = only === undefined || only.members === 'all' || only.members.has(interfaceIn(key, queue))
        if (isMissing && !members.has(key)) this.#removeMember(queue, interfaceIn(key, queue), READ)
      }
      for (const key of [...(this.#callers.get(queue) ?? [])]) if (!callers.has(key)) this.#removeCaller(queue, key, READ)
      this.#countWaiting(queue, READ)
    }
  }

  /** When time alone changes something next; undefined: never. */
  get nextTick(): number | undefined {
    return this.#wrapUps.size === 0 ? undefined : Math.min(...this.#wrapUps.values())
  }

  /** Takes in that it is now so late. */
  tick(now: number): void {
    for (const [key, until] of [...this.#wrapUps]) {
      if (until > now) continue
      this.#wrapUps.delete(key)
      const member = this.#context.store.get('members', key)
      if (member !== undefined) this.#setMember(member, now, 'time', false)
    }
  }

  /** `Uniqueid` of the caller whom a queue connected with a member last, as long as one of the two channels is there. */
  callerWith(queue: string, device: string): string | undefined {
    return [...this.#talks.values()].findLast((talk) => talk.queue === queue && talk.member === device)?.caller
  }

  /** The connection was lost: who talks with whom is not known any more. */
  forgetTalks(): void {
    this.#talks.clear()
  }

  #setQueue(item: Fields): void {
    const name = textOf(item, 'Queue')
    const queue: QueueRecord = {
      name,
      strategy: textOf(item, 'Strategy'),
      maxCallers: numberOf(item, 'Max'),
      weight: numberOf(item, 'Weight'),
      waiting: this.#callers.get(name)?.size ?? 0,
      completed: numberOf(item, 'Completed'),
      abandoned: numberOf(item, 'Abandoned'),
      averageHoldMs: secondsOf(item, 'Holdtime'),
      averageTalkMs: secondsOf(item, 'TalkTime'),
      serviceLevelMs: secondsOf(item, 'ServiceLevel'),
      serviceLevel: numberOf(item, 'ServicelevelPerf'),
      serviceLevel2: numberOf(item, 'ServicelevelPerf2'),
    }
    this.#context.store.set('queues', name, queue, READ)
  }

  #removeQueue(queue: string): void {
    this.#context.store.delete('queues', queue, READ)
  }

  #countWaiting(queue: string, cause: string): void {
    const record = this.#context.store.get('queues', queue)
    const waiting = this.#callers.get(queue)?.size ?? 0
    if (record !== undefined && record.waiting !== waiting)
      this.#context.store.set('queues', queue, { ...record, waiting }, cause)
  }

  /** What events and lists both tell of a member; what only lists tell is as it was. */
  #memberOf(fields: Fields, interfaceName: string, nameName: string): MemberFields {
    const queue = textOf(fields, 'Queue')
    const its = textOf(fields, interfaceName)
    const before = this.#context.store.get('members', memberKey(queue, its))
    const isPaused = flagOf(fields, 'Paused')
    const pausedAt = isPaused ? instantOf(fields, 'LastPause', this.#context.serverAheadMs) : null
    return {
      queue,
      name: textOf(fields, nameName),
      interface: its,
      stateInterface: textOf(fields, 'StateInterface') || its,
      membership: textOf(fields, 'Membership'),
      deviceState: deviceStateOf(fields, 'Status'),
      isPaused,
      pausedReason: isPaused ? textOf(fields, 'PausedReason') : '',
      pausedSince: settled(before?.pausedSince, pausedAt),
      penalty: numberOf(fields, 'Penalty'),
      callsTaken: before?.callsTaken ?? 0,
      lastCallAt: before?.lastCallAt ?? null,
      isInCall: before?.isInCall ?? false,
      wrapUpUntil: before?.wrapUpUntil ?? null,
    }
  }

  /** What only lists tell of a member. */
  #setCounts(key: string, item: Fields, now: number): void {
    const member = this.#context.store.get('members', key) as MemberRecord
    const lastCallAt = settled(member.lastCallAt, instantOf(item, 'LastCall', this.#context.serverAheadMs))
    const counted = { ...member, callsTaken: numberOf(item, 'CallsTaken'), isInCall: flagOf(item, 'InCall'), lastCallAt }
    const own = secondsOf(item, 'Wrapuptime')
    this.#setMember({ ...counted, wrapUpUntil: this.#wrapUpUntil(counted, own) }, now, READ, false)
  }

  #wrapUpUntil({ queue, lastCallAt }: MemberFields, ownMs = 0): number | null {
    const wrapUpMs = ownMs || this.#wrapUp(queue)
    return lastCallAt === null || !wrapUpMs ? null : lastCallAt + wrapUpMs
  }

  #memberAdded(event: Fields, now: number, cause: string): void {
    this.#setMember(this.#memberOf(event, 'Interface', 'MemberName'), now, cause, true)
    // A device's numbers of an earlier time in the queue may live on.
    this.#stale(textOf(event, 'Queue'), textOf(event, 'Interface'))
  }

  #memberTold(event: Fields, now: number, cause: string): void {
    const member = this.#memberOf(event, 'Interface', 'MemberName')
    if (this.#context.store.get('members', memberKey(member.queue, member.interface)) === undefined) {
      this.#stale(member.queue, member.interface)
    } else {
      this.#setMember(member, now, cause, false)
    }
  }

  #setMember(member: MemberFields, now: number, cause: string, isNew: boolean): void {
    const key = memberKey(member.queue, member.interface)
    const record = withState(member, this.#context.store.get('members', key), now)
    if (isNew) addTo(this.#members, member.queue, key)
    this.#context.store.set('members', key, record, cause)
    if (record.wrapUpUntil !== null && record.wrapUpUntil > now) this.#wrapUps.set(key, record.wrapUpUntil)
    else this.#wrapUps.delete(key)
  }

  #removeMember(queue: string, its: string, cause: string): void {
    const key = memberKey(queue, its)
    removeFrom(this.#members, queue, key)
    this.#wrapUps.delete(key)
    this.#context.store.delete('members', key, cause)
  }

  #callerOf(fields: Fields, waitingSince: number): CallerRecord {
    const queue = textOf(fields, 'Queue')
    const uniqueId = textOf(fields, 'Uniqueid')
    const before = this.#context.store.get('callers', callerKey(queue, uniqueId))
    return {
      queue,
      uniqueId,
      channel: textOf(fields, 'Channel'),
      number: identityOf(fields, 'CallerIDNum'),
      name: identityOf(fields, 'CallerIDName'),
      position: numberOf(fields, 'Position'),
      priority: fields.get('Priority') === undefined ? (before?.priority ?? 0) : numberOf(fields, 'Priority'),
      waitingSince: settled(before?.waitingSince, waitingSince),
    }
  }

  #setCaller(caller: CallerRecord, cause: string): void {
    const key = callerKey(caller.queue, caller.uniqueId)
    addTo(this.#callers, caller.queue, key)
    this.#context.store.set('callers', key, caller, cause)
  }

  #removeCaller(queue: string, key: string, cause: string): void {
    removeFrom(this.#callers, queue, key)
    this.#context.store.delete('callers', key, cause)
  }

  #joined(event: Fields, now: number, cause: string): void {
    // The headers of the channel have another meaning of `Priority`.
    const caller = this.#callerOf({ get: (name) => (name === 'Priority' ? undefined : event.get(name)) }, now)
    this.#move(caller.queue, caller.position, 1, cause, callerKey(caller.queue, caller.uniqueId))
    this.#setCaller(caller, cause)
    this.#countWaiting(caller.queue, cause)
    this.#stale(caller.queue)
  }

  #left(event: Fields, cause: string): void {
    const queue = textOf(event, 'Queue')
    const key = callerKey(queue, textOf(event, 'Uniqueid'))
    const caller = this.#context.store.get('callers', key)
    this.#stale(queue)
    if (caller === undefined) return
    this.#removeCaller(queue, key, cause)
    this.#move(queue, caller.position, -1, cause, key)
    this.#countWaiting(queue, cause)
  }

  /** Whoever is at a position or behind it moves by one. */
  #move(queue: string, position: number, by: 1 | -1, cause: string, except: string): void {
    for (const key of this.#callers.get(queue) ?? []) {
      const caller = this.#context.store.get('callers', key)
      if (key === except || caller === undefined || caller.position < position) continue
      this.#context.store.set('callers', key, { ...caller, position: caller.position + by }, cause)
    }
  }

  #connected(event: Fields): void {
    const caller = textOf(event, 'Uniqueid')
    const talk = { queue: textOf(event, 'Queue'), member: textOf(event, 'Interface'), caller }
    for (const uniqueId of [caller, textOf(event, 'DestUniqueid')]) {
      // Last, also when a channel comes back.
      this.#talks.delete(uniqueId)
      this.#talks.set(uniqueId, talk)
    }
    this.#stale(talk.queue, talk.member)
  }

  #talkMayBeOver(event: Fields): void {
    const talk = this.#talks.get(textOf(event, 'Uniqueid'))
    if (talk !== undefined) this.#stale(talk.queue, talk.member)
  }

  #stale(queue: string, member?: string): void {
    this.#context.stale({ area: 'queue', queue, member })
  }
}

const READ = 'read'

export function memberKey(queue: string, its: string): string {
  return `${queue}/${its}`
}

export function callerKey(queue: string, uniqueId: string): string {
  return `${queue}/${uniqueId}`
}

function interfaceIn(key: string, queue: string): string {
  return key.slice(queue.length + 1)
}

function addTo(sets: Map<string, Set<string>>, name: string, key: string): void {
  const set = sets.get(name)
  if (set === undefined) sets.set(name, new Set([key]))
  else set.add(key)
}

function removeFrom(sets: Map<string, Set<string>>, name: string, key: string): void {
  const set = sets.get(name)
  set?.delete(key)
  if (set?.size === 0) sets.delete(name)
}
