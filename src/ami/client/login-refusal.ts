import { oneLine } from '../../core/checks.js'
import { type ActionError, AuthenticationError, ConnectionError } from '../messages/errors.js'
import type { AMIResponse } from '../messages/response.js'

/**
 * Whether an answer says that Asterisk is shutting down gracefully: it then refuses every action, Ping and Logoff too.
 * There is no other sign than the text (`process_message` in `main/manager.c`; verified on 16.28 and 22.10).
 */
export function isShuttingDown(response: AMIResponse): boolean {
  return response.type === 'error' && response.message.toLowerCase() === 'asterisk is shutting down'
}

/**
 * What a refused login means: busy with a shutdown or with another session of a single-login account, it passes, and a
 * `ConnectionError` says so; everything else stays. Asterisk tells them apart by text only (`authenticate` in `main/manager.c`).
 */
export function loginError(peer: string, username: string, refusal: ActionError): AuthenticationError | ConnectionError {
  const { response } = refusal
  const said = `${peer} refused the login of ${JSON.stringify(username)}: ${oneLine(response.message)}`
  if (isShuttingDown(response) || response.message.toLowerCase() === 'login already in use') {
    return new ConnectionError(said, { cause: refusal })
  }
  return new AuthenticationError(
    `${said} (Asterisk does not tell a wrong secret from an unknown user or a denied address)`,
    response,
  )
}
