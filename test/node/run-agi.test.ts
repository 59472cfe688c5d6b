import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type AGICallOptions, FakeAsterisk } from 'obelus-asterisk/testing'
import { expect, it, onTestFinished, vi } from 'vitest'

const index = fileURLToPath(new URL('../../src/index.ts', import.meta.url))

/** A script that Asterisk starts as a program. */
function program(script: string, options: AGICallOptions = {}, args: readonly string[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'agi-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'script.mts')
  writeFileSync(file, `import { runAGI } from ${JSON.stringify(index)}\n${script}\n`)
  const pbx = new FakeAsterisk()
  const tsx = fileURLToPath(import.meta.resolve('tsx'))
  return pbx.callProgram(process.execPath, ['--import', tsx, file, ...args], options)
}

it('a script runs over stdin and stdout, and the process ends by itself', async () => {
  const caller = program(
    "await runAGI(async (agi) => { await agi.answer(); await agi.setVariable('ARGS', [...agi.args, await agi.getVariable('X')].join('|')) })",
    {
      args: ['one', 'two words'],
      variables: { X: 'a "b" \\ c' },
    },
  )
  expect(await caller.ended()).toBe('SUCCESS')
  expect(caller.variables.get('ARGS')).toBe('one|two words|a "b" \\ c')
  expect(caller.errors()).toBe('')
})

it('what it prints goes to stderr: stdout has commands and nothing else', async () => {
  const caller = program(
    "await runAGI(async (agi) => { console.log('hello'); process.stdout.write('world'); console.info('!'); await agi.noop() }); console.log('after')",
  )
  expect(await caller.ended()).toBe('SUCCESS')
  expect(caller.commands).toEqual(['NOOP'])
  expect(caller.errors()).toBe('hello\nworld!\nafter\n')
})

it('SIGHUP is the hangup: the signal aborts, clean-up works, the process ends in order', async () => {
  const caller = program(
    "await runAGI(async (agi) => { const gone = new Promise((resolve) => agi.signal.addEventListener('abort', resolve)); await agi.streamFile('x').catch((e) => console.error(e.name)); await gone; await agi.databasePut('left', 'at', 'x') })",
    { hangupAt: 1 },
  )
  expect(await caller.ended()).toBe('HANGUP')
  expect(caller.database.get('left/at')).toBe('x')
  expect(caller.errors()).toBe('AGIHangupError\n')
})

it('a script that throws ends with code 1, and says why on stderr', async () => {
  const caller = program("await runAGI(async () => { throw new Error('a bug') })")
  expect(await caller.ended()).toBe('FAILURE')
  expect(caller.errors()).toContain('Error: a bug')
  expect(caller.commands).toEqual(['HANGUP'])
})

it('started by hand, without Asterisk, it says so', async () => {
  const { execFile } = await import('node:child_process')
  const { promisify } = await import('node:util')
  const folder = mkdtempSync(join(tmpdir(), 'agi-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'script.mts')
  writeFileSync(file, `import { runAGI } from ${JSON.stringify(index)}\nawait runAGI(async () => undefined)\n`)
  const running = promisify(execFile)(process.execPath, ['--import', fileURLToPath(import.meta.resolve('tsx')), file])
  running.child.stdin?.end()
  const failed = (await running.catch((error: unknown) => error)) as { code: number; stdout: string; stderr: string }
  expect(failed).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('Asterisk starts this program') })
})

it('NODE_DEBUG=obelus-asterisk traces a script on stderr, and stdout has commands only', async () => {
  vi.stubEnv('NODE_DEBUG', 'obelus-asterisk')
  onTestFinished(() => void vi.unstubAllEnvs())
  const caller = program("await runAGI((agi) => agi.setVariable('PASSWORD', 'hunter2'))")
  expect(await caller.ended()).toBe('SUCCESS')
  expect(caller.variables.get('PASSWORD')).toBe('hunter2')
  expect(caller.commands).toEqual(['SET VARIABLE "PASSWORD" "hunter2"'])
  expect(caller.errors()).toMatch(/^OBELUS-ASTERISK \d+: \S+Z > PJSIP\/100-00000001\n {2}SET VARIABLE "PASSWORD" …$/m)
  expect(caller.errors()).not.toContain('hunter2')
})
