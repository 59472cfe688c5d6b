import { Bridge } from './bridge.js'
import { Caller } from './caller.js'
import { Conference, Participant } from './conference.js'
import { Endpoint } from './endpoint.js'
import { Mailbox } from './mailbox.js'
import { Member } from './member.js'
import { ParkedCall, ParkingLot } from './parking-lot.js'
import { Queue } from './queue.js'
import type { Area, AreaRecords, LiveChange } from './state/records.js'
import type { View, ViewHost } from './view.js'

/** The objects of one area, by key. */
class ViewsOf<Known, Its extends View<Known>> {
  readonly byKey = new Map<string, Its>()
  readonly #make: (record: Known) => Its
  readonly #place: (record: Known, view: Its | undefined) => void

  /** @param place puts an object where it belongs, or takes it away. */
  constructor(make: (record: Known) => Its, place: (record: Known, view: Its | undefined) => void = () => undefined) {
    this.#make = make
    this.#place = place
  }

  changed(key: string, before: Known | undefined, now: Known | undefined): void {
    const view = this.byKey.get(key)
    if (now === undefined) {
      this.byKey.delete(key)
      if (before !== undefined) this.#place(before, undefined)
    } else if (view !== undefined) {
      view.take(now)
    } else {
      const made = this.#make(now)
      this.byKey.set(key, made)
      this.#place(now, made)
    }
  }

  /** Puts those that there were before what they belong to. */
  placeThose(belong: (record: Known) => boolean): void {
    for (const view of this.byKey.values()) if (belong(view.record)) this.#place(view.record, view)
  }
}

/** The objects of some area, whose records a change of that area has. */
type Changing = { changed(key: string, before: unknown, now: unknown): void }

/** The objects that users hold: the same ones as long as what they show is there. */
export class Views {
  readonly queues: ViewsOf<AreaRecords['queues'], Queue>
  readonly endpoints: ViewsOf<AreaRecords['endpoints'], Endpoint>
  readonly bridges: ViewsOf<AreaRecords['bridges'], Bridge>
  readonly parkingLots: ViewsOf<AreaRecords['parkingLots'], ParkingLot>
  readonly conferences: ViewsOf<AreaRecords['conferences'], Conference>
  readonly mailboxes: ViewsOf<AreaRecords['mailboxes'], Mailbox>
  readonly #members: ViewsOf<AreaRecords['members'], Member>
  readonly #callers: ViewsOf<AreaRecords['callers'], Caller>
  readonly #parkedCalls: ViewsOf<AreaRecords['parkedCalls'], ParkedCall>
  readonly #participants: ViewsOf<AreaRecords['participants'], Participant>
  /** Devices have no object of their own: their records say all. Calls have those of the CallManager. */
  readonly #byArea: Readonly<Record<Area, Changing | undefined>>

  constructor(host: ViewHost) {
    this.endpoints = new ViewsOf((record) => new Endpoint(record, host))
    this.bridges = new ViewsOf((record) => new Bridge(record, host))
    this.mailboxes = new ViewsOf((record) => new Mailbox(record, host))
    this.#members = new ViewsOf(
      (record) => new Member(record, host),
      (record, view) => this.queues.byKey.get(record.queue)?.setMember(record.interface, view),
    )
    this.#callers = new ViewsOf(
      (record) => new Caller(record, host),
      (record, view) => this.queues.byKey.get(record.queue)?.setCaller(record.uniqueId, view),
    )
    this.#parkedCalls = new ViewsOf(
      (record) => new ParkedCall(record, host),
      (record, view) => this.parkingLots.byKey.get(record.lot)?.setParked(record.space, view),
    )
    this.#participants = new ViewsOf(
      (record) => new Participant(record, host),
      (record, view) => this.conferences.byKey.get(record.conference)?.setParticipant(record.uniqueId, view),
    )
    this.queues = new ViewsOf((record) => new Queue(record, host))
    this.parkingLots = new ViewsOf((record) => new ParkingLot(record, host))
    this.conferences = new ViewsOf((record) => new Conference(record, host))
    this.#byArea = {
      queues: this.queues,
      members: this.#members,
      callers: this.#callers,
      endpoints: this.endpoints,
      deviceStates: undefined,
      calls: undefined,
      bridges: this.bridges,
      parkingLots: this.parkingLots,
      parkedCalls: this.#parkedCalls,
      conferences: this.conferences,
      participants: this.#participants,
      mailboxes: this.mailboxes,
    } as Record<Area, Changing | undefined>
  }

  changed({ area, key, kind, before, now }: LiveChange): void {
    this.#byArea[area]?.changed(key, before, now)
    // Events can tell of a part before the whole.
    if (kind !== 'added') return
    if (area === 'queues') this.#members.placeThose(({ queue }) => queue === key)
    if (area === 'queues') this.#callers.placeThose(({ queue }) => queue === key)
    if (area === 'parkingLots') this.#parkedCalls.placeThose(({ lot }) => lot === key)
    if (area === 'conferences') this.#participants.placeThose(({ conference }) => conference === key)
  }
}
