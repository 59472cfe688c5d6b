import type { AGISession } from '../agi/session.js'
import type { Clock } from '../core/clock.js'
import { type Measured, stopAll } from './client-families.js'
import { Counter } from './counter.js'
import { Histogram } from './histogram.js'
import { ReadFamily } from './read-family.js'

/** What serves scripts: a `FastAGIServer` or an `AsyncAGIExecutor`. */
export interface AGISource {
  readonly sessions: readonly AGISession[]
  on(name: 'session' | 'ended', listener: (session: AGISession) => void): () => void
  on(name: 'error', listener: (error: Error, session: AGISession | undefined) => void): () => void
}

const NO_LABELS = {}
/** Seconds. */
const BOUNDS = [0.1, 0.5, 1, 5, 15, 30, 60, 120, 300, 600]

/** Of scripts, of all these sources together. */
export function measureAGI(sources: readonly AGISource[], clock: Clock): Measured {
  const durations = new Histogram('obelus_agi_session_seconds', 'How long scripts took.', BOUNDS, 1)
  const errors = new Counter('obelus_agi_errors_total', 'Scripts that threw, and peers that sent what is no AGI.', 1, [NO_LABELS])
  const began = new WeakMap<AGISession, number>()
  const stops = sources.flatMap((source) => [
    source.on('session', (session) => {
      began.set(session, clock.now())
    }),
    source.on('ended', (session) => {
      const since = began.get(session)
      if (since !== undefined) durations.observe(NO_LABELS, clock.now() - since)
    }),
    source.on('error', () => errors.add(NO_LABELS)),
  ])
  const active = new ReadFamily('gauge', 'obelus_agi_sessions', 'Scripts that run.', () => [
    [NO_LABELS, sources.reduce((sum, { sessions }) => sum + sessions.length, 0)],
  ])
  return { families: [active, durations, errors], stop: () => stopAll(stops) }
}
