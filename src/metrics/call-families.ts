import type { Call } from '../calls/call.js'
import type { CallManager } from '../calls/call-manager.js'
import type { Measured } from './client-families.js'
import { Counter } from './counter.js'
import { Histogram } from './histogram.js'
import { ReadFamily } from './read-family.js'

const DIRECTIONS = ['inbound', 'outbound', 'internal', 'unknown'] as const
/** Seconds. */
const RING_BOUNDS = [1, 2, 5, 10, 15, 20, 30, 45, 60, 120]
const TALK_BOUNDS = [5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600]
/** Directions by outcomes: few, as both are words of this package. */
const MOST = 100

/** Of all calls of the PBX. */
export function measureCalls(calls: CallManager): Measured {
  const ended = new Counter('obelus_calls_total', 'Calls that are over, by their direction and by what became of them.', MOST)
  const ringing = new Histogram('obelus_call_ring_seconds', 'How long telephones rang, by the direction.', RING_BOUNDS, MOST)
  const talking = new Histogram('obelus_call_talk_seconds', 'How long people talked, by the direction.', TALK_BOUNDS, MOST)
  const all = calls.all()
  const follow = async (call: Call) => {
    const outcome = await call.ended()
    const { direction } = call
    ended.add({ direction, outcome: outcome.talked ? 'talked' : (outcome.reason ?? outcome.result) })
    if (call.ringMs !== undefined) ringing.observe({ direction }, call.ringMs)
    if (outcome.talked && call.talkMs !== undefined) talking.observe({ direction }, call.talkMs)
  }
  void (async () => {
    // It ends with the manager, or by `stop`. A call ends once whatever happens, so none is left over.
    for await (const call of all) void follow(call)
  })().catch(() => undefined)
  const active = new ReadFamily('gauge', 'obelus_calls_active', 'Calls that are not over, by their direction.', () => {
    const counts = new Map<string, number>(DIRECTIONS.map((direction) => [direction, 0]))
    for (const { direction } of calls.trackedCalls) counts.set(direction, (counts.get(direction) ?? 0) + 1)
    return [...counts].map(([direction, count]) => [{ direction }, count] as const)
  })
  return { families: [active, ended, ringing, talking], stop: () => all.close() }
}
