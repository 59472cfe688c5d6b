import type { Clock } from '../core/clock.js'
import {
  callback,
  checkOptions,
  clock,
  either,
  encoding,
  flag,
  milliseconds,
  type OptionKind,
  type OptionsShape,
  oneOf,
  recordOf,
  required,
  secret,
  section,
  text,
} from '../core/options.js'
import type { FakeUser } from './account.js'
import type { FakeApplication } from './dialplan/applications.js'

export interface FakeAsteriskOptions {
  /** Accounts by name; a text is the secret of one that may do everything. Without any, nobody can log in. */
  readonly users?: Readonly<Record<string, string | FakeUser>> | undefined
  /** Which Asterisk it plays. @default 22 */
  readonly version?: 16 | 22 | undefined
  /**
   * What an action is that no handler answers: `error` makes `close()` and `reset()` throw, `warn` warns at once, `bypass` does neither.
   * @default 'error'
   */
  readonly unhandled?: 'error' | 'warn' | 'bypass' | undefined
  /** Numbers its events, as Asterisk does with `debug = on` in manager.conf, while a client is logged in. @default false */
  readonly numbered?: boolean | undefined
  /** How long a refused login waits for its answer. Asterisk takes 1,000. @default 0 */
  readonly loginFailureDelayMs?: number | undefined
  /** @default 'utf-8' */
  readonly encoding?: string | undefined
  /** The time by which simulated calls ring and talk; `'virtual'`: one that `pbx.clock.advance(ms)` moves. @default the runtime's */
  readonly clock?: Clock | 'virtual' | undefined
  /** Applications of the dialplan that the fake does not play, or is to play otherwise, by name. One that is nowhere ends the call, as in Asterisk. */
  readonly applications?: Readonly<Record<string, FakeApplication>> | undefined
}

/** What the releases say of themselves. */
export const VERSIONS = {
  16: { ami: '5.0.4', asterisk: '16.28.0' },
  22: { ami: '11.0.0', asterisk: '22.10.1' },
} as const

const USER: OptionKind = either(
  secret,
  section({ secret: required(secret), read: text, write: text, allowMultipleLogin: flag } satisfies OptionsShape<FakeUser>),
)

export const FAKE_SHAPE: OptionsShape<FakeAsteriskOptions> = {
  users: recordOf(USER),
  version: oneOf(16, 22),
  unhandled: oneOf('error', 'warn', 'bypass'),
  numbered: flag,
  loginFailureDelayMs: milliseconds(0),
  encoding,
  clock: either(clock, oneOf('virtual')),
  applications: recordOf(callback),
}

/** @throws TypeError or RangeError that names a wrong option and quotes its value. */
export function checkFakeOptions(options: FakeAsteriskOptions): void {
  if ('resolve' in options) throw new TypeError('Handlers come after the options of a fake: new FakeAsterisk({ … }, action(…))')
  checkOptions(options, FAKE_SHAPE)
}
