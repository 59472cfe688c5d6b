import type { QueuedAction } from './queued-action.js'

/**
 * The actions that are not settled, the oldest first. A list of links, not a Set: each table that a Set outgrows keeps alive what was in it until the
 * next full collection, here two thirds of all actions, which were then copied at each small one (measured: a quarter of an action's time).
 */
export class OpenActions {
  #first: QueuedAction | undefined
  #last: QueuedAction | undefined

  add(action: QueuedAction): void {
    action.previous = this.#last
    if (this.#last === undefined) this.#first = action
    else this.#last.next = action
    this.#last = action
  }

  delete(action: QueuedAction): void {
    const { previous, next } = action
    if (previous === undefined) this.#first = next
    else previous.next = next
    if (next === undefined) this.#last = previous
    else next.previous = previous
    // What has gone keeps no other alive.
    action.previous = undefined
    action.next = undefined
  }

  all(): QueuedAction[] {
    const actions: QueuedAction[] = []
    for (let action = this.#first; action !== undefined; action = action.next) actions.push(action)
    return actions
  }
}
