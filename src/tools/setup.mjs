// Brings a fresh clone to where it can run: dependencies installed, `dist` built. Does nothing when both are there.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { copyAssets } from './copy-assets.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19))
  fail(`Node ${process.versions.node} is too old: obelus-asterisk needs 20.19 or later.`)

if (modified('package-lock.json') > modified('node_modules/.package-lock.json')) {
  run('Installing dependencies', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
}
if (newest('src') > modified('dist/.built')) {
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  run('Building', process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'src/tsconfig.json'])
  copyAssets()
  writeFileSync(join(root, 'dist/.built'), '')
}

function run(what, command, args) {
  process.stderr.write(`${what} …\n`)
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (status !== 0) fail(`${what} failed: ${command} ${args.join(' ')}${error ? ` (${error.message})` : ''}`)
}

function modified(path) {
  const file = join(root, path)
  return existsSync(file) ? statSync(file).mtimeMs : 0
}

function newest(folder) {
  const files = readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Math.max(modified('package.json'), ...files.map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs))
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
