/**
 * `npm run test:runtimes`: the unit and contract tests on every Node, and a smoke program on every runtime against real servers. Prints a table.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { bringUp } from '../e2e/asterisk/global-setup.js'
import { install, RUNTIMES, versionOf } from './runtime.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const VITEST = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/vitest.config.ts', '--project', 'unit']
/** Runtimes that are named on the command line; else all. */
const wanted = process.argv.slice(2)

/** Runs a program to its end; gives whether it succeeded, and what it printed. */
function execute(program: string, args: readonly string[]): Promise<{ ok: boolean; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, env: { ...process.env, NO_COLOR: '1' }, timeout: 600_000 })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data))
    child.on('error', (error) => resolve({ ok: false, output: error.message }))
    child.on('close', (code) => resolve({ ok: code === 0, output }))
  })
}

const { servers, takeDown } = await bringUp()
const rows: string[][] = []
const failures: string[] = []
try {
  for (const runtime of RUNTIMES) {
    if (wanted.length > 0 && !wanted.includes(runtime.name)) continue
    const program = await install(runtime).catch((error: Error) => {
      failures.push(`${runtime.name} cannot be installed: ${error.message}`)
      rows.push([runtime.name, 'FAILS'])
      return undefined
    })
    if (program === undefined) continue
    const row = [runtime.name, await versionOf(program)]
    const cell = async (what: string, args: readonly string[], summary: (output: string) => string) => {
      const { ok, output } = await execute(program, args)
      if (!ok) failures.push(`${runtime.name}, ${what}:\n${output.slice(-4_000)}`)
      row.push(ok ? summary(output) : 'FAILS')
    }
    if (runtime.isNode) await cell('unit tests', VITEST, (output) => /Tests +(\d+ passed)/.exec(output)?.[1] ?? 'passed')
    else row.push('(vitest needs Node)')
    for (const { name, host, port, username, secret } of servers) {
      const args = [...runtime.args, 'test/runtimes/smoke.mjs', host, String(port), username, secret]
      await cell(`smoke on ${name}`, args, (output) => output.trim().split('\n').at(-1) ?? '')
    }
    rows.push(row)
    console.log(row.join(' | '))
  }
} finally {
  await takeDown()
}
const head = ['runtime', 'version', 'unit and contract tests', ...servers.map(({ name }) => `smoke on ${name}`)]
const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
const line = (cells: readonly string[]) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
console.log(`\n${[head, ...rows].map(line).join('\n')}`)
for (const failure of failures) console.error(`\n${failure}`)
process.exitCode = failures.length === 0 ? 0 : 1
