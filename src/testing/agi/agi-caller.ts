import { deferred } from '../../core/deferred.js'
import { checkOptions, type OptionsShape, wholeNumber } from '../../core/options.js'
import { AGI_CHANNEL_SHAPE, AGIChannel, type AGIChannelOptions } from './agi-channel.js'

/** How the simulated Asterisk reaches the script. */
export interface AGICallerWire {
  /** Signals to the script that the caller hung up, where the transport has such a signal. */
  hangup(): void
}

/** What `AGISTATUS` is in the dialplan after a script. */
export type AGIStatus = 'SUCCESS' | 'FAILURE' | 'HANGUP'

export interface AGICallOptions extends AGIChannelOptions {
  /** The caller hangs up while this command runs, counted from 1; 0: before the first. @default never */
  readonly hangupAt?: number | undefined
}

const SHAPE: OptionsShape<AGICallOptions> = { ...AGI_CHANNEL_SHAPE, hangupAt: wholeNumber(0) }

/** A simulated caller of a script: presses keys when it listens, and hangs up on command. */
export class AGICaller {
  readonly #channel: AGIChannel
  readonly #hangupAt: number
  readonly #ended = deferred<AGIStatus>()
  #wire: AGICallerWire = { hangup: () => undefined }
  #executed: (line: string, reply: string) => void = () => undefined
  #isEnded = false

  /** @throws TypeError or RangeError that names a wrong option and quotes its value. */
  constructor(options: AGICallOptions = {}) {
    checkOptions(options, SHAPE)
    this.#channel = new AGIChannel(options)
    this.#hangupAt = options.hangupAt ?? Number.POSITIVE_INFINITY
  }

  /** The commands that came, as they were written. */
  get commands(): readonly string[] {
    return this.#channel.commands
  }

  /** What the dialplan gave the script. */
  get args(): readonly string[] {
    return this.#channel.args
  }

  /** The channel's variables. */
  get variables(): ReadonlyMap<string, string> {
    return this.#channel.variables
  }

  /** Asterisk's database, as `family/key`. */
  get database(): ReadonlyMap<string, string> {
    return this.#channel.database
  }

  get isAnswered(): boolean {
    return this.#channel.isAnswered
  }

  /** Keys that the caller presses when the script listens next. */
  press(keys: string): void {
    this.#channel.press(keys)
  }

  hangup(): void {
    if (this.#channel.isHungUp || this.#isEnded) return
    this.#channel.isHungUp = true
    this.#wire.hangup()
  }

  /** Resolves with AGISTATUS when the script has ended. */
  ended(): Promise<AGIStatus> {
    return this.#ended.promise
  }

  /** Calls `listener` with each command and Asterisk's answer to it. @internal */
  onCommand(listener: (line: string, reply: string) => void): void {
    this.#executed = listener
  }

  /** The script can be reached from now on. @internal */
  connected(wire: AGICallerWire): void {
    this.#wire = wire
    if (this.#hangupAt === 0) this.hangup()
  }

  /** The environment that the script is given. @internal */
  environment(network: { readonly request: string; readonly script?: string | undefined }): string {
    return this.#channel.environment(network)
  }

  /** Asterisk's answer to a command. @internal */
  execute(line: string): string {
    const hangsUp = this.#channel.commands.length + 1 === this.#hangupAt
    const reply = this.#channel.execute(line, hangsUp)
    this.#executed(line, reply)
    return reply
  }

  get isHungUp(): boolean {
    return this.#channel.isHungUp
  }

  /** The value of a variable, for Getvar. @internal */
  variable(name: string): string | undefined {
    return this.#channel.variable(name)
  }

  /** For Setvar. @internal */
  setVariable(name: string, value: string): void {
    this.#channel.variables.set(name, value)
  }

  /** The script has ended. @internal */
  finished(status: AGIStatus): void {
    this.#isEnded = true
    const { isHungUp, hasFailed } = this.#channel
    this.#ended.resolve(status === 'FAILURE' || (hasFailed && !isHungUp) ? 'FAILURE' : isHungUp ? 'HANGUP' : 'SUCCESS')
  }
}
