import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { installIntoCache } from '../support/npm-cache.js'

const run = promisify(execFile)

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
  return join(await installIntoCache(join('runtimes', wanted), wanted), program)
}

/** What a runtime calls its version. */
export async function versionOf(path: string): Promise<string> {
  const { stdout } = await run(path, ['--version'])
  return stdout.split('\n')[0]?.trim() ?? ''
}
