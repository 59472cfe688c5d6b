import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Compiles and runs the README's first program as a user would have typed it, against this server; resolves with what it printed once it has exited by itself. */
export async function runReadmeProgram(server: {
  host: string
  port: number
  username: string
  secret: string
}): Promise<string> {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const program = /```ts\n([\s\S]*?)```/.exec(readme)?.[1]
  if (program === undefined) throw new Error('README.md has no program')
  const { host, port, username, secret } = server
  const account = JSON.stringify({ host, port, username, secret })
  const code = program.replace(/new AMIClient\(\{[^}]*\}\)/, `new AMIClient(${account})`)
  // Inside the project, where the package's own name resolves.
  const folder = mkdtempSync(join(root, 'test', '.readme-'))
  try {
    const file = join(folder, 'program.mts')
    writeFileSync(file, code)
    writeFileSync(join(folder, 'tsconfig.json'), '{ "extends": "../../tsconfig.json", "include": ["program.mts"] }')
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    await promisify(execFile)(process.execPath, [compiler, '-p', folder])
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', file], { cwd: root, timeout: 20_000 })
    return stdout
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
