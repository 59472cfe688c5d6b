import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The README's first program, for this server. */
export function firstReadmeProgram(server: { host: string; port: number; username: string; secret: string }): string {
  const { host, port, username, secret } = server
  const account = JSON.stringify({ host, port, username, secret })
  return readmeProgram('').replace(/new AMIClient\(\{[^}]*\}\)/, `new AMIClient(${account})`)
}

/** The first program of the README that has this text. */
export function readmeProgram(text: string): string {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const programs = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, program = '']) => program)
  const found = programs.find((program) => program.includes(text))
  if (found === undefined) throw new Error(`README.md has no program with ${JSON.stringify(text)}`)
  return found
}

/** Compiles and runs a program as a user would have typed it; resolves with what it printed once it has exited by itself. */
export async function runReadmeProgram(program: string): Promise<string> {
  // Inside the project, where the package's own name resolves.
  const folder = mkdtempSync(join(root, 'test', '.readme-'))
  try {
    const file = join(folder, 'program.mts')
    writeFileSync(file, program)
    writeFileSync(join(folder, 'tsconfig.json'), '{ "extends": "../../tsconfig.json", "include": ["program.mts"] }')
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    await promisify(execFile)(process.execPath, [compiler, '-p', folder])
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', file], { cwd: root, timeout: 20_000 })
    return stdout
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
