import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { RELEASES, type Release } from './releases.js'

const run = promisify(execFile)

/** Where tools live: beside the newest Asterisk, so that the machine itself is left as it is. */
const { root } = RELEASES.at(-1) as Release

/** Installs a program from Debian's packages, unless it is there. */
export function installTool(program: string, debianPackage: string): Promise<void> {
  return installPackage(root, `usr/bin/${program}`, debianPackage)
}

/** Installs a Debian package into a root, unless a file of it is there. */
export async function installPackage(into: string, file: string, debianPackage: string): Promise<void> {
  if (existsSync(join(into, file))) return
  console.log(`Installing ${debianPackage} into ${into} …`)
  // A mirror may be a snapshot, whose Release file is past its date.
  const install = [
    'apt-get update -qq -o Acquire::Check-Valid-Until=false',
    `apt-get install -y -qq --no-install-recommends ${debianPackage}`,
  ].join(' && ')
  await run('chroot', [into, 'sh', '-c', install], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    maxBuffer: 1 << 26,
  })
}

/** Runs a tool to its end. */
export async function runTool(program: string, args: readonly string[]): Promise<void> {
  await run('chroot', [root, program, ...args], { maxBuffer: 1 << 26 })
}

/** Starts a tool that serves a port; resolves when it does. */
export async function startTool(program: string, args: readonly string[], port: number): Promise<ChildProcess> {
  const child = spawn('chroot', [root, program, ...args], { stdio: 'ignore' })
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await delay(50)) if (await answers(port)) return child
  child.kill('SIGKILL')
  throw new Error(`${program} took more than 20 s to open port ${port}`)
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
