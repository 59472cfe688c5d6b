import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Runs a program that exits by itself; resolves with what it printed. */
async function run(...args: string[]): Promise<string> {
  // The runner of node:test would take itself for a test of another one.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const options = { cwd: root, env, timeout: 60_000 }
  return (await promisify(execFile)(process.execPath, ['--import', 'tsx', ...args], options)).stdout
}

// Those of vitest run with the others.
it('the user tests pass under node:test, and leave nothing behind', async () => {
  const printed = await run('--test', '--test-reporter=tap', 'examples/testing/node.test.ts')
  const ended = (what: string) => Number(new RegExp(`^# ${what} (\\d+)`, 'm').exec(printed)?.[1])
  expect(ended('pass')).toBeGreaterThanOrEqual(10)
  expect([ended('fail'), ended('cancelled')]).toEqual([0, 0])
}, 60_000)

it("the user tests pass under jest's fake timers, and leave nothing behind", async () => {
  const printed = await run('examples/testing/jest.ts')
  expect(printed.match(/^ok /gm)?.length).toBeGreaterThanOrEqual(10)
}, 60_000)
