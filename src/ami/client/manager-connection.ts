import type { EventStream } from '../../core/event-stream.js'
import type { Observer } from '../../core/observer.js'
import type { EventOf } from '../messages/event.js'
import type { AMIResponse, ListItem } from '../messages/response.js'
import type { ActionArguments, ActionName, EventName, ListActionName, PlainName, Unlisted } from '../messages/typed-names.js'
import type { Variables } from '../protocol/variables.js'
import type { ClientEvents } from './client-events.js'
import type { ConnectionStatus } from './status.js'
import type { EventStreamOptions, StreamItem, WaitForOptions } from './subscriptions.js'

/** How one action is sent. */
export interface ActionOptions {
  /** Channel variables to set (Originate); escaped so that Asterisk reads back exactly what is given. */
  readonly variables?: Variables | undefined
  /** Stops waiting: rejects with the signal's reason. An action that was written is not unsent. */
  readonly signal?: AbortSignal | undefined
  /**
   * The most it may take, waiting in the queue included.
   * @default the client's `actionTimeoutMs`; for an Originate without `Async` and a WaitEvent with `Timeout`, the time that they
   * ask for and 5 s, if that is more
   */
  readonly timeoutMs?: number | undefined
  /** Among actions that wait, higher ones go first. @default 0 */
  readonly priority?: number | undefined
  /** Called when the action is written: from now on Asterisk may do it. */
  readonly onWritten?: (() => void) | undefined
  /**
   * Called with the answer, a refusal too, as it arrives, in its place among the events: after the listeners of those before it,
   * before those of any behind it. The promise settles later, when more events may have been heard. A connection that passes
   * answers and events on by different ways may not call it.
   */
  readonly onAnswer?: ((response: AMIResponse) => void) | undefined
}

/**
 * What everything above the Manager Interface runs on: an `AMIClient`, or anything else that acts and hears as one, with or
 * without a connection of its own.
 */
export interface ManagerConnection {
  /** Who watches the program; for what is built on the connection. */
  readonly observer?: Observer | undefined

  /** The name of the account, where there is one. */
  readonly username?: string | undefined

  /** How many actions were written and have no answer yet, where that is known. */
  readonly actionsInFlight?: number | undefined

  /** Where the client stands now. */
  readonly status: ConnectionStatus

  /**
   * Sends an action and resolves with its answer; for an action that answers with a list, when the list is complete. While there
   * is no connection the action waits for one.
   *
   * @throws InvalidActionError when Asterisk would read something else; nothing is written then.
   * @throws ActionError when Asterisk refuses it, or cancels its list.
   * @throws ActionTimeoutError, ConnectionLostError or ClosedError when no answer comes; `sent` says whether it was written.
   * @throws ConnectionError when `login()` was not called; ProtocolError when its answer or list is beyond one of `limits`: the
   * connection lives.
   * @throws TypeError or RangeError for a wrong option.
   */
  sendAction<const Name extends ActionName | Unlisted>(
    name: Name,
    ...args: ActionArguments<Name, ActionOptions>
  ): Promise<AMIResponse<PlainName<Name>>>

  /**
   * Runs a command of Asterisk's console and resolves with the lines it printed, the same on every version; up to
   * `limits.maxOutputBytes` of them, 64 MiB by default.
   *
   * @throws what `sendAction` throws; the `response.output` of an `ActionError` says why the command failed.
   */
  command(command: string, options?: ActionOptions): Promise<string[]>

  /**
   * Sends an action that answers with a list and yields the list's events as they come, keeping none. Leaving the loop early ends
   * the wait. The reader may fall behind by `limits.maxListEvents`.
   *
   * The stream throws what `sendAction` throws, and StreamOverflowError when the reader falls further behind.
   *
   * @throws TypeError or RangeError for a wrong option.
   */
  listAction<const Name extends ListActionName | Unlisted>(
    name: Name,
    ...args: ActionArguments<Name, ActionOptions>
  ): EventStream<ListItem<PlainName<Name>>>

  /**
   * The events of these names (in any case), or all, from now on; `events({ signal })` is all of them too. The stream survives
   * reconnects and ends when the client closes.
   *
   * It throws StreamOverflowError when its reader falls behind, unless `overflow` says otherwise; the reason why the client gave
   * up, if it does; the signal's reason; and what `where` throws.
   *
   * @throws ClosedError when the client is closed; TypeError or RangeError for a wrong option.
   */
  events<const Gaps extends boolean = false>(
    options: EventStreamOptions & { readonly withGaps?: Gaps | undefined },
  ): EventStream<StreamItem<'*', Gaps>>
  events<const Name extends EventName | Unlisted | '*' = '*', const Gaps extends boolean = false>(
    names?: Name | readonly Name[],
    options?: EventStreamOptions<EventOf<Name>> & { readonly withGaps?: Gaps | undefined },
  ): EventStream<StreamItem<Name, Gaps>>

  /**
   * The next event of one of these names (in any case) that `where` is true for. It waits across reconnects.
   *
   * @throws WaitTimeoutError when none comes in time, which says in how many `gaps` it may have been missed; ClosedError when
   * the client closes; the reason why the client gave up, if it does; the signal's reason; what `where` throws; TypeError or
   * RangeError for a wrong option.
   */
  waitFor<const Name extends EventName | Unlisted | '*'>(
    names: Name | readonly Name[],
    options?: WaitForOptions<EventOf<Name>>,
  ): Promise<EventOf<Name>>

  /**
   * Calls `listener` for each event of these names (in any case), `'*'` for all, until the returned function is called. A
   * listener that throws or rejects is reported to `on('error')` and harms nobody else. Events that were missed are told by
   * `on('gap')`.
   *
   * @throws ClosedError when the client is closed; TypeError for a name that is not text and a listener that is no function.
   */
  onEvent<const Name extends EventName | Unlisted | '*'>(
    names: Name | readonly Name[],
    listener: (event: EventOf<Name>) => unknown,
  ): () => void

  /** The status from now on, each change of it; ends after `closed`. */
  statusChanges(): EventStream<ConnectionStatus>

  /**
   * Tells of the client itself: listeners' errors, warnings, the status, gaps. Returns the function that stops it.
   *
   * @throws TypeError for a name that there is not, and for a listener that is no function.
   */
  on<Name extends keyof ClientEvents>(name: Name, listener: ClientEvents[Name]): () => void

  /**
   * Has Asterisk send only events of these names, and those that others ask for on the same connection: the union of all, from
   * now on and after each reconnect. Names as Asterisk writes them. Its streams and listeners do not get other events any more;
   * Asterisk cannot take filters back.
   *
   * @throws TypeError for a name that is not letters and digits; ActionError when the account may not set filters (it needs
   * `system`); what `sendAction` throws.
   */
  setupFilters(names: readonly string[]): Promise<void>

  /** Tells an error to those who listen by `on('error')`: for what is built on the connection and has nobody else to tell. */
  report(error: unknown): void

  /** Tells a warning to those who listen by `on('warning')`: for what is built on the connection. */
  warn(message: string): void
}
