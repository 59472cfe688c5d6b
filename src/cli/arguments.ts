import { parseArgs } from 'node:util'
import { quote } from '../core/checks.js'
import { unknownName } from '../core/options.js'
import type { CommandOptions } from './command-options.js'
import { UsageError } from './usage-error.js'

const HELP = { help: { type: 'boolean' } } as const
/** Timers take no more milliseconds than 31 bits hold, nor does Asterisk. */
export const MOST_SECONDS = 2_147_483
const URL_START = /^[a-z][a-z0-9+.-]*:\/\//i

/** What was typed behind the command's name. */
export class Arguments {
  readonly #values: Readonly<Record<string, unknown>>
  /** Without the URL, if there is one. */
  readonly positionals: readonly string[]

  private constructor(values: Readonly<Record<string, unknown>>, positionals: readonly string[]) {
    this.#values = values
    this.positionals = positionals
  }

  /** Of a command that takes a URL, one that stands among the others is taken for it. @throws UsageError */
  static parse(args: readonly string[], options: CommandOptions): Arguments {
    const { values, positionals } = parsed(args, options)
    const at = 'url' in options && values.url === undefined ? positionals.findIndex((each) => URL_START.test(each)) : -1
    if (at < 0) return new Arguments(values, positionals)
    return new Arguments({ ...values, url: positionals[at] }, positionals.toSpliced(at, 1))
  }

  text(name: string): string | undefined {
    const value = this.#values[name]
    return typeof value === 'string' ? value : undefined
  }

  texts(name: string): readonly string[] {
    const value = this.#values[name]
    return Array.isArray(value) ? value : []
  }

  flag(name: string): boolean {
    return this.#values[name] === true
  }

  /** A number from `least` to `most`; undefined where the option is not given. @throws UsageError */
  number(name: string, least = 0, most = Number.POSITIVE_INFINITY): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const number = text.trim() === '' ? Number.NaN : Number(text)
    if (number >= least && number <= most) return number
    const range = most === Number.POSITIVE_INFINITY ? `from ${least} up` : `from ${least} to ${most}`
    throw new UsageError(`--${name} must be a number ${range}, not ${quote(text)}`)
  }

  /** Exactly these many. `what`: the names of the arguments, as the usage has them. @throws UsageError */
  take(...what: readonly string[]): string[] {
    const { positionals } = this
    const missing = what[positionals.length]
    if (missing !== undefined) throw new UsageError(`${missing} is missing`)
    const more = positionals[what.length]
    if (more !== undefined) throw new UsageError(`${quote(more)} is one argument too many${urlAdvice(more)}`)
    return [...positionals]
  }
}

/** How a URL is written, behind what may be one. */
export function urlAdvice(text: string): string {
  return text.includes('@') ? '; a URL is written ami://username:secret@host' : ''
}

function parsed(
  args: readonly string[],
  options: CommandOptions,
): { readonly values: Readonly<Record<string, unknown>>; readonly positionals: readonly string[] } {
  const all = {
    ...Object.fromEntries(Object.entries(options).map(([name, { type, multiple = false }]) => [name, { type, multiple }])),
    ...HELP,
  }
  try {
    return parseArgs({ args: [...args], options: all, allowPositionals: true, strict: true })
  } catch (error) {
    throw new UsageError(complaint(error as Error & { code?: string }, Object.keys(all)), { cause: error })
  }
}

function complaint({ code, message }: Error & { code?: string }, known: readonly string[]): string {
  const [, option = ''] = /'(-[^' ]*)/.exec(message) ?? []
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
    return unknownName(
      'option',
      option,
      known.map((name) => `--${name}`),
    ).message
  // Node.js goes on with how to give a value that begins with a dash.
  return message.split('\n')[0]?.split('. ')[0] ?? message
}
