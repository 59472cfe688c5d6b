import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Release } from './releases.js'

const run = promisify(execFile)
const here = fileURLToPath(new URL('.', import.meta.url))

/** The controls of one installed Asterisk: its life and its console. */
export class AsteriskServer {
  readonly #release: Release
  readonly #configure: (release: Release) => void

  /** `configure` writes the files of `/etc/asterisk` before each start. */
  constructor(release: Release, configure: (release: Release) => void = standardConfiguration) {
    this.#release = release
    this.#configure = configure
  }

  /** Writes the configuration, starts Asterisk and waits until its manager port answers. */
  async start(): Promise<void> {
    await this.launch()
    await this.cli('core waitfullybooted')
  }

  /** Starts Asterisk; the manager port answers, modules may still be loading. */
  async launch(): Promise<void> {
    const { root } = this.#release
    this.#configure(this.#release)
    for (const folder of ['proc', 'run/asterisk', 'var/run/asterisk']) mkdirSync(join(root, folder), { recursive: true })
    if (!existsSync(join(root, 'proc/self'))) await run('mount', ['-t', 'proc', 'proc', join(root, 'proc')])
    rmSync(this.#pidFile, { force: true })
    // A process that the killed one had forked may hold its console's socket for a moment: the next one would take it for running.
    rmSync(join(root, 'run/asterisk/asterisk.ctl'), { force: true })
    const log = openSync(`${root}.log`, 'w')
    const child = spawn('chroot', [root, 'asterisk', '-f', '-n'], { detached: true, stdio: ['ignore', log, log] })
    child.unref()
    await this.#until(() => this.#answers(), 'to start')
  }

  /** Runs a command on the console and returns what it printed. */
  async cli(command: string): Promise<string> {
    const { stdout } = await run('chroot', [this.#release.root, 'asterisk', '-rx', command])
    return stdout
  }

  /** Has the manager know more accounts while `use` runs; `sections`: as manager.conf has them. */
  async withAccounts(sections: string, use: () => Promise<void>): Promise<void> {
    const file = join(this.#release.root, 'etc/asterisk/manager.conf')
    const before = readFileSync(file, 'utf8')
    writeFileSync(file, `${before}\n${sections}`)
    try {
      await this.cli('manager reload')
      await use()
    } finally {
      writeFileSync(file, before)
      await this.cli('manager reload')
    }
  }

  /** Stops Asterisk in order, or by force when it does not. */
  async stop(): Promise<void> {
    const { pid } = this
    if (pid === undefined) return
    await this.cli('core stop now').catch(() => undefined)
    await this.#until(() => !isAlive(pid), 'to stop').catch(() => process.kill(pid, 'SIGKILL'))
  }

  /** Ends Asterisk without any notice. */
  async kill(): Promise<void> {
    const { pid } = this
    if (pid === undefined) throw new Error('Asterisk does not run')
    process.kill(pid, 'SIGKILL')
    await this.#until(() => !isAlive(pid), 'to die')
  }

  /** Stops the process in its tracks, or sends it on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    const { pid } = this
    if (pid === undefined) throw new Error('Asterisk does not run')
    process.kill(pid, signal)
  }

  /** The process that runs, if one does. */
  get pid(): number | undefined {
    if (!existsSync(this.#pidFile)) return undefined
    const pid = Number(readFileSync(this.#pidFile, 'utf8'))
    return isAlive(pid) ? pid : undefined
  }

  get #pidFile(): string {
    return join(this.#release.root, 'run/asterisk/asterisk.pid')
  }

  async #answers(): Promise<boolean> {
    const socket = connect(this.#release.port, '127.0.0.1')
    try {
      await once(socket, 'data')
      return true
    } catch {
      return false
    } finally {
      socket.destroy()
    }
  }

  async #until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
    for (const deadline = Date.now() + 20_000; Date.now() < deadline; await delay(25)) if (await condition()) return
    throw new Error(`Asterisk ${this.#release.version} took more than 20 s ${what}; see ${this.#release.root}.log`)
  }
}

/** What most tests run on: the files of `conf`, each `@NAME@` in them replaced. */
export function standardConfiguration({ root, port, tlsPort, version }: Release): void {
  const values: Record<string, number> = {
    PORT: port,
    TLSPORT: tlsPort,
    SIPPORT: 17_000 + version,
    RTPSTART: 18_000 + version * 100,
    RTPEND: 18_399 + version * 100,
  }
  for (const name of readdirSync(join(here, 'conf'))) {
    const text = readFileSync(join(here, 'conf', name), 'utf8').replace(/@(\w+)@/g, (_, key: string) => String(values[key]))
    writeFileSync(join(root, 'etc/asterisk', name), text)
  }
  for (const name of ['server.pem', 'server.key'])
    copyFileSync(join(here, '../../fixtures/tls', name), join(root, 'etc/asterisk', name))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // A zombie is dead too; in a container nobody may collect it.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
