import type { ManagerConnection } from '../ami/client/manager-connection.js'
import { Counter } from './counter.js'
import type { Family } from './family.js'
import { Histogram } from './histogram.js'
import { ReadFamily } from './read-family.js'

/** Seconds: an answer takes a millisecond, a synchronous Originate half a minute. */
const ACTION_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const MOST_ACTIONS = 100
const NO_LABELS = {}

/** What is measured of a connection, and what stops it. */
export interface Measured {
  readonly families: readonly Family[]
  stop(): void
}

/** Of the connection itself, its actions and its events. */
export function measureClient(ami: ManagerConnection, maxEventNames: number): Measured {
  const reconnects = new Counter('obelus_ami_reconnects_total', 'Connections that were made anew after one was lost.', 1, [
    NO_LABELS,
  ])
  const gaps = new Counter('obelus_ami_gaps_total', 'Times in which events were missed, by the reason.', 10, [
    { reason: 'disconnect' },
  ])
  const actions = new Histogram(
    'obelus_ami_action_seconds',
    'How long actions took, waiting included, by their name and outcome.',
    ACTION_BOUNDS,
    MOST_ACTIONS,
  )
  const events = new Counter('obelus_ami_events_total', 'Events that came, by their name.', maxEventNames)
  let wasOnline = isOnline(ami)
  let hasBeenOnline = wasOnline
  const stops = [
    ami.on('status', () => {
      const is = isOnline(ami)
      if (is && !wasOnline && hasBeenOnline) reconnects.add(NO_LABELS)
      wasOnline = is
      hasBeenOnline ||= is
    }),
    ami.on('gap', ({ reason }) => gaps.add({ reason })),
    ami.on('action', ({ name, outcome, durationMs }) => actions.observe({ action: name, outcome }, durationMs)),
    ...(maxEventNames === 0 ? [] : [ami.onEvent('*', ({ name }) => events.add({ event: name }))]),
  ]
  const families = [
    new ReadFamily('gauge', 'obelus_ami_up', 'Whether there is a connection that is logged in.', () => [
      [NO_LABELS, isOnline(ami) ? 1 : 0],
    ]),
    new ReadFamily('gauge', 'obelus_ami_actions_in_flight', 'Actions that were sent and have no answer yet.', () =>
      ami.actionsInFlight === undefined ? [] : [[NO_LABELS, ami.actionsInFlight]],
    ),
    reconnects,
    gaps,
    actions,
    ...(maxEventNames === 0 ? [] : [events]),
  ]
  return { families, stop: () => stopAll(stops) }
}

/** While it shuts down gracefully Asterisk still answers. */
function isOnline({ status }: ManagerConnection): boolean {
  return status.state === 'online' || status.state === 'draining'
}

export function stopAll(stops: readonly (() => void)[]): void {
  for (const stop of stops) stop()
}
