import type { AGIArgument } from '../catalog/values.js'
import type { Handler } from '../core/handler.js'
import type { AGIResponse } from './response.js'

/** A command, its line as bytes, and whoever waits for its answer. */
export interface QueuedCommand {
  readonly command: string
  /** For errors, which say them. */
  readonly args: readonly (AGIArgument | undefined)[]
  readonly line: Uint8Array
  readonly handler: Handler<AGIResponse>
}

/** The commands of a session: one is with Asterisk at a time, the others wait. AGI answers the one behind when two are written at once. */
export class CommandQueue {
  readonly #write: (command: QueuedCommand) => void
  readonly #waiting: QueuedCommand[] = []
  #written: QueuedCommand | undefined
  #isOpen = false

  /** @param write sends a command to Asterisk. */
  constructor(write: (command: QueuedCommand) => void) {
    this.#write = write
  }

  /** The command that is with Asterisk. */
  get written(): QueuedCommand | undefined {
    return this.#written
  }

  /** From now on commands are written. */
  open(): void {
    this.#isOpen = true
    this.#writeNext()
  }

  /** From now on commands wait. */
  pause(): void {
    this.#isOpen = false
  }

  add(command: QueuedCommand): void {
    this.#waiting.push(command)
    this.#writeNext()
  }

  /** Takes a command back that is not written. True if it was not. */
  withdraw(handler: Handler<AGIResponse>): boolean {
    const at = this.#waiting.findIndex((each) => each.handler === handler)
    if (at < 0) return false
    this.#waiting.splice(at, 1)
    return true
  }

  /** The written command has its answer, which is for the caller to give on; the next one is written. */
  answered(): QueuedCommand | undefined {
    const answered = this.#written
    this.#written = undefined
    this.#writeNext()
    return answered
  }

  /** Nothing is written any more. Gives the commands that have no answer, the written one first. */
  end(): readonly QueuedCommand[] {
    this.#isOpen = false
    const written = this.#written === undefined ? [] : [this.#written]
    this.#written = undefined
    return [...written, ...this.#waiting.splice(0)]
  }

  #writeNext(): void {
    if (!this.#isOpen || this.#written !== undefined) return
    this.#written = this.#waiting.shift()
    if (this.#written !== undefined) this.#write(this.#written)
  }
}
