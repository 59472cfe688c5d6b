import { checkOptions, milliseconds, type OptionsShape, text, wholeNumber } from '../core/options.js'
import { runToItsEnd } from './application-end.js'
import type { CallWatch } from './call-watch.js'
import { ANY_COMMAND } from './command-options.js'
import type { CommandOptions } from './command-sender.js'
import type { AGICommands } from './commands.js'
import { AGIInvalidCommandError } from './errors.js'

export interface QueueOptions extends CommandOptions {
  /** How long the caller waits; Asterisk counts whole seconds. @default Infinity */
  readonly timeoutMs?: number | undefined
  /** The letters of the application Queue: `'tc'`. @default none */
  readonly options?: string | undefined
  /** What members hear before they get the caller, in place of the queue's own. */
  readonly announce?: string | undefined
  /** Where in the queue to begin, from 1 on. @default the end */
  readonly position?: number | undefined
}

export const QUEUE_SHAPE: OptionsShape<QueueOptions> = {
  ...ANY_COMMAND,
  timeoutMs: milliseconds(),
  options: text,
  announce: text,
  position: wholeNumber(1),
}

/** What `QUEUESTATUS` says, and where that is empty, what the queue's log would. */
export type QueueStatus =
  | 'TIMEOUT'
  | 'FULL'
  | 'JOINEMPTY'
  | 'LEAVEEMPTY'
  | 'JOINUNAVAIL'
  | 'LEAVEUNAVAIL'
  | 'CONTINUE'
  | 'WITHDRAW'
  | 'UNKNOWN'
  | 'COMPLETE'
  | 'ABANDON'
  | 'EXITWITHKEY'

/** How a caller left a queue. */
export interface QueueOutcome {
  /**
   * `COMPLETE`: a member answered, and either has hung up (`CONTINUE` with the option `c`). `ABANDON`: the caller hung up while waiting. `EXITWITHKEY`: a
   * key led out of the queue. `UNKNOWN`: there is no such queue.
   */
  readonly status: QueueStatus
  /** Whether a member answered. */
  readonly answered: boolean
  /** The interface of the member who did. It needs an AMI connection (AsyncAGI has it) or `setinterfacevar = yes` in queues.conf, else it is undefined. */
  readonly member: string | undefined
}

const NAMES = ['QUEUESTATUS', 'ABANDONED', 'MEMBERINTERFACE']

/** Has the caller wait in a queue, and says how they left it. `watch`: what listens to the call meanwhile, where something can. */
export async function queue(
  commands: AGICommands,
  watch: CallWatch | undefined,
  name: string,
  options: QueueOptions,
): Promise<QueueOutcome> {
  checkOptions(options, QUEUE_SHAPE)
  const { timeoutMs = Number.POSITIVE_INFINITY, options: letters = '', announce = '', position = '' } = options
  const wrong = [name, announce].find((each) => each.includes(','))
  if (wrong !== undefined || name === '')
    throw new AGIInvalidCommandError(`queue takes a name without commas, not ${JSON.stringify(wrong ?? name)}`, 'EXEC')
  const seconds = timeoutMs === Number.POSITIVE_INFINITY ? '' : Math.ceil(timeoutMs / 1000)
  // Asterisk leaves what a queue before has set.
  await commands.exec('MSet', [NAMES.map((each) => `${each}=`).join(',')])
  const args = [name, letters, '', announce, seconds, '', '', '', '', position]
  const { result, isHungUp, values } = await runToItsEnd(commands, 'Queue', args, NAMES, options)
  const [status = '', abandoned = '', member = watch?.member ?? ''] = values ?? []
  const isLeft = status === '' && abandoned === '' && result < 0
  const answered = watch?.member !== undefined || member !== '' || status === 'CONTINUE' || (values !== undefined && isLeft)
  const unsaid = answered ? 'COMPLETE' : isHungUp ? 'ABANDON' : 'EXITWITHKEY'
  return { status: (status || unsaid) as QueueStatus, answered, member: watch?.member ?? (member || undefined) }
}
