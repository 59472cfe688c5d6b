/// <reference lib="esnext.disposable" preserve="true" />
/**
 * The sans-I/O side: protocols that run in any JavaScript runtime.
 *
 * @module
 */

export { MAX_COMMAND_BYTES, MAX_COMMAND_WORDS } from './agi/command-line.js'
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
export type { AGILimits, AGIProtocolOptions } from './agi/protocol.js'
export { AGIProtocol } from './agi/protocol.js'
export type { AGIResponse } from './agi/response.js'
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
export type { AMIMessage } from './ami/messages/message.js'
export type { AMIResponseType, ListCompletion, ListItem, ResponseParts } from './ami/messages/response.js'
export { AMIResponse } from './ami/messages/response.js'
export type {
  ActionHeaders,
  ChannelPrefix,
  EventEnvelope,
  EventHeaders,
  EventName,
  GivenEventHeaders,
  OpenHeaders,
  PlainName,
  Unlisted,
} from './ami/messages/typed-names.js'
export { unlisted } from './ami/messages/typed-names.js'
export { unescapeValue } from './ami/messages/unescape.js'
export { MAX_ACTION_ID_BYTES, MAX_HEADERS, MAX_LINE_BYTES } from './ami/protocol/action.js'
export { AMIAction } from './ami/protocol/action-reader.js'
export type { AMILimits } from './ami/protocol/limits.js'
export { PendingAction } from './ami/protocol/pending-action.js'
export type { AMIProtocolOptions, EventHandler } from './ami/protocol/protocol.js'
export { AMIProtocol } from './ami/protocol/protocol.js'
export type { AMIServerProtocolOptions, ServerHeaders } from './ami/protocol/server-protocol.js'
export { AMIServerProtocol } from './ami/protocol/server-protocol.js'
export type { Variables } from './ami/protocol/variables.js'
export type { ChannelStateDesc } from './catalog/channel-states.js'
export { CHANNEL_STATES } from './catalog/channel-states.js'
export type { DeviceState } from './catalog/device-states.js'
export { DEVICE_STATES } from './catalog/device-states.js'
export type { EventMap } from './catalog/events.js'
export type { HangupCause } from './catalog/hangup-causes.js'
export { HANGUP_CAUSES } from './catalog/hangup-causes.js'
export type { ListMap } from './catalog/lists.js'
export type { AGIArgument, HeaderValue, Known } from './catalog/values.js'
export { AsteriskError, ThrownValueError } from './core/errors.js'
export { escapeArgument } from './core/escape-argument.js'
export { Handler } from './core/handler.js'
export type { Optional } from './core/options.js'
export type { RandomBytes } from './core/random-bytes.js'
export type { Connector, Protocol, Transport } from './core/transport.js'
