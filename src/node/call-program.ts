import { spawn } from 'node:child_process'
import { markerAnswer } from '../agi/marked-reply-reader.js'
import { type AGICallerSide, answerWith } from './agi-caller-side.js'
import { TextLines } from './text-lines.js'

/** A program that was started. */
export interface CalledProgram {
  /** What it wrote to stderr. */
  errors(): string
  /** Ends it at once. */
  drop(): void
}

/**
 * Starts a program as Asterisk starts an AGI script: environment and answers on stdin, commands on stdout, SIGHUP for the hangup.
 */
export function callProgram(program: string, args: readonly string[], caller: AGICallerSide): CalledProgram {
  const child = spawn(program, [...args], { stdio: ['pipe', 'pipe', 'pipe'] })
  const lines = new TextLines()
  let errors = ''
  // Asterisk signals its script; one that has not begun yet would die of it.
  const tellHangup = () => {
    if (caller.commands.length > 0) child.kill('SIGHUP')
  }
  child.stdin.on('error', () => undefined)
  child.stdout.setEncoding('utf8').on('data', (data: string) => {
    for (const line of lines.push(data)) {
      const before = caller.isHungUp
      // What a session asks to find its place is none of the script's commands.
      answerWith(markerAnswer(line) ?? caller.execute(line), (reply) => {
        child.stdin.write(reply)
        if (caller.isHungUp && !before) tellHangup()
      })
    }
  })
  child.stderr.setEncoding('utf8').on('data', (data: string) => {
    errors += data
  })
  child.on('error', () => caller.finished('FAILURE'))
  child.on('close', (code) => caller.finished(code === 0 ? 'SUCCESS' : 'FAILURE'))
  child.stdin.write(caller.environment({ request: program }))
  caller.connected({ hangup: tellHangup })
  return { errors: () => errors, drop: () => child.kill('SIGKILL') }
}
