import type { AGIArgument } from '../catalog/values.js'
import { containMethods, type UnawaitedCommands } from './command-promise.js'
import type { AGICommands } from './commands.js'

/** The variables of a channel, as a small map whose methods wait for Asterisk. */
export class ChannelVariables {
  static {
    containMethods(ChannelVariables.prototype, (variables) => variables.#unawaited)
  }

  readonly #commands: AGICommands
  readonly #unawaited: UnawaitedCommands

  constructor(commands: AGICommands, unawaited: UnawaitedCommands) {
    this.#commands = commands
    this.#unawaited = unawaited
  }

  /** @throws as `getVariable`. */
  get(name: string): Promise<string | undefined> {
    return this.#commands.getVariable(name)
  }

  /** Whether it is set. @throws as `getVariable`. */
  async has(name: string): Promise<boolean> {
    return (await this.get(name)) !== undefined
  }

  /** @throws as `setVariable`. */
  set(name: string, value: AGIArgument): Promise<void> {
    return this.#commands.setVariable(name, value)
  }

  /** Sets several, in their order. @throws as `setVariable`. */
  async setAll(values: Readonly<Record<string, AGIArgument>>): Promise<void> {
    for (const [name, value] of Object.entries(values)) await this.set(name, value)
  }
}
