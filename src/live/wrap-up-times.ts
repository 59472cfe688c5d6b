import type { ManagerConnection } from '../ami/client/manager-connection.js'
import { ActionError } from '../ami/messages/errors.js'
import { unlisted } from '../ami/messages/typed-names.js'

/** The categories of queues.conf that are no queues. */
const NO_QUEUES: ReadonlySet<string> = new Set(['general', 'rules'])

/**
 * How long each queue keeps calls away from a member after a call, in ms, from queues.conf: QueueStatus does not say it (verified on 16 and 22).
 * Undefined when the account may not read it.
 *
 * @throws what `sendAction` throws, but for a refusal.
 */
export async function wrapUpTimes(ami: ManagerConnection): Promise<ReadonlyMap<string, number> | undefined> {
  try {
    const { headers } = await ami.sendAction(unlisted('GetConfig'), { Filename: 'queues.conf' })
    return timesIn(Object.entries(headers as Readonly<Record<string, string>>))
  } catch (error) {
    if (error instanceof ActionError) return undefined
    throw error
  }
}

/** `Category-000001: support` and `Line-000001-000000: wrapuptime=15`; a queue without such a line has none. */
function timesIn(headers: readonly (readonly [string, string])[]): ReadonlyMap<string, number> {
  const names = new Map<string, string>()
  const times = new Map<string, number>()
  for (const [header, value] of headers) {
    const category = /^Category-(\d+)$/.exec(header)?.[1]
    if (category !== undefined) names.set(category, value)
    const own = names.get(/^Line-(\d+)-/.exec(header)?.[1] ?? '')
    const seconds = /^wrapuptime=\s*(\d+)/i.exec(value)?.[1]
    if (category !== undefined && !NO_QUEUES.has(value)) times.set(value, 0)
    if (own !== undefined && seconds !== undefined) times.set(own, Number(seconds) * 1000)
  }
  return times
}
