import { checkOptions, type OptionsShape, wholeNumber } from '../../core/options.js'

/** How much of what a server sends is taken. Past a limit the connection is closed with a `ProtocolError`. */
export interface AMILimits {
  /**
   * Bytes of one line. Asterisk sets itself none: GetConfigJSON sends a whole file as one.
   * @default 524_288
   */
  readonly maxLineBytes: number
  /**
   * Headers of one message. @default 10_000
   */
  readonly maxHeaders: number
  /**
   * Bytes of one message. The largest seen is 27 KB. @default 1_048_576
   */
  readonly maxMessageBytes: number
  /**
   * Events of one list that wait for the list's end, or for the reader of `listAction`. @default 100_000
   */
  readonly maxListEvents: number
}

const DEFAULTS: AMILimits = {
  maxLineBytes: 524_288,
  maxHeaders: 10_000,
  maxMessageBytes: 1_048_576,
  maxListEvents: 100_000,
}

export const LIMITS_SHAPE: OptionsShape<AMILimits> = {
  maxLineBytes: wholeNumber(1),
  maxHeaders: wholeNumber(1),
  maxMessageBytes: wholeNumber(1),
  maxListEvents: wholeNumber(1),
}

/** Fills in the defaults. @throws TypeError or RangeError that quotes a limit which is no positive whole number. */
export function resolveLimits(limits: Partial<AMILimits> = {}): AMILimits {
  checkOptions(limits, LIMITS_SHAPE, 'limits')
  return {
    maxLineBytes: limits.maxLineBytes ?? DEFAULTS.maxLineBytes,
    maxHeaders: limits.maxHeaders ?? DEFAULTS.maxHeaders,
    maxMessageBytes: limits.maxMessageBytes ?? DEFAULTS.maxMessageBytes,
    maxListEvents: limits.maxListEvents ?? DEFAULTS.maxListEvents,
  }
}
