import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

/** The first block of a language in the README. */
export function readmeBlock(language: 'ini' | 'js'): string {
  const block = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1]
  if (block === undefined) throw new Error(`README.md has no block of ${language}`)
  return block
}

/**
 * Runs the README's first program by plain `node`, as a user would have typed it, on the built package; only where it connects, and whom it calls,
 * are replaced. Its types are checked too. Resolves with what it printed once it has exited by itself.
 */
export async function runReadmeProgram(server: {
  readonly host: string
  readonly port: number
  readonly channel?: string
}): Promise<string> {
  const { host, port, channel = 'PJSIP/100' } = server
  const code = readmeBlock('js')
    .replace("host: '127.0.0.1'", `host: ${JSON.stringify(host)}, port: ${port}`)
    .replace('PJSIP/100', channel)
  // Inside the project, where the package's own name resolves.
  const folder = mkdtempSync(join(root, 'test', '.readme-'))
  try {
    const file = join(folder, 'first.mjs')
    writeFileSync(file, code)
    const options = { extends: '../../tsconfig.json', compilerOptions: { allowJs: true, checkJs: true }, include: ['first.mjs'] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options))
    await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder])
    const { stdout } = await run(process.execPath, [file], { cwd: folder, timeout: 20_000 })
    return stdout
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
