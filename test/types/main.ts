/**
 * `npm run test:types`: compiles the programs under `programs` as projects of users do, with the least TypeScript that the README states and with
 * later ones, in each module format; and looks for types that a public signature uses and its entry does not export, and for optional members that
 * do not take `undefined`. Prints a table.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import PQueue from 'p-queue'
import { installIntoCache } from '../support/npm-cache.js'
import { FORMATS, PROGRAMS, writeProject } from './project.js'

/** The least that the README states, the last that is written in JavaScript, and the present one. */
const VERSIONS = ['5.2', '5.9', '7']
/** Reads the declarations; TypeScript 7 has no API for it. */
const READER = '5.9'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'obelus-types-'))
const processes = new PQueue({ concurrency: availableParallelism() })
const failures: string[] = []

/** Runs a program of Node's to its end. Gives what it printed, if it failed or printed anything. */
function problemsOf(...args: readonly string[]): Promise<string> {
  return processes.add(
    () =>
      new Promise((resolve) => {
        execFile(process.execPath, args, { maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
          resolve(stdout || stderr || (error?.message ?? '')),
        )
      }),
  )
}

/** The result of a check for the table; what is wrong is kept for the end. */
async function cell(what: string, good: string, problems: readonly Promise<string>[]): Promise<string> {
  const found = (await Promise.all(problems)).join('').trim()
  if (found === '') return good
  failures.push(`${what}:\n${found}`)
  return 'FAILS'
}

async function compile(version: string, modules: string): Promise<string[]> {
  const compiler = join(modules, 'typescript', 'bin', 'tsc')
  const cells = FORMATS.map((format) => {
    if (Number(version) < Number(format.since)) return '-'
    const project = join(folder, version, format.name)
    const configurations = writeProject(project, join(modules, '@types', 'node'), format)
    const runs = configurations.map((file) => problemsOf(compiler, '-p', file))
    return cell(`TypeScript ${version}, ${format.name}`, `${PROGRAMS} programs`, runs)
  })
  return Promise.all([version, ...cells])
}

/** Runs a reader of the declarations over those of each entry. */
function readDeclarations(reader: string, modules: string): Promise<string> {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, string | { readonly types: string }>>
  }
  const entries = Object.values(exports).flatMap((each) => (typeof each === 'string' ? [] : [join(root, each.types)]))
  return problemsOf(join(root, 'test/types', reader), join(modules, 'typescript'), ...entries)
}

try {
  const compilers = new Map<string, string>()
  for (const version of VERSIONS)
    compilers.set(version, await installIntoCache(`typescript-${version}`, `typescript@${version}`, '@types/node@20'))
  const rows = [...compilers].map(([version, modules]) => compile(version, modules))
  const reader = compilers.get(READER) as string
  const names = cell('A public signature uses types that its entry does not export', 'all exported', [
    readDeclarations('unexported.mjs', reader),
  ])
  const members = cell('An optional member cannot be set to undefined', 'all take undefined', [
    readDeclarations('without-undefined.mjs', reader),
  ])
  const head = ['TypeScript', ...FORMATS.map(({ name }) => name)]
  const table = [head, ...(await Promise.all(rows))]
  const widths = head.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
  for (const row of table) console.log(row.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  '))
  console.log(`types that public signatures use: ${await names}`)
  console.log(`optional members: ${await members}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
for (const failure of failures) console.error(`\n${failure}`)
process.exitCode = failures.length === 0 ? 0 : 1
