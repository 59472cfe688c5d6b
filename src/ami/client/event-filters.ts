import { quote } from '../../core/checks.js'
import type { ActionParameters } from '../messages/typed-names.js'

/** What the client itself needs to know of a restart. */
const CLIENT_EVENTS = ['FullyBooted', 'Shutdown']

/** The events that Asterisk is to send, as the union of all who asked; while nobody has, all. */
export class EventFilters {
  readonly #requests = new Set<readonly string[]>()

  /** These names are asked for, too, until the returned function is called. Each request needs a list of its own. */
  add(names: readonly string[]): () => void {
    this.#requests.add(names)
    return () => {
      this.#requests.delete(names)
    }
  }

  /** Whether nobody has asked: then all events come. */
  get isEmpty(): boolean {
    return this.#requests.size === 0
  }

  /** The actions that a new connection needs. */
  actions(apiVersion: string): ActionParameters<'Filter'>[] {
    return this.#requests.size === 0 ? [] : filterActions([...this.#requests].flat(), apiVersion)
  }
}

/**
 * The Filter actions that let only these events through (and those that the client needs itself).
 *
 * From AMI 11 (Asterisk 22) on each names its event, which Asterisk compares before it tries the expression. Earlier, and on
 * 22.0, which does not know `MatchCriteria`, the expression alone decides (`main/manager.c`; verified on 16 and 22).
 *
 * @throws TypeError for a name that is not an event's.
 */
export function filterActions(names: readonly string[], apiVersion: string): ActionParameters<'Filter'>[] {
  if (!Array.isArray(names)) throw new TypeError(`setupFilters() takes a list of events' names, not ${quote(names)}`)
  const all = [...new Set([...names, ...CLIENT_EVENTS])]
  for (const name of all)
    if (typeof name !== 'string' || !/^\w+$/.test(name))
      throw new TypeError(`an event's name is letters and digits, not ${quote(name)}`)
  if (Number.parseInt(apiVersion, 10) >= 11) {
    return all.map((name) => ({
      Operation: 'Add',
      MatchCriteria: `action(include),name(${name}),method(regex)`,
      Filter: `^Event: ${name}[[:space:]]`,
    }))
  }
  return [{ Operation: 'Add', Filter: `^Event: (${all.join('|')})[[:space:]]` }]
}
