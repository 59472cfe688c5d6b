import type { Clock } from '../core/clock.js'
import { checkOptions } from '../core/options.js'
import type { AGICommands } from './commands.js'
import { ALL_KEYS, ASK_SHAPE, type AskOptions } from './prompt.js'
import { withinTime } from './time-limit.js'
import { type Prompt, partsOf, speak } from './utterance.js'

export type MenuOptions = AskOptions

/** What is done for keys: for one (`'1'`, `'*'`), for several (`'12'`), for each of a range (`'200-299'`). It is given what was pressed. */
export type MenuChoices<Result = unknown> = Readonly<Record<string, (keys: string) => Result | Promise<Result>>>

/** What one of these choices gives. */
export type MenuResult<Choices extends MenuChoices> = Awaited<ReturnType<Choices[keyof Choices]>>

type Choice = (keys: string) => unknown

/** Plays a prompt, waits for the keys of a choice and does what belongs to it. */
export async function menu(
  commands: AGICommands,
  clock: Clock,
  what: Prompt,
  choices: MenuChoices,
  options: MenuOptions,
): Promise<unknown> {
  const ranges = Object.entries(choices).map(([keys, choice]) => rangeOf(keys, choice))
  checkOptions(options, ASK_SHAPE)
  const { totalTimeoutMs = Number.POSITIVE_INFINITY, signal } = options
  const chosen = await withinTime(clock, totalTimeoutMs, signal, (limit) => choose(commands, what, ranges, options, limit))
  return chosen?.()
}

async function choose(
  commands: AGICommands,
  what: Prompt,
  ranges: readonly Range[],
  options: MenuOptions,
  signal: AbortSignal,
): Promise<(() => unknown) | undefined> {
  const { timeoutMs = 6_000, noInput = [], invalid = [], attempts = 3 } = options
  let before: Prompt = []
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const nextKey = async () => (await commands.waitForDigit(timeoutMs, { signal })).digit
    const first = await speak(commands, [...partsOf(before), ...partsOf(what)], { escapeDigits: ALL_KEYS, signal })
    const keys = await keysFrom(first ?? (await nextKey()) ?? '', ranges, nextKey)
    const chosen = ranges.find((range) => range.has(keys))
    if (chosen !== undefined) return () => chosen.choice(keys)
    before = keys === '' ? noInput : invalid
  }
  return undefined
}

/** Reads on while more keys could make another choice. `#` ends it, where it is part of none. */
async function keysFrom(first: string, ranges: readonly Range[], nextKey: () => Promise<string | undefined>): Promise<string> {
  let keys = first
  while (keys !== '' && ranges.some((range) => range.continues(keys))) {
    const next = await nextKey()
    if (next === undefined) break
    const more = keys + next
    if (next === '#' && !ranges.some((range) => range.has(more) || range.continues(more))) break
    keys = more
  }
  return keys
}

/** The keys of one choice. */
interface Range {
  readonly choice: Choice
  has(keys: string): boolean
  /** Whether keys that it has begin so. */
  continues(keys: string): boolean
}

/** @throws TypeError for what are no keys. */
function rangeOf(text: string, choice: Choice): Range {
  const [, from = text, to = text] = /^(\d+)-(\d+)$/.exec(text) ?? []
  if (!/^[0-9*#]+$/.test(from) || from.length !== to.length || from > to)
    throw new TypeError(
      `a choice of a menu is keys of 0-9, * and #, or a range of numbers as long as each other such as 200-299, not ${JSON.stringify(text)}`,
    )
  const isSame = from === to
  return {
    choice,
    has: (keys) => keys.length === from.length && (isSame ? keys === from : /^\d+$/.test(keys) && keys >= from && keys <= to),
    continues: (keys) =>
      keys.length < from.length &&
      (isSame ? from.startsWith(keys) : keys.padEnd(to.length, '0') <= to && keys.padEnd(from.length, '9') >= from),
  }
}
