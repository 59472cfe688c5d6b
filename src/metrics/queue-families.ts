import type { LiveModel } from '../live/live-model.js'
import type { Queue } from '../live/queue.js'
import type { MemberState } from '../live/state/records.js'
import type { Family } from './family.js'
import { ReadFamily } from './read-family.js'

const STATES: readonly MemberState[] = ['unavailable', 'talking', 'ringing', 'paused', 'wrapUp', 'available']

/** Of the queues of a model, as it has them when they are asked for. */
export function queueFamilies(live: LiveModel): readonly Family[] {
  const each = (type: 'counter' | 'gauge', name: string, help: string, read: (queue: Queue) => number) =>
    new ReadFamily(type, name, help, () =>
      [...live.queues.values()].map((queue) => [{ queue: queue.name }, read(queue)] as const),
    )
  return [
    new ReadFamily('gauge', 'obelus_live_complete', 'Whether all that is known of the PBX is as it is now.', () => [
      [{}, live.isComplete ? 1 : 0],
    ]),
    each('gauge', 'obelus_queue_waiting', 'Callers who wait in a queue.', ({ waiting }) => waiting),
    each(
      'gauge',
      'obelus_queue_longest_wait_seconds',
      'How long the first of them has waited.',
      ({ longestWaitMs }) => longestWaitMs / 1000,
    ),
    each(
      'counter',
      'obelus_queue_completed_total',
      'Calls that were answered, since Asterisk counts.',
      ({ completed }) => completed,
    ),
    each('counter', 'obelus_queue_abandoned_total', 'Callers who gave up, since Asterisk counts.', ({ abandoned }) => abandoned),
    each(
      'gauge',
      'obelus_queue_service_level_ratio',
      'The part of the answered calls that were answered in time, from 0 to 1.',
      ({ serviceLevel }) => serviceLevel / 100,
    ),
    new ReadFamily('gauge', 'obelus_queue_members', 'Members of a queue, by what they do.', () =>
      [...live.queues.values()].flatMap((queue) => {
        const counts = new Map<MemberState, number>(STATES.map((state) => [state, 0]))
        for (const { state } of queue.members.values()) counts.set(state, (counts.get(state) ?? 0) + 1)
        return [...counts].map(([state, count]) => [{ queue: queue.name, state }, count] as const)
      }),
    ),
  ]
}
