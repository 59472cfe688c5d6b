import type { AGICommandMap } from '../catalog/agi-commands.js'
import type { AGIArgument } from '../catalog/values.js'
import type { Unlisted } from '../core/unlisted.js'

/** The name of an AGI command that the catalog lists. */
export type AGICommandName = keyof AGICommandMap & string

/** What follows the name of a command: the arguments of the catalog, or any. */
export type AGICommandArguments<Command extends string> = Command extends Unlisted
  ? readonly AGIArgument[]
  : Command extends AGICommandName
    ? AGICommandMap[Command]
    : readonly AGIArgument[]
