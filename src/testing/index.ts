/// <reference lib="esnext.disposable" preserve="true" />
/**
 * A fake Asterisk for tests.
 *
 * @module
 */
export type {
  ActionHeaders,
  ActionName,
  ActionParameters,
  ChannelPrefix,
  EventEnvelope,
  EventHeaders,
  EventName,
  GivenEventHeaders,
  OpenHeaders,
  Unlisted,
} from '../ami/messages/typed-names.js'
export { AMIAction } from '../ami/protocol/action-reader.js'
export type { ServerHeaders } from '../ami/protocol/server-protocol.js'
export type { ActionMap } from '../catalog/actions.js'
export type { ChannelStateDesc } from '../catalog/channel-states.js'
export { CHANNEL_STATES } from '../catalog/channel-states.js'
export type { DeviceState } from '../catalog/device-states.js'
export { DEVICE_STATES } from '../catalog/device-states.js'
export type { EventMap } from '../catalog/events.js'
export type { HeaderValue, Known } from '../catalog/values.js'
export type { Clock } from '../core/clock.js'
export type { Optional } from '../core/options.js'
export type { RandomBytes } from '../core/random-bytes.js'
export type { Connector, Protocol, Transport } from '../core/transport.js'
export type { SoundSource } from '../media/sound-source.js'
export type { ListenOptions } from '../node/tcp-listener.js'
export type { FakeUser } from './account.js'
export type { AGICaller, AGICallOptions, AGIStatus } from './agi/agi-caller.js'
export type { AGIChannelOptions } from './agi/agi-channel.js'
export { AudioSocketCaller, type AudioSocketCallOptions } from './audio-socket-caller.js'
export type { ApplicationChannel, FakeApplication } from './dialplan/applications.js'
export type { Caller, IncomingCall } from './dialplan/caller.js'
export type { Dialplan, DialplanEntry, DialplanSequence, Ending } from './dialplan/plan.js'
export { FakeCallbackError, FakeStateError, RecordingError, TestingError, UnusedHandlersError } from './errors.js'
export { FakeAsterisk } from './fake-asterisk.js'
export type { FakeAsteriskEvents, FakeNotices } from './fake-asterisk-events.js'
export type { Faults, FaultyConnector } from './faulty.js'
export { faulty } from './faulty.js'
export type {
  ActionHandler,
  ActionMatch,
  CommandOutput,
  FakeClient,
  FakeEventHeaders,
  HeaderPairs,
  ListPart,
  Reply,
  Resolver,
} from './handlers.js'
export { action, command, delay, event, FakeEvent, FakeResponse, failure, once, success, times } from './handlers.js'
export type { FakeAsteriskOptions } from './options.js'
export type { FakeQueueMember, FakeQueueOptions, QueueStrategy } from './queues/queue-options.js'
export { seeded } from './random.js'
export type { PlaybackOptions } from './recording/playback.js'
export type { RecordableClient, Recorder, Recording, RecordOptions } from './recording/recorder.js'
export { record } from './recording/recorder.js'
export type { ConfigFile, FakeState, Mailbox, Presence } from './state/fake-state.js'
export { UnhandledActionError } from './unhandled-action-error.js'
export { VirtualClock } from './virtual-clock.js'
