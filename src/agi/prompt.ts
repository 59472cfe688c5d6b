import type { Clock } from '../core/clock.js'
import {
  abortSignal,
  amount,
  anyObject,
  callback,
  checkOptions,
  either,
  milliseconds,
  type OptionKind,
  type OptionsShape,
  wholeNumber,
} from '../core/options.js'
import type { AGICommands } from './commands.js'
import { withinTime } from './time-limit.js'
import { type Prompt, partsOf, promptKind, speak, type Utterance } from './utterance.js'

/** How callers are asked for keys. */
export interface AskOptions {
  /** What is played when nothing is pressed, before the prompt is played again. */
  readonly noInput?: Prompt | undefined
  /** What is played when the keys are not right, before the prompt is played again. */
  readonly invalid?: Prompt | undefined
  /** How often it asks. @default 3 */
  readonly attempts?: number | undefined
  /** How long to wait for each key. @default what `getData` has; a menu waits 6_000 */
  readonly timeoutMs?: number | undefined
  /** How long all of it may take; then it ends as when nothing is pressed. @default Infinity */
  readonly totalTimeoutMs?: number | undefined
  /** Ends it; it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** Whether digits are right, and what is played when they are not. */
export interface Validator {
  /** What it throws, the prompt throws. */
  readonly validate: (digits: string) => boolean | Promise<boolean>
  /** @default the prompt's own `invalid` */
  readonly invalid?: Prompt | undefined
}

export interface PromptOptions extends AskOptions {
  /** How many digits there are at the most; that many need no `#`. From 1 to 1,023. @default 1,023 */
  readonly maxDigits?: number | undefined
  /** Whether the digits are right, or several such questions, the first that says no being the one that counts. @default at least one digit */
  readonly validate?: Validator['validate'] | readonly Validator[] | undefined
  /**
   * The key that takes the entry back: one of 0-9, `*` and `#`. As the first key it does so at once; later, when the entry ends by `#`, by its length or
   * by the time. @default none
   */
  readonly cancelKey?: string | undefined
}

/** What a caller entered. */
export interface PromptResult {
  /** What was pressed last; empty where nothing was, and where it was cancelled. */
  readonly digits: string
  /** `digits`: they are right. The others: in the last attempt nothing was pressed, or something wrong; the key that cancels was. */
  readonly end: 'digits' | 'noInput' | 'invalid' | 'cancelled'
}

const key: OptionKind = {
  expected: 'one key of 0-9, * and #',
  accepts: (value) => typeof value === 'string' && /^[0-9*#]$/.test(value),
}
export const ASK_SHAPE: OptionsShape<AskOptions> = {
  noInput: promptKind,
  invalid: promptKind,
  attempts: amount,
  timeoutMs: milliseconds(),
  totalTimeoutMs: milliseconds(),
  signal: abortSignal,
}
const PROMPT_SHAPE: OptionsShape<PromptOptions> = {
  ...ASK_SHAPE,
  maxDigits: wholeNumber(1, 1_023),
  validate: either(callback, anyObject),
  cancelKey: key,
}

export const ALL_KEYS = '0123456789*#'
const NO_INPUT: PromptResult = { digits: '', end: 'noInput' }
const CANCELLED: PromptResult = { digits: '', end: 'cancelled' }

/** What came of one attempt. */
interface Entry {
  readonly digits: string
  /** Whether the time was up; else `#` or the length ended it. */
  readonly timedOut: boolean
}

/** Asks for digits, and again when they are not right. */
export async function prompt(commands: AGICommands, clock: Clock, what: Prompt, options: PromptOptions): Promise<PromptResult> {
  checkOptions(options, PROMPT_SHAPE)
  const { totalTimeoutMs = Number.POSITIVE_INFINITY, signal } = options
  const asked = await withinTime(clock, totalTimeoutMs, signal, (limit) => ask(commands, what, options, limit))
  return asked ?? NO_INPUT
}

async function ask(commands: AGICommands, what: Prompt, options: PromptOptions, signal: AbortSignal): Promise<PromptResult> {
  const { noInput = [], invalid = [], attempts = 3 } = options
  let last = NO_INPUT
  let before: Prompt = []
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const entry = await collect(commands, [...partsOf(before), ...partsOf(what)], options, signal)
    if (isCancelled(entry, options)) return CANCELLED
    const isSilent = entry.digits === '' && entry.timedOut
    const wrong = isSilent ? undefined : await firstWrong(options.validate, entry.digits)
    if (!isSilent && wrong === undefined) return { digits: entry.digits, end: 'digits' }
    last = isSilent ? NO_INPUT : { digits: entry.digits, end: 'invalid' }
    before = isSilent ? noInput : (wrong?.invalid ?? invalid)
  }
  return last
}

/** Plays the prompt, whose every part keys cut through, and collects digits. */
async function collect(
  commands: AGICommands,
  parts: readonly (string | Utterance)[],
  { maxDigits, timeoutMs, cancelKey }: PromptOptions,
  signal: AbortSignal,
): Promise<Entry> {
  // The file at its end is played by the command that collects digits: between two commands Asterisk drops keys.
  const last = parts.at(-1)
  const [said, name] = typeof last === 'string' ? [parts.slice(0, -1), last] : [parts, '']
  let digits = await speak(commands, said, { escapeDigits: ALL_KEYS, signal })
  if (digits === '#') return { digits: '', timedOut: false }
  if (digits === undefined && cancelKey === undefined) return commands.getData(name, { maxDigits, timeoutMs, signal })
  if (digits === undefined) {
    const first = await commands.getData(name, { maxDigits: 1, timeoutMs, signal })
    if (first.digits === '' || first.digits === cancelKey) return first
    digits = first.digits
  }
  if (maxDigits === 1 || digits === cancelKey) return { digits, timedOut: false }
  const rest = await commands.getData('', { maxDigits: maxDigits === undefined ? undefined : maxDigits - 1, timeoutMs, signal })
  return { digits: digits + rest.digits, timedOut: rest.timedOut }
}

/** Asterisk takes `#` for the end, which is no digit. */
function isCancelled({ digits, timedOut }: Entry, { cancelKey, maxDigits }: PromptOptions): boolean {
  if (cancelKey === undefined) return false
  return cancelKey === '#' ? !timedOut && digits.length !== maxDigits : digits.includes(cancelKey)
}

const AT_LEAST_ONE: Validator = { validate: (digits) => digits !== '' }

async function firstWrong(validate: PromptOptions['validate'], digits: string): Promise<Validator | undefined> {
  const all = typeof validate === 'function' ? [{ validate }] : (validate ?? [AT_LEAST_ONE])
  for (const each of all) if (!(await each.validate(digits))) return each
  return undefined
}
