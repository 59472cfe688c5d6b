import { isAMIError } from '../../ami/messages/errors.js'
import { oneLine } from '../../core/checks.js'
import { asError } from '../../core/errors.js'
import type { AMIClient } from '../../node/ami-client.js'
import { type Finding, ok, wrong } from './finding.js'

/**
 * Logs in. Of a refusal Asterisk says no more than "Authentication failed" (`action_login` in `main/manager.c`): a wrong secret, an
 * unknown user and an address that is not permitted look the same from here; that an account is in use already it does say.
 *
 * @param ownAddress this machine, as the server sees it.
 * @throws the signal's reason.
 */
export async function logInAs(
  ami: AMIClient,
  username: string,
  ownAddress: string | undefined,
  signal: AbortSignal,
): Promise<Finding> {
  try {
    await ami.login({ signal })
    return ok(`logged in as ${JSON.stringify(username)}`)
  } catch (error) {
    if (signal.aborted) throw error
    return refusal(asError(error), username, ownAddress)
  }
}

function refusal(error: Error, username: string, ownAddress: string | undefined): Finding {
  const name = JSON.stringify(username)
  if (isAMIError(error, 'AUTHENTICATION_FAILED'))
    return wrong(
      `the login of ${name} was refused: the secret or the username is wrong, or this machine's address${ownAddress === undefined ? '' : `, ${ownAddress},`} is denied`,
      'Asterisk says "Authentication failed" to all three, so that nobody can guess; only its log tells them apart.',
      [
        'On the server: grep -i "authent\\|ACL" /var/log/asterisk/messages* | tail.',
        '"failed to authenticate" is a wrong secret; "nonexistent user" a wrong username; "failed to pass IP ACL" the address:',
        `then in manager.conf, [${username}]: permit = ${ownAddress ?? 'ADDRESS'}/32 behind deny, and: asterisk -rx "manager reload".`,
      ].join(' '),
    )
  if (/already in use/i.test(error.message))
    return wrong(
      `the account ${name} is logged in already, and may only be once`,
      'allowmultiplelogin is no, for it or for all: while another session stands, nobody else gets in.',
      `On the server: asterisk -rx "manager show connected" says who it is. End that program, use an account of its own for each, or in manager.conf: allowmultiplelogin = yes.`,
    )
  if (/shutting down/i.test(error.message))
    return wrong(
      'Asterisk is shutting down',
      'It waits for the last calls to end, and takes no logins meanwhile.',
      'Wait until it has started again, or: asterisk -rx "core abort shutdown".',
    )
  return wrong(
    oneLine(error.message),
    'The connection was made, but the login came to nothing.',
    'Look at the log of Asterisk, and run the doctor again.',
  )
}
