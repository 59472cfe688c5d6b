import { type EventReader, stateOf } from './switchboard.js'

/** Channels are made, change their state, their name and their owner's, and are put on hold. */
export const CHANNEL_READERS: Readonly<Record<string, EventReader>> = {
  Newchannel(board, fields, event) {
    // Who chooses ids may choose one again when its channel is gone.
    board.unbury(fields.get('Uniqueid') ?? '')
    const channel = board.see(fields, undefined, true)
    if (channel === undefined) return
    const state = stateOf(fields)
    board.mayBegin(channel, state, event)
    if (channel.call === undefined) channel.made = event
    board.setState(channel, state)
  },

  Newstate(board, fields, event) {
    const channel = board.see(fields)
    if (channel === undefined) return
    const state = stateOf(fields)
    board.mayBegin(channel, state, event)
    board.setState(channel, state)
  },

  Rename(board, fields) {
    const channel = board.known(fields.get('Uniqueid'))
    const name = fields.get('Newname')
    if (channel === undefined || name === undefined) return
    channel.name = name
    if (channel.party !== undefined) channel.party.channel = name
  },

  NewCallerid(board, fields) {
    const channel = board.known(fields.get('Uniqueid'))
    if (channel !== undefined) board.identify(channel, fields)
  },

  NewConnectedLine(board, fields) {
    const channel = board.known(fields.get('Uniqueid'))
    if (channel !== undefined) board.identify(channel, fields)
  },

  Hold(board, fields) {
    const channel = board.known(fields.get('Uniqueid'))
    if (channel?.party === undefined) return
    // Asterisk before 12 said it by Status: a Hold that is Off.
    if (fields.get('Status') === 'Off') channel.call?.unheld(channel.party)
    else channel.call?.held(channel.party)
  },

  Unhold(board, fields) {
    const channel = board.known(fields.get('Uniqueid'))
    if (channel?.party !== undefined) channel.call?.unheld(channel.party)
  },
}
