/**
 * The sound of calls, over AudioSocket.
 *
 * @module
 */
export type { EventStream } from '../core/event-stream.js'
export type { ExpectedConnection, ExpectOptions, MediaConnection, MediaServer } from '../core/media-server.js'
export { type AudioOptions, AudioSocketConnection } from './audio-socket-connection.js'
export {
  AudioSocketServer,
  type AudioSocketServerOptions,
  type MediaEvents,
  type SoundHandler,
  type UUIDCheck,
} from './audio-socket-server.js'
export {
  type AnyMediaError,
  isMediaError,
  MediaClosedError,
  MediaError,
  MediaProtocolError,
  MediaStalledError,
  MediaTimeoutError,
} from './errors.js'
export { type Frame, FrameKind, FrameReader, frameBytes, kindOf, rateOf, uuidBytes, uuidText } from './frames.js'
export type { PlayOptions, PlayResult } from './player.js'
export type { SoundSource } from './sound-source.js'
