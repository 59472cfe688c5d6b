import type { AGIArgument } from '../catalog/values.js'
import type { Clock } from '../core/clock.js'
import type { Handler } from '../core/handler.js'
import type { CallWatch } from './call-watch.js'
import type { AGIEnvironment } from './environment.js'
import type { AGIResponse } from './response.js'

/** How a session reaches Asterisk: over a connection of its own (FastAGI, stdio), or over the manager connection (AsyncAGI). */
export interface AGISessionConnection {
  readonly env: AGIEnvironment
  /** Where Asterisk's connection comes from; undefined where it has none of its own. */
  readonly remoteAddress?: string | undefined
  /** Where it arrived: this machine, as that Asterisk sees it. */
  readonly localAddress?: string | undefined
  /** Whether the caller has hung up. */
  readonly isHungUp: boolean
  /** Whether the caller was taken elsewhere in the dialplan, and not hung up. */
  readonly isTransferred: boolean
  /** How long after a failed command it may take to be told that the caller hung up, or that the session is over. */
  readonly noticeMs: number
  /** The caller's sound, where Asterisk gives it: EAGI. */
  readonly audio?: AsyncIterable<Uint8Array> | undefined
  /** Sends a command when those before it are answered. */
  sendCommand(command: string, ...args: readonly (AGIArgument | undefined)[]): Handler<AGIResponse>
  /** Takes a command back that was not written. True if it was not. */
  withdraw(handler: Handler<AGIResponse>): boolean
  /** Stops what a command plays, if it is with Asterisk and can be stopped. Its answer, which nobody waits for, still comes first. */
  stopSound(handler: Handler<AGIResponse>): void
  /** Listens to what Asterisk tells of the call, until it is stopped. Only where there is an AMI connection. */
  watch?(clock: Clock): CallWatch
  /** Hangs the caller up while a command runs, where Asterisk obeys then. Resolves when it has. */
  hangUp(): Promise<unknown>
  /** Hands the call back to the dialplan. */
  close(): void
}
