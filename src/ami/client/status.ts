/** Where the client stands. One state at a time, each with its own data. */
export type ConnectionStatus =
  /** `login()` was not called yet. */
  | { readonly state: 'idle' }
  /** Connecting, and waiting for the greeting. `attempt` counts from 1, and anew after a connection that lasted 5 s. */
  | { readonly state: 'connecting'; readonly attempt: number }
  /** Greeted; logging in. */
  | { readonly state: 'authenticating'; readonly attempt: number; readonly apiVersion: string }
  /** Logged in; waiting until Asterisk has booted fully. */
  | { readonly state: 'booting'; readonly attempt: number; readonly apiVersion: string }
  /** Ready for actions. `apiVersion` is AMI's own, such as 11.0.0 of Asterisk 22. */
  | { readonly state: 'online'; readonly since: Date; readonly apiVersion: string }
  /** Still logged in and hearing events, but Asterisk is shutting down gracefully and refuses every action. */
  | { readonly state: 'draining'; readonly since: Date; readonly apiVersion: string }
  /** There is no connection; the next attempt comes at `retryAt`. */
  | { readonly state: 'waiting'; readonly attempt: number; readonly retryAt: Date; readonly reason: Error }
  /** Given up: the login was refused, or the attempts are used up. `login()` may be called again. */
  | { readonly state: 'failed'; readonly reason: Error }
  | { readonly state: 'closing' }
  | { readonly state: 'closed' }

/** The states in which the client is logged in and hears events. */
export type UsableStatus = Extract<ConnectionStatus, { readonly state: 'online' | 'draining' }>

/** Whether the client is logged in and hears events. */
export function isUsable(status: ConnectionStatus): status is UsableStatus {
  return status.state === 'online' || status.state === 'draining'
}
