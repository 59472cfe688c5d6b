import type { Rule, Rules, Stale, StateContext } from './area-state.js'
import { Bridges } from './bridges.js'
import { Conferences } from './conferences.js'
import { DeviceStates } from './device-states.js'
import { Endpoints } from './endpoints.js'
import type { Fields } from './fields.js'
import { Mailboxes } from './mailboxes.js'
import { ParkingState } from './parking.js'
import { QueueState, type WrapUp } from './queues.js'
import { AREAS, type LiveChange, type LiveSnapshot } from './records.js'
import { Store } from './store.js'

/** Which areas are followed. */
export interface FollowedAreas {
  readonly queues: boolean
  readonly endpoints: boolean
  readonly bridges: boolean
  readonly parking: boolean
  readonly conferences: boolean
  readonly mailboxes: readonly string[]
}

/** What the state tells. */
export interface StateListener {
  changed(change: LiveChange): void
  stale(what: Stale): void
}

/** Everything the model knows: events and lists go in, changes come out. It has no clock: whoever feeds it says what time it is. */
export class LiveState {
  readonly store: Store
  readonly queues: QueueState
  readonly endpoints: Endpoints
  readonly deviceStates: DeviceStates
  readonly bridges: Bridges
  readonly parking: ParkingState
  readonly conferences: Conferences
  readonly mailboxes: Mailboxes
  readonly #context: StateContext
  /** The names of the events that each area needs, by area. */
  readonly eventsOf = new Map<string, readonly string[]>()
  /** By the name of the event. */
  readonly #rules = new Map<string, Rule[]>()

  constructor(areas: FollowedAreas, wrapUp: WrapUp, listener: StateListener) {
    this.store = new Store((change) => listener.changed(change))
    this.#context = { store: this.store, serverAheadMs: 0, stale: (what) => listener.stale(what) }
    const context = this.#context
    this.queues = new QueueState(context, wrapUp)
    this.endpoints = new Endpoints(context)
    this.deviceStates = new DeviceStates(context)
    this.bridges = new Bridges(context)
    this.parking = new ParkingState(context)
    this.conferences = new Conferences(context)
    this.mailboxes = new Mailboxes(context, areas.mailboxes)
    // What was loaded anew may have other queues, members, lots and endpoints, and no event says which.
    this.#follow('all areas', { Reload: () => context.stale({ area: 'everything' }) })
    if (areas.queues) this.#follow('queues', this.queues.rules)
    if (areas.endpoints) this.#follow('endpoints', this.endpoints.rules)
    if (areas.endpoints) this.#follow('deviceStates', this.deviceStates.rules)
    if (areas.bridges) this.#follow('bridges', this.bridges.rules)
    if (areas.parking) this.#follow('parking', this.parking.rules)
    if (areas.conferences) this.#follow('conferences', this.conferences.rules)
    if (areas.mailboxes.length > 0) this.#follow('mailboxes', this.mailboxes.rules)
  }

  /** The names of the events that it needs. */
  get eventNames(): readonly string[] {
    return [...this.#rules.keys()]
  }

  /** How far the server's clock is ahead of ours, in ms. */
  set serverAheadMs(ms: number) {
    this.#context.serverAheadMs = ms
  }

  eventReceived(name: string, event: Fields, now: number): void {
    for (const rule of this.#rules.get(name) ?? []) rule(event, now, name)
  }

  snapshot(): LiveSnapshot {
    const areas = AREAS.map((area) => [area, Object.fromEntries(this.store.records(area))])
    return { version: this.store.version, ...Object.fromEntries(areas) }
  }

  #follow(area: string, rules: Rules): void {
    this.eventsOf.set(area, Object.keys(rules))
    for (const [name, rule] of Object.entries(rules)) this.#rules.set(name, [...(this.#rules.get(name) ?? []), rule])
  }
}
