import type { PBXFact, Room } from './pbx-fact.js'

/** A channel, and all that is known of it. */
export interface ReferenceChannel {
  readonly id: string
  readonly name: string
  /** As it was at its birth: that of the channel it was made for. */
  readonly linkedId: string
  readonly number: string
  readonly exten: string
  readonly startedAt: number
  /** Who dialled it; `program` for an Originate; undefined for one that called by itself. */
  dialer?: string
  dialedNumber?: string
  dialStatus?: string
  dialEndedAt?: number
  forwardedTo?: string
  pair?: string
  ringingAt?: number
  upAt?: number
  endedAt?: number
  cause?: number
  /** The cause that the device itself gave. */
  askedCause?: number
}

/** A time in which devices of a call were connected. */
export interface ReferenceTalk {
  readonly from: number
  to: number | undefined
  readonly devices: Set<string>
}

/** A call as a person would count it. Channels are named by their ids. */
export interface ReferenceCall {
  /** Its first channel. */
  readonly id: string
  /** Its devices: no Local halves, no helpers. In the order of their appearance. */
  readonly parties: string[]
  caller: string | undefined
  answeredBy: string | undefined
  answeredAt: number | undefined
  readonly startedAt: number
  endedAt: number | undefined
  talks: ReferenceTalk[]
  /** Who talked with whom, in order, each pair once. */
  pairs: { readonly at: number; readonly one: string; readonly two: string }[]
  hungUpBy: string | undefined
  readonly holds: string[]
  readonly transfers: { readonly how: 'blind' | 'attended'; readonly by: string; readonly exten: string }[]
  readonly pickedUpBy: string[]
  readonly parking: ('parked' | 'retrieved' | 'came back' | 'gave up')[]
  readonly queues: { readonly name: string; left: 'answered' | 'gave up' | 'timed out' | undefined }[]
  recordings: number
  /** The call that goes on with its parties. */
  mergedInto: string | undefined
  /** Since when only later requests to hang up count: the last transfer. */
  askedSince: number
  /** Whether the first leg of a call that a program began dials another. */
  hasSecondLeg: boolean
  /** The next talk is none that goes on. */
  isNewTalk: boolean
}

/** Technologies of channels that no person holds in the hand. */
const NO_DEVICE =
  /^(Local|CBAnn|CBRec|Announcer|Recorder|Surrogate|AsyncGoto|Snoop|Message|ConfBridgeRecorder|ConfBridgeAnnouncer)\//
/** Devices that move from one bridge to another leave the first a moment before; whoever hears somebody else by then talks anew. */
const MOVE_MS = 100

/**
 * What calls are, told slowly and plainly: every channel, Local pair and bridge in a map, connectedness by search after each fact. It is the measure for the
 * product, and has nothing of it.
 */
export class ReferenceModel {
  readonly channels: Map<string, ReferenceChannel> = new Map()
  readonly #calls = new Map<string, ReferenceCall>()
  readonly #bridges = new Map<string, { room: Room; members: Set<string> }>()
  /** Which devices asked for the end, and when. */
  readonly #asked: { readonly at: number; readonly id: string }[] = []
  /** The call that a channel's first channel began, or went over to. */
  readonly #merged = new Map<string, string>()

  take(facts: Iterable<PBXFact>): this {
    for (const fact of facts) {
      this.#happened(fact)
      this.#listen(fact.at)
    }
    return this
  }

  /** All calls, the oldest first. */
  get calls(): readonly ReferenceCall[] {
    return [...this.#calls.values()].map((call) => ({ ...call, hungUpBy: this.#whoHungUp(call) }))
  }

  /** The call that a channel belongs to now. */
  callOf(id: string): ReferenceCall | undefined {
    return this.#calls.get(this.#rootOf(id))
  }

  /** The call that a channel was made in, whatever that went over to later. */
  bornIn(id: string): string | undefined {
    const first = this.#bornFrom(id)
    return this.#calls.has(first) ? first : undefined
  }

  /** When a device asked for the end first. */
  askedAt(id: string): number | undefined {
    return this.#asked.find((each) => each.id === id)?.at
  }

  isDevice(id: string): boolean {
    return !NO_DEVICE.test(this.channels.get(id)?.name ?? 'Local/')
  }

  /** Whether a channel was called, not the one that calls. */
  isCalled(id: string): boolean {
    return this.channels.get(id)?.dialer !== undefined
  }

  /** The devices that hear a device now, through any chain of bridges and Local channels. */
  heardBy(id: string): string[] {
    const found = new Set([id])
    for (const each of found) for (const next of this.#beside(each)) found.add(next)
    return [...found].filter((each) => each !== id && this.isDevice(each))
  }

  #beside(id: string): string[] {
    const neighbours: string[] = []
    const pair = this.channels.get(id)?.pair
    if (pair !== undefined && this.#lives(pair)) neighbours.push(pair)
    for (const { room, members } of this.#bridges.values()) if (room !== 'waiting' && members.has(id)) neighbours.push(...members)
    return neighbours
  }

  #lives(id: string): boolean {
    const channel = this.channels.get(id)
    return channel !== undefined && channel.endedAt === undefined
  }

  #bornFrom(id: string): string {
    let at = id
    for (const seen = new Set<string>(); !seen.has(at); ) {
      seen.add(at)
      at = this.#parentOf(at) ?? at
    }
    return at
  }

  /** The first channel of the call that a channel is of. */
  #rootOf(id: string): string {
    let at = id
    for (const seen = new Set<string>(); !seen.has(at); ) {
      seen.add(at)
      at = this.#merged.get(at) ?? this.#parentOf(at) ?? at
    }
    return at
  }

  /** The channel that a channel was made for. */
  #parentOf(id: string): string | undefined {
    const channel = this.channels.get(id)
    if (channel === undefined) return undefined
    const { dialer, pair, linkedId, name } = channel
    if (dialer !== undefined && dialer !== 'program' && this.channels.has(dialer)) return dialer
    if (name.endsWith(';2') && pair !== undefined) return pair
    if (linkedId !== id && this.channels.has(linkedId)) return linkedId
    return undefined
  }

  #happened(fact: PBXFact): void {
    const { at } = fact
    const channel = 'id' in fact ? this.channels.get(fact.id) : undefined
    switch (fact.kind) {
      case 'channel':
        this.#channelMade(fact)
        return
      case 'pair':
        this.#paired(fact.one, fact.two)
        return
      case 'dial':
        if (channel === undefined) return
        channel.dialer = fact.dialer ?? 'program'
        channel.dialedNumber = fact.number
        this.#reconsider(fact.id)
        this.#secondLegDialed(fact.dialer)
        return
      case 'dialEnd':
        if (channel === undefined) return
        channel.dialEndedAt ??= at
        if (channel.dialStatus === undefined || fact.status === 'ANSWER') channel.dialStatus = fact.status
        if (fact.forward !== '') channel.forwardedTo = fact.forward
        return
      case 'ringing':
        if (channel !== undefined) channel.ringingAt ??= at
        return
      case 'up':
        this.#up(fact.id, at)
        return
      case 'enter':
        this.#entered(fact.id, fact.bridge, fact.room)
        return
      case 'leave':
        this.#bridges.get(fact.bridge)?.members.delete(fact.id)
        return
      case 'hangupAsked':
        if (this.isDevice(fact.id)) this.#asked.push({ at, id: fact.id })
        if (channel !== undefined) channel.askedCause = fact.cause
        return
      case 'hangup':
        this.#hungUp(fact.id, at, fact.cause)
        return
      case 'hold':
        if (this.isDevice(fact.id)) this.callOf(fact.id)?.holds.push(fact.id)
        return
      case 'unhold':
        return
      case 'pickup': {
        const call = this.callOf(fact.target)
        call?.pickedUpBy.push(fact.by)
        const answersTheCall = call?.answeredAt === undefined && call?.id === fact.target
        this.#merge(fact.target, fact.by, at)
        if (answersTheCall && call !== undefined) call.answeredAt = at
        return
      }
      case 'blindTransfer':
        this.#transferred(fact.by, at, 'blind', fact.exten)
        return
      case 'attendedTransfer':
        this.#merge(fact.by, fact.and, at)
        this.#transferred(fact.by, at, 'attended', '')
        return
      case 'parked':
        this.callOf(fact.id)?.parking.push('parked')
        return
      case 'parkingTimeOut':
        this.callOf(fact.id)?.parking.push('came back')
        return
      case 'parkingGivenUp':
        this.callOf(fact.id)?.parking.push('gave up')
        return
      case 'unparked':
        this.callOf(fact.id)?.parking.push('retrieved')
        this.#merge(fact.id, fact.by, at)
        return
      case 'queueJoined':
        this.callOf(fact.id)?.queues.push({ name: fact.queue, left: undefined })
        return
      case 'queueAbandoned':
      case 'queueLeft': {
        const stay = this.callOf(fact.id)?.queues.find(({ name, left }) => name === fact.queue && left === undefined)
        if (stay === undefined) return
        // "Abandon" is said of both; only one who leaves asks for it.
        const hasAsked = this.askedAt(fact.id) !== undefined
        stay.left = fact.kind === 'queueLeft' ? 'answered' : hasAsked ? 'gave up' : 'timed out'
        return
      }
      case 'recording': {
        const call = this.callOf(fact.id)
        if (call !== undefined) call.recordings += 1
      }
    }
  }

  #channelMade({ id, name, linkedId, number, exten, at }: Extract<PBXFact, { kind: 'channel' }>): void {
    if (this.channels.has(id)) return
    this.channels.set(id, { id, name, linkedId, number, exten, startedAt: at })
    this.#reconsider(id)
  }

  #paired(one: string, two: string): void {
    const [first, second] = [this.channels.get(one), this.channels.get(two)]
    if (first === undefined || second === undefined) return
    first.pair = two
    second.pair = one
    this.#reconsider(two)
  }

  /** A channel is new, or it shows now what it was made for: no call of its own then. */
  #reconsider(id: string): void {
    const root = this.#bornFrom(id)
    if (root !== id) this.#calls.delete(id)
    const channel = this.channels.get(root) as ReferenceChannel
    const call = this.#calls.get(root) ?? newCall(root, channel.startedAt)
    this.#calls.set(root, call)
    const own = this.callOf(id) ?? call
    if (this.isDevice(id) && !own.parties.includes(id)) own.parties.push(id)
    if (this.isDevice(root) && !this.isCalled(root)) call.caller = root
    else if (call.caller === root && !call.hasSecondLeg) call.caller = undefined
  }

  #up(id: string, at: number): void {
    const channel = this.channels.get(id)
    if (channel === undefined || channel.upAt !== undefined) return
    channel.upAt = at
    const call = this.#calls.get(id)
    if (call !== undefined) call.answeredAt ??= at
  }

  #entered(id: string, bridge: string, room: Room): void {
    for (const each of this.#bridges.values()) each.members.delete(id)
    const entered = this.#bridges.get(bridge) ?? { room, members: new Set<string>() }
    this.#bridges.set(bridge, entered)
    entered.members.add(id)
  }

  #hungUp(id: string, at: number, cause: number): void {
    const channel = this.channels.get(id)
    if (channel === undefined) return
    channel.endedAt = at
    channel.dialEndedAt ??= at
    channel.cause = cause
    for (const { members } of this.#bridges.values()) members.delete(id)
    const call = this.callOf(id)
    if (call === undefined) return
    const lives = [...this.channels.keys()].some((each) => this.#lives(each) && this.#rootOf(each) === call.id)
    if (!lives) call.endedAt = at
  }

  #transferred(by: string, at: number, how: 'blind' | 'attended', exten: string): void {
    const call = this.callOf(by)
    if (call === undefined) return
    call.transfers.push({ how, by, exten })
    call.askedSince = at
    // Whoever talks from now on talks anew.
    const last = call.talks.at(-1)
    if (last?.to === undefined && last !== undefined) last.to = at
    call.isNewTalk = true
  }

  /** Two calls become one: the older goes on with the parties of both. */
  #merge(one: string, two: string, at: number): void {
    const [first, second] = [this.callOf(one), this.callOf(two)]
    if (first === undefined || second === undefined || first === second) return
    const [older, younger] = first.startedAt <= second.startedAt ? [first, second] : [second, first]
    this.#merged.set(younger.id, older.id)
    younger.mergedInto = older.id
    younger.endedAt = at
    // Those whom a transfer connects, or who fetch a parked call, are in one bridge a moment before it is told.
    const isBefore = (since: number) => at - since >= MOVE_MS
    older.pairs.push(...younger.pairs.filter((pair) => !isBefore(pair.at)))
    younger.pairs = younger.pairs.filter((pair) => isBefore(pair.at))
    younger.talks = younger.talks.filter(({ from }) => isBefore(from))
    for (const talk of younger.talks) talk.to ??= at
    for (const party of younger.parties) if (!older.parties.includes(party)) older.parties.push(party)
    older.endedAt = undefined
  }

  /** Who hears whom after a fact, and what that means for the calls. */
  #listen(at: number): void {
    for (const call of this.#calls.values()) this.#findCaller(call)
    const talking = new Map<ReferenceCall, Set<string>>()
    for (const id of this.channels.keys()) {
      if (!this.#lives(id) || !this.isDevice(id)) continue
      const others = this.heardBy(id)
      const call = this.callOf(id)
      if (others.length === 0 || call === undefined) continue
      const devices = talking.get(call) ?? new Set<string>()
      talking.set(call, devices)
      for (const other of [id, ...others]) devices.add(other)
      for (const other of others) this.#talk(call, id, other, at)
    }
    for (const call of this.#calls.values()) this.#talkOrNot(call, talking.get(call), at)
  }

  #talk(call: ReferenceCall, id: string, other: string, at: number): void {
    const isKnown = call.pairs.some(({ one, two }) => (one === id && two === other) || (one === other && two === id))
    if (!isKnown) call.pairs.push({ at, one: id, two: other })
    const [caller, called] = call.caller === id ? [id, other] : call.caller === other ? [other, id] : []
    if (caller === undefined || called === undefined || call.answeredBy !== undefined) return
    const wasCalled = this.isCalled(called) || call.pickedUpBy.includes(called)
    if (wasCalled && this.callOf(called) === call) call.answeredBy = called
  }

  #secondLegDialed(dialer: string | undefined): void {
    const call = dialer === undefined ? undefined : this.callOf(dialer)
    if (dialer === undefined || call === undefined || call.caller !== undefined) return
    if (dialer !== call.id && !call.pickedUpBy.includes(dialer)) return
    call.hasSecondLeg = true
    if (this.isDevice(dialer)) call.caller = dialer
  }

  /** Of a call that a program began: its first leg is the caller, once a second is dialled. A Local half is no device: who is behind it? */
  #findCaller(call: ReferenceCall): void {
    if (call.caller === undefined && call.hasSecondLeg) call.caller = this.heardBy(call.id)[0]
  }

  #talkOrNot(call: ReferenceCall, devices: Set<string> | undefined, at: number): void {
    const last = call.talks.at(-1)
    if (devices === undefined) {
      if (last !== undefined) last.to ??= at
      return
    }
    if (call.mergedInto !== undefined) return
    if (last !== undefined && !call.isNewTalk && (last.to === undefined || hasMoved(last, devices, at))) {
      last.to = undefined
      for (const device of devices) last.devices.add(device)
    } else call.talks.push({ from: at, to: undefined, devices: new Set(devices) })
    call.isNewTalk = false
  }

  /** Who asked first among those in the last talk, since it began and since the last transfer. */
  #whoHungUp(call: ReferenceCall): string | undefined {
    const last = call.talks.at(-1)
    if (last === undefined || call.mergedInto !== undefined) return undefined
    const since = Math.max(last.from, call.askedSince)
    // Whoever handed the talk on and hangs up then leaves it, and does not end it.
    const leaves = last.from <= call.askedSince ? call.transfers.at(-1)?.by : undefined
    const asked = this.#asked.filter(({ at, id }) => at >= since && id !== leaves && last.devices.has(id))
    // Whoever leaves a conference ends a call of their own, and not the others'.
    const own = asked.find(({ id }) => this.callOf(id)?.id === call.id)
    return (own ?? asked[0])?.id
  }
}

/** Whether a talk goes on, between two of the same, in another bridge. */
function hasMoved({ to, devices: before }: ReferenceTalk, devices: ReadonlySet<string>, at: number): boolean {
  return to !== undefined && at - to < MOVE_MS && [...devices].filter((device) => before.has(device)).length > 1
}

function newCall(id: string, startedAt: number): ReferenceCall {
  return {
    id,
    parties: [],
    caller: undefined,
    answeredBy: undefined,
    answeredAt: undefined,
    startedAt,
    endedAt: undefined,
    talks: [],
    pairs: [],
    hungUpBy: undefined,
    holds: [],
    transfers: [],
    pickedUpBy: [],
    parking: [],
    queues: [],
    recordings: 0,
    mergedInto: undefined,
    askedSince: 0,
    hasSecondLeg: false,
    isNewTalk: false,
  }
}
