import type { AGIArgument } from '../catalog/values.js'
import type { Clock } from '../core/clock.js'
import { deferred } from '../core/deferred.js'
import type { ObservedOperation } from '../core/observer.js'
import { checkOptions } from '../core/options.js'
import { printable } from '../core/printable.js'
import { limitWait } from '../core/waiting.js'
import { shapeOf } from './command-options.js'
import { UnawaitedCommands } from './command-promise.js'
import { commandText } from './command-text.js'
import {
  AGICommandFailure,
  type AGIError,
  AGIHangupError,
  AGISessionEndedError,
  AGITimeoutError,
  TAKEN_ELSEWHERE,
} from './errors.js'
import type { AGIResponse } from './response.js'
import type { AGISessionConnection } from './session-connection.js'
import { Traffic } from './traffic.js'

/** How long to wait for a command's answer. */
export interface CommandOptions {
  /**
   * Stops waiting at once, and stops the sound of STREAM FILE, GET DATA and GET OPTION; over AMI (AsyncAGI, `new FastAGIServer({ ami })`, whose account needs
   * `call` for writing) that of CONTROL STREAM FILE, and of Playback and BackGround by EXEC, too. In AsyncAGI, GET DATA and GET OPTION still wait for keys then.
   * Nothing stops what else Asterisk does, as SAY and RECORD FILE: the next command waits for its end.
   */
  readonly signal?: AbortSignal | undefined
  /** The longest wait for the answer; afterwards the session is closed, as Asterisk may still be at it. @default Infinity */
  readonly answerTimeoutMs?: number | undefined
}

/** What tells that a session is over. */
export interface SessionSignal {
  readonly clock: Clock
  /** Aborts when the caller hangs up or the session is over; made when it is read. */
  readonly signal: AbortSignal
}

/** Sends commands over a connection, with time and signals. */
export class CommandSender {
  readonly #connection: AGISessionConnection
  readonly #clock: Clock
  readonly #session: SessionSignal
  readonly #observed: ObservedOperation | undefined
  readonly traffic = new Traffic()
  readonly unawaited = new UnawaitedCommands()

  /** @param observed who watches the commands of the program. */
  constructor(connection: AGISessionConnection, session: SessionSignal, observed: ObservedOperation | undefined) {
    this.#connection = connection
    this.#clock = session.clock
    this.#session = session
    this.#observed = observed
  }

  /** @throws what `AGIProtocol.sendCommand` gives; AGITimeoutError; the signal's reason. */
  send(command: string, args: readonly (AGIArgument | undefined)[], options: CommandOptions = {}): Promise<AGIResponse> {
    if (!this.#observed?.isWatched) return this.#send(command, args, options)
    const { channel, uniqueId } = this.#connection.env
    const facts = { channel, uniqueId, command, line: commandText(command, args) }
    return this.#observed.watch(facts, () => this.#send(command, args, options))
  }

  async #send(command: string, args: readonly (AGIArgument | undefined)[], options: CommandOptions): Promise<AGIResponse> {
    checkOptions(options, shapeOf(command))
    const { signal, answerTimeoutMs = Number.POSITIVE_INFINITY } = options
    signal?.throwIfAborted()
    const handler = this.#connection.sendCommand(command, ...args)
    const answer = deferred<AGIResponse>()
    const shown = () => commandText(command, args)
    // What is refused at once was not written.
    const answered = handler.done ? undefined : this.traffic.sent(command, args)
    handler.onResult = (response) => {
      answered?.(response)
      answer.resolve(response)
    }
    handler.onException = (error) => {
      answered?.(error as AGIError)
      this.#failed(error as AGIError, shown, answer.reject)
    }
    const stop = (reason: unknown) => {
      this.#connection.withdraw(handler)
      answer.reject(reason)
      // Whoever aborts goes on with the session; after a timeout Asterisk may still be at the command.
      if (reason === signal?.reason) this.#connection.stopSound(handler)
      else this.#connection.close()
    }
    const tooLate = () => new AGITimeoutError(`${printable(shown())} was not answered within ${answerTimeoutMs} ms`, command)
    const unlimit = limitWait({ clock: this.#clock, timeoutMs: answerTimeoutMs, signal, tooLate }, stop)
    try {
      return await answer.promise
    } finally {
      unlimit()
    }
  }

  /** A command that fails because the caller hung up is told before the hangup is. */
  #failed(error: AGIError, shown: () => string, reject: (reason: unknown) => void): void {
    if (!(error instanceof AGICommandFailure) || !error.result.startsWith('-') || this.#session.signal.aborted) {
      reject(error)
      return
    }
    const settle = () => {
      unlimit()
      const { isHungUp, isTransferred } = this.#connection
      if (isHungUp) reject(new AGIHangupError(error.command, error.response, shown()))
      else if (isTransferred) reject(new AGISessionEndedError(TAKEN_ELSEWHERE, error.command, undefined, shown()))
      else reject(error)
    }
    const limits = {
      clock: this.#clock,
      timeoutMs: this.#connection.noticeMs,
      signal: this.#session.signal,
      tooLate: () => error,
    }
    const unlimit = limitWait(limits, settle)
  }
}
