#!/usr/bin/env node
import { Output } from './output.js'
import { runProgram } from './program.js'
import { confirmAtTerminal } from './terminal-question.js'

const { argv, env, stdin, stdout, stderr } = process
const ended = new AbortController()

/** The first time it ends in order, the second time at once. */
function interrupted(): void {
  if (ended.signal.aborted) process.exit(2)
  ended.abort()
}
process.on('SIGINT', interrupted)
process.on('SIGTERM', interrupted)

let isUnread = false
stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever read has read enough, as `head` has: no failure. A full disk is one.
  if (error.code !== 'EPIPE') stderr.write(`obelus: the output cannot be written: ${error.message}\n`)
  isUnread ||= error.code === 'EPIPE'
  ended.abort()
})
stderr.on('error', () => undefined)

const code = await runProgram(argv.slice(2), {
  output: new Output(stdout, stderr, env),
  env,
  signal: ended.signal,
  confirm: stdin.isTTY === true ? confirmAtTerminal : undefined,
})
process.exitCode = isUnread ? 0 : code
