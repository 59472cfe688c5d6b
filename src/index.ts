/// <reference lib="esnext.disposable" preserve="true" />
/**
 * The client for backends on Node.js.
 *
 * @module
 */

export type { AGIEvents, AGINotices } from './agi/agi-events.js'
export type { AsyncAGIOptions } from './agi/async-agi-executor.js'
export { AsyncAGIExecutor } from './agi/async-agi-executor.js'
export type { AudioSocketOptions, SoundScript } from './agi/audio-socket.js'
export type { AGICommandArguments, AGICommandName } from './agi/command-names.js'
export type { CommandOptions } from './agi/command-sender.js'
export type { InterruptOptions } from './agi/commands.js'
export type { DialOptions, DialResult, DialStatus } from './agi/dial.js'
export type { AGIEnvironment } from './agi/environment.js'
export type { AnyAGIError } from './agi/errors.js'
export {
  AGICommandFailure,
  AGIDeadChannelError,
  AGIError,
  AGIHangupError,
  AGIInvalidCommandError,
  AGIProtocolError,
  AGISessionEndedError,
  AGISyntaxError,
  AGITimeoutError,
  AGIUnknownCommandError,
  isAGIError,
} from './agi/errors.js'
export type { AGICloseOptions, FastAGIServerOptions } from './agi/fastagi-server.js'
export type { MenuChoices, MenuOptions, MenuResult } from './agi/menu.js'
export type { AskOptions, PromptOptions, PromptResult, Validator } from './agi/prompt.js'
export type { AGILimits } from './agi/protocol.js'
export type { QueueOptions, QueueOutcome, QueueStatus } from './agi/queue.js'
export type { AGIResponse } from './agi/response.js'
export type {
  ChannelStatusResult,
  CharResult,
  ControlPlaybackResult,
  DataResult,
  DigitResult,
  PlaybackResult,
  RecordingResult,
  SpeechResult,
} from './agi/results.js'
export type { AGIScript, RouteMatch, RouteParamName, RouteParams } from './agi/router.js'
export { AGIRouter } from './agi/router.js'
export type { AnyParams } from './agi/session.js'
export { AGISession } from './agi/session.js'
export type { TrafficListener } from './agi/traffic.js'
export type { Prompt, Utterance } from './agi/utterance.js'
export type { ChannelVariables } from './agi/variables.js'
export type { LoginOptions } from './ami/client/client.js'
export type { ClientEvents, ClientNotices, SettledAction } from './ami/client/client-events.js'
export type { ActionOptions, ManagerConnection } from './ami/client/manager-connection.js'
export type { KeepAliveOptions, ReconnectOptions } from './ami/client/options.js'
export type { ConnectionStatus } from './ami/client/status.js'
export type { EventStreamOptions, StreamItem, WaitForOptions } from './ami/client/subscriptions.js'
export type {
  Traceable,
  TraceableClient,
  TraceableServer,
  TraceableSession,
  TracedMessage,
  TraceOptions,
} from './ami/client/trace.js'
export { trace } from './ami/client/trace.js'
export type { AnyAMIError } from './ami/messages/errors.js'
export {
  ActionError,
  ActionTimeoutError,
  AMIError,
  AuthenticationError,
  ClosedError,
  ConnectionError,
  ConnectionLostError,
  InvalidActionError,
  isAMIError,
  ProtocolError,
  StreamOverflowError,
  WaitTimeoutError,
} from './ami/messages/errors.js'
export type { EventOf } from './ami/messages/event.js'
export { AMIEvent } from './ami/messages/event.js'
export type { AMIResponseType, ListCompletion, ListItem, ResponseParts } from './ami/messages/response.js'
export { AMIResponse } from './ami/messages/response.js'
export type {
  ActionArguments,
  ActionHeaders,
  ActionName,
  ActionParameters,
  ChannelPrefix,
  EventEnvelope,
  EventHeaders,
  EventName,
  GivenEventHeaders,
  ListActionName,
  OpenHeaders,
  PlainName,
  Unlisted,
} from './ami/messages/typed-names.js'
export { unlisted } from './ami/messages/typed-names.js'
export { unescapeValue } from './ami/messages/unescape.js'
export type { AMILimits } from './ami/protocol/limits.js'
export type { Variables } from './ami/protocol/variables.js'
export type { CallProgress, TransferOptions } from './calls/call.js'
export { Call } from './calls/call.js'
export type { CallManagerOptions, ClickToCallOptions } from './calls/call-manager.js'
export { CallManager } from './calls/call-manager.js'
export type { CallRecord, LegJSON, PartyJSON } from './calls/call-record.js'
export { CALL_RECORD_VERSION } from './calls/call-record.js'
export type { JSONSchema } from './calls/call-record-schema.js'
export { CALL_RECORD_SCHEMA } from './calls/call-record-schema.js'
export type { CallOrigin } from './calls/call-state.js'
export type { CallChannel } from './calls/channel.js'
export type { AnyCallError } from './calls/errors.js'
export {
  CallCancelledError,
  CallEndedError,
  CallError,
  CallFailedError,
  isCallError,
  NoChannelError,
  TooManyChannelsError,
} from './calls/errors.js'
export type { Dialing, Parking, QueueStay, Recording, Transfer } from './calls/happenings.js'
export type {
  OriginateCommon,
  OriginateRequest,
  OriginateToApplication,
  OriginateToExtension,
} from './calls/originate-request.js'
export type { OriginateWithSound } from './calls/originate-with-sound.js'
export type { CallDirection, OutsideOptions } from './calls/outside.js'
export type { Party, PartyCall } from './calls/party.js'
export type {
  CallOutcome,
  CallReason,
  CallStatus,
  CallTransition,
  ChannelFacts,
  Leg,
  ParkingResult,
  QueueResult,
  TransitionOf,
} from './calls/transition.js'
export type { ActionMap } from './catalog/actions.js'
export type { AGICommandMap } from './catalog/agi-commands.js'
export type { ChannelStateDesc } from './catalog/channel-states.js'
export { CHANNEL_STATES } from './catalog/channel-states.js'
export type { DeviceState } from './catalog/device-states.js'
export { DEVICE_STATES } from './catalog/device-states.js'
export type { EventMap } from './catalog/events.js'
export type { HangupCause } from './catalog/hangup-causes.js'
export { HANGUP_CAUSES } from './catalog/hangup-causes.js'
export type { ListMap } from './catalog/lists.js'
export type { AGIArgument, HeaderValue, Known } from './catalog/values.js'
export type { Clock } from './core/clock.js'
export { AsteriskError, ThrownValueError } from './core/errors.js'
export { escapeArgument } from './core/escape-argument.js'
export type { EventStream } from './core/event-stream.js'
export type { Overflow } from './core/event-writer.js'
export { Gap } from './core/gap.js'
export type { ExpectedConnection, ExpectOptions, MediaConnection, MediaServer } from './core/media-server.js'
export type { ObservedOperation, ObservedPoint, Observer } from './core/observer.js'
export type { Optional } from './core/options.js'
export type { RandomBytes } from './core/random-bytes.js'
export type { Connector, Protocol, Transport } from './core/transport.js'
export type { AMIClientOptions, AMIClientURLOptions } from './node/ami-client.js'
export { AMIClient } from './node/ami-client.js'
export type { Environment } from './node/client-environment.js'
export type {
  ActionMessage,
  AGICommandMessage,
  CallMessage,
  EventMessage,
  GapMessage,
  StatusMessage,
} from './node/diagnostics-channels.js'
export { FastAGIServer } from './node/fastagi-server.js'
export type { RunAGIOptions } from './node/run-agi.js'
export { runAGI } from './node/run-agi.js'
export type { TCPOptions } from './node/tcp.js'
export { tcpConnector } from './node/tcp.js'
export type { WebSocketLike, WebSocketOptions } from './web/web-socket.js'
export { webSocketTransport } from './web/web-socket.js'
export type { DuplexStreams } from './web/web-streams.js'
export { webStreamsTransport } from './web/web-streams.js'
