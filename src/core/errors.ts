/**
 * Marks the errors of this package, with the family they belong to. Two copies of the package in one program have different classes, so that
 * `instanceof` fails between them; of a symbol in this registry there is one.
 */
const FAMILY = Symbol.for('obelus-asterisk.error')

/** Which part of the package an error is about. */
export type ErrorFamily = 'ami' | 'agi' | 'call' | 'media' | 'testing'

/**
 * The base of every error this library raises on purpose. Anything else that comes out of it is a bug, or a mistake of the program that calls it,
 * such as a wrong option: those are JavaScript's own `TypeError` and `RangeError`.
 *
 * `code` is stable and literal, so errors can be told apart where `instanceof` cannot be used
 * (across copies of the package, across realms, after serialisation).
 */
export abstract class AsteriskError extends Error {
  abstract readonly code: string
}

/**
 * Something was thrown, or a signal was aborted with something, that is no Error: text, a number, a plain object. Seen where an Error is needed,
 * such as the `error` of a call's outcome, and by listeners of `error`.
 */
export class ThrownValueError extends AsteriskError {
  override readonly name = 'ThrownValueError' as const
  readonly code = 'THROWN_VALUE' as const
  /** What was thrown. */
  readonly value: unknown

  constructor(message: string, value: unknown) {
    super(message, { cause: value })
    this.value = value
  }
}

/** Makes the errors of a class, and of those that extend it, members of a family. */
export function markFamily(base: { readonly prototype: AsteriskError }, family: ErrorFamily): void {
  Object.defineProperty(base.prototype, FAMILY, { value: family })
}

/** Whether this is an error of the family, and of this code where one is given; whichever copy of the package made it. Never throws. */
export function isOfFamily(error: unknown, family: ErrorFamily, code?: string): boolean {
  if (typeof error !== 'object' || error === null) return false
  const { [FAMILY]: marked, code: its } = error as { readonly [FAMILY]?: unknown; readonly code?: unknown }
  return marked === family && (code === undefined || its === code)
}

/** What was thrown, as an Error: itself if it is one, else a ThrownValueError that says what it was. Never throws, whatever was thrown. */
export function asError(thrown: unknown): Error {
  try {
    if (thrown instanceof Error) return thrown
    return new ThrownValueError(`Not an error was thrown: ${String(thrown)}`, thrown)
  } catch {
    return new ThrownValueError('Not an error was thrown: an object without text', thrown)
  }
}
