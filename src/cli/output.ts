import { printable } from '../core/printable.js'
import type { Environment } from '../node/client-environment.js'

/** Where text goes: `process.stdout` is one. */
export interface Sink {
  readonly isTTY?: boolean | undefined
  write(text: string): unknown
}

/** How text stands out on a terminal. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

const CODES: Readonly<Record<Style, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 }

/** What the command prints: results to stdout, everything else to stderr. Colours only where a terminal shows them. */
export class Output {
  readonly #stdout: Sink
  readonly #stderr: Sink
  readonly #hasColours: boolean

  constructor(stdout: Sink, stderr: Sink, env: Environment) {
    this.#stdout = stdout
    this.#stderr = stderr
    // https://no-color.org: set to anything but the empty text.
    this.#hasColours = stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
  }

  /** A line of the result. */
  print(line = ''): void {
    this.#stdout.write(`${line}\n`)
  }

  /** A line of the result for programs. */
  printJSON(value: unknown): void {
    this.print(JSON.stringify(value))
  }

  /** A line beside the result: what went wrong, what is waited for. */
  note(line: string): void {
    this.#stderr.write(`${line}\n`)
  }

  styled(style: Style, text: string): string {
    return this.#hasColours ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text
  }
}

/** Text of a server's, whole and on one line, without what moves a terminal's cursor; tabs stay. */
export function safe(text: string): string {
  return text
    .split('\t')
    .map((part) => printable(part, Number.POSITIVE_INFINITY))
    .join('\t')
}

/** Rows with their columns under each other; the last one is as long as it is. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>((all, row) => row.map((cell, at) => Math.max(all[at] ?? 0, cell.length)), [])
  return rows.map((row) => row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))).join('  '))
}

/** The time of day of this machine, as 13:05:09.123. */
export function timeOfDay(at: Date): string {
  const two = (number: number) => String(number).padStart(2, '0')
  const seconds = `${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`
  return `${two(at.getHours())}:${two(at.getMinutes())}:${seconds}`
}
