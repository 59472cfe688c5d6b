import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** That of whoever runs the tests is not asked. */
export const NO_SERVER = { AMI_URL: '', AMI_HOST: '' }

const root = fileURLToPath(new URL('../..', import.meta.url))

/** An example in a process of its own, and what it has printed. */
export class Example {
  readonly #process: ChildProcess
  #printed = ''
  #look: () => void = () => undefined

  constructor(name: string, ...args: string[]) {
    this.#process = spawn(process.execPath, ['--import', 'tsx', `examples/${name}.ts`, ...args], {
      cwd: root,
      env: { ...process.env, ...NO_SERVER },
    })
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on('data', (bytes) => {
        this.#printed += bytes
        this.#look()
      })
    }
    onTestFinished(() => {
      this.#process.kill('SIGKILL')
    })
  }

  get lines(): string[] {
    return this.#printed.trimEnd().split('\n')
  }

  async printed(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.#printed)
      if (found !== null) return found[0]
      await new Promise<void>((resolve) => {
        this.#look = resolve
      })
    }
  }

  interrupt(): void {
    this.#process.kill('SIGINT')
  }

  /** Its exit code. */
  async ended(): Promise<number | null> {
    if (this.#process.exitCode === null) await once(this.#process, 'close')
    return this.#process.exitCode
  }
}
