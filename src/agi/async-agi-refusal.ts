import { ActionError } from '../ami/messages/errors.js'

/** Whether an action was refused since its channel is gone. */
export function isGone(error: Error): boolean {
  return error instanceof ActionError && /does not exist|No such channel/.test(error.response.message)
}
