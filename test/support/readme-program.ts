import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

/** The first block of a language that has this text, in the README or another page. */
export function readmeBlock(language: 'ini' | 'js' | 'ts', text = '', page = 'README.md'): string {
  const readme = readFileSync(join(root, page), 'utf8')
  const blocks = [...readme.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block = '']) => block)
  const found = blocks.find((block) => block.includes(text))
  if (found === undefined) throw new Error(`${page} has no block of ${language} with ${JSON.stringify(text)}`)
  return found
}

/**
 * Runs the README's first program by plain `node`, as a user would have typed it, on the built package; only where it connects, and whom it calls,
 * are replaced. Its types are checked too. Resolves with what it printed once it has exited by itself.
 */
export function runReadmeProgram(server: {
  readonly host: string
  readonly port: number
  readonly channel?: string
}): Promise<string> {
  const { host, port, channel = 'PJSIP/100' } = server
  const code = readmeBlock('js')
    .replace("host: '127.0.0.1'", `host: ${JSON.stringify(host)}, port: ${port}`)
    .replace('PJSIP/100', channel)
  return runProgram('program.mjs', code)
}

/** Checks the types of a program and runs it; resolves with what it printed once it has exited by itself. */
export async function runProgram(name: 'program.mjs' | 'program.mts', code: string): Promise<string> {
  // Inside the project, where the package's own name resolves.
  const folder = mkdtempSync(join(root, 'test', '.readme-'))
  try {
    const file = join(folder, name)
    writeFileSync(file, code)
    const options = { extends: '../../tsconfig.json', compilerOptions: { allowJs: true, checkJs: true }, include: [name] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options))
    await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder])
    const loader = name.endsWith('.mts') ? ['--import', 'tsx'] : []
    const { stdout } = await run(process.execPath, [...loader, file], { cwd: root, timeout: 20_000 })
    return stdout
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** All programs in TypeScript of a page, in their order. */
export function pagePrograms(page: string): string[] {
  return [...readFileSync(join(root, page), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, program = '']) => program)
}

/** Compiles and runs a program in TypeScript as a user would have typed it; resolves with what it printed once it has exited by itself. */
export async function runTypedProgram(program: string): Promise<string> {
  const folder = mkdtempSync(join(root, 'test', '.readme-'))
  try {
    const file = join(folder, 'program.mts')
    writeFileSync(file, program)
    writeFileSync(join(folder, 'tsconfig.json'), '{ "extends": "../../tsconfig.json", "include": ["program.mts"] }')
    await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder])
    const { stdout } = await run(process.execPath, ['--import', 'tsx', file], { cwd: root, timeout: 20_000 })
    return stdout
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
