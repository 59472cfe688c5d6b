import type { OptionKind } from '../core/options.js'
import type { AGICommands, InterruptOptions } from './commands.js'

/** Something that can be said. */
export type Utterance =
  | { readonly number: number; readonly gender?: string | undefined }
  | { readonly digits: number | string }
  | { readonly alpha: string }
  | { readonly phonetic: string }
  | { readonly date: Date }
  | { readonly time: Date }
  | { readonly datetime: Date; readonly format?: string | undefined; readonly timezone?: string | undefined }
  | { readonly file: string }

/** What a caller is told: the name of a file, something to say, or several of them in their order. */
export type Prompt = string | Utterance | readonly (string | Utterance)[]

export const promptKind: OptionKind = {
  expected: 'a file, something to say, or a list of them',
  accepts: (value) => typeof value === 'string' || (typeof value === 'object' && value !== null),
}

/** The parts of a prompt. A file that stands as an object is its name. */
export function partsOf(prompt: Prompt): readonly (string | Utterance)[] {
  const parts = Array.isArray(prompt) ? (prompt as readonly (string | Utterance)[]) : [prompt as string | Utterance]
  return parts.map((part) => (typeof part === 'object' && 'file' in part ? part.file : part))
}

/** Plays and says one part after the other, until a key of `escapeDigits` is pressed. The key, if one was. */
export async function speak(commands: AGICommands, prompt: Prompt, options: InterruptOptions): Promise<string | undefined> {
  for (const part of partsOf(prompt)) {
    const { digit } = await speakOne(commands, part, options)
    if (digit !== undefined) return digit
  }
  return undefined
}

function speakOne(
  commands: AGICommands,
  what: string | Utterance,
  options: InterruptOptions,
): Promise<{ readonly digit: string | undefined }> {
  if (typeof what === 'string') return commands.streamFile(what, options)
  if ('number' in what) return commands.sayNumber(what.number, { ...options, gender: what.gender })
  if ('digits' in what) return commands.sayDigits(what.digits, options)
  if ('alpha' in what) return commands.sayAlpha(what.alpha, options)
  if ('phonetic' in what) return commands.sayPhonetic(what.phonetic, options)
  if ('date' in what) return commands.sayDate(what.date, options)
  if ('time' in what) return commands.sayTime(what.time, options)
  if ('datetime' in what) {
    const { datetime, ...rest } = what
    return commands.sayDatetime(datetime, { ...options, ...rest })
  }
  throw new TypeError(
    `what is said is a file, a number, digits, alpha, phonetic, a date, a time or a datetime, not ${JSON.stringify(what)}`,
  )
}
