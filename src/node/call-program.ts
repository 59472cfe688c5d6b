import { spawn } from 'node:child_process'
import type { AGICallerSide } from './agi-caller-side.js'

/** A program that was started. */
export interface CalledProgram {
  /** What it wrote to stderr. */
  errors(): string
  /** Ends it at once. */
  drop(): void
}

/** Starts a program as Asterisk starts an AGI script: environment and answers on stdin, commands on stdout, SIGHUP for the hangup. */
export function callProgram(program: string, args: readonly string[], caller: AGICallerSide): CalledProgram {
  const child = spawn(program, [...args], { stdio: ['pipe', 'pipe', 'pipe'] })
  let text = ''
  let errors = ''
  // Asterisk signals its script; one that has not begun yet would die of it.
  const tellHangup = () => {
    if (caller.commands.length > 0) child.kill('SIGHUP')
  }
  child.stdin.on('error', () => undefined)
  child.stdout.setEncoding('utf8').on('data', (data: string) => {
    text += data
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      const line = text.slice(0, end)
      text = text.slice(end + 1)
      const before = caller.isHungUp
      child.stdin.write(caller.execute(line))
      if (caller.isHungUp && !before) tellHangup()
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
