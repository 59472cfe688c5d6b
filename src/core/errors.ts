/**
 * The base of every error this library raises on purpose. Anything else that comes out of it is a bug.
 *
 * `code` is stable and literal, so errors can be told apart where `instanceof` cannot be used
 * (across realms, after serialisation).
 */
export abstract class AsteriskError extends Error {
  abstract readonly code: string
}
