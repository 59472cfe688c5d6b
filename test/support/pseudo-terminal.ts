import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** The built `obelus` in a pseudo-terminal, as somebody types it: by `script` of util-linux. */
export class PseudoTerminal {
  readonly #process: ChildProcess
  #look: () => void = () => undefined
  /** What the terminal showed, stdout and stderr together. */
  screen = ''

  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    const line = [process.execPath, main, ...args].map((word) => `'${word}'`).join(' ')
    this.#process = spawn('script', ['--quiet', '--return', '--flush', '--command', line, '/dev/null'], {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#process.stdout?.on('data', (bytes) => {
      this.screen += bytes
      this.#look()
    })
    onTestFinished(() => void this.#process.kill('SIGKILL'))
  }

  /** Resolves when the screen shows it. */
  async shows(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.screen))
      await new Promise<void>((resolve) => {
        this.#look = resolve
      })
  }

  /** As on a keyboard: `\u0003` is Ctrl-C. */
  type(keys: string): void {
    this.#process.stdin?.write(keys)
  }

  /** Its exit code. */
  async ended(): Promise<number | null> {
    if (this.#process.exitCode === null) await once(this.#process, 'close')
    return this.#process.exitCode
  }
}
