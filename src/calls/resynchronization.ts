import type { AMIEvent } from '../ami/messages/event.js'
import { enter, leaveAny } from './bridges.js'
import type { CallFacts, CallState } from './call-state.js'
import { endpointOf } from './party.js'
import { type Channel, type Fields, type Found, type Switchboard, stateOf, UNSEEN } from './switchboard.js'

/** The server's lists: of its channels, and of the bridges whose members hear nobody. */
export interface ServerLists {
  readonly channels: readonly AMIEvent[]
  readonly holdingBridges: ReadonlySet<string>
}

/** What a list says of a channel that belongs to no call that is known. */
interface FoundChannel extends Found {
  readonly channel: Channel
}

/**
 * Compares what is known with the server's lists: at the start, when nothing is known, and after each hole in the events. What is heard in events
 * of the same connection is newer than what a list says.
 */
export class Resynchronization {
  readonly #board: Switchboard
  readonly #found: FoundChannel[] = []

  constructor(board: Switchboard) {
    this.#board = board
  }

  /** Takes in the lists. */
  listed({ channels, holdingBridges }: ServerLists): void {
    this.#late(() => {
      const { atMs } = this.#board.context
      const listed = channels.flatMap((item) => this.#channelListed(item as Fields, atMs) ?? [])
      pairHalves(this.#board)
      this.#board.connectedness.together(() => {
        for (const { channel, fields } of listed) {
          if (this.#board.bridgeHeard.has(channel)) continue
          const bridgeId = this.#bridgeOf(channel, fields)
          if (bridgeId === undefined || holdingBridges.has(bridgeId)) leaveAny(this.#board, channel)
          else enter(this.#board, channel, bridgeId, false)
        }
      })
      this.#found.push(...listed)
    })
  }

  /** Every event before the lists was taken in: what was not heard of is gone, what belongs to no call is of calls that nobody saw begin. */
  completed(): void {
    this.#late(() => {
      const gone = this.#dropGone()
      this.#board.completed()
      if (this.#board.followsOthers) this.#adoptFound()
      this.#mergeTransferred(gone)
      this.#confirm()
    })
  }

  #late(compare: () => void): void {
    this.#board.context.isLate = true
    compare()
    this.#board.context.isLate = false
  }

  /** Gives the endpoints of the channels that are gone, by their calls. */
  #dropGone(): ReadonlyMap<CallState, ReadonlySet<string>> {
    const gone = new Map<CallState, Set<string>>()
    for (const channel of this.#board.channels) {
      if (channel.seen === this.#board.connection) continue
      const { call } = channel
      this.#board.dialEnd(channel, undefined, undefined)
      this.#board.drop(channel)
      if (call === undefined) continue
      call.lose(channel)
      gone.set(call, (gone.get(call) ?? new Set<string>()).add(endpointOf(channel.name)))
    }
    return gone
  }

  /** Two calls that are connected now, and of both of which the same device is gone: it has transferred one to the other. */
  #mergeTransferred(gone: ReadonlyMap<CallState, ReadonlySet<string>>): void {
    for (const [call, endpoints] of gone) {
      const [channel] = call.channels.filter(({ isConnected }) => isConnected)
      if (channel === undefined) continue
      const others = this.#board.connectedness.connectedWith(channel).map((other) => other.call)
      const second = others.find((other) => other !== undefined && other !== call && intersect(gone.get(other), endpoints))
      if (second !== undefined) this.#board.merge(call, second)
    }
  }

  #confirm(): void {
    const { connection } = this.#board
    for (const call of this.#board.calls) {
      if (call.confirmed === connection) continue
      const isThere = call.channels.length > 0
      const mayCome = call.originate === 'queued' || (call.originate !== undefined && call.heard === connection)
      if (isThere || mayCome) call.confirmed = connection
      if (isThere) call.resumed()
      else if (!mayCome) this.#board.giveUp(call, 'lost')
    }
  }

  #channelListed(fields: Fields, atMs: number): FoundChannel | undefined {
    const isKnown = this.#board.isKnown(fields.get('Uniqueid'))
    const channel = this.#board.see(fields, undefined, true)
    if (channel === undefined) return undefined
    if (!isKnown || !this.#board.stateHeard.has(channel)) this.#board.setState(channel, stateOf(fields))
    // Of the second that the server does not tell the earliest moment: it lived before whatever is seen now.
    return { channel, fields, startedMs: atMs - durationOf(fields) - 999 }
  }

  /** Asterisk before 12 lists the channel that each one is bridged with. */
  #bridgeOf(channel: Channel, fields: Fields): string | undefined {
    const bridgeId = fields.get('BridgeId')
    if (bridgeId !== undefined) return bridgeId || undefined
    const otherId = fields.get('BridgedUniqueID')
    if (otherId === undefined || otherId === '') return undefined
    const other = this.#board.channels.find(({ uniqueId }) => uniqueId === otherId)
    return other?.room?.id ?? `${channel.uniqueId} and ${otherId}`
  }

  /** The oldest first, and whom nobody had dialled before whom somebody had: calls begin there, and the others join them. */
  #adoptFound(): void {
    const found = this.#found.filter(({ channel }) => this.#board.isKnown(channel.uniqueId) && channel.call === undefined)
    for (const each of found.toSorted((one, two) => rank(one) - rank(two) || one.startedMs - two.startedMs)) this.#place(each)
    for (const { channel } of found) {
      // The halves of a Local channel can have different Linkedids.
      if (channel.call !== undefined && channel.half?.call !== undefined) this.#board.merge(channel.call, channel.half.call)
      if (channel.isConnected) channel.call?.met(channel)
    }
  }

  #place(found: FoundChannel): void {
    const { channel, fields } = found
    if (channel.call !== undefined) return
    const call = this.#board.callOf(channel.linkedId) ?? channel.half?.call ?? this.#oldCompanion(channel)
    if (call === undefined) {
      const facts = this.#board.isOld ? oldFacts(fields) : UNSEEN
      this.#board.startUnseen(channel, { facts, isCaller: !isDialed(fields), found })?.found(channel)
    } else {
      channel.leg = call.own !== undefined && isBehind(call.own, channel) ? 'a' : 'b'
      this.#board.adopt(call, channel, found)
    }
  }

  /** The call of whoever is in one bridge with a channel: servers before 12 say no more. */
  #oldCompanion({ room }: Channel) {
    if (!this.#board.isOld || room === undefined) return undefined
    return this.#board.connectedness.membersOf(room.id).find(({ call }) => call !== undefined)?.call
  }
}

/** Whom nobody had dialled comes first: calls begin there. */
function rank({ channel, fields }: FoundChannel): number {
  if (isDialed(fields)) return 2
  return channel.uniqueId === channel.linkedId ? 0 : 1
}

/** Dialled channels have `AppDial`, `AppDial2` (Originate) or `AppQueue` for their application. */
export function isDialed(fields: Fields): boolean {
  return /^App(?:Dial|Queue)/.test(fields.get('Application') ?? '')
}

function intersect(one: ReadonlySet<string> | undefined, two: ReadonlySet<string>): boolean {
  return one !== undefined && [...one].some((each) => two.has(each))
}

/** Whether a channel is on the far side of a Local channel that a call began with. */
function isBehind(own: Channel, channel: Channel): boolean {
  const { half } = own
  return half !== undefined && (channel === half || (half.room !== undefined && half.room === channel.room))
}

/** The halves of a Local channel differ in the last digit of their names; no list says more. */
function pairHalves(board: Switchboard): void {
  const firsts = new Map<string, Channel>()
  const halves = board.channels.filter(({ isDevice, half }) => !isDevice && half === undefined)
  for (const half of halves) if (half.name.endsWith(';1')) firsts.set(half.name.slice(0, -1), half)
  for (const half of halves) {
    const first = half.name.endsWith(';2') ? firsts.get(half.name.slice(0, -1)) : undefined
    if (first !== undefined) board.connectedness.pair(first, half)
  }
}

/** `Duration`, as in `00:01:07`, or in seconds; in ms. */
function durationOf(fields: Fields): number {
  const seconds = (fields.get('Duration') ?? '').split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  return Number.isFinite(seconds) ? seconds * 1000 : 0
}

/** What the list of an old server says of where the channel is; what it dialled, unless it was sent elsewhere since. */
function oldFacts(fields: Fields): CallFacts {
  return { ...UNSEEN, exten: fields.get('Extension'), context: fields.get('Context') }
}
