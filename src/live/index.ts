/// <reference lib="esnext.disposable" preserve="true" />
/**
 * The whole PBX as a model that is always as the server is.
 *
 * @module
 */

export type { Bridge } from './bridge.js'
export type { Caller, RedirectTarget } from './caller.js'
export type { Conference, Participant } from './conference.js'
export type { Endpoint } from './endpoint.js'
export type { ChangesOptions, ListenOptions } from './live-model.js'
export { LiveModel } from './live-model.js'
export type { Mailbox } from './mailbox.js'
export type { Member } from './member.js'
export type { LiveModelOptions } from './options.js'
export type { ParkedCall, ParkingLot, RetrieveOptions } from './parking-lot.js'
export type { AddMemberOptions, Queue } from './queue.js'
export type {
  Area,
  AreaRecords,
  BridgedChannel,
  BridgeRecord,
  CallerRecord,
  ChangeBase,
  ChangeOf,
  ConferenceRecord,
  DeviceStateRecord,
  EndpointRecord,
  LiveChange,
  LiveSnapshot,
  MailboxRecord,
  MemberRecord,
  MemberState,
  ParkedCallRecord,
  ParkingLotRecord,
  ParticipantRecord,
  QueueRecord,
} from './state/records.js'
