/** One option of a command. */
export interface CommandOption {
  readonly type: 'string' | 'boolean'
  readonly multiple?: boolean | undefined
  /** What the help calls its value. */
  readonly value?: string | undefined
  readonly help: string
}

/** The options of a command by their names. */
export type CommandOptions = Readonly<Record<string, CommandOption>>
