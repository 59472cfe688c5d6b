import type { Clock } from '../../core/clock.js'
import { deferred } from '../../core/deferred.js'
import { checkOptions, type OptionsShape, wholeNumber } from '../../core/options.js'
import { systemClock } from '../../core/system-clock.js'
import type { AudioSocketCaller } from '../audio-socket-caller.js'
import { settled } from '../virtual-clock.js'
import { AGI_CHANNEL_SHAPE, AGIChannel, type AGIChannelOptions, listeningOf } from './agi-channel.js'
import type { Listening } from './listening.js'
import { Prompts } from './prompts.js'
import { Sound, type SoundRequest, soundRequest } from './sound.js'

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
  readonly #clock: Clock
  readonly #prompts = new Prompts()
  readonly #sound = new Sound()
  /** Whether a test plays the caller, so that commands wait for what they do. */
  #isActing = false
  /** Ends what the command at work waits for. */
  #wake: (() => void) | undefined
  #isHangingUp = false

  /** @throws TypeError or RangeError that names a wrong option and quotes its value. */
  constructor(options: AGICallOptions = {}, clock: Clock = systemClock) {
    checkOptions(options, SHAPE)
    this.#clock = clock
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

  /** The sounds that the caller was played, in order. */
  get heard(): readonly string[] {
    return this.#prompts.all
  }

  /**
   * Resolves when the caller is played this sound, as STREAM FILE, GET DATA, GET OPTION, Playback and Background do: then `press` or `hangup`. From
   * the first call on the test plays the caller: a command that listens waits for keys, or until its time is over by the fake's clock.
   *
   * @throws WaitTimeoutError when it is not played in time, FakeStateError when the script ends before; both say what was played.
   */
  prompted(file: string, { timeoutMs = 5_000 }: { readonly timeoutMs?: number | undefined } = {}): Promise<void> {
    this.#isActing = true
    return this.#prompts.waitFor(file, timeoutMs)
  }

  /** Resolves when the script has this caller's sound (`agi.audioSocket`): with what the caller hears there, can say and press. */
  sound(): Promise<AudioSocketCaller> {
    return this.#sound.next()
  }

  /** Keys that the caller presses: what listens hears them, or what listens next. */
  press(keys: string): void {
    this.#channel.press(keys)
    this.#wake?.()
  }

  hangup(): void {
    if (this.isHungUp || this.#isEnded) return
    if (this.#wake !== undefined) {
      // The command at work says so.
      this.#isHangingUp = true
      this.#wake()
      return
    }
    this.#channel.isHungUp = true
    this.#sound.hangup()
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
  execute(line: string): string | Promise<string> {
    const hangsUp = this.#channel.commands.length + 1 === this.#hangupAt
    const request = this.isHungUp || hangsUp ? undefined : soundRequest(line)
    if (request !== undefined) return this.#sounds(line, request)
    const listening = this.isHungUp ? undefined : listeningOf(line)
    if (listening !== undefined) this.#prompts.played(listening.files)
    if (listening === undefined || hangsUp || !this.#isActing) return this.#answer(line, hangsUp)
    return this.#listens(listening).then(() => {
      const isHangingUp = this.#isHangingUp
      this.#isHangingUp = false
      return this.#answer(line, isHangingUp)
    })
  }

  async #sounds(line: string, request: SoundRequest): Promise<string> {
    const isReached = await this.#sound.run(request)
    const reply = this.#answer(line, this.isHungUp)
    return isReached ? reply : '200 result=-1\n'
  }

  #answer(line: string, hangsUp: boolean): string {
    const reply = this.#channel.execute(line, hangsUp)
    this.#executed(line, reply)
    return reply
  }

  get isHungUp(): boolean {
    return this.#channel.isHungUp
  }

  /** Until the caller has pressed enough, has hung up, or the time is over. */
  async #listens({ timeoutMs, isEnough }: Listening): Promise<void> {
    this.#wake = () => undefined
    // The test has its turn when the sound is played.
    if (timeoutMs === 0) await settled()
    else
      while (!this.#isHangingUp && !this.#isEnded && !isEnough(this.#channel.keys)) {
        if (!(await this.#acts(timeoutMs))) break
      }
    this.#wake = undefined
  }

  /** Whether the caller did something before the time was over. */
  async #acts(timeoutMs: number): Promise<boolean> {
    const acted = deferred<boolean>()
    this.#wake = () => acted.resolve(true)
    const cancel = timeoutMs < 0 ? () => undefined : this.#clock.after(timeoutMs, () => acted.resolve(false))
    const hasActed = await acted.promise
    cancel()
    return hasActed
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
    this.#wake?.()
    this.#prompts.end()
    const { isHungUp, hasFailed } = this.#channel
    this.#ended.resolve(status === 'FAILURE' || (hasFailed && !isHungUp) ? 'FAILURE' : isHungUp ? 'HANGUP' : 'SUCCESS')
  }
}
