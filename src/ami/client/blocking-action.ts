import type { ActionHeaders } from '../messages/typed-names.js'

/** The `Timeout` of Originate, if none is given (`main/manager.c`). */
const ORIGINATE_DEFAULT_MS = 30_000

/**
 * For how many milliseconds an action may hold up the whole connection, which answers nothing else meanwhile and sends
 * no events: Originate without `Async`, and WaitEvent (verified on 16.28 and 22.10). 0 for all others.
 */
export function blockingMs(action: string, headers: ActionHeaders): number {
  const name = action.toLowerCase()
  if (name === 'originate') {
    if (/^(true|yes|y|1|on|t)$/i.test(headerText(headers, 'async'))) return 0
    const timeout = Number(headerText(headers, 'timeout') || Number.NaN)
    return Number.isFinite(timeout) && timeout > 0 ? timeout : ORIGINATE_DEFAULT_MS
  }
  if (name === 'waitevent') {
    const seconds = Number(headerText(headers, 'timeout') || Number.NaN)
    return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : Number.POSITIVE_INFINITY
  }
  return 0
}

/** What a user should know who sent an action that blocks for so many milliseconds. */
export function blockingWarning(action: string, blocksMs: number): string {
  const forHowLong = Number.isFinite(blocksMs) ? `for up to ${blocksMs} ms` : 'until something happens'
  const advice = action.toLowerCase() === 'originate' ? '; add Async: true' : ''
  return `${action} holds up the connection ${forHowLong}: no other action is answered and no event comes${advice}`
}

function headerText(headers: ActionHeaders, name: string): string {
  for (const header of Object.keys(headers)) {
    const value = headers[header]
    if (header.toLowerCase() === name && value !== undefined) return String(typeof value === 'object' ? value[0] : value).trim()
  }
  return ''
}
