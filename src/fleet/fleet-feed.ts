import type { ManagerConnection } from '../ami/client/manager-connection.js'
import { MergedStream, type Source } from './fleet-stream.js'

/** Follows which PBXs there are. */
export interface FleetFollower {
  added(name: string, ami: ManagerConnection): void
  removed(name: string): void
  /** The fleet is closed. */
  closed(): void
}

/** What tells of PBXs: those that are there, that come and that go, until the returned function is called. */
export interface FleetFeed {
  follow(follower: FleetFollower): () => void
}

/** One stream of what each PBX gives, whichever come and go. */
export function mergedOver<T>(fleet: FleetFeed, open: (pbx: string, ami: ManagerConnection) => Source<T>): MergedStream<T> {
  let stop: () => void = () => undefined
  const stream = new MergedStream<T>(() => stop())
  stop = fleet.follow({
    added: (name, ami) => stream.add(name, open(name, ami)),
    removed: (name) => stream.remove(name),
    closed: () => stream.close(),
  })
  return stream
}
