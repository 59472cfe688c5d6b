import { type EventReader, numberIn } from './switchboard.js'
import { gaveUpParking } from './transfers.js'

/** Channels hang up, and Originates are answered. */
export const HANGUP_READERS: Readonly<Record<string, EventReader>> = {
  HangupRequest(board, fields) {
    const channel = board.known(fields.get('Uniqueid'))
    if (channel === undefined) return
    channel.requestedCause = numberIn(fields, 'Cause')
    channel.call?.hangupRequested(channel)
  },

  Hangup(board, fields) {
    const uniqueId = fields.get('Uniqueid') ?? ''
    const channel = board.known(uniqueId)
    if (channel === undefined) {
      board.bury(uniqueId)
      return
    }
    const { call } = channel
    board.dialEnd(channel, undefined, undefined)
    gaveUpParking(board, channel)
    board.drop(channel)
    if (call === undefined) return
    const cause = numberIn(fields, 'Cause')
    if (cause === 0) call.hungUp(channel, channel.requestedCause ?? 0, '', fields.get('TechCause'))
    else call.hungUp(channel, cause, fields.get('Cause-txt') ?? '', fields.get('TechCause'))
    call.remove(channel)
    board.settle(call)
  },

  /** By its ActionID, which is the call's; what it says of a channel may be another's. */
  OriginateResponse(board, fields) {
    const call = board.expectedCall(fields.get('ActionID'))
    if (call === undefined) return
    call.heard = board.connection
    call.originated(fields.get('Response') === 'Success', numberIn(fields, 'Reason'))
    board.settle(call)
  },
}
