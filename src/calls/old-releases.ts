import { enter, leaveAny } from './bridges.js'
import { UP } from './channel.js'
import { dialBegan } from './dials.js'
import { type Channel, type EventReader, type Fields, type Subject, type Switchboard, subject } from './switchboard.js'

/** The variable that names a call of ours to servers before 12, which choose the ids of channels themselves; as Obelus did. */
export const TRACKING_VARIABLE = 'OBELUS_CALL'

const DESTINATION: Subject = { ...subject('Dest'), channel: 'Destination' }

/** What Asterisk 1.8 to 11 sent instead of what it sends today: no `Linkedid`, two channels for each bridge, masquerades. */
export const OLD_READERS: Readonly<Record<string, EventReader>> = {
  Dial(board, fields) {
    if (fields.get('SubEvent') === 'Begin') {
      const channel = board.see(fields, DESTINATION, true)
      if (channel !== undefined) dialBegan(board, board.known(fields.get('UniqueID')), channel, fields.get('Dialstring'))
    } else dialEnded(board, fields)
  },

  Bridge(board, fields) {
    if (fields.get('Bridgestate') === 'Unlink') unlink(board, fields)
    else link(board, fields)
  },

  Unlink(board, fields) {
    unlink(board, fields)
  },

  /** One channel goes on under the `Uniqueid` of another, whose own device is gone: who is on it, and its call, go with it. */
  Masquerade(board, fields) {
    const [clone, original] = [fields.get('Clone'), fields.get('Original')].map((name) =>
      // Masquerades are rare, and name no ids.
      board.channels.find((channel) => channel.name === name),
    )
    if (clone === undefined || original === undefined) return
    if (clone.call !== undefined && original.call !== undefined) board.merge(clone.call, original.call)
    else board.join(clone, original)
    const { call } = clone
    if (call !== undefined) call.own = call.own === clone ? original : call.own === original ? clone : call.own
    const { party } = clone
    clone.party = original.party
    original.party = party
    for (const each of [clone, original]) if (each.party !== undefined) each.party.uniqueId = each.uniqueId
  },

  VarSet(board, fields) {
    // The name may come with the underscores that have children inherit it.
    if (fields.get('Variable')?.replace(/^_+/, '') !== TRACKING_VARIABLE) return
    const call = board.expectedCall(fields.get('Value'))
    const channel = board.see(fields)
    if (call === undefined || channel === undefined || channel.call !== undefined) return
    board.adopt(call, channel)
    if (channel.state !== 0) call.stateChanged(channel)
  },
}

/** Asterisk 1.4 tells neither variables nor numbers of states: a call of ours is known by its OriginateResponse only. */
export function originatedOn14(board: Switchboard, fields: Fields): void {
  const call = board.expectedCall(fields.get('ActionID'))
  const channel = board.known(fields.get('Uniqueid'))
  if (call === undefined || channel === undefined || fields.get('Response') !== 'Success') return
  board.adopt(call, channel)
  board.setState(channel, UP)
}

/** The old event says who dialled, and not whom. */
function dialEnded(board: Switchboard, fields: Fields): void {
  const dialer = board.known(fields.get('UniqueID'))
  if (dialer?.call === undefined) return
  const dialed = dialer.call.channels.filter((channel) => channel.dialing && channel.dialer === dialer)
  for (const channel of dialed) board.dialEnd(channel, fields.get('DialStatus'), undefined)
  if (dialed.length === 0) dialer.call.lateDialStatus(dialer, fields.get('DialStatus'))
}

/** The old events name two channels at once, and no bridge; Bridge comes again for a pair that is linked. */
function link(board: Switchboard, fields: Fields): void {
  const pair = pairOf(board, fields)
  if (pair === undefined) return
  const [one, two] = pair
  if (one.room !== undefined && one.room === two.room) return
  const bridgeId = `${one.uniqueId} and ${two.uniqueId}`
  for (const channel of pair) {
    leaveAny(board, channel)
    enter(board, channel, bridgeId, true)
  }
}

function unlink(board: Switchboard, fields: Fields): void {
  for (const channel of pairOf(board, fields) ?? []) leaveAny(board, channel)
}

function pairOf(board: Switchboard, fields: Fields): readonly [Channel, Channel] | undefined {
  const [one, two] = [board.known(fields.get('Uniqueid1')), board.known(fields.get('Uniqueid2'))]
  if (one === undefined || two === undefined) return undefined
  for (const channel of [one, two]) board.heardOfBridge(channel)
  return [one, two]
}
