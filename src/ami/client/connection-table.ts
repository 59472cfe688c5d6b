import type { ConnectionStatus } from './status.js'

type State = ConnectionStatus['state']

/** What happens to a connection. */
export type Happening =
  /** `login()` was called, and nothing was under way. */
  | 'login'
  /** The delay between two attempts is over. */
  | 'retry'
  /** Asterisk sent its greeting. */
  | 'greeted'
  /** Asterisk took the login. */
  | 'loggedIn'
  /** Asterisk has booted, or does not say. */
  | 'booted'
  /** Asterisk refused an action because it is shutting down. */
  | 'refused'
  /** Asterisk answered an action after all: the shutdown was called off. */
  | 'served'
  /** The connection is gone, and will be made again. */
  | 'lost'
  /** No attempt is made any more. */
  | 'gaveUp'
  /** `close()` was called. */
  | 'close'
  /** The close is done. */
  | 'closed'

const UNDER_WAY = { lost: 'waiting', gaveUp: 'failed', close: 'closing' } as const

/** The state after each thing that can happen, by the state before it. What a row lacks cannot happen there. */
export const CONNECTION_TABLE = {
  idle: { login: 'connecting', close: 'closing' },
  connecting: { greeted: 'authenticating', ...UNDER_WAY },
  authenticating: { loggedIn: 'booting', ...UNDER_WAY },
  booting: { booted: 'online', ...UNDER_WAY },
  online: { refused: 'draining', ...UNDER_WAY },
  draining: { served: 'online', ...UNDER_WAY },
  waiting: { retry: 'connecting', gaveUp: 'failed', close: 'closing' },
  failed: { login: 'connecting', close: 'closing' },
  closing: { closed: 'closed' },
  closed: {},
} as const satisfies Record<State, Partial<Record<Happening, State>>>

type Row = (typeof CONNECTION_TABLE)[State]
type After<In, What> = In extends unknown ? (What extends keyof In ? In[What] : never) : never
type StateAfter<What extends Happening> = What extends unknown ? After<Row, What> : never
/** What the state after something that happened has besides its name. */
export type DataAfter<What extends Happening> = Omit<Extract<ConnectionStatus, { state: StateAfter<What> }>, 'state'>

/** Where the connection stands after what happened. @throws Error when it cannot happen there, which is a bug of this library. */
export function statusAfter<What extends Happening>(
  before: ConnectionStatus,
  happening: What,
  data: DataAfter<What>,
): ConnectionStatus {
  const row: Partial<Record<Happening, State>> = CONNECTION_TABLE[before.state]
  const state = row[happening]
  if (state === undefined)
    throw new Error(`A connection that is ${before.state} was told '${happening}', which cannot happen there`)
  return { ...data, state } as ConnectionStatus
}
