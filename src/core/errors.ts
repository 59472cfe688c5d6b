/**
 * The base of every error this library raises on purpose. Anything else that comes out of it is a bug.
 *
 * `code` is stable and literal, so errors can be told apart where `instanceof` cannot be used
 * (across realms, after serialisation).
 */
export abstract class AsteriskError extends Error {
  abstract readonly code: string
}

/** What was thrown, as an Error: itself if it is one, else an Error that says what it was. Never throws, whatever was thrown. */
export function asError(thrown: unknown): Error {
  try {
    if (thrown instanceof Error) return thrown
    return new Error(`Not an error was thrown: ${String(thrown)}`, { cause: thrown })
  } catch {
    return new Error('Not an error was thrown: an object without text', { cause: thrown })
  }
}
