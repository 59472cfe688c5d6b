import { abortSignal, flag, milliseconds, type OptionKind, oneOf, text, wholeNumber } from '../core/options.js'

type Shape = Readonly<Record<string, OptionKind>>

/** What every command takes. */
export const ANY_COMMAND = { signal: abortSignal, answerTimeoutMs: milliseconds() } satisfies Shape
/** What every command takes that keys can end. */
export const INTERRUPTED: Shape = { ...ANY_COMMAND, escapeDigits: text }

/** What the methods take of which there is more. */
const SHAPES: Readonly<Record<string, Shape>> = {
  'CONTROL STREAM FILE': {
    ...INTERRUPTED,
    skipMs: milliseconds(0),
    forward: text,
    rewind: text,
    pause: text,
    offsetMs: milliseconds(0),
  },
  'GET DATA': { ...ANY_COMMAND, timeoutMs: milliseconds(), maxDigits: wholeNumber(1) },
  'GET OPTION': { ...INTERRUPTED, timeoutMs: milliseconds() },
  'RECORD FILE': {
    ...INTERRUPTED,
    timeoutMs: milliseconds(0),
    offset: wholeNumber(0),
    beep: flag,
    silenceMs: milliseconds(),
  },
  'SAY ALPHA': { ...INTERRUPTED, letterCase: oneOf('all', 'lower', 'none', 'upper') },
  'SAY DATE': INTERRUPTED,
  'SAY DATETIME': { ...INTERRUPTED, format: text, timezone: text },
  'SAY DIGITS': INTERRUPTED,
  'SAY NUMBER': { ...INTERRUPTED, gender: text },
  'SAY PHONETIC': INTERRUPTED,
  'SAY TIME': INTERRUPTED,
  'SPEECH RECOGNIZE': { ...ANY_COMMAND, timeoutMs: milliseconds(0), offset: wholeNumber(0) },
  'STREAM FILE': { ...INTERRUPTED, offset: wholeNumber(0) },
}

/** The options of the method that sends a command. */
export function shapeOf(command: string): Shape {
  return SHAPES[command] ?? ANY_COMMAND
}
