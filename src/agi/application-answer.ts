import type { AGIResponse } from './response.js'

/** The commands that run the dialplan's own, and answer the same whether the caller hung up meanwhile or not. */
const RUNS_DIALPLAN = /^(EXEC|GOSUB)$/i

/**
 * What Asterisk is asked behind such an answer. It has a hangup told before it answers this: alone, the notice would wait for TCP to acknowledge the
 * answer, 40 ms (verified on 16 and 22). A NOOP works on channels that have hung up too.
 */
export const HANGUP_QUESTION = 'NOOP "hung up?"'

/** Whether an answer tells nothing of a hangup that came while its command ran. */
export function hidesHangup(command: string): boolean {
  return RUNS_DIALPLAN.test(command)
}

/**
 * Whether the answer says that the command failed. EXEC gives what the application did: -1 when that wants the channel to be hung up, as Dial does
 * after an answered call; the caller is still there. Asterisk gives -2 where there is no such application.
 */
export function hasFailed(command: string, { result }: AGIResponse): boolean {
  return Number(result) < (/^EXEC$/i.test(command) ? -1 : 0)
}
