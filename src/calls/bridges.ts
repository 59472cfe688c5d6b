import { type Channel, type EventReader, type Fields, type Switchboard, subject } from './switchboard.js'

const [LOCAL_ONE, LOCAL_TWO] = [subject('LocalOne'), subject('LocalTwo')]

/** Channels enter and leave bridges, and Local channels join bridges. */
export const BRIDGE_READERS: Readonly<Record<string, EventReader>> = {
  LocalBridge(board, fields) {
    // Before 12 the halves were `Uniqueid1` and `Uniqueid2`, and known by then.
    const one = board.see(fields, LOCAL_ONE, true) ?? board.known(fields.get('Uniqueid1'))
    const two = board.see(fields, LOCAL_TWO, true) ?? board.known(fields.get('Uniqueid2'))
    if (one === undefined || two === undefined) return
    if (!one.isDevice && !two.isDevice) board.connectedness.pair(one, two)
    board.join(one, two)
  },

  BridgeEnter(board, fields) {
    const channel = board.see(fields)
    const bridgeId = fields.get('BridgeUniqueid')
    if (channel === undefined || bridgeId === undefined) return
    board.heardOfBridge(channel)
    // Those who wait in a holding bridge, parked or as agents, do not hear each other.
    if (fields.get('BridgeTechnology') === 'holding_bridge') leaveAny(board, channel)
    else enter(board, channel, bridgeId, fields.get('BridgeType') === 'basic')
  },

  BridgeLeave(board, fields) {
    const channel = board.known(fields.get('Uniqueid'))
    if (channel === undefined) return
    board.heardOfBridge(channel)
    board.connectedness.leave(channel, fields.get('BridgeUniqueid') ?? '')
  },

  /** All that is in one bridge goes over to another one. */
  BridgeMerge(board, fields) {
    const from = fields.get('FromBridgeUniqueid') ?? ''
    board.connectedness.move(from, board.connectedness.membersOf(from))
  },

  BridgeDestroy(board, fields) {
    board.connectedness.settled(fields.get('BridgeUniqueid') ?? '')
  },

  LocalOptimizationBegin(board, fields) {
    const members = ['LocalOneUniqueid', 'LocalTwoUniqueid', 'SourceUniqueid'].map((name) => board.known(fields.get(name)))
    board.connectedness.move(
      optimizationOf(fields),
      members.filter((member) => member !== undefined),
    )
  },

  /** `Success` is No also where it worked. */
  LocalOptimizationEnd(board, fields) {
    board.connectedness.settled(optimizationOf(fields))
  },
}

/** A channel enters a bridge; in a `basic` one, not in a conference, all are of one call unless they have calls of their own. */
export function enter(board: Switchboard, channel: Channel, bridgeId: string, isBasic: boolean): void {
  if (isBasic) joinAnyIn(board, channel, bridgeId)
  board.connectedness.enter(channel, bridgeId)
  if (isBasic && hasReached(channel)) channel.call?.reached()
}

/** As soon as one in a bridge has a call, all have: the first of them is asked, however many there are. */
function joinAnyIn(board: Switchboard, channel: Channel, bridgeId: string): void {
  const first = board.connectedness.firstOf(bridgeId)
  if (first === undefined) return
  const others = first.call === undefined ? board.connectedness.membersOf(bridgeId) : [first]
  for (const other of others) board.join(other, channel)
}

/** Whether a call's own channel is in one bridge with what it had dialled, now that one of them has come. */
function hasReached(channel: Channel): boolean {
  const { call, room } = channel
  if (call?.own === undefined || room === undefined) return false
  if (channel !== call.own) return channel.dialer === call.own && call.own.room === room
  return call.channels.some((each) => each.dialer === channel && each.room === room)
}

export function leaveAny(board: Switchboard, channel: Channel): void {
  if (channel.room !== undefined) board.connectedness.leave(channel, channel.room.id)
}

function optimizationOf(fields: Fields): string {
  return `optimization of ${fields.get('LocalOneUniqueid')}`
}
