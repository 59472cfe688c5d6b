import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type AGICallOptions, FakeAsterisk } from 'obelus-asterisk/testing'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { markerAnswer } from '../../src/agi/marked-reply-reader.js'
import { environment } from '../support/agi-peer.js'

const index = fileURLToPath(new URL('../../src/index.ts', import.meta.url))

const tsx = fileURLToPath(import.meta.resolve('tsx'))

/** The file of a script. */
function file(script: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'agi-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'script.mts')
  writeFileSync(path, `import { runAGI } from ${JSON.stringify(index)}\n${script}\n`)
  return path
}

/** A script that Asterisk starts as a program. */
function program(script: string, options: AGICallOptions = {}, args: readonly string[] = []) {
  return new FakeAsterisk().callProgram(process.execPath, ['--import', tsx, file(script), ...args], options)
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

describe('what somebody else writes to stdout', () => {
  const read = "async (agi) => agi.setVariable('SEEN', [await agi.getVariable('A'), await agi.getVariable('B')].join('|'))"

  it.each([
    ['a line before runAGI', "console.log('[env] 3 values loaded')"],
    ['several, one of them a command', "console.log('hello\\nNOOP\\nworld')"],
    ['half a line', "process.stdout.write('loading … ')"],
  ])('%s: every answer goes to its command, and it is told once', async (_, before) => {
    const caller = program(`${before}\nawait runAGI(${read})`, { variables: { A: 'a', B: 'b' } })
    expect(await caller.ended()).toBe('SUCCESS')
    expect(caller.variables.get('SEEN')).toBe('a|b')
    expect(caller.errors().match(/AGI_STDOUT/g)).toHaveLength(1)
  })

  it('a child process in the middle', async () => {
    const caller = program(
      `import { execFileSync } from 'node:child_process'
      const print = () => execFileSync('echo', ['hello'], { stdio: 'inherit' })
      await runAGI(async (agi) => {
        const seen = []
        for (const name of ['A', 'B', 'A']) {
          print()
          seen.push(await agi.getVariable(name))
        }
        await agi.setVariable('SEEN', seen.join('|'))
      })`,
      { variables: { A: 'a', B: 'b' } },
    )
    expect(await caller.ended()).toBe('SUCCESS')
    expect(caller.variables.get('SEEN')).toBe('a|b|a')
    expect(caller.errors().match(/AGI_STDOUT/g)).toHaveLength(1)
  })
})

it.each([
  ['end()', 'agi.end()'],
  ['an answer that takes too long', "await agi.noop('x', { answerTimeoutMs: 20 }).catch(() => undefined)"],
])('after %s the session is over, and nobody has hung up', async (_, end) => {
  const script = `await runAGI(async (agi) => { ${end}; console.error(agi.isHungUp, agi.signal.aborted, agi.signal.reason.name) })`
  const child = spawn(process.execPath, ['--import', tsx, file(script)], { stdio: ['pipe', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (data: string) => {
    errors += data
  })
  // Answers what the session asks at its beginning, and nothing else.
  child.stdout.setEncoding('utf8').on('data', (line: string) => child.stdin.write(markerAnswer(line.trim()) ?? ''))
  child.stdin.write(environment())
  await once(child, 'close')
  expect(errors).toBe('false true AGISessionEndedError\n')
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
  const running = promisify(execFile)(process.execPath, ['--import', tsx, file('await runAGI(async () => undefined)')])
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
