/// <reference lib="esnext.disposable" preserve="true" />
/**
 * Several PBXs as one.
 *
 * @module
 */

export type { FleetEvent } from './event-source.js'
export type { FleetEventOptions, FleetOptions } from './fleet.js'
export { Fleet } from './fleet.js'
export type { CallPlace, FleetCall, FleetCalls, On } from './fleet-calls.js'
export type { FleetEvents } from './fleet-events.js'
export type { FleetFeed, FleetFollower } from './fleet-feed.js'
export type { FleetChange, FleetLive, FleetLiveOptions, FleetSnapshot } from './fleet-live.js'
export type { FleetTarget } from './fleet-member.js'
export type { FleetStream } from './fleet-stream.js'
