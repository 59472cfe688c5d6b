import type { Clock } from '../core/clock.js'
import { checkOptions, milliseconds, type OptionsShape, text } from '../core/options.js'
import { runToItsEnd } from './application-end.js'
import type { CallWatch } from './call-watch.js'
import { ANY_COMMAND } from './command-options.js'
import type { CommandOptions } from './command-sender.js'
import type { AGICommands } from './commands.js'
import { AGIInvalidCommandError } from './errors.js'

export interface DialOptions extends CommandOptions {
  /** How long it rings; Asterisk 16 counts whole seconds. @default Infinity */
  readonly timeoutMs?: number | undefined
  /** The letters of the application Dial: `'tT'`. With `g` the result of EXEC differs, and nothing here does. @default none */
  readonly options?: string | undefined
}

export const DIAL_SHAPE: OptionsShape<DialOptions> = { ...ANY_COMMAND, timeoutMs: milliseconds(), options: text }

/** What `DIALSTATUS` says. */
export type DialStatus =
  | 'ANSWER'
  | 'BUSY'
  | 'NOANSWER'
  | 'CANCEL'
  | 'CONGESTION'
  | 'CHANUNAVAIL'
  | 'DONTCALL'
  | 'TORTURE'
  | 'INVALIDARGS'

/** What came of a call to somebody. */
export interface DialResult {
  /** `CANCEL`: the caller hung up while it rang. */
  readonly status: DialStatus
  /** Whether somebody answered. */
  readonly answered: boolean
  /** The channel of whoever answered: `PJSIP/200-00000002`. */
  readonly peer: string | undefined
  /**
   * How long they talked, from the callee's answer on; 0 where nobody answered. Where the caller was answered before, Asterisk's own variable counts
   * from that, so that an AMI connection is needed (AsyncAGI has it); without one it is undefined.
   */
  readonly talkMs: number | undefined
  /** The hangup cause of the callee's channel (`HANGUPCAUSE`); undefined where there is none. */
  readonly cause: number | undefined
}

const NAMES = ['DIALSTATUS', 'HANGUPCAUSE', 'ANSWEREDTIME', 'ANSWEREDTIME_MS', 'DIALEDPEERNAME']
const UP = 6

/** Dials, and says what came of it. `watch`: what listens to the call meanwhile, where something can. */
export async function dial(
  commands: AGICommands,
  clock: Clock,
  watch: CallWatch | undefined,
  target: string | readonly string[],
  options: DialOptions,
): Promise<DialResult> {
  checkOptions(options, DIAL_SHAPE)
  const { timeoutMs = Number.POSITIVE_INFINITY, options: letters = '' } = options
  const targets = typeof target === 'string' ? target : target.join('&')
  if (targets === '' || targets.includes(','))
    throw new AGIInvalidCommandError(
      `dial takes channels such as PJSIP/200, without commas, not ${JSON.stringify(targets)}`,
      'EXEC',
    )
  // Asterisk counts the time of the talk from the caller's answer, which is the callee's only where nobody answered before.
  const isCounted = watch === undefined && (await commands.channelStatus()).state !== UP
  const args = [targets, timeoutMs === Number.POSITIVE_INFINITY ? '' : Math.ceil(timeoutMs / 1000), letters]
  const { values, isHungUp } = await runToItsEnd(commands, 'Dial', args, NAMES, options)
  const watchedMs = watch?.answeredAt && clock.now() - watch.answeredAt
  if (values === undefined) return cutShort(watch, watchedMs)
  const [status = '', cause = '', seconds = '', ms = '', peer = ''] = values
  const answered = status === 'ANSWER'
  const countedMs = isCounted ? Number(ms === '' ? Number(seconds) * 1000 : ms) : undefined
  return {
    status: (status || (isHungUp ? 'CANCEL' : 'INVALIDARGS')) as DialStatus,
    answered,
    peer: peer || watch?.peer,
    talkMs: answered ? (watchedMs ?? countedMs) : 0,
    cause: Number(cause) || undefined,
  }
}

/** The caller hung up, and the variables cannot be read any more. */
function cutShort(watch: CallWatch | undefined, watchedMs: number | undefined): DialResult {
  const answered = watch?.answeredAt !== undefined
  const status = answered ? 'ANSWER' : 'CANCEL'
  return { status, answered, peer: watch?.peer, talkMs: answered ? watchedMs : 0, cause: undefined }
}
