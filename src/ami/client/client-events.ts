import { Diagnostics } from '../../core/diagnostics.js'
import type { Gap } from '../../core/gap.js'
import type { AMIResponse } from '../messages/response.js'
import type { ConnectionStatus } from './status.js'

/** How an action ended. */
export interface SettledAction {
  /** The action's name as it was given. */
  readonly name: string
  /** From the call to its end, waiting for the connection or its turn included, in milliseconds. */
  readonly durationMs: number
  /** `success`: Asterisk did it; `refused`: it answered with an error; `failed`: no answer came, or it was not sent. */
  readonly outcome: 'success' | 'refused' | 'failed'
}

/** What `on` tells of, and what its listener gets. */
export interface ClientEvents {
  /** A listener of yours threw or rejected. */
  error: (error: Error) => void
  /**
   * Something odd that harmed nothing: a response that nobody waits for, a line that is not a header, an action that blocks the
   * connection.
   */
  warning: (message: string) => void
  status: (status: ConnectionStatus) => void
  /**
   * Events were missed, as while there was no connection; told before the first event after the hole. What a stream drops is
   * known by that stream only.
   */
  gap: (gap: Gap) => void
  /** An action is settled. Costs nothing while nobody listens. */
  action: (action: SettledAction) => void
  /** An answer came to an action that had been given up; it was dropped. */
  lateAnswer: (response: AMIResponse) => void
}

/** @deprecated Use `ClientEvents`. */
export type ClientNotices = ClientEvents

const NAMES: Readonly<Record<keyof ClientEvents, true>> = {
  error: true,
  warning: true,
  status: true,
  gap: true,
  action: true,
  lateAnswer: true,
}

/** What a client and its parts tell of. */
export type ClientDiagnostics = Diagnostics<ClientEvents>

export function clientDiagnostics(unheardError: (error: Error) => void): ClientDiagnostics {
  return new Diagnostics(NAMES, unheardError, "; Asterisk's events are heard by onEvent()")
}
