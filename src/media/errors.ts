import { AsteriskError, isOfFamily, markFamily } from '../core/errors.js'

/** The base of all errors of sound. Each has a literal `code`. */
export abstract class MediaError extends AsteriskError {
  static {
    markFamily(MediaError, 'media')
  }
}

/**
 * A peer did not speak AudioSocket, or named a UUID that nobody expects.
 *
 * When: told on `error` of the server; the connection is closed.
 */
export class MediaProtocolError extends MediaError {
  override readonly name = 'MediaProtocolError' as const
  readonly code = 'MEDIA_PROTOCOL' as const
}

/**
 * The connection that was expected did not come.
 *
 * When: `expect()` has waited for its `timeoutMs`.
 */
export class MediaTimeoutError extends MediaError {
  override readonly name = 'MediaTimeoutError' as const
  readonly code = 'MEDIA_TIMEOUT' as const
}

/**
 * There is no connection any more, and will be none.
 *
 * When: a connection is played to, or waited for, after its end; the server has been closed or the wait was given up. It is the reason of a
 * connection's `signal` too.
 */
export class MediaClosedError extends MediaError {
  override readonly name = 'MediaClosedError' as const
  readonly code = 'MEDIA_CLOSED' as const
}

/**
 * Asterisk takes no more of what is sent to it: the connection was given up.
 *
 * When: more than ten seconds of sound wait in the socket. Told on `error` of the server.
 */
export class MediaStalledError extends MediaError {
  override readonly name = 'MediaStalledError' as const
  readonly code = 'MEDIA_STALLED' as const
}

/** Every error of sound, told apart by `code`. */
export type AnyMediaError = MediaProtocolError | MediaTimeoutError | MediaClosedError | MediaStalledError

/** Whether this is an error of sound, and of this code where one is given. True for errors of another copy of this package too. */
export function isMediaError(error: unknown): error is AnyMediaError
export function isMediaError<const Code extends AnyMediaError['code']>(
  error: unknown,
  code: Code,
): error is Extract<AnyMediaError, { readonly code: Code }>
export function isMediaError(error: unknown, code?: string): boolean {
  return isOfFamily(error, 'media', code)
}
