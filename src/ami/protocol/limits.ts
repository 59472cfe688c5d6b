import { checkOptions, type Optional, type OptionsShape, wholeNumber } from '../../core/options.js'

/**
 * How much of what a server sends is taken. An answer that goes past one rejects its action with a `ProtocolError`, and the connection goes on
 * behind it; anything else that does closes the connection with one.
 */
export interface AMILimits {
  /**
   * Bytes of one line. Asterisk sets itself none: GetConfigJSON sends a whole file as one.
   * @default 524_288
   */
  readonly maxLineBytes: number
  /**
   * Headers of one message; the lines of a command's output are not counted. @default 10_000
   */
  readonly maxHeaders: number
  /**
   * Bytes of one message, but of a command's output. ListCommands takes 9 KB, GetConfig as much as its file. @default 1_048_576
   */
  readonly maxMessageBytes: number
  /**
   * Bytes that the output of one command takes on the wire, its headers included. `module show` takes 42 KB; `database show` and `dialplan show`
   * as much as there is. @default 67_108_864
   */
  readonly maxOutputBytes: number
  /**
   * Events of one list that wait for the list's end, or for the reader of `listAction`. @default 100_000
   */
  readonly maxListEvents: number
}

/** A limit that was passed. */
export interface Excess {
  readonly limit: keyof AMILimits
  /** What came so far, in words. */
  readonly seen: string
}

const DEFAULTS: AMILimits = {
  maxLineBytes: 524_288,
  maxHeaders: 10_000,
  maxMessageBytes: 1_048_576,
  maxOutputBytes: 67_108_864,
  maxListEvents: 100_000,
}

export const LIMITS_SHAPE: OptionsShape<AMILimits> = {
  maxLineBytes: wholeNumber(1),
  maxHeaders: wholeNumber(1),
  maxMessageBytes: wholeNumber(1),
  maxOutputBytes: wholeNumber(1),
  maxListEvents: wholeNumber(1),
}

const UNITS: Readonly<Record<keyof AMILimits, string>> = {
  maxLineBytes: 'bytes in a line',
  maxHeaders: 'headers',
  maxMessageBytes: 'bytes',
  maxOutputBytes: 'bytes',
  maxListEvents: 'events',
}

/** Says what went past which limit, by which option that is set, and how much came. */
export function excessText(what: string, limits: AMILimits, { limit, seen }: Excess): string {
  return `${what} has more than ${limits[limit]} ${UNITS[limit]} (limits.${limit}): ${seen}`
}

/** Fills in the defaults. @throws TypeError or RangeError that quotes a limit which is no positive whole number. */
export function resolveLimits(limits: Optional<AMILimits> = {}): AMILimits {
  checkOptions(limits, LIMITS_SHAPE, 'limits')
  return {
    maxLineBytes: limits.maxLineBytes ?? DEFAULTS.maxLineBytes,
    maxHeaders: limits.maxHeaders ?? DEFAULTS.maxHeaders,
    maxMessageBytes: limits.maxMessageBytes ?? DEFAULTS.maxMessageBytes,
    maxOutputBytes: limits.maxOutputBytes ?? DEFAULTS.maxOutputBytes,
    maxListEvents: limits.maxListEvents ?? DEFAULTS.maxListEvents,
  }
}
