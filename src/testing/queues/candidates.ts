import type { FakeQueue } from './fake-queue.js'
import type { QueueMember } from './queue-member.js'

/** A member who may be called, and how late in the row. */
export interface Candidate {
  readonly member: QueueMember
  /** The place among the members. */
  readonly position: number
  readonly metric: number
}

/** A penalty outweighs whatever else there is. */
const PENALTY = 1_000_000

/**
 * The members of a queue in the order in which they are to be called (`calc_metric` in `apps/app_queue.c`).
 *
 * @param from the place at which linear and rrmemory begin
 */
export function candidatesOf(queue: FakeQueue, from: number): Candidate[] {
  const candidates = queue.members.map((member, position) => ({
    member,
    position,
    metric: member.penalty * PENALTY + placeOf(queue, member, position, from),
  }))
  // Asterisk puts each before those it has, and takes the first of the best.
  return candidates.reverse().sort((one, two) => one.metric - two.metric)
}

function placeOf(queue: FakeQueue, member: QueueMember, position: number, from: number): number {
  switch (queue.options.strategy) {
    case 'ringall':
      return 0
    case 'linear':
    case 'rrmemory':
      return position < from ? 1_000 + position : position
    case 'leastrecent':
      return member.lastCall === 0 ? 0 : PENALTY - (queue.now - member.lastCall)
    case 'fewestcalls':
      return member.callsTaken
    case 'random':
      return Math.floor(queue.random() * 1_000)
    default:
      return queue.options.strategy satisfies never
  }
}
