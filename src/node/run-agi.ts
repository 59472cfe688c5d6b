import type { Readable, Writable } from 'node:stream'
import type { AGIEnvironment } from '../agi/environment.js'
import { AGIProtocolError, AGISessionEndedError } from '../agi/errors.js'
import { AGI_PROTOCOL_SHAPE, type AGILimits, AGIProtocol } from '../agi/protocol.js'
import type { AGIScript } from '../agi/router.js'
import { ScriptRun } from '../agi/script-run.js'
import { actionIdSource } from '../ami/protocol/action-id.js'
import { deferred } from '../core/deferred.js'
import { asError } from '../core/errors.js'
import { checkOptions, type Optional } from '../core/options.js'
import { systemRandomBytes } from '../core/random-bytes.js'
import { systemClock } from '../core/system-clock.js'
import type { Transport } from '../core/transport.js'
import { CallerAudio } from './caller-audio.js'
import { traceWhenDebugged } from './debug-trace.js'
import { DIAGNOSTICS_CHANNELS } from './diagnostics-channels.js'

export interface RunAGIOptions {
  /** @default 'utf-8' */
  readonly encoding?: string | undefined
  readonly limits?: Optional<AGILimits> | undefined
}

/**
 * Runs a script that Asterisk started as a program: `AGI(/path/to/script)`. Commands go to stdout, and nothing else may: from now on what the
 * program prints goes to stderr, which Asterisk shows on its console. SIGHUP and the end of stdin are the caller's hangup.
 *
 * Asterisk takes what was printed before, and what a child process prints that has this stdout too, for commands, and answers it. Before the script
 * begins, and after each answer 510, the session finds out which answers are its own, and says so once by a warning of the process
 * (`process.on('warning')`, code `AGI_STDOUT`). What is printed meanwhile and happens to be a command cannot be told from the session's.
 *
 * By `EAGI(…)` the script has the caller's sound: `agi.audio`.
 *
 * Resolves when the script is over, with the exit code set: 0, or 1 when it threw, which is written to stderr; AGISTATUS is FAILURE then. The
 * process ends by itself when nothing else keeps it.
 */
export async function runAGI(script: AGIScript, options: RunAGIOptions = {}): Promise<void> {
  checkOptions(options, AGI_PROTOCOL_SHAPE)
  const { stdin, stdout, stderr } = process
  const write = stdout.write.bind(stdout)
  stdout.write = stderr.write.bind(stderr)
  const session = new StdioSession(script, options)
  const hangup = () => session.hangupReceived()
  process.on('SIGHUP', hangup)
  try {
    session.connect(stdin, stdout, write)
    await session.over
  } catch (error) {
    process.exitCode = 1
    stderr.write(`${error instanceof Error ? error.stack : asError(error).message}\n`)
  } finally {
    process.off('SIGHUP', hangup)
    stdin.destroy()
  }
}

const newNonce = actionIdSource(systemRandomBytes)

/** The script's side of the two pipes. */
class StdioSession extends AGIProtocol {
  readonly #script: AGIScript
  readonly #over = deferred<void>()
  #run: ScriptRun | undefined
  #audio: CallerAudio | undefined
  #isStrayTold = false

  constructor(script: AGIScript, options: RunAGIOptions) {
    super({ ...options, nonce: newNonce })
    this.#script = script
  }

  /** Resolves when the script is over. Rejects with what it threw, and with an AGIError when no session began. */
  get over(): Promise<void> {
    return this.#over.promise
  }

  connect(input: Readable, output: Writable, write: (data: Uint8Array) => void): void {
    // Asterisk may close its end first; what is written then reaches nobody.
    output.on('error', () => undefined)
    input.on('error', (error) => this.connectionLost(error))
    input.on('end', () => setImmediate(() => this.#inputEnded()))
    input.on('close', () => setImmediate(() => this.connectionLost()))
    this.connectionMade(new PipeTransport(write, () => this.connectionLost()))
    // SIGHUP comes before what Asterisk writes behind it; Node.js runs the signal's handler last, though.
    input.on('data', (data: Buffer) => setImmediate(() => this.dataReceived(data)))
  }

  get audio(): CallerAudio | undefined {
    return this.#audio
  }

  override sessionStarted(env: AGIEnvironment): void {
    if (env.isEnhanced) this.#audio = CallerAudio.open()
    const query = new URLSearchParams()
    this.#run = new ScriptRun(
      this,
      { clock: systemClock, observer: DIAGNOSTICS_CHANNELS },
      { script: this.#script, params: {}, query },
    )
    if (this.isHungUp) this.#run.hungUp()
    traceWhenDebugged(this.#run.session)
    const { session } = this.#run
    void this.#run.run().then((end) => {
      session.reportUnawaited((error) => process.emitWarning(asError(error)))
      if (end === undefined) this.#over.resolve()
      else this.#over.reject(end.threw)
    })
  }

  override hangupReceived(): void {
    this.noteHangup()
    this.#audio?.end()
    this.#run?.hungUp()
  }

  override strayReceived(): void {
    if (this.#isStrayTold) return
    this.#isStrayTold = true
    process.emitWarning(
      'Something besides the session writes to stdout, which Asterisk takes for commands; its answers were told apart. Print nothing before runAGI, and give child processes another stdout',
      { code: 'AGI_STDOUT' },
    )
  }

  override warningRaised(message: string): void {
    process.emitWarning(message, { code: 'AGI_ENVIRONMENT' })
  }

  /** Asterisk closes its end when the caller has hung up and it does not wait for the script. */
  #inputEnded(): void {
    if (this.#run !== undefined) this.hangupReceived()
    this.connectionLost()
  }

  override sessionEnded(error?: Error): void {
    this.#audio?.end()
    if (this.#run !== undefined) this.#run.lost(error)
    else if (error instanceof AGIProtocolError) this.#over.reject(error)
    else
      this.#over.reject(
        new AGISessionEndedError('stdin ended before the session could begin; Asterisk starts this program, by AGI(…)'),
      )
  }
}

class PipeTransport implements Transport {
  readonly #write: (data: Uint8Array) => void
  readonly #closed: () => void
  #isClosed = false

  constructor(write: (data: Uint8Array) => void, closed: () => void) {
    this.#write = write
    this.#closed = closed
  }

  write(data: Uint8Array): void {
    if (!this.#isClosed) this.#write(data)
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#closed()
  }
}
