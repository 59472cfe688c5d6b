import { EVENTS_SINCE_12, type EventForms, type TracedEvent } from './event-forms.js'

/** A channel of a simulated PBX. */
export interface SimulatedChannel {
  readonly id: string
  readonly name: string
  linkedId: string
  state: number
  readonly number: string
  readonly exten: string
  /** The other half of a Local channel. */
  pair: SimulatedChannel | undefined
  /** Who dials it; undefined once that is over. */
  dialer: SimulatedChannel | 'program' | undefined
  bridge: SimulatedBridge | undefined
  isOnHold: boolean
  /** The ActionID of the Originate that is not answered yet. */
  originate: string | undefined
}

export interface SimulatedBridge {
  readonly id: string
  readonly isConference: boolean
  readonly members: SimulatedChannel[]
}

const RING = 4
const RINGING = 5
const UP = 6

/**
 * A PBX that does what it is told, and says so in the events of a real one. Each act is what happens at one blow: a phone that rings, one that is
 * answered. An act that cannot be now does nothing.
 */
export class SimulatedPBX {
  readonly #forms: EventForms
  readonly #events: TracedEvent[] = []
  readonly #channels: SimulatedChannel[] = []
  #made = 0
  #bridges = 0

  constructor(forms: EventForms = EVENTS_SINCE_12) {
    this.#forms = forms
  }

  /** The live channels, the oldest first. */
  get channels(): readonly SimulatedChannel[] {
    return this.#channels
  }

  /** What was said since this was asked last. */
  takeEvents(): TracedEvent[] {
    return this.#events.splice(0)
  }

  /** What `CoreShowChannels` lists. */
  list(): Record<string, string>[] {
    return this.#channels.map((channel) => this.#forms.listed(channel))
  }

  /** Phones: no Local halves. */
  get devices(): readonly SimulatedChannel[] {
    return this.#channels.filter(({ pair }) => pair === undefined)
  }

  /** Whether a phone runs the dialplan and waits for nobody: it is neither dialled nor bridged, nor does it dial. */
  isFree(phone: SimulatedChannel): boolean {
    return phone.dialer === undefined && phone.bridge === undefined && this.#dialedBy(phone).length === 0
  }

  /** A phone calls, and the dialplan runs. */
  call(): SimulatedChannel {
    return this.#make('PJSIP/a', RING, undefined)
  }

  /** A program has a phone called, whose channel gets an id that it chose. */
  originate(id: string): SimulatedChannel {
    const channel = this.#make('PJSIP/o', 0, undefined, id)
    channel.dialer = 'program'
    channel.originate = id
    this.#say(this.#forms.dialBegin(undefined, channel))
    return channel
  }

  /** A channel that runs the dialplan has some phones called. */
  dial(caller: SimulatedChannel, phones: number): void {
    if (!this.isFree(caller)) return
    for (let count = 0; count < phones; count += 1) this.#dialed(caller, this.#make('PJSIP/b', 0, caller))
  }

  /** The same by a Local channel, whose second half has a phone called. */
  dialByLocal(caller: SimulatedChannel): void {
    if (!this.isFree(caller)) return
    const name = `Local/x@lab-${this.#made}`
    const one = this.#make(name, 0, caller, undefined, ';1')
    const two = this.#make(name, RING, caller, undefined, ';2')
    one.pair = two
    two.pair = one
    this.#say(this.#forms.localBridge(one, two))
    this.#dialed(caller, one)
    this.#dialed(two, this.#make('PJSIP/b', 0, two))
  }

  ring(phone: SimulatedChannel): void {
    if (phone.dialer === undefined || phone.state !== 0) return
    this.#become(phone, RINGING)
  }

  /** A phone that is dialled is picked up, and so everybody behind it, up to who called. */
  answer(phone: SimulatedChannel): void {
    const { dialer } = phone
    if (dialer === undefined) return
    this.#become(phone, UP)
    if (dialer === 'program') {
      this.#endDial(phone, 'ANSWER')
      this.#say(this.#forms.originateResponse(phone.originate ?? '', true, phone))
      phone.originate = undefined
      return
    }
    for (const other of this.#dialedBy(dialer)) if (other !== phone) this.#cancel(other)
    this.#endDial(phone, 'ANSWER')
    // The second half of a Local channel answers, and so does the first, which is dialled itself.
    if (dialer.pair === undefined && dialer.state !== UP) this.#become(dialer, UP)
    if (dialer.pair !== undefined) this.#become(dialer, UP)
    this.#connect(phone, dialer)
    if (dialer.pair?.dialer !== undefined) this.answer(dialer.pair)
  }

  /** A phone that is dialled will not. */
  refuse(phone: SimulatedChannel): void {
    if (phone.dialer === undefined || phone.pair !== undefined) return
    const { dialer, originate } = phone
    this.#say(this.#forms.hangupRequest(phone, 17))
    this.#endDial(phone, 'BUSY')
    this.#gone(phone, 17)
    if (dialer === 'program') this.#say(this.#forms.originateResponse(originate ?? '', false, phone))
    else if (dialer !== undefined) this.#giveUpUnlessDialing(dialer)
  }

  /** A phone hangs up: who calls, is called, or talks. */
  hangUp(phone: SimulatedChannel): void {
    if (phone.pair !== undefined || phone.dialer !== undefined) return
    this.#say(this.#forms.hangupRequest(phone, 16))
    this.#end(phone)
  }

  hold(phone: SimulatedChannel): void {
    if (phone.pair !== undefined || phone.bridge === undefined || phone.bridge.isConference) return
    this.#say(phone.isOnHold ? this.#forms.unhold(phone) : this.#forms.hold(phone))
    phone.isOnHold = !phone.isOnHold
  }

  /** A phone that runs the dialplan enters the only conference. */
  join(phone: SimulatedChannel): void {
    if (!this.isFree(phone)) return
    if (phone.state !== UP) this.#become(phone, UP)
    const conference = this.#channels.map(({ bridge }) => bridge).find((bridge) => bridge?.isConference)
    this.#enter(phone, conference ?? this.#bridge(true))
  }

  /** One of two who talk sends the other on to a third. */
  transfer(phone: SimulatedChannel): void {
    const { bridge } = phone
    const other = bridge?.members.find((member) => member !== phone)
    if (
      bridge === undefined ||
      bridge.isConference ||
      other === undefined ||
      phone.pair !== undefined ||
      other.pair !== undefined
    )
      return
    this.#say(this.#forms.blindTransfer(phone, other))
    this.#leave(phone)
    this.#leave(other)
    this.#gone(phone, 16)
    this.dial(other, 1)
  }

  /** Somebody else takes the call that rings at a phone. */
  pickUp(phone: SimulatedChannel): void {
    const { dialer } = phone
    if (dialer === undefined || dialer === 'program') return
    const picker = this.#make('PJSIP/p', RING, undefined)
    this.#become(picker, UP)
    this.#say(this.#forms.pickup(picker, phone))
    for (const other of this.#dialedBy(dialer)) if (other !== phone) this.#cancel(other)
    phone.dialer = undefined
    this.#say(this.#forms.dialEnd(dialer, picker, 'ANSWER'))
    this.#gone(phone, 26)
    this.#become(dialer, UP)
    this.#connect(picker, dialer)
    if (dialer.pair?.dialer !== undefined) this.answer(dialer.pair)
  }

  /** A phone that talks connects whom it talks with to the partner of another phone, as if that were its own second call. */
  connectTwo(phone: SimulatedChannel, second: SimulatedChannel): void {
    const [other, target] = [partnerOf(phone), partnerOf(second)]
    const { bridge } = second
    if (other === undefined || target === undefined || bridge === undefined || other === second || other.pair !== undefined)
      return
    this.#leave(other)
    this.#leave(second)
    this.#enter(other, bridge)
    this.#leave(phone)
    this.#say(this.#forms.attendedTransfer(phone, second, other, target))
    this.#gone(phone, 16)
    this.#gone(second, 16)
  }

  /** A Local channel between two who talk is taken away. */
  optimize(phone: SimulatedChannel): void {
    const one = partnerOf(phone)
    const two = one?.pair
    const bridge = two?.bridge
    if (one === undefined || two === undefined || bridge === undefined || phone.pair !== undefined) return
    this.#leave(phone)
    this.#leave(two)
    this.#enter(phone, bridge)
    this.#leave(one)
    this.#gone(one, 16)
    this.#gone(two, 16)
  }

  /** Ends all that is left. */
  shutDown(): void {
    for (const device of [...this.devices]) {
      if (!this.#channels.includes(device)) continue
      if (device.dialer === undefined) this.hangUp(device)
      else this.refuse(device)
    }
    for (const channel of [...this.#channels]) if (this.#channels.includes(channel)) this.#end(channel)
  }

  #make(
    name: string,
    state: number,
    maker: SimulatedChannel | undefined,
    chosenId?: string,
    half: '' | ';1' | ';2' = '',
  ): SimulatedChannel {
    this.#made += 1
    const id = chosenId ?? `1700000000.${this.#made}`
    const channel: SimulatedChannel = {
      id,
      name: half === '' ? `${name}-${this.#made}` : `${name}${half}`,
      linkedId: maker?.linkedId ?? id,
      state,
      number: `5${this.#made}`,
      exten: maker === undefined && chosenId === undefined ? '200' : 's',
      pair: undefined,
      dialer: undefined,
      bridge: undefined,
      isOnHold: false,
      originate: undefined,
    }
    this.#channels.push(channel)
    this.#say(this.#forms.newchannel(channel))
    return channel
  }

  #say(events: readonly TracedEvent[]): void {
    this.#events.push(...events)
  }

  #become(channel: SimulatedChannel, state: number): void {
    channel.state = state
    this.#say(this.#forms.newstate(channel))
  }

  #dialed(caller: SimulatedChannel, phone: SimulatedChannel): void {
    phone.dialer = caller
    this.#say(this.#forms.dialBegin(caller, phone))
  }

  #dialedBy(caller: SimulatedChannel): SimulatedChannel[] {
    return this.#channels.filter(({ dialer }) => dialer === caller)
  }

  #endDial(phone: SimulatedChannel, status: string): void {
    const { dialer } = phone
    phone.dialer = undefined
    this.#say(this.#forms.dialEnd(dialer === 'program' ? undefined : dialer, phone, status))
  }

  /** Nobody wants the phone any more. */
  #cancel(phone: SimulatedChannel): void {
    this.#endDial(phone, 'CANCEL')
    this.#end(phone, 26)
  }

  #connect(one: SimulatedChannel, two: SimulatedChannel): void {
    const bridge = this.#bridge(false)
    this.#enter(one, bridge)
    this.#enter(two, bridge)
  }

  #bridge(isConference: boolean): SimulatedBridge {
    this.#bridges += 1
    return { id: `bridge-${this.#bridges}`, isConference, members: [] }
  }

  /** Whoever meets takes the Linkedid of the oldest; the other half of a Local channel keeps its own. */
  #enter(channel: SimulatedChannel, bridge: SimulatedBridge): void {
    bridge.members.push(channel)
    channel.bridge = bridge
    const oldest = this.#channels.find((each) => bridge.members.includes(each)) as SimulatedChannel
    for (const member of bridge.members) member.linkedId = oldest.linkedId
    this.#say(this.#forms.bridgeEnter(channel, bridge))
  }

  #leave(channel: SimulatedChannel): void {
    const { bridge } = channel
    if (bridge === undefined) return
    bridge.members.splice(bridge.members.indexOf(channel), 1)
    channel.bridge = undefined
    this.#say(this.#forms.bridgeLeave(channel, bridge))
  }

  /** A channel ends, and takes along whoever is there only for it. */
  #end(channel: SimulatedChannel, cause = 16): void {
    if (!this.#channels.includes(channel)) return
    const { bridge, pair } = channel
    this.#leave(channel)
    for (const phone of this.#dialedBy(channel)) this.#cancel(phone)
    this.#gone(channel, cause)
    if (pair !== undefined) this.#end(pair, cause)
    const [last] = bridge?.members ?? []
    if (bridge !== undefined && !bridge.isConference && last !== undefined && bridge.members.length === 1) this.#end(last)
  }

  #gone(channel: SimulatedChannel, cause: number): void {
    this.#channels.splice(this.#channels.indexOf(channel), 1)
    this.#say(this.#forms.hangup(channel, cause))
  }

  /** The dialplan of a channel whose phones have all refused comes to its end. */
  #giveUpUnlessDialing(dialer: SimulatedChannel): void {
    if (this.#dialedBy(dialer).length > 0) return
    const { pair } = dialer
    const above = pair?.dialer
    if (pair !== undefined && above !== undefined) this.#endDial(pair, 'BUSY')
    this.#end(dialer, 17)
    if (above !== undefined && above !== 'program') this.#giveUpUnlessDialing(above)
  }
}

/** Whom a channel is bridged with, alone. */
function partnerOf({ bridge, id }: SimulatedChannel): SimulatedChannel | undefined {
  if (bridge === undefined || bridge.isConference) return undefined
  return bridge.members.find((member) => member.id !== id)
}
