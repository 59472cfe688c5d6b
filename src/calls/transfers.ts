import { type Channel, type EventReader, OWN, type Switchboard, subject } from './switchboard.js'

const [RETRIEVER, PARKEE] = [subject('Retriever'), subject('Parkee')]

/** Calls are handed on, picked up, parked and fetched again. */
export const TRANSFER_READERS: Readonly<Record<string, EventReader>> = {
  BlindTransfer(board, fields) {
    const by = board.known(fields.get('TransfererUniqueid'))
    if (by?.call === undefined || fields.get('Result') !== 'Success') return
    const transferee = fields.get('TransfereeChannel')
    by.call.transferred(by.party, {
      type: 'transferred',
      uniqueId: by.uniqueId,
      channel: by.name,
      kind: 'blind',
      transferee,
      to: fields.get('Extension'),
    })
  },

  /** The transferer's two calls become one, also while the second one still rings. */
  AttendedTransfer(board, fields) {
    if (fields.get('Result') !== 'Success') return
    const [by, second, transferee, target] = ['OrigTransferer', 'SecondTransferer', 'Transferee', 'TransferTarget'].map(
      (prefix) => board.known(fields.get(`${prefix}Uniqueid`)),
    )
    const call = mergeAll(board, [transferee, by, target, second])
    if (call === undefined) return
    if (second?.party !== undefined) second.party.talk = -1
    call.transferred(by?.party, {
      type: 'transferred',
      uniqueId: fields.get('OrigTransfererUniqueid') ?? '',
      channel: fields.get('OrigTransfererChannel') ?? '',
      kind: 'attended',
      transferee: fields.get('TransfereeChannel'),
      to: fields.get('TransferTargetChannel'),
    })
  },

  Pickup(board, fields) {
    const by = board.see(fields, OWN)
    const target = board.known(fields.get('TargetUniqueid'))
    if (by === undefined || target === undefined) return
    const call = mergeAll(board, [target, by])
    call?.pickedUp(by, target, target.dialer)
    call?.tell({ type: 'pickedUp', uniqueId: by.uniqueId, channel: by.name, target: target.name })
  },

  ParkedCall(board, fields) {
    const parkee = board.see(fields, PARKEE)
    const [lot, space] = [fields.get('Parkinglot') ?? '', fields.get('ParkingSpace') ?? '']
    if (parkee === undefined) return
    board.parked.add(parkee)
    parkee.call?.tell({ type: 'parked', uniqueId: parkee.uniqueId, channel: parkee.name, lot, space })
  },

  UnParkedCall(board, fields) {
    const parkee = board.see(fields, PARKEE)
    const retriever = board.see(fields, RETRIEVER)
    const [parked, retrieving] = [parkee?.call, retriever?.call]
    const call =
      parked !== undefined && retrieving !== undefined ? board.mergeFetched(parked, retrieving) : (parked ?? retrieving)
    if (call === undefined || parkee === undefined) return
    if (retriever?.call !== undefined) call.pickedUp(retriever, undefined, undefined)
    unparked(board, parkee, 'retrieved', retriever?.name)
  },

  ParkedCallTimeOut(board, fields) {
    const parkee = board.see(fields, PARKEE)
    if (parkee !== undefined) unparked(board, parkee, 'timeout', undefined)
  },

  ParkedCallGiveUp(board, fields) {
    const parkee = board.see(fields, PARKEE)
    if (parkee !== undefined) unparked(board, parkee, 'abandoned', undefined)
  },
}

/** The calls of these channels become one. */
function mergeAll(board: Switchboard, channels: readonly (Channel | undefined)[]) {
  const calls = [...new Set(channels.map((channel) => channel?.call))].filter((call) => call !== undefined)
  return calls.length === 0 ? undefined : calls.reduce((one, two) => board.merge(one, two))
}

/** Who is parked hung up, if anybody is: a busy server tells the end of the parking after the hangup. */
export function gaveUpParking(board: Switchboard, channel: Channel): void {
  if (board.parked.has(channel)) unparked(board, channel, 'abandoned', undefined)
}

function unparked(
  board: Switchboard,
  parkee: Channel,
  result: 'retrieved' | 'timeout' | 'abandoned',
  retriever: string | undefined,
): void {
  board.parked.delete(parkee)
  parkee.call?.tell({ type: 'unparked', uniqueId: parkee.uniqueId, channel: parkee.name, result, retriever })
}
