import type { AMIEvent } from '../messages/event.js'
import type { PendingAction } from './pending-action.js'

/** How many actions that were given up are remembered, so that an answer that comes after all is known. */
const REMEMBERED_GIVEN_UP = 1_000
/** How many ActionIDs that are done with are remembered: some actions are answered twice. */
const REMEMBERED_IDS = 256

/**
 * The actions of one connection that wait for their answer, by ActionID, and in bounded room those that nobody waits for any
 * more: Asterisk answers some late and some never.
 */
export class PendingActions {
  /**
   * In a slot that is emptied with the answer: what was in a Map's table stays alive as long as the table does, which may be
   * until the next full collection.
   */
  readonly #byId = new Map<string, { pending: PendingAction | undefined }>()
  /** The oldest first. */
  readonly #givenUp = new Set<PendingAction>()
  readonly #lists = new Set<PendingAction>()
  readonly #givenUpLists = new Set<PendingAction>()
  /** The list that opened last of those whose items have no ActionID: they come in one piece behind the response. */
  #listByPlace: PendingAction | undefined
  /** How many Commands are among them. */
  #commands = 0
  /** The ActionIDs that are done with, each in the place of an earlier one; looked through only where no action has an answer's ID. */
  readonly #doneIds: string[] = []
  #nextDoneId = 0

  /** Whether a list that somebody waits for is open. */
  get awaitsList(): boolean {
    return this.#lists.size > 0
  }

  /** Whether a list is open that was given up. */
  get dropsList(): boolean {
    return this.#givenUpLists.size > 0
  }

  /** Whether the output of a command can come, also of one that was given up. */
  get awaitsOutput(): boolean {
    return this.#commands > 0
  }

  get(actionId: string): PendingAction | undefined {
    return this.#byId.get(actionId)?.pending
  }

  add(pending: PendingAction): void {
    this.#byId.set(pending.actionId, { pending })
    if (pending.isCommand) this.#commands += 1
  }

  /** The action is answered, or remembered no longer. */
  forget(pending: PendingAction): void {
    const slot = this.#byId.get(pending.actionId)
    if (slot?.pending !== pending) return
    slot.pending = undefined
    this.#byId.delete(pending.actionId)
    if (pending.isCommand) this.#commands -= 1
    this.#givenUp.delete(pending)
    this.#lists.delete(pending)
    this.#givenUpLists.delete(pending)
    if (this.#listByPlace === pending) this.#listByPlace = undefined
    this.#doneIds[this.#nextDoneId] = pending.actionId
    this.#nextDoneId = (this.#nextDoneId + 1) % REMEMBERED_IDS
  }

  /** Nobody waits for the action any more; what still comes for it is dropped. */
  giveUp(pending: PendingAction): void {
    if (this.get(pending.actionId) !== pending || pending.abandoned) return
    pending.abandon()
    if (this.#lists.delete(pending)) this.#givenUpLists.add(pending)
    this.#givenUp.add(pending)
    const [oldest] = this.#givenUp
    if (oldest !== undefined && this.#givenUp.size > REMEMBERED_GIVEN_UP) this.forget(oldest)
  }

  /** Whether an action had this ActionID, and was answered or forgotten. */
  isDone(actionId: string): boolean {
    return this.#doneIds.includes(actionId)
  }

  /** A list follows the action's response. */
  openList(pending: PendingAction): void {
    if (pending.abandoned) this.#givenUpLists.add(pending)
    else this.#lists.add(pending)
    if (pending.hasItemsByPlace) this.#listByPlace = pending
  }

  isList(pending: PendingAction): boolean {
    return this.#lists.has(pending) || this.#givenUpLists.has(pending)
  }

  /** The open list that an event can be of. */
  listOf(event: AMIEvent): PendingAction | undefined {
    const actionId = event.get('ActionID')
    if (actionId === undefined) return this.#listByPlace
    const pending = this.get(actionId)
    return pending !== undefined && this.isList(pending) ? pending : undefined
  }

  all(): PendingAction[] {
    return [...this.#byId.values()].flatMap(({ pending }) => pending ?? [])
  }
}
