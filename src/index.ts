/**
 * The client for backends on Node.js.
 *
 * @module
 */
export type { ActionHeaders, HeaderValue } from './ami/action.js'
export type { ActionOptions, ClientNotices, LoginOptions } from './ami/client.js'
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
export type { KeepAliveOptions, ReconnectOptions } from './ami/options.js'
export type { AMIResponseType } from './ami/response.js'
export { AMIResponse } from './ami/response.js'
export type { ConnectionStatus } from './ami/status.js'
export type { EventOf, EventStreamOptions, StreamItem, WaitForOptions } from './ami/subscriptions.js'
export { unescapeValue } from './ami/unescape.js'
export type { Variables } from './ami/variables.js'
export type { Clock } from './core/clock.js'
export { AsteriskError } from './core/errors.js'
export type { EventStream, Overflow } from './core/event-stream.js'
export { Gap } from './core/gap.js'
export type { Connector, Protocol, Transport } from './core/transport.js'
export type { AMIClientOptions } from './node/ami-client.js'
export { AMIClient } from './node/ami-client.js'
export type { TCPOptions } from './node/tcp.js'
export { tcpConnector } from './node/tcp.js'
