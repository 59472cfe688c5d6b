/**
 * The sans-I/O side: protocols that run in any JavaScript runtime.
 *
 * @module
 */

export { MAX_COMMAND_BYTES, MAX_COMMAND_WORDS } from './agi/command-line.js'
export type { AGIEnvironment } from './agi/environment.js'
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
} from './agi/errors.js'
export type { AGILimits, AGIProtocolOptions } from './agi/protocol.js'
export { AGIProtocol } from './agi/protocol.js'
export type { AGIResponse } from './agi/response.js'
export { MAX_ACTION_ID_BYTES, MAX_HEADERS, MAX_LINE_BYTES } from './ami/action.js'
export type { RandomBytes } from './ami/action-id.js'
export { AMIAction } from './ami/action-reader.js'
export {
  ActionError,
  ActionTimeoutError,
  AMIError,
  AuthenticationError,
  ClosedError,
  ConnectionError,
  ConnectionLostError,
  InvalidActionError,
  ProtocolError,
  StreamOverflowError,
} from './ami/errors.js'
export { AMIEvent } from './ami/event.js'
export type { AMILimits } from './ami/limits.js'
export { AMIMessage } from './ami/message.js'
export { PendingAction } from './ami/pending-action.js'
export type { AMIProtocolOptions } from './ami/protocol.js'
export { AMIProtocol } from './ami/protocol.js'
export type { AMIResponseType } from './ami/response.js'
export { AMIResponse } from './ami/response.js'
export type { AMIServerProtocolOptions, ServerHeaders } from './ami/server-protocol.js'
export { AMIServerProtocol } from './ami/server-protocol.js'
export { unescapeValue } from './ami/unescape.js'
export type { Variables } from './ami/variables.js'
export type { ActionHeaders, Unlisted } from './ami/vocabulary.js'
export { unlisted } from './ami/vocabulary.js'
export type { HeaderValue } from './catalog/values.js'
export { AsteriskError } from './core/errors.js'
export { Handler } from './core/handler.js'
export type { Connector, Protocol, Transport } from './core/transport.js'
