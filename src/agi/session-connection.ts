import type { AGIArgument } from '../catalog/values.js'
import type { Clock } from '../core/clock.js'
import type { Handler } from '../core/handler.js'
import type { CallWatch } from './call-watch.js'
import type { AGIEnvironment } from './environment.js'
import type { AGIResponse } from './response.js'

/** How a session reaches Asterisk: over a connection of its own (FastAGI, stdio), or over the manager connection (AsyncAGI). */
export interface AGISessionConnection {
  readonly env: AGIEnvironment
  /** Whether the caller has hung up. */
  readonly isHungUp: boolean
  /** How long after a failed command it may take to be told that the caller hung up, or that the session is over. */
  readonly noticeMs: number
  /** Sends a command when those before it are answered. */
  sendCommand(command: string, ...args: readonly (AGIArgument | undefined)[]): Handler<AGIResponse>
  /** Takes a command back that was not written. True if it was not. */
  withdraw(handler: Handler<AGIResponse>): boolean
  /** Listens to what Asterisk tells of the call, until it is stopped. Only where there is an AMI connection. */
  watch?(clock: Clock): CallWatch
  /** Hands the call back to the dialplan. */
  close(): void
}
