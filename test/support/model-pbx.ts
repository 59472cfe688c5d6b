import type { Fields } from '../../src/live/state/fields.js'

/** What a server would send, with its headers. */
export interface Told {
  readonly name: string
  readonly fields: Fields
}

interface ModelMember {
  status: number
  isPaused: boolean
  penalty: number
  callsTaken: number
  isInCall: boolean
}

/** A PBX as plain as can be: what is done to it changes it at once, and is told by events that lie in a queue until they are sent. */
export class ModelPBX {
  readonly members = new Map<string, ModelMember>()
  callers: string[] = []
  readonly talks = new Map<string, string>()
  readonly devices = new Map<string, string>()
  readonly bridges = new Map<string, Set<string>>()
  readonly parked = new Map<string, string>()
  readonly conference = new Map<string, boolean>()
  completed = 0
  abandoned = 0
  /** Events that were not sent yet, in order. */
  pending: Told[] = []

  addMember(name: string): void {
    if (this.members.has(name)) return
    this.members.set(name, { status: 1, isPaused: false, penalty: 0, callsTaken: 0, isInCall: false })
    this.#tellMember('QueueMemberAdded', name)
  }

  removeMember(name: string): void {
    if (!this.members.has(name)) return
    this.#tellMember('QueueMemberRemoved', name)
    this.members.delete(name)
  }

  changeMember(name: string, change: Partial<Pick<ModelMember, 'status' | 'isPaused' | 'penalty'>>): void {
    const member = this.members.get(name)
    if (member === undefined) return
    Object.assign(member, change)
    this.#tellMember(change.isPaused === undefined ? 'QueueMemberStatus' : 'QueueMemberPause', name)
  }

  join(caller: string, position: number): void {
    if (this.callers.includes(caller)) return
    const at = Math.min(position, this.callers.length)
    this.callers.splice(at, 0, caller)
    this.#tell('QueueCallerJoin', { ...QUEUE, ...channel(caller), Position: at + 1, Count: this.callers.length })
  }

  leave(caller: string): void {
    const at = this.callers.indexOf(caller)
    if (at < 0) return
    this.abandoned += 1
    this.#tell('QueueCallerAbandon', { ...QUEUE, ...channel(caller), Position: at + 1 })
    this.#take(at)
  }

  connect(name: string): void {
    const member = this.members.get(name)
    const caller = this.callers[0]
    if (member === undefined || caller === undefined || this.talks.has(caller)) return
    this.#take(0)
    member.isInCall = true
    this.talks.set(caller, name)
    this.#tell('AgentConnect', { ...QUEUE, ...channel(caller), Interface: name, DestUniqueid: `to ${caller}` })
  }

  /** Counts at once; the event is told when the channel ends, which may be later. */
  complete(caller: string, isToldLater: boolean): void {
    const name = this.talks.get(caller)
    if (name === undefined) return
    this.talks.delete(caller)
    this.completed += 1
    const member = this.members.get(name)
    if (member !== undefined) {
      member.isInCall = [...this.talks.values()].includes(name)
      member.callsTaken += 1
    }
    this.#tell('BridgeLeave', { ...channel(caller), BridgeUniqueid: 'of the queue' })
    if (!isToldLater) this.#tell('AgentComplete', { ...QUEUE, ...channel(caller), Interface: name })
  }

  setDevice(device: string, state: string): void {
    this.devices.set(device, state)
    this.#tell('DeviceStateChange', { Device: device, State: state })
  }

  enter(bridge: string, name: string): void {
    const members = this.bridges.get(bridge) ?? new Set<string>()
    if (members.has(name)) return
    if (!this.bridges.has(bridge)) this.#tell('BridgeCreate', bridgeFields(bridge))
    this.bridges.set(bridge, members.add(name))
    this.#tell('BridgeEnter', { ...bridgeFields(bridge), ...channel(name) })
  }

  leaveBridge(bridge: string, name: string): void {
    const members = this.bridges.get(bridge)
    if (!members?.delete(name)) return
    this.#tell('BridgeLeave', { ...bridgeFields(bridge), ...channel(name) })
    if (members.size > 0) return
    this.bridges.delete(bridge)
    this.#tell('BridgeDestroy', bridgeFields(bridge))
  }

  park(space: string, name: string): void {
    if (this.parked.has(space)) return
    this.parked.set(space, name)
    this.#tell('ParkedCall', this.#parkedFields(space, name))
  }

  unpark(space: string, how: 'UnParkedCall' | 'ParkedCallGiveUp' | 'ParkedCallTimeOut'): void {
    const name = this.parked.get(space)
    if (name === undefined) return
    this.parked.delete(space)
    this.#tell(how, this.#parkedFields(space, name))
  }

  joinConference(name: string): void {
    if (this.conference.has(name)) return
    if (this.conference.size === 0) this.#tell('ConfbridgeStart', { Conference: 'room' })
    this.conference.set(name, false)
    this.#tell('ConfbridgeJoin', { Conference: 'room', ...channel(name), Admin: 'No', Muted: 'No' })
  }

  mute(name: string, isMuted: boolean): void {
    if (!this.conference.has(name)) return
    this.conference.set(name, isMuted)
    this.#tell(isMuted ? 'ConfbridgeMute' : 'ConfbridgeUnmute', { Conference: 'room', ...channel(name) })
  }

  leaveConference(name: string): void {
    if (!this.conference.delete(name)) return
    this.#tell('ConfbridgeLeave', { Conference: 'room', ...channel(name) })
    if (this.conference.size === 0) this.#tell('ConfbridgeEnd', { Conference: 'room' })
  }

  /** QueueStatus, of all members or one. */
  queueStatus(only?: string): Fields[] {
    const names = [...this.members.keys()].filter((name) => only === undefined || name === only)
    return [
      fields({
        Event: 'QueueParams',
        ...QUEUE,
        Completed: this.completed,
        Abandoned: this.abandoned,
        Calls: this.callers.length,
      }),
      ...names.map((name) => fields({ Event: 'QueueMember', ...this.#memberFields(name), Location: name, Name: name })),
      ...this.callers.map((caller, at) =>
        fields({ Event: 'QueueEntry', ...QUEUE, ...channel(caller), Position: at + 1, Wait: 0 }),
      ),
    ]
  }

  deviceStateList(): Fields[] {
    return [...this.devices].map(([Device, State]) => fields({ Device, State }))
  }

  bridgeList(): Fields[] {
    return [...this.bridges.keys()].map((id) => fields(bridgeFields(id)))
  }

  channelList(): Fields[] {
    return [...this.bridges].flatMap(([id, names]) => [...names].map((name) => fields({ ...channel(name), BridgeId: id })))
  }

  parkedCalls(): Fields[] {
    return [...this.parked].map(([space, name]) => fields(this.#parkedFields(space, name)))
  }

  rooms(): Fields[] {
    return this.conference.size === 0 ? [] : [fields({ Conference: 'room', Locked: 'No' })]
  }

  participants(): Fields[] {
    const item = ([name, isMuted]: [string, boolean]) =>
      fields({ Conference: 'room', ...channel(name), Admin: 'No', MarkedUser: 'No', Muted: isMuted ? 'Yes' : 'No' })
    return [...this.conference].map(item)
  }

  #take(at: number): void {
    const [caller = ''] = this.callers.splice(at, 1)
    this.#tell('QueueCallerLeave', { ...QUEUE, ...channel(caller), Position: at + 1, Count: this.callers.length })
  }

  #memberFields(name: string): Headers {
    const { status, isPaused, penalty, callsTaken, isInCall } = this.members.get(name) as ModelMember
    const numbers = { Status: status, Penalty: penalty, CallsTaken: callsTaken }
    return {
      ...QUEUE,
      ...numbers,
      StateInterface: name,
      Membership: 'dynamic',
      Paused: Number(isPaused),
      InCall: Number(isInCall),
    }
  }

  #tellMember(event: string, name: string): void {
    this.#tell(event, { ...this.#memberFields(name), Interface: name, MemberName: name })
  }

  #parkedFields(ParkingSpace: string, name: string): Headers {
    return {
      Parkinglot: 'default',
      ParkingSpace,
      ParkeeUniqueid: name,
      ParkeeChannel: name,
      ParkingTimeout: 45,
      ParkingDuration: 0,
    }
  }

  #tell(name: string, headers: Headers): void {
    this.pending.push({ name, fields: fields({ ...headers, Event: name }) })
  }
}

type Headers = Readonly<Record<string, string | number>>

const QUEUE = { Queue: 'q' }

function channel(name: string): Headers {
  return { Uniqueid: name, Channel: `PJSIP/${name}`, Priority: 1 }
}

function bridgeFields(id: string): Headers {
  return { BridgeUniqueid: id, BridgeType: 'basic', BridgeTechnology: 'simple_bridge' }
}

function fields(headers: Headers): Fields {
  const texts = new Map(Object.entries(headers).map(([name, value]) => [name, String(value)]))
  return { get: (name) => texts.get(name) }
}
