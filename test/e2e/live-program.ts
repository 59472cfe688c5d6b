import type { AMIClient } from 'obelus-asterisk'
import { type LiveChange, LiveModel } from 'obelus-asterisk/live'

/** The story of each object, a word for each change of what people look at; without ids and instants, which differ. */
export type Story = Readonly<Record<string, readonly string[]>>

/**
 * A caller is answered by a queue's member, who is paused then; the next one gives up. Told of what a model has seen, on whatever server: `call` has somebody
 * call the queue `day`, telephone `PJSIP/200` rings and picks up, and hangs up after about a second.
 */
export async function dayAtTheQueue(ami: AMIClient, call: () => unknown): Promise<Story> {
  using pbx = new LiveModel(ami, { endpoints: false, bridges: false, parking: false, conferences: false })
  await pbx.ready()
  const story: Record<string, string[]> = {}
  const changes = pbx.changes(['queues', 'members', 'callers'])
  const until = async (isSo: () => boolean) => {
    while (!isSo()) note((await changes.next()).value as LiveChange)
  }
  const note = (change: LiveChange) => {
    const { name, word } = wordOf(change)
    story[name] ??= []
    const words = story[name]
    if (words.at(-1) !== word) words.push(word)
  }
  const queue = pbx.queues.get('day')
  if (queue === undefined) throw new Error('there is no queue day')
  const { completed, abandoned } = queue
  const member = () => queue.members.get('PJSIP/200')
  await queue.add('PJSIP/200', { name: 'Ann' })
  await until(() => member() !== undefined)
  await call()
  await until(() => queue.completed === completed + 1 && member()?.state === 'available')
  await member()?.pause('lunch')
  await until(() => member()?.state === 'paused')
  await call()
  await until(() => queue.waiting === 1)
  await queue.callers[0]?.hangup()
  await until(() => queue.abandoned === abandoned + 1 && queue.waiting === 0)
  await member()?.remove()
  await until(() => member() === undefined)
  while (changes.buffered > 0) note((await changes.next()).value as LiveChange)
  return story
}

function wordOf(change: LiveChange): { readonly name: string; readonly word: string } {
  const name = change.area === 'callers' ? 'callers' : `${change.area} ${change.key}`
  if (change.kind !== 'changed') return { name, word: change.kind }
  if (change.area === 'members')
    return { name, word: `${change.now.state}${change.now.isPaused ? ` ${change.now.pausedReason}` : ''}` }
  if (change.area === 'queues') return { name, word: `${change.now.waiting} waiting` }
  return { name, word: 'moved' }
}
