import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'obelus-asterisk', 'runtimes')

/** A JavaScript runtime, as the package registry has it. */
export interface Runtime {
  readonly name: string
  /** The package and the version to install. */
  readonly wanted: string
  /** Its program, in the folder of its package. */
  readonly program: string
  /** What stands before a script's name. */
  readonly args: readonly string[]
  /** Whether vitest runs on it. */
  readonly isNode: boolean
}

const node = (version: string): Runtime => ({
  name: `Node ${version}`,
  wanted: `node@${version}`,
  program: 'node/bin/node',
  args: [],
  isNode: true,
})

export const RUNTIMES: readonly Runtime[] = [
  node('20'),
  node('22'),
  node('24'),
  node('26'),
  { name: 'Bun', wanted: 'bun@1', program: '.bin/bun', args: [], isNode: false },
  { name: 'Deno', wanted: 'deno@2', program: '.bin/deno', args: ['run', '--allow-all'], isNode: false },
]

/** Installs a runtime into the cache, unless it is there. Gives its program. */
export async function install({ wanted, program }: Runtime): Promise<string> {
  const folder = join(cache, wanted)
  const path = join(folder, 'node_modules', program)
  if (existsSync(path)) return path
  console.log(`Installing ${wanted} into ${folder} …`)
  const partial = `${folder}.partial`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { recursive: true })
  writeFileSync(join(partial, 'package.json'), '{ "private": true }\n')
  await run('npm', ['install', '--no-audit', '--no-fund', '--silent', wanted], { cwd: partial, maxBuffer: 1 << 26 })
  rmSync(folder, { recursive: true, force: true })
  renameSync(partial, folder)
  return path
}

/** What a runtime calls its version. */
export async function versionOf(path: string): Promise<string> {
  const { stdout } = await run(path, ['--version'])
  return stdout.split('\n')[0]?.trim() ?? ''
}
