import { type OptionsShape, required, text } from '../../core/options.js'
import { FakeStateError } from '../errors.js'
import type { FakeChannel } from './fake-channel.js'
import type { DialplanRunner } from './runner.js'
import type { Switchboard } from './switchboard.js'

/** Who calls in, and what. */
export interface IncomingCall {
  /** The extension that is called. */
  readonly to: string
  /** The caller, as `"Ann" <100>` or a number. @default withheld */
  readonly from?: string | undefined
  /** The technology and the endpoint that the call comes from. @default 'PJSIP/trunk' */
  readonly trunk?: string | undefined
  /** @default 'default' */
  readonly context?: string | undefined
}

export const INCOMING_CALL_SHAPE: OptionsShape<IncomingCall> = { to: required(text), from: text, trunk: text, context: text }

/** Somebody who called the fake from outside, and what they can do on their telephone. */
export class Caller {
  readonly #board: Switchboard
  readonly #runner: DialplanRunner
  readonly #channel: FakeChannel

  private constructor(board: Switchboard, runner: DialplanRunner, channel: FakeChannel) {
    this.#board = board
    this.#runner = runner
    this.#channel = channel
  }

  /** @internal */
  static of(board: Switchboard, runner: DialplanRunner, channel: FakeChannel): Caller {
    return new Caller(board, runner, channel)
  }

  /** The name of the caller's channel. */
  get channel(): string {
    return this.#channel.name
  }

  get uniqueId(): string {
    return this.#channel.uniqueId
  }

  /** Whether the call is there still. */
  get isThere(): boolean {
    return !this.#channel.isGone
  }

  /** Hangs up, with a Q.850 cause in the BYE, or without one as most telephones do. */
  hangup(cause?: number): void {
    this.#board.hangUpPhone(this.#channel, cause)
  }

  /** Presses digits, each for 100 ms. */
  press(digits: string): void {
    this.#requireThere()
    for (const digit of digits) this.#board.digit(this.#channel, digit, 100)
  }

  hold(): void {
    this.#requireThere()
    this.#board.hold(this.#channel)
  }

  unhold(): void {
    this.#requireThere()
    this.#board.unhold(this.#channel)
  }

  /**
   * Connects whom the caller talks with to an extension, and leaves: a blind transfer (SIP's REFER).
   *
   * @throws FakeStateError when that is nobody.
   */
  transfer(exten: string, context: string = this.#channel.context): void {
    this.#requireThere()
    const transferee = this.#board.blindTransfer(this.#channel, context, exten)
    if (transferee === undefined) throw new FakeStateError(`${this.channel} is connected to nobody who could be transferred`)
    this.#board.hangup(this.#channel, 16)
    this.#runner.run(transferee, context, exten)
  }

  /** Resolves when the caller's channel is gone. */
  ended(): Promise<void> {
    return this.#channel.gone.promise
  }

  #requireThere(): void {
    if (this.#channel.isGone) throw new FakeStateError(`${this.channel} has hung up`)
  }
}
