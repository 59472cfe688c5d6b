import type { AGIArgument } from '../catalog/values.js'
import type { CommandOptions } from './command-sender.js'
import type { AGICommands } from './commands.js'
import { AGIHangupError, AGISessionEndedError } from './errors.js'

/** How an application ended that takes the caller to somebody. */
export interface ApplicationEnd {
  /** What it gave: -1 where it wants the channel to be hung up. */
  readonly result: number
  readonly isHungUp: boolean
  /** The variables that were asked for, in their order; undefined where they cannot be read any more, as over AsyncAGI after a hangup. */
  readonly values: readonly string[] | undefined
}

/**
 * Runs an application, and reads variables when it is over: also when the caller hung up meanwhile.
 *
 * @param names the last may hold commas.
 * @throws as `exec`, but for the hangup.
 */
export async function runToItsEnd(
  commands: AGICommands,
  application: string,
  args: readonly AGIArgument[],
  names: readonly string[],
  options: CommandOptions,
): Promise<ApplicationEnd> {
  const { signal, answerTimeoutMs } = options
  const expression = names.map((name) => `\${${name}}`).join(',')
  const read = async () => partsOf((await commands.getFullVariable(expression)) ?? '', names.length)
  try {
    const result = await commands.exec(application, args, { signal, answerTimeoutMs })
    return { result, isHungUp: false, values: await read() }
  } catch (error) {
    if (!(error instanceof AGIHangupError)) throw error
    return { result: Number(error.response?.result ?? -1), isHungUp: true, values: await read().catch(whereOver) }
  }
}

/** The session may be over with the call. */
function whereOver(error: unknown): undefined {
  if (!(error instanceof AGIHangupError || error instanceof AGISessionEndedError)) throw error
  return undefined
}

function partsOf(text: string, count: number): string[] {
  const parts = text.split(',')
  return [...parts.slice(0, count - 1), parts.slice(count - 1).join(',')]
}
