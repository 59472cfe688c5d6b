import type { AMIAction } from '../../ami/protocol/action-reader.js'
import type { BuiltInApplication } from '../dialplan/applications.js'
import type { FakeBridge } from '../dialplan/fake-bridge.js'
import type { FakeChannel } from '../dialplan/fake-channel.js'
import type { Switchboard } from '../dialplan/switchboard.js'
import { type ActionHandler, action, event, type FakeResponse, failure, type HeaderPairs, success } from '../handlers.js'

/** What res_parking.conf says as it comes. */
const LOT = { name: 'default', first: 701, last: 720, context: 'parkedcalls', timeoutSeconds: 45 }
/** How long who asks for a call that is not there hears so. */
const NOBODY_MS = 5_000

/** A call that is parked. */
interface Parked {
  readonly channel: FakeChannel
  readonly space: number
  readonly parkedAt: number
  readonly timeoutSeconds: number
  /** Whom it goes back to when it is forgotten. */
  readonly dialString: string
  stopTimer: () => void
}

/** The parking lot of a fake: the applications Park and ParkedCall, and its actions. Checks and texts are those of 16.28 and 22.10. */
export class ParkingLot {
  readonly #board: Switchboard
  readonly #comeBack: (channel: FakeChannel, dialString: string) => void
  readonly #parked = new Map<number, Parked>()
  #bridge: FakeBridge<FakeChannel> | undefined

  /** @param comeBack has a call that was forgotten ring where it was parked. */
  constructor(board: Switchboard, comeBack: (channel: FakeChannel, dialString: string) => void) {
    this.#board = board
    this.#comeBack = comeBack
  }

  /** The application Park. */
  readonly park: BuiltInApplication = (channel) => {
    this.#board.answer(channel)
    this.#put(channel, LOT.timeoutSeconds, undefined)
  }

  /** The application ParkedCall: `lot,space`. */
  readonly retrieve: BuiltInApplication = (channel, data) => {
    this.#board.answer(channel)
    const space = data.split(',')[1] ?? ''
    const call = space === '' ? [...this.#parked.values()][0] : this.#parked.get(Number(space))
    if (call === undefined) channel.cancel = this.#board.clock.after(NOBODY_MS, () => this.#board.hangup(channel, 0))
    else this.#fetch(call, channel)
  }

  get handlers(): readonly ActionHandler[] {
    return [
      action('Parkinglots', () => [
        event('Parkinglot', [
          ['Name', LOT.name],
          ['StartSpace', LOT.first],
          ['StopSpace', LOT.last],
          ['Timeout', LOT.timeoutSeconds],
        ]),
      ]),
      action('ParkedCalls', (request) => {
        if (!isOurs(request.get('ParkingLot'))) return failure('Requested parking lot could not be found.')
        return this.#list()
      }),
      action('Park', (request) => this.#parkBy(request)),
    ]
  }

  *#list(): Generator<ReturnType<typeof event>, Readonly<Record<string, unknown>>> {
    for (const call of this.#parked.values()) yield event('ParkedCall', this.#headers(call))
    return { Total: this.#parked.size }
  }

  #parkBy(request: AMIAction): FakeResponse {
    const get = (header: string) => request.get(header) ?? ''
    const name = get('Channel')
    if (name === '') return failure('Channel not specified')
    const timeout = get('Timeout')
    if (timeout !== '' && !/^\d+$/.test(timeout)) return failure('Invalid Timeout value.')
    const channel = this.#board.find(name)
    if (channel === undefined) return failure(`Channel does not exist: ${name}`)
    if (!isOurs(get('Parkinglot')) || this.#freeSpace === undefined) return failure('Park action failed\n')
    const partner = this.#board.unbridge(channel)
    channel.cancel()
    const timeoutSeconds = timeout === '' ? LOT.timeoutSeconds : Math.max(1, Math.floor(Number(timeout) / 1000))
    this.#put(channel, timeoutSeconds, get('TimeoutChannel') || undefined)
    if (partner !== undefined) this.#board.hangup(partner, 16)
    return success('Park successful\n')
  }

  get #freeSpace(): number | undefined {
    for (let space = LOT.first; space <= LOT.last; space += 1) if (!this.#parked.has(space)) return space
    return undefined
  }

  #put(channel: FakeChannel, timeoutSeconds: number, timeoutChannel: string | undefined): void {
    const space = this.#freeSpace
    if (space === undefined) {
      this.#board.hangup(channel, 0)
      return
    }
    const call: Parked = {
      channel,
      space,
      timeoutSeconds,
      parkedAt: this.#board.clock.now(),
      dialString: (timeoutChannel ?? channel.name).replace(/-[0-9a-f]{8}(;[12])?$/, ''),
      stopTimer: this.#board.clock.after(timeoutSeconds * 1000, () => this.#forgotten(call)),
    }
    this.#parked.set(space, call)
    this.#board.announce('ParkedCall', this.#headers(call))
    this.#board.devices.set(device(space), 'INUSE')
    const kind = { type: 'parking', technology: 'holding_bridge', creator: 'Parking', name: LOT.name }
    this.#bridge ??= this.#board.createBridge(kind, (each) => this.#gaveUp(each))
    this.#board.enter(this.#bridge, channel)
    this.#board.tell(channel, 'MusicOnHoldStart', [['Class', 'default']])
    channel.cancel = () => undefined
  }

  #gaveUp(channel: FakeChannel): void {
    const call = [...this.#parked.values()].find((each) => each.channel === channel)
    if (call === undefined) return
    this.#board.announce('ParkedCallGiveUp', this.#headers(call))
    this.#leave(call)
  }

  #forgotten(call: Parked): void {
    const { channel, space, dialString } = call
    const variables = {
      PARKING_SPACE: String(space),
      PARKEDLOT: LOT.name,
      PARKER: dialString,
      PARKER_FLAT: dialString.replaceAll('/', '_'),
      BRIDGE_FEATURES: '',
    }
    for (const [name, value] of Object.entries(variables)) this.#board.setVariable(channel, name, value)
    this.#board.announce('ParkedCallTimeOut', this.#headers(call))
    this.#leave(call)
    this.#comeBack(channel, dialString)
  }

  #fetch(call: Parked, retriever: FakeChannel): void {
    this.#board.announce('UnParkedCall', this.#headers(call, retriever.headers('Retriever')))
    this.#leave(call)
    this.#board.bridge(call.channel, retriever)
  }

  #leave(call: Parked): void {
    call.stopTimer()
    this.#parked.delete(call.space)
    this.#board.tell(call.channel, 'MusicOnHoldStop', [])
    this.#board.devices.set(device(call.space), 'NOT_INUSE')
    if (this.#bridge !== undefined) this.#board.leave(this.#bridge, call.channel)
  }

  #headers({ channel, dialString, space, timeoutSeconds, parkedAt }: Parked, retriever: HeaderPairs = []): HeaderPairs {
    const seconds = Math.floor((this.#board.clock.now() - parkedAt) / 1000)
    return [
      ...channel.headers('Parkee'),
      ...retriever,
      ['ParkerDialString', dialString],
      ['Parkinglot', LOT.name],
      ['ParkingSpace', space],
      ['ParkingTimeout', Math.max(0, timeoutSeconds - seconds)],
      ['ParkingDuration', seconds],
    ]
  }
}

function isOurs(lot: string | undefined): boolean {
  return lot === undefined || lot === '' || lot === LOT.name
}

function device(space: number): string {
  return `park:${space}@${LOT.context}`
}
