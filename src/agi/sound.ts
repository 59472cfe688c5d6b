import type { QueuedCommand } from './command-queue.js'

/** What Asterisk leaves, without an answer, when the next line comes (verified on 16 and 22). */
const LEFT_FOR_A_LINE: ReadonlySet<string> = new Set(['STREAM FILE', 'GET DATA', 'GET OPTION'])

/** Applications whose sound `ControlPlayback` stops. */
const PLAYING_APPLICATION = /^(playback|background)$/i

/** Whether the next line stops what a command plays. */
export function isLeftForLine({ command }: QueuedCommand): boolean {
  return LEFT_FOR_A_LINE.has(command)
}

/** Whether the action ControlPlayback stops what a command plays (verified on 16 and 22). SAY and RECORD FILE it does not. */
export function isControlled({ command, args }: QueuedCommand): boolean {
  return (
    LEFT_FOR_A_LINE.has(command) ||
    command === 'CONTROL STREAM FILE' ||
    (command === 'EXEC' && PLAYING_APPLICATION.test(String(args[0])))
  )
}
