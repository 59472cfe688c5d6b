import { isAMIError } from '../../ami/messages/errors.js'
import { unlisted } from '../../ami/messages/typed-names.js'
import { printable } from '../../core/printable.js'
import type { Patient } from './facts.js'
import { type Finding, ok, unknown, wrong } from './finding.js'

/** How long the test call may take: Asterisk gives up to connect after 5 s. */
const CALL_MS = 15_000

/** Where the extension of a test call stands for a moment. */
const CONTEXT = 'obelus-doctor'

/**
 * Has Asterisk call a FastAGI address: an extension of its own is added for it (`DialplanExtensionAdd`), called by a Local channel,
 * and removed again; its context stays, empty, until the dialplan is reloaded. The script that serves the address runs, on a channel
 * where nobody is.
 */
export async function fastAGIFinding({ ami, signal }: Patient, url: string): Promise<Finding> {
  const exten = `x${Math.random().toString(36).slice(2, 10)}`
  const place = { Context: CONTEXT, Extension: exten }
  try {
    for (const [at, [application, data]] of stepsOf(url, exten).entries()) {
      const step = { ...place, Priority: at + 1, Application: application, ApplicationData: data }
      await ami.sendAction(unlisted('DialplanExtensionAdd'), step, { signal })
    }
    const coming = ami.waitFor('UserEvent', {
      timeoutMs: CALL_MS,
      signal,
      where: (event) => event.get(unlisted('Mark')) === exten,
    })
    const call = { Channel: `Local/${exten}@${CONTEXT}/n`, Application: 'Wait', Data: '10', Async: true } as const
    const [came, sent] = await Promise.allSettled([coming, ami.sendAction('Originate', call, { signal })])
    if (sent.status === 'rejected') throw sent.reason
    return findingOf(url, came.status === 'fulfilled' ? (came.value.get(unlisted('Status')) ?? '') : undefined)
  } catch (error) {
    if (!isAMIError(error)) throw error
    return unknown(
      `whether Asterisk reaches ${printable(url)}: ${printable(error.message)}`,
      'A test call needs an account with system and originate in write and user in read.',
    )
  } finally {
    await ami.sendAction(unlisted('DialplanExtensionRemove'), place).catch(() => undefined)
  }
}

/** What the call does: the script, then an event that says how it went. */
function stepsOf(url: string, mark: string): readonly (readonly [application: string, data: string | undefined])[] {
  const told = ['ObelusDoctor', `Mark:${mark}`, `Status:\${AGISTATUS}`].join(',')
  return [
    ['Answer', undefined],
    ['AGI', url],
    ['UserEvent', told],
    ['Hangup', undefined],
  ]
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
