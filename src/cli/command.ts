import type { Environment } from '../node/client-environment.js'
import type { Arguments } from './arguments.js'
import type { CommandOptions } from './command-options.js'
import type { Output } from './output.js'

/** 0: it is done. 1: it failed. 2: it could not be done, or cannot be told. */
export type ExitCode = 0 | 1 | 2

/** Where a command runs. */
export interface Context {
  readonly output: Output
  readonly env: Environment
  /** Aborts at Ctrl-C, at SIGTERM, and when nobody reads the output any more. */
  readonly signal: AbortSignal
  /** Asks at the terminal; undefined where nobody could answer. */
  readonly confirm?: ((question: string) => Promise<boolean>) | undefined
}

/** One command of `obelus`. */
export interface Command {
  /** What stands behind its name. */
  readonly usage: string
  /** What it does, for its help. */
  readonly description: readonly string[]
  readonly options: CommandOptions
  readonly examples: readonly string[]
  run(args: Arguments, context: Context): Promise<ExitCode>
}
