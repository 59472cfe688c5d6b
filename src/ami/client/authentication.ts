import { textCodec } from '../../core/text-codec.js'
import { ActionError, InvalidActionError, ProtocolError } from '../messages/errors.js'
import type { AMIResponse } from '../messages/response.js'
import type { ActionHeaders } from '../messages/typed-names.js'
import type { AMIProtocol } from '../protocol/protocol.js'
import { loginError } from './login-refusal.js'
import { md5Hex } from './md5.js'
import type { ResolvedOptions } from './options.js'

/**
 * Logs in, as the options say how.
 *
 * @param refused is called at once when Asterisk refuses, before its closing of the connection can look like the reason.
 * @throws ProtocolError for an answer that cannot be used; InvalidActionError for a secret that cannot be written; what
 * `sendAction` throws.
 */
export async function authenticate(
  protocol: AMIProtocol,
  { username, secret, authType, eventMask, encoding, peer }: ResolvedOptions,
  refused: (error: Error) => void,
): Promise<void> {
  const send = (name: string, headers: ActionHeaders): Promise<AMIResponse> => {
    const pending = protocol.sendAction(name, headers)
    pending.onException = (error) => {
      if (error instanceof ActionError) refused(loginError(peer, username, error))
    }
    return pending.toPromise()
  }
  const credentials: ActionHeaders = { Username: username, Events: eventMask }
  if (authType === 'plaintext') {
    await send('Login', { ...credentials, Secret: secret })
    return
  }
  const challenge = (await send('Challenge', { AuthType: 'MD5' })).get('Challenge')
  if (challenge === undefined) throw new ProtocolError(`${peer} answered Challenge without a challenge`)
  const bytes = textCodec(encoding).encode(challenge + secret)
  if (bytes === undefined) throw new InvalidActionError(`The secret holds characters that ${encoding} cannot write`)
  await send('Login', { AuthType: 'MD5', ...credentials, Key: md5Hex(bytes) })
}
