import type { Context } from './command.js'
import { UsageError } from './usage-error.js'

/** Actions that end calls, by their names in lower case. */
const ACTIONS: ReadonlySet<string> = new Set([
  'hangup',
  'pjsiphangup',
  'absolutetimeout',
  'bridgedestroy',
  'bridgekick',
  'confbridgekick',
  'moduleload',
  'reload',
  'dahdihangup',
])
/** Commands of the console that end calls, or all of Asterisk. */
const COMMANDS =
  /^\s*(?:core\s+(?:stop|restart|abort|reload)|reload|module\s+(?:unload|reload|refresh)|channel\s+request\s+hangup|hangup\s+request|confbridge\s+kick|bridge\s+(?:destroy|kick))\b/i

export function actionEndsCalls(name: string, headers: Readonly<Record<string, unknown>>): boolean {
  if (name.toLowerCase() !== 'command') return ACTIONS.has(name.toLowerCase())
  const command = Object.entries(headers).find(([header]) => header.toLowerCase() === 'command')?.[1]
  return commandEndsCalls(String(command))
}

export function commandEndsCalls(command: string): boolean {
  return COMMANDS.test(command)
}

/** Asks whoever is there. False for a no. @throws UsageError where nobody can be asked. */
export async function mayEndCalls(what: string, isAnswered: boolean, { confirm }: Context): Promise<boolean> {
  if (isAnswered) return true
  if (confirm === undefined)
    throw new UsageError(`${what} can end calls, and nobody is there to be asked; --yes says that it may`)
  return confirm(`${what} can end calls. Go on?`)
}

/** The option that answers before it is asked. */
export const YES = { yes: { type: 'boolean', help: 'do not ask before what can end calls' } } as const
