/**
 * The client and its links for runtimes with Web APIs: browsers, Deno, Bun, Workers, Node.
 *
 * @module
 */
export type { ActionOptions, ClientNotices, LoginOptions } from '../ami/client/client.js'
export type { ConnectionStatus } from '../ami/client/status.js'
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
} from '../ami/messages/errors.js'
export { AMIEvent } from '../ami/messages/event.js'
export { AMIResponse } from '../ami/messages/response.js'
export { unlisted } from '../ami/messages/typed-names.js'
export { AsteriskError } from '../core/errors.js'
export type { EventStream } from '../core/event-stream.js'
export { Gap } from '../core/gap.js'
export type { Connector, Protocol, Transport } from '../core/transport.js'
export type { AMIClientOptions } from './ami-client.js'
export { AMIClient } from './ami-client.js'
export type { WebSocketLike, WebSocketOptions } from './web-socket.js'
export { webSocketTransport } from './web-socket.js'
export type { DuplexStreams } from './web-streams.js'
export { webStreamsTransport } from './web-streams.js'
