import type { Rules, StateContext } from './area-state.js'
import { type Fields, identityOf, secondsOf, settled, textOf } from './fields.js'
import type { ParkedCallRecord, ParkingLotRecord } from './records.js'
import { replaceAll } from './replace.js'

/**
 * The parking lots, and who is parked in them.
 *
 * | told by | does | why that is right |
 * |---|---|---|
 * | Parkinglots, ParkedCalls | replace all | each is one block, newer than every event before it |
 * | ParkedCall | takes the space | who was parked there before is gone |
 * | UnParkedCall, ParkedCallTimeOut, GiveUp | free the space, if it is still this call's | a late one does not touch whoever is there now |
 * | ParkedCallSwap | is a ParkedCall of another channel in the same space | |
 */
export class ParkingState {
  readonly #context: StateContext
  readonly rules: Rules

  constructor(context: StateContext) {
    this.#context = context
    const parked = (event: Fields, now: number, cause: string) => {
      const record = this.#parkedOf(event, now)
      context.store.set('parkedCalls', spaceKey(record.lot, record.space), record, cause)
    }
    const freed = (event: Fields, _now: number, cause: string) => {
      const key = spaceKey(textOf(event, 'Parkinglot'), textOf(event, 'ParkingSpace'))
      const uniqueId = context.store.get('parkedCalls', key)?.uniqueId
      if (uniqueId === textOf(event, 'ParkeeUniqueid')) context.store.delete('parkedCalls', key, cause)
    }
    this.rules = {
      ParkedCall: parked,
      ParkedCallSwap: parked,
      UnParkedCall: freed,
      ParkedCallTimeOut: freed,
      ParkedCallGiveUp: freed,
    }
  }

  lotsListed(items: readonly Fields[]): void {
    const lots = items.map((item): [string, ParkingLotRecord] => {
      const name = textOf(item, 'Name')
      const [firstSpace, lastSpace] = [textOf(item, 'StartSpace'), textOf(item, 'StopSpace')]
      return [name, { name, firstSpace, lastSpace, timeoutMs: secondsOf(item, 'Timeout') }]
    })
    replaceAll(this.#context.store, 'parkingLots', new Map(lots))
  }

  callsListed(items: readonly Fields[], now: number): void {
    const calls = items.map((item) => this.#parkedOf(item, now))
    replaceAll(this.#context.store, 'parkedCalls', new Map(calls.map((call) => [spaceKey(call.lot, call.space), call])))
  }

  #parkedOf(fields: Fields, now: number): ParkedCallRecord {
    const lot = textOf(fields, 'Parkinglot')
    const space = textOf(fields, 'ParkingSpace')
    const uniqueId = textOf(fields, 'ParkeeUniqueid')
    const before = this.#context.store.get('parkedCalls', spaceKey(lot, space))
    const told = now - secondsOf(fields, 'ParkingDuration')
    const known = before?.uniqueId === uniqueId ? before : undefined
    // What is left of it, in a list; in the event, which comes at once, all of it.
    const leftMs = secondsOf(fields, 'ParkingTimeout')
    return {
      lot,
      space,
      uniqueId,
      channel: textOf(fields, 'ParkeeChannel'),
      number: identityOf(fields, 'ParkeeCallerIDNum'),
      name: identityOf(fields, 'ParkeeCallerIDName'),
      parkedBy: identityOf(fields, 'ParkerDialString'),
      parkedSince: settled(known?.parkedSince, told),
      timeoutAt: leftMs === 0 ? null : settled<number | null>(known?.timeoutAt, now + leftMs),
    }
  }
}

export function spaceKey(lot: string, space: string): string {
  return `${lot}/${space}`
}
