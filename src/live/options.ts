import { CallManager } from '../calls/call-manager.js'
import type { Clock } from '../core/clock.js'
import { clock, either, flag, line, listOf, milliseconds, type OptionKind, type OptionsShape, recordOf } from '../core/options.js'

/** What a model follows, and on what clock. */
export interface LiveModelOptions {
  /** Queues, their members and callers. @default true */
  readonly queues?: boolean | undefined
  /** PJSIP endpoints and the states of all devices. @default true */
  readonly endpoints?: boolean | undefined
  /** @default true */
  readonly bridges?: boolean | undefined
  /** Parking lots and parked calls. @default true */
  readonly parking?: boolean | undefined
  /** ConfBridge's conferences and who is in them. @default true */
  readonly conferences?: boolean | undefined
  /** Voice mailboxes, by name, as `100@default`. @default none */
  readonly mailboxes?: readonly string[] | undefined
  /** What follows the calls of the same connection: then members, callers and others lead to theirs. @default none */
  readonly calls?: CallManager | undefined
  /**
   * How long a queue keeps calls away from a member after a call (`wrapuptime`): for all queues, or by name. @default what queues.conf says, where
   * the account may read it (GetConfig needs `system` or `config`)
   */
  readonly wrapUpMs?: number | Readonly<Record<string, number>> | undefined
  /** Time, for tests. @default the runtime's */
  readonly clock?: Clock | undefined
}

const aCallManager: OptionKind = { expected: 'a CallManager', accepts: (value) => value instanceof CallManager }

export const LIVE_SHAPE: OptionsShape<LiveModelOptions> = {
  queues: flag,
  endpoints: flag,
  bridges: flag,
  parking: flag,
  conferences: flag,
  mailboxes: listOf(line),
  calls: aCallManager,
  wrapUpMs: either(milliseconds(0), recordOf(milliseconds(0))),
  clock,
}
