import type { ManagerConnection } from '../ami/client/manager-connection.js'
import { ActionError } from '../ami/messages/errors.js'
import type { AMIResponse } from '../ami/messages/response.js'
import { type ActionHeaders, unlisted } from '../ami/messages/typed-names.js'
import { ACTION_CLASSES } from '../catalog/action-classes.js'
import type { Fields } from './state/fields.js'
import type { FollowedAreas, LiveState } from './state/live-state.js'

/** Some actions have no list when there is nothing. */
const NOTHING = /^No (?:active conferences|contacts found|endpoints found)/i
/** The module is not loaded. */
const UNKNOWN_ACTION = /^Invalid\/unknown command/i
const SHUTTING_DOWN = /shutting down/i
const NOT_ALLOWED = /^Permission denied/i
/** No member has this name: only the queue's own numbers and its callers are listed. */
const NO_MEMBER = '-'
/** Of more members than these a queue is read as a whole. */
const MOST_MEMBERS = 4

/** Whether Asterisk refuses everything since it is about to stop, and will be asked again. */
export function isShuttingDown(error: unknown): boolean {
  return error instanceof ActionError && SHUTTING_DOWN.test(error.response.message)
}

/** Which queues, and which of their members, are to be read; `all` members where it is not known which. */
export type StaleQueues = ReadonlyMap<string, ReadonlySet<string>>

/** Reads the server's lists into the state, each in its place among the events. */
export class ListReader {
  readonly #ami: ManagerConnection
  readonly #state: LiveState
  readonly #areas: FollowedAreas
  readonly #now: () => number
  /** The refusals that were told. */
  readonly #told = new Set<string>()

  constructor(ami: ManagerConnection, state: LiveState, areas: FollowedAreas, now: () => number) {
    this.#ami = ami
    this.#state = state
    this.#areas = areas
    this.#now = now
  }

  /** Reads everything. @throws what `sendAction` throws, but for refusals. */
  async everything(): Promise<void> {
    const { queues, endpoints, bridges, parking, conferences, mailboxes } = this.#areas
    await this.#clock()
    await Promise.all([
      queues && this.#queues(),
      endpoints && this.endpoints(),
      endpoints && this.#list('endpoints', 'DeviceStateList', {}, (items) => this.#state.deviceStates.listed(items)),
      bridges && this.#bridges(),
      parking && this.#list('parking', 'Parkinglots', {}, (items) => this.#state.parking.lotsListed(items)),
      parking && this.#list('parking', 'ParkedCalls', {}, (items) => this.#state.parking.callsListed(items, this.#now())),
      conferences && this.conferences(),
      ...mailboxes.map((name) => this.#mailbox(name)),
    ])
    await this.flush()
  }

  /** What was caused before the lists may be told behind them; the answer to another action comes after it. */
  async flush(): Promise<void> {
    await this.#ami.sendAction('Ping')
  }

  async someQueues(stale: StaleQueues): Promise<void> {
    await Promise.all([...stale].flatMap(([queue, members]) => this.#queue(queue, members)))
  }

  /** The contacts first: an endpoint is listed with what it has. */
  async endpoints(): Promise<void> {
    let contacts: readonly Fields[] = []
    await Promise.all([
      this.#list('endpoints', 'PJSIPShowContacts', {}, (items) => {
        contacts = items
      }),
      this.#list('endpoints', 'PJSIPShowEndpoints', {}, (items) => this.#state.endpoints.listed(items, contacts)),
    ])
  }

  async conferences(): Promise<void> {
    let rooms: readonly Fields[] = []
    await this.#list('conferences', 'ConfbridgeListRooms', {}, (items) => {
      rooms = items
      this.#state.conferences.roomsListed(items)
    })
    await Promise.all(
      rooms.map((room) => {
        const name = room.get('Conference') ?? ''
        const take = (items: readonly Fields[]) => this.#state.conferences.participantsListed(name, items, this.#now())
        return this.#list('conferences', 'ConfbridgeList', { Conference: name }, take)
      }),
    )
  }

  async #clock(): Promise<void> {
    const before = this.#now()
    const { headers } = await this.#ami.sendAction('Ping')
    const timestamp = Number((headers as { readonly Timestamp?: string }).Timestamp)
    // Asterisk drew the time somewhere between.
    if (timestamp > 0) this.#state.serverAheadMs = timestamp * 1000 - (before + this.#now()) / 2
  }

  async #queues(): Promise<void> {
    await this.#list('queues', 'QueueStatus', {}, (items) => this.#state.queues.listed(items, this.#now()))
  }

  #queue(queue: string, members: ReadonlySet<string>): Promise<void>[] {
    if (members.size > MOST_MEMBERS) {
      const take = (items: readonly Fields[]) => this.#state.queues.listed(items, this.#now(), { queue, members: 'all' })
      return [this.#list('queues', 'QueueStatus', { Queue: queue }, take)]
    }
    const named = members.size === 0 ? [NO_MEMBER] : [...members]
    return named.map((member) => {
      const only = { queue, members: new Set([member]) }
      const take = (items: readonly Fields[]) => this.#state.queues.listed(items, this.#now(), only)
      return this.#list('queues', 'QueueStatus', { Queue: queue, Member: member }, take)
    })
  }

  async #bridges(): Promise<void> {
    await Promise.all([
      this.#list('bridges', 'BridgeList', {}, (items) => this.#state.bridges.bridgesListed(items)),
      this.#list('bridges', 'CoreShowChannels', {}, (items) => this.#state.bridges.channelsListed(items)),
    ])
  }

  async #mailbox(name: string): Promise<void> {
    await this.#ask('mailboxes', 'MailboxCount', { Mailbox: name }, (response) =>
      this.#state.mailboxes.counted(name, response as Fields),
    )
  }

  #list(area: string, action: string, headers: ActionHeaders, take: (items: readonly Fields[]) => void): Promise<void> {
    return this.#ask(
      area,
      action,
      headers,
      (response) => take(response.events as readonly Fields[]),
      () => take([]),
    )
  }

  async #ask(
    area: string,
    action: string,
    headers: ActionHeaders,
    take: (response: AMIResponse) => void,
    takeNothing: () => void = () => undefined,
  ): Promise<void> {
    let isTaken = false
    const onAnswer = (response: AMIResponse) => {
      isTaken = true
      if (response.type !== 'error') take(response)
      else if (NOTHING.test(response.message)) takeNothing()
      else if (!SHUTTING_DOWN.test(response.message)) this.#refused(area, action, response.message)
    }
    try {
      const response = await this.#ami.sendAction(unlisted(action), headers, { onAnswer })
      if (!isTaken) onAnswer(response)
    } catch (error) {
      if (!(error instanceof ActionError) || isShuttingDown(error)) throw error
      if (!isTaken) onAnswer(error.response)
    }
  }

  #refused(area: string, action: string, why: string): void {
    if (this.#told.has(action)) return
    this.#told.add(action)
    if (UNKNOWN_ACTION.test(why)) return
    const classes = ACTION_CLASSES[action]?.join(' or ')
    const advice = NOT_ALLOWED.test(why) && classes ? `: the account needs write = ${classes} in manager.conf` : `: ${why}`
    this.#ami.warn(`The live model does not know the area ${area}, because ${action} was refused${advice}`)
  }
}
