import type { ManagerConnection } from '../ami/client/manager-connection.js'
import { accountRights } from '../ami/messages/account-rights.js'
import { EVENT_CLASSES } from '../catalog/event-classes.js'

/**
 * The classes of events that the account may read, as Asterisk prints them (`manager show user`, on 16 and 22); undefined where it may not ask, which
 * needs `command`.
 */
export async function readRights(ami: ManagerConnection): Promise<ReadonlySet<string> | undefined> {
  const { username = '' } = ami
  // Others the console would take for several words.
  if (!/^[\w.@-]+$/.test(username)) return undefined
  const lines = await ami.command(`manager show user ${username}`).catch(() => [])
  return accountRights(lines)?.read
}

/** The classes that these events need and the account may not read. */
export function missingClasses(eventNames: readonly string[], rights: ReadonlySet<string>): readonly string[] {
  const needed = Object.entries(EVENT_CLASSES).filter(([, names]) => names.some((name) => eventNames.includes(name)))
  return needed.map(([name]) => name).filter((name) => !rights.has(name) && !rights.has('all'))
}
