import type { AGIArgument } from '../catalog/values.js'
import { printable } from '../core/printable.js'
import { redactText } from '../core/redaction.js'

/** A command with its arguments as errors and traces show it: on one line, without secrets. */
export function commandText(command: string, args: readonly (AGIArgument | undefined)[]): string {
  const words = args.filter((each) => each !== undefined).map((each) => JSON.stringify(String(each)))
  return printable(redactText([command, ...words].join(' ')), Number.POSITIVE_INFINITY)
}
