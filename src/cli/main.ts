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

let unwritten: 0 | 1 | undefined
stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever read has read enough, as `head` has: no failure. A full disk is one.
  if (error.code !== 'EPIPE') stderr.write(`obelus: the output cannot be written: ${error.message}\n`)
  unwritten ??= error.code === 'EPIPE' ? 0 : 1
  process.exitCode = unwritten
  ended.abort()
})
stderr.on('error', () => undefined)

const code = await runProgram(argv.slice(2), {
  output: new Output(stdout, stderr, env),
  env,
  signal: ended.signal,
  confirm: stdin.isTTY === true ? confirmAtTerminal : undefined,
})
process.exitCode = unwritten ?? code
