import type { ManagerConnection } from '../ami/client/manager-connection.js'
import { ActionError } from '../ami/messages/errors.js'
import type { CallReason } from './transition.js'

/** How long the server may take to answer: the call is over, only why is not known. */
const TIMEOUT_MS = 3_000

/**
 * Why Asterisk made no channel for a PJSIP endpoint, from its lists: there is no such endpoint, or it has no contact. Undefined for other
 * technologies, and where the account may not ask (it needs `system`).
 */
export async function whyUnreachable(ami: ManagerConnection, dialString: string): Promise<CallReason | undefined> {
  // `PJSIP/100`, `PJSIP/0301234@trunk`, `PJSIP/trunk/sip:0301234@example.org`
  const [, resource = ''] = /^PJSIP\/([^/&]+)/i.exec(dialString) ?? []
  const endpoint = resource.slice(resource.lastIndexOf('@') + 1)
  if (endpoint === '') return undefined
  try {
    const { events } = await ami.sendAction('PJSIPShowEndpoint', { Endpoint: endpoint }, { timeoutMs: TIMEOUT_MS })
    const hasContact = events.some(({ name }) => name === 'ContactStatusDetail')
    return hasContact ? undefined : 'unavailable'
  } catch (error) {
    return error instanceof ActionError && /unable to retrieve endpoint/i.test(error.response.message)
      ? 'unknownEndpoint'
      : undefined
  }
}
