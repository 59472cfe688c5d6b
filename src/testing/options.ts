import { callable, quote } from '../core/checks.js'
import type { Clock } from '../core/clock.js'
import type { FakeUser } from './account.js'
import type { FakeApplication } from './dialplan/applications.js'

export interface FakeAsteriskOptions {
  /** Accounts by name; a text is the secret of one that may do everything. Without any, nobody can log in. */
  readonly users?: Readonly<Record<string, string | FakeUser>>
  /** Which Asterisk it plays. @default 22 */
  readonly version?: 16 | 22
  /**
   * What an action is that no handler answers: `error` makes `close()` and `reset()` throw, `warn` warns at once, `bypass` does neither.
   * @default 'error'
   */
  readonly unhandled?: 'error' | 'warn' | 'bypass'
  /** How long a refused login waits for its answer. Asterisk takes 1,000. @default 0 */
  readonly loginFailureDelayMs?: number
  /** @default 'utf-8' */
  readonly encoding?: string
  /** The time by which simulated calls ring and talk. @default the runtime's */
  readonly clock?: Clock
  /** Applications of the dialplan that the fake does not play, or is to play otherwise, by name. One that is nowhere ends the call, as in Asterisk. */
  readonly applications?: Readonly<Record<string, FakeApplication>>
}

/** What the releases say of themselves. */
export const VERSIONS = {
  16: { ami: '5.0.4', asterisk: '16.28.0' },
  22: { ami: '11.0.0', asterisk: '22.10.1' },
} as const

const KNOWN = ['users', 'version', 'unhandled', 'loginFailureDelayMs', 'encoding', 'clock', 'applications']
const UNHANDLED: readonly unknown[] = ['error', 'warn', 'bypass']

/** @throws TypeError that names a wrong option and quotes its value. */
export function checkOptions(options: FakeAsteriskOptions): void {
  const unknown = Object.keys(options).find((name) => !KNOWN.includes(name))
  if (unknown !== undefined)
    throw new TypeError(
      `There is no option ${quote(unknown)} of a fake; known are ${KNOWN.join(', ')}. Handlers come after the options`,
    )
  const { version = 22, unhandled = 'error' } = options
  if (!(version in VERSIONS)) throw new TypeError(`version must be ${Object.keys(VERSIONS).join(' or ')}, not ${quote(version)}`)
  if (!UNHANDLED.includes(unhandled))
    throw new TypeError(`unhandled must be one of ${UNHANDLED.join(', ')}, not ${quote(unhandled)}`)
  for (const [name, application] of Object.entries(options.applications ?? {})) callable(`The application ${name}`, application)
}
