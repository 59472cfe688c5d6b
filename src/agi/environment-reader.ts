import { printable } from '../core/printable.js'
import { type AGIEnvironment, environmentOf } from './environment.js'
import { mayBeOver, variableName, variablesOf } from './environment-variables.js'
import { AGIProtocolError } from './errors.js'

/** How much a peer may say before its first command. */
export interface EnvironmentLimits {
  /** @default 65_536 */
  readonly maxEnvironmentBytes: number
  /** @default 1_000 */
  readonly maxEnvironmentVariables: number
}

/** An environment that is complete. */
export interface ReadEnvironment {
  readonly env: AGIEnvironment
  /** What to tell of values that hold lines of the form of variables; undefined where none does. */
  readonly warning: string | undefined
}

/** Gathers the lines of an environment until it is complete. */
export class EnvironmentReader {
  readonly #limits: EnvironmentLimits
  readonly #lines: string[] = []
  readonly #names = new Set<string>()
  #variables = 0
  #bytes = 0

  constructor(limits: EnvironmentLimits) {
    this.#limits = limits
  }

  /**
   * Takes the lines of one piece of what comes. Gives how many of them belong to the environment when it is complete. An empty line ends it, unless
   * more of it follows in the same piece: then it is part of a value.
   *
   * @throws AGIProtocolError when it is no environment, or too large.
   */
  read(lines: readonly string[]): number | undefined {
    const last = lines.findLastIndex((line) => variableName(line) !== undefined)
    for (const [at, line] of lines.entries()) {
      if (line === '' && at > last && this.#lines.length > 0 && mayBeOver(this.#names)) return at + 1
      this.#add(line)
    }
    return undefined
  }

  /** What has come so far. */
  end(): ReadEnvironment {
    const { variables, imitations } = variablesOf(this.#lines)
    return { env: environmentOf(variables), warning: warningOf(imitations) }
  }

  #add(line: string): void {
    const { maxEnvironmentBytes, maxEnvironmentVariables } = this.#limits
    this.#bytes += line.length + 1
    if (this.#bytes > maxEnvironmentBytes)
      throw new AGIProtocolError(`The environment takes more than ${maxEnvironmentBytes} bytes`)
    const name = variableName(line)
    if (name !== undefined) {
      this.#names.add(name)
      this.#variables += 1
    } else if (this.#lines.length === 0)
      throw new AGIProtocolError(`This is no AGI environment: it begins with "${printable(line, 80)}"`)
    if (this.#variables > maxEnvironmentVariables)
      throw new AGIProtocolError(`The environment has more than ${maxEnvironmentVariables} variables`)
    this.#lines.push(line)
  }
}

/** Reads all of an environment at once. */
export function readEnvironment(text: string, limits: EnvironmentLimits): ReadEnvironment {
  const reader = new EnvironmentReader(limits)
  if (text !== '') reader.read(text.split('\n'))
  return reader.end()
}

function warningOf(imitations: ReadonlyMap<string, readonly string[]>): string | undefined {
  if (imitations.size === 0) return undefined
  const held = [...imitations].map(
    ([name, inside]) => `${name} holds lines of the form of ${printable([...new Set(inside)].join(', '))}`,
  )
  return `somebody may try to forge variables of AGI: ${held.join('; ')}. They were taken as part of that value`
}
