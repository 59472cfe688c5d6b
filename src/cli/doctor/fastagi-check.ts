import { isAMIError } from '../../ami/messages/errors.js'
import { unlisted } from '../../ami/messages/typed-names.js'
import { asError } from '../../core/errors.js'
import { printable } from '../../core/printable.js'
import type { Patient } from './facts.js'
import { type Finding, ok, unknown, wrong } from './finding.js'

/** How long the test call may take: Asterisk gives up to connect after 5 s. */
const CALL_MS = 15_000

/**
 * Has Asterisk call a FastAGI address: an extension of its own is added for it (`DialplanExtensionAdd`), called by a Local channel, and removed
 * again. The script that serves the address runs, on a channel where nobody is.
 */
export async function fastAGIFinding(patient: Patient, url: string): Promise<Finding> {
  const { ami, signal } = patient
  const context = `obelus-doctor-${Math.random().toString(36).slice(2, 10)}`
  const steps: readonly (readonly [string, string])[] = [
    ['Answer', ''],
    ['AGI', url],
    ['UserEvent', `ObelusDoctor\\,Mark:${context}\\,Status:\${AGISTATUS}`],
    ['Hangup', ''],
  ]
  const add = async () => {
    for (const [at, [application, data]] of steps.entries())
      await ami.sendAction(
        unlisted('DialplanExtensionAdd'),
        {
          Context: context,
          Extension: 's',
          Priority: at + 1,
          Application: application,
          ApplicationData: data === '' ? undefined : data.replaceAll('\\,', ','),
        },
        { signal },
      )
  }
  const status = async () => {
    const coming = ami.waitFor('UserEvent', {
      timeoutMs: CALL_MS,
      signal,
      where: (event) => event.get(unlisted('Mark')) === context,
    })
    const call = { Channel: `Local/s@${context}/n`, Application: 'Wait', Data: '10', Async: true } as const
    const [came, sent] = await Promise.allSettled([coming, ami.sendAction('Originate', call, { signal })])
    if (sent.status === 'rejected') throw sent.reason
    return came.status === 'fulfilled' ? (came.value.get(unlisted('Status')) ?? '') : undefined
  }
  try {
    await add()
    return findingOf(url, await status())
  } catch (error) {
    if (!isAMIError(error)) throw error
    return unknown(
      `whether Asterisk reaches ${printable(url)}: ${printable(asError(error).message)}`,
      'A test call needs an account with system and originate in write and user in read.',
    )
  } finally {
    await ami.sendAction(unlisted('DialplanExtensionRemove'), { Context: context, Extension: 's' }).catch(() => undefined)
  }
}

function findingOf(url: string, status: string | undefined): Finding {
  const shown = printable(url)
  if (status === 'SUCCESS' || status === 'HANGUP')
    return ok(`Asterisk reaches ${shown}, and the script ended in order (AGISTATUS ${status})`)
  if (status === undefined)
    return unknown(
      `whether Asterisk reaches ${shown}: the test call said nothing within ${CALL_MS / 1000} s`,
      'A script that waits for a caller does not end; use one that returns, and see that the account has user in read.',
    )
  if (status === 'NOTFOUND')
    return wrong(
      `Asterisk has no script ${shown}`,
      'The address does not begin with agi://.',
      'Write it as the dialplan has it: agi://10.0.0.5:4573/script.',
    )
  return wrong(
    `Asterisk does not reach ${shown}, or its script failed (AGISTATUS ${printable(status)})`,
    'From the server the address does not answer, or the script threw: callers hear nothing and the dialplan goes on.',
    'On the server: nc -vz HOST PORT. The FastAGI server must listen at an address that the server reaches (host: "0.0.0.0", not 127.0.0.1), the firewall must let it, and allow must have it.',
  )
}
