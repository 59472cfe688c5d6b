/** What can be in a bridge: a device's channel, or half of a Local channel. */
export interface Member<Self> {
  /** Whether it is a device's, somebody who hears and is heard; else it is half of a Local channel. */
  readonly isDevice: boolean
  /** The other half of a Local channel; undefined for a device, and before LocalBridge told it. */
  half: Self | undefined
  /** Where it is; a holding bridge, in which nobody hears anybody, is nowhere. */
  room: Room<Self> | undefined
  /** Whether it is a device that hears another one. */
  isConnected: boolean
  /** Its neighbours among the devices, or the halves, of its bridge. */
  before: Self | undefined
  after: Self | undefined
}

/** A bridge, and who is in it: chained members take less room than sets of them, and most bridges have two. */
export class Room<M> {
  readonly id: string
  firstDevice: M | undefined
  firstHalf: M | undefined
  conversation = new Conversation()

  constructor(id: string) {
    this.id = id
  }
}

/** Bridges that Local channels join into one: everybody in them hears everybody. */
class Conversation {
  rooms = 1
  devices = 0
}

/** Whom connectedness tells what changed; each change is told once, when it is complete. */
export interface ConnectednessEvents<M> {
  /** A device hears another one now, or none any more. */
  changed(device: M): void
  /** A device is in a conversation with others whom it was not with before. */
  met(device: M): void
}

/** What Asterisk moves to other bridges: those who left one and have not entered another are still in it until the move is over. */
interface Move<M> {
  readonly id: string
  readonly members: readonly M[]
  readonly left: Set<M>
}

/**
 * Who hears whom. Two devices are connected when a chain of bridges and Local channels leads from one to the other.
 *
 * Devices are counted for each conversation, so entering a bridge of 500 costs what entering one of 2 does. When a Local channel joins two
 * conversations the smaller one is walked; when it parts them both sides are walked in step until the smaller one is complete. Walks follow
 * bridges and Local channels only, and never leave the conversation. No clock, no I/O.
 */
export class Connectedness<M extends Member<M>> {
  readonly #events: ConnectednessEvents<M>
  readonly #rooms = new Map<string, Room<M>>()
  readonly #moves = new Map<string, Move<M>>()
  readonly #moving = new Map<M, Move<M>>()
  #isTogether = false
  /** Devices that the change under way may have connected, parted, or brought together. */
  readonly #touched = new Set<M>()
  readonly #joined = new Set<M>()

  constructor(events: ConnectednessEvents<M>) {
    this.#events = events
  }

  /** A member enters a bridge, and leaves the one where it was. */
  enter(member: M, roomId: string): void {
    this.#moving.get(member)?.left.delete(member)
    if (member.room?.id === roomId) return
    // Told when both is done: who changes bridges within a conversation never left it.
    this.#withdraw(member)
    this.#add(member, roomId)
    this.#tell()
  }

  /** A member leaves a bridge, unless it is elsewhere already. */
  leave(member: M, roomId: string): void {
    if (member.room?.id !== roomId) return
    const move = this.#moving.get(member)
    if (move === undefined) this.#out(member)
    else move.left.add(member)
  }

  /** Two halves of one Local channel: what is said to one is heard from the other. */
  pair(one: M, two: M): void {
    if (one.half === two) return
    one.half = two
    two.half = one
    if (one.room !== undefined && two.room !== undefined) this.#meet(one.room, two.room)
    this.#tell()
  }

  /** A member is gone for good. */
  remove(member: M): void {
    const move = this.#moving.get(member)
    // Halves of an optimised Local channel hang up when the others are where they belong.
    if (move !== undefined && !member.isDevice) this.settled(move.id)
    this.#moving.delete(member)
    move?.left.delete(member)
    this.#out(member)
    if (member.half !== undefined) member.half.half = undefined
    member.half = undefined
  }

  /**
   * Asterisk is about to move these to other bridges, because it takes a Local channel out of a conversation or merges two bridges. It reports
   * the leaving and the entering one after the other, and nobody stops hearing anybody: leaving waits for `settled`.
   */
  move(id: string, members: readonly M[]): void {
    const move = { id, members: members.filter((member) => !this.#moving.has(member)), left: new Set<M>() }
    this.#moves.set(id, move)
    for (const member of move.members) this.#moving.set(member, move)
  }

  /** A move is over: those who left and entered nothing are out. */
  settled(id: string): void {
    const move = this.#moves.get(id)
    if (move === undefined) return
    this.#moves.delete(id)
    for (const member of move.members) if (this.#moving.get(member) === move) this.#moving.delete(member)
    for (const member of move.left) this.#out(member)
  }

  /** What happens meanwhile happens at once: only what is different afterwards is told. */
  together(change: () => void): void {
    for (const id of [...this.#moves.keys()]) this.settled(id)
    this.#isTogether = true
    change()
    this.#isTogether = false
    this.#tell()
  }

  /** One who is in a bridge; undefined if nobody is. */
  firstOf(roomId: string): M | undefined {
    const room = this.#rooms.get(roomId)
    return room?.firstDevice ?? room?.firstHalf
  }

  /** All who are in a bridge. */
  membersOf(roomId: string): M[] {
    const room = this.#rooms.get(roomId)
    return room === undefined ? [] : [...chain(room.firstDevice), ...chain(room.firstHalf)]
  }

  /** The other devices that a device is connected with. */
  connectedWith(device: M): M[] {
    const found: M[] = []
    if (device.room === undefined || !device.isConnected) return found
    for (const room of walk(device.room)) for (const each of chain(room?.firstDevice)) if (each !== device) found.push(each)
    return found
  }

  #out(member: M): void {
    this.#withdraw(member)
    this.#tell()
  }

  #add(member: M, roomId: string): void {
    let room = this.#rooms.get(roomId)
    if (room === undefined) {
      room = new Room<M>(roomId)
      this.#rooms.set(roomId, room)
    }
    member.room = room
    if (member.isDevice) {
      if (room.conversation.devices === 1) this.#touchSoleDevice(room)
      room.conversation.devices += 1
      room.firstDevice = inserted(member, room.firstDevice)
      this.#touched.add(member)
      this.#joined.add(member)
    } else {
      room.firstHalf = inserted(member, room.firstHalf)
      const beyond = member.half?.room
      if (beyond !== undefined) this.#meet(room, beyond)
    }
  }

  #withdraw(member: M): void {
    const { room } = member
    if (room === undefined) return
    member.room = undefined
    if (member.isDevice) {
      room.firstDevice = withdrawn(member, room.firstDevice)
      room.conversation.devices -= 1
      this.#touched.add(member)
      if (room.conversation.devices === 1) this.#touchSoleDevice(room)
    } else {
      room.firstHalf = withdrawn(member, room.firstHalf)
      const beyond = member.half?.room
      if (beyond !== undefined && beyond !== room && beyond.conversation === room.conversation) this.#part(room, beyond)
    }
    if (room.firstDevice === undefined && room.firstHalf === undefined) {
      this.#rooms.delete(room.id)
      room.conversation.rooms -= 1
    }
  }

  /** A Local channel joins two bridges. */
  #meet(one: Room<M>, two: Room<M>): void {
    if (one.conversation === two.conversation) return
    const [small, large] = one.conversation.rooms <= two.conversation.rooms ? [one, two] : [two, one]
    const { conversation } = small
    if (conversation.devices > 0 && large.conversation.devices === 1) this.#touchSoleDevice(large)
    for (const room of [...walk(small)]) {
      if (room === undefined) continue
      room.conversation = large.conversation
      for (const device of chain(room.firstDevice)) {
        this.#joined.add(device)
        if (conversation.devices === 1) this.#touched.add(device)
      }
    }
    large.conversation.rooms += conversation.rooms
    large.conversation.devices += conversation.devices
  }

  /** A Local channel between two bridges of a conversation is gone: perhaps it was the only one. */
  #part(one: Room<M>, two: Room<M>): void {
    const [ones, twos] = [new Set<Room<M>>(), new Set<Room<M>>()]
    const [first, second] = [walk(one, ones), walk(two, twos)]
    let apart: Set<Room<M>> | undefined
    while (apart === undefined) {
      if (first.next().done) apart = ones
      else if (second.next().done) apart = twos
      if (ones.has(two) || twos.has(one)) return
    }
    const before = one.conversation
    const conversation = new Conversation()
    conversation.rooms = apart.size
    for (const room of apart) {
      room.conversation = conversation
      for (const _ of chain(room.firstDevice)) conversation.devices += 1
    }
    before.rooms -= conversation.rooms
    before.devices -= conversation.devices
    for (const room of [one, two]) if (room.conversation.devices === 1) this.#touchSoleDevice(room)
  }

  /** The only device of a conversation, from one of its bridges. */
  #touchSoleDevice(from: Room<M>): void {
    for (const room of walk(from)) {
      if (room?.firstDevice === undefined) continue
      this.#touched.add(room.firstDevice)
      return
    }
  }

  #tell(): void {
    if (this.#isTogether) return
    // Who is told may ask, and nothing that is told changes who hears whom.
    for (const device of this.#touched) {
      const isConnected = (device.room?.conversation.devices ?? 0) > 1
      if (isConnected === device.isConnected) continue
      device.isConnected = isConnected
      this.#events.changed(device)
    }
    this.#touched.clear()
    for (const device of this.#joined) if (device.isConnected) this.#events.met(device)
    this.#joined.clear()
  }
}

/** Puts a member first. */
function inserted<M extends Member<M>>(member: M, first: M | undefined): M {
  member.after = first
  if (first !== undefined) first.before = member
  return member
}

/** Takes a member out; gives the first one. */
function withdrawn<M extends Member<M>>(member: M, first: M | undefined): M | undefined {
  const { before, after } = member
  if (before !== undefined) before.after = after
  if (after !== undefined) after.before = before
  member.before = undefined
  member.after = undefined
  return first === member ? after : first
}

function* chain<M extends Member<M>>(first: M | undefined): Generator<M> {
  for (let member = first; member !== undefined; member = member.after) yield member
}

/** Whether two members are in one conversation. */
export function areTogether<M extends Member<M>>(one: M, two: M): boolean {
  return one.room !== undefined && one.room.conversation === two.room?.conversation
}

/** The bridges of a conversation, a step for each of them and for each Local channel in them; `seen` fills up on the way. */
function* walk<M extends Member<M>>(from: Room<M>, seen = new Set<Room<M>>()): Generator<Room<M> | undefined> {
  seen.add(from)
  for (const room of seen) {
    yield room
    for (const half of chain(room.firstHalf)) {
      const beyond = half.half?.room
      // A Local channel that is just joining two conversations leads nowhere yet.
      if (beyond?.conversation === from.conversation) seen.add(beyond)
      yield undefined
    }
  }
}
