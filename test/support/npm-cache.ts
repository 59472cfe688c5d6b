import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'obelus-asterisk')

/** Installs packages into a folder of the cache, unless they are there. Gives the path of its `node_modules`. */
export async function installIntoCache(name: string, ...packages: readonly string[]): Promise<string> {
  const folder = join(cache, name)
  const modules = join(folder, 'node_modules')
  if (existsSync(modules)) return modules
  console.log(`Installing ${packages.join(' and ')} into ${folder} …`)
  const partial = `${folder}.partial`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { recursive: true })
  writeFileSync(join(partial, 'package.json'), '{ "private": true }\n')
  await run('npm', ['install', '--no-audit', '--no-fund', '--silent', ...packages], { cwd: partial, maxBuffer: 1 << 26 })
  rmSync(folder, { recursive: true, force: true })
  renameSync(partial, folder)
  return modules
}
