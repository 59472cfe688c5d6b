import type { ListAction } from '../../catalog/values.js'
import { Handler } from '../../core/handler.js'
import type { HeaderFields } from '../../core/header-fields.js'
import type { AMIEvent } from '../messages/event.js'
import { AMIResponse } from '../messages/response.js'
import { listShape } from './list-actions.js'

/** What an event of an open list is to the list. */
export type ListRole = 'item' | 'completion' | 'last-item' | 'cancelled'

/** An action that was written and waits for its answer; the answer comes as the handler's result. */
export class PendingAction extends Handler<AMIResponse> {
  /** The action's name. */
  readonly action: string
  readonly actionId: string
  /** Whether it is answered with the output of a command. */
  readonly isCommand: boolean
  /** Takes the items of a list as they come; without it they are collected in the answer's `events`. */
  onItem: ((event: AMIEvent) => void) | undefined
  #abandoned = false
  readonly #shape: ListAction | undefined
  #items: AMIEvent[] | undefined
  #listFields: HeaderFields | undefined
  #announced = false

  constructor(action: string, actionId: string) {
    super()
    this.action = action
    this.actionId = actionId
    this.isCommand = action.toLowerCase() === 'command'
    this.#shape = listShape(action)
  }

  /** How many items of a list were kept. */
  get keptItems(): number {
    return this.#items?.length ?? 0
  }

  /** Whether the items of its list are known by their place, as they have no ActionID. */
  get hasItemsByPlace(): boolean {
    return this.#shape?.itemsWithoutActionID !== undefined
  }

  /** Nobody waits any more; what still comes is dropped. */
  get abandoned(): boolean {
    return this.#abandoned
  }

  /** Lets go of all that it kept for whoever waited. */
  abandon(): void {
    this.#abandoned = true
    this.#items = undefined
    this.onItem = undefined
    this.onResult = undefined
    this.onException = undefined
  }

  override setResult(response: AMIResponse): void {
    if (!this.#abandoned) super.setResult(response)
  }

  override setException(error: Error): void {
    if (!this.#abandoned) super.setException(error)
  }

  /** Takes a response that is no error: whether a list follows it, by its own word or as known of its action. @internal */
  opensList(fields: HeaderFields, response: AMIResponse, serverAnnouncesLists: boolean): boolean {
    this.#announced = fields.get('EventList')?.toLowerCase() === 'start'
    this.#listFields = fields
    if (this.#announced || this.#shape === undefined || response.type !== 'success') return this.#announced
    return this.#shape.unannounced === true || !serverAnnouncesLists
  }

  /** What an event is to the list, if it has the list's ActionID or none; undefined when it is not of the list. @internal */
  roleOf(event: AMIEvent): ListRole | undefined {
    if (event.get('ActionID') === undefined) {
      return event.name === this.#shape?.itemsWithoutActionID && event.get('Privilege') === undefined ? 'item' : undefined
    }
    const mark = event.get('EventList')?.toLowerCase()
    if (mark === 'complete') return 'completion'
    if (mark === 'cancelled') return 'cancelled'
    if (this.#announced) return 'item'
    if (event.name === this.#shape?.single) return 'last-item'
    return event.name === this.#shape?.completion ? 'completion' : 'item'
  }

  takeItem(event: AMIEvent): void {
    if (this.#abandoned) return
    if (this.onItem !== undefined) this.onItem(event)
    else if (this.#items === undefined) this.#items = [event]
    else this.#items.push(event)
  }

  /** The whole answer, with what was collected. */
  listResponse(completion: AMIEvent | undefined): AMIResponse {
    return AMIResponse.read(this.#listFields as HeaderFields, { events: this.#items ?? [], completion })
  }
}
