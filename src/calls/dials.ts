import { type Channel, DEST, type EventReader, type Fields, type Switchboard } from './switchboard.js'

/** Channels dial others: Dial, Queue, FollowMe and Originate, which dials without a channel of its own. */
export const DIAL_READERS: Readonly<Record<string, EventReader>> = {
  DialBegin(board, fields) {
    const dialer = board.see(fields)
    const channel = board.see(fields, DEST, true)
    if (channel !== undefined) dialBegan(board, dialer, channel, fields.get('DialString'))
  },

  /** May come twice, for a channel that was never dialled (a pickup), or not at all: then the Hangup ends the dialling. */
  DialEnd(board, fields) {
    const channel = board.known(fields.get('DestUniqueid'))
    if (channel === undefined) return
    const dialStatus = statusOf(fields)
    if (channel.dialing) board.dialEnd(channel, dialStatus, fields.get('Forward'))
    else if (dialStatus !== undefined) dialCorrected(board, board.known(fields.get('Uniqueid')), channel, dialStatus)
  },
}

const ANSWER = 'ANSWER'

/** `DialStatus`; there is one text for all calls that were answered. */
function statusOf(fields: Fields): string | undefined {
  const dialStatus = fields.get('DialStatus')
  return dialStatus === ANSWER ? ANSWER : dialStatus
}

/** A channel begins to dial another one; an Originate has none that dials. */
export function dialBegan(
  board: Switchboard,
  dialer: Channel | undefined,
  channel: Channel,
  dialString: string | undefined,
): void {
  const { call } = dialer ?? channel
  if (call === undefined) board.join(dialer, channel)
  else if (channel.call === undefined) board.adopt(call, channel)
  // Made with a Linkedid that the dialling channel has from another call, which it was bridged with.
  else if (channel.call !== call && channel.dialer === undefined && channel.call.own !== channel) board.reassign(channel, call)
  if (channel.call === undefined) startDialed(board, dialer, channel)
  if (channel.dialing) return
  channel.dialing = true
  channel.dialer = dialer
  putOnLeg(channel, legOf(dialer, channel))
  channel.call?.dialed(channel, dialString)
}

/** Nobody knows the call of either: another program has the channel dialled, or both began unseen. */
function startDialed(board: Switchboard, dialer: Channel | undefined, channel: Channel): void {
  if (board.isIncomplete) return
  if (dialer !== undefined) board.startUnseen(dialer)
  else if (channel.linkedId === channel.uniqueId) board.startOther(channel)
  else board.startUnseen(channel)
  board.join(dialer, channel)
}

/** The own channel of a call is leg `a`, with what is behind it if it is half of a Local channel; what it dials is leg `b`, with all behind that. */
function legOf(dialer: Channel | undefined, channel: Channel): 'a' | 'b' {
  const own = channel.call?.own
  if (dialer === undefined) return own === channel ? 'a' : 'b'
  return dialer.leg === 'b' || dialer === own || own?.isDevice ? 'b' : 'a'
}

function putOnLeg(channel: Channel, leg: 'a' | 'b'): void {
  channel.leg = leg
  if (channel.party !== undefined) channel.party.leg = leg
  if (channel.half !== undefined) channel.half.leg = leg
}

/** A telephone that was never dialled answers for the one that rang: it picked the call up. */
function dialCorrected(board: Switchboard, dialer: Channel | undefined, channel: Channel, dialStatus: string): void {
  const [call, other] = [dialer?.call, channel.call]
  const isPickup = dialStatus === 'ANSWER' && channel.dialer === undefined && dialer !== undefined
  if (isPickup && call !== undefined && other !== undefined && call !== other) {
    board.merge(call, other)
    channel.call?.pickedUp(channel, undefined, dialer)
  }
  channel.call?.dialCorrected(channel, dialStatus)
}
