import { LIST_ACTIONS } from '../../catalog/list-actions.js'
import type { ListAction } from '../../catalog/values.js'

const BY_NAME = new Map(Object.entries(LIST_ACTIONS).map(([action, list]) => [action.toLowerCase(), list]))

/** The list that an action answers with, if it is known to; action names are compared without regard to case. */
export function listShape(action: string): ListAction | undefined {
  return BY_NAME.get(action.toLowerCase())
}

/** AMI 2.0 came with Asterisk 12: from then on every other list announces itself, and a plain Success is the whole answer. */
export function announcesLists(apiVersion: string): boolean {
  return !/^[01]\./.test(apiVersion)
}
