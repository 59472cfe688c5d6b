import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AMIClient } from 'obelus-asterisk'
import { describe, expect, it } from 'vitest'
import { loggedIn, NOT_OURS, releaseOf, servers } from './target.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const ours = servers.filter(({ version }) => version !== undefined)
const FOLDER = '/opt/obelus-asterisk'

it.runIf(ours.length === 0)(`programs that Asterisk starts: ${NOT_OURS}`, (context) => context.skip(NOT_OURS))

/** Puts this Node, the package and a script where the Asterisk of this root finds them. Gives why it cannot be, if it cannot. */
function place(asterisk: string, script: string): string | undefined {
  const folder = join(asterisk, FOLDER)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  copyFileSync(realpathSync(process.execPath), join(folder, 'node'))
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true })
  for (const name of ['eventemitter3', 'p-queue', 'p-timeout'])
    cpSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), { recursive: true })
  writeFileSync(join(folder, 'script.mjs'), `#!${FOLDER}/node\nimport { runAGI } from '${FOLDER}/dist/index.js'\n${script}\n`)
  for (const name of ['node', 'script.mjs']) chmodSync(join(folder, name), 0o755)
  try {
    execFileSync('chroot', [asterisk, `${FOLDER}/node`, '--version'], { stdio: 'pipe' })
    return undefined
  } catch (error) {
    return `this Node does not run beside that Asterisk: ${String(error).split('\n')[0]}`
  }
}

/** Has a call answered by the script. What AGISTATUS is when the call is over that the script has marked so. */
async function run(
  ami: AMIClient,
  args: readonly string[],
  mark: string,
  exten = 'run',
  caller = 'caller',
): Promise<string | undefined> {
  const isIt = (event: { get(name: string): string | undefined }) =>
    event.get('UserEvent') === 'AGIStatus' && event.get('Mark') === mark
  const told = ami.waitFor('UserEvent', { where: isIt, timeoutMs: 20_000 })
  const place = { Channel: `Local/${caller}@agi/n`, Context: 'agi', Exten: exten, Priority: 1, Async: true }
  const variables = { URL: [`${FOLDER}/script.mjs`, ...args].join(','), TEXT: 'a (b) ☎', ONE: '1', TWO: '2' }
  await ami.sendAction('Originate', place, { variables })
  return (await told).get('Status')
}

describe.each(ours)('a program that $name starts', (server) => {
  it('speaks AGI over stdin and stdout, whatever it prints, and is told of a hangup', async (context) => {
    const problem = place(
      releaseOf(server).root,
      `await runAGI(async (agi) => {
        console.log('VERBOSE "this is no command" 1')
        await agi.setVariable('MARK', [agi.args.join('|'), await agi.getVariable('TEXT'), agi.env.isNetwork].join(' / '))
        if (agi.args[0] !== 'hangup') return
        const gone = new Promise((resolve) => agi.signal.addEventListener('abort', resolve))
        await agi.exec('UserEvent', 'AGIReady', 'Channel: ' + agi.env.channel)
        await agi.waitForDigit(20_000).catch(() => undefined)
        await gone
        await agi.setVariable('MARK', 'told of the hangup')
      })`,
    )
    if (problem !== undefined) context.skip(problem)
    const ami = await loggedIn(server)
    expect(await run(ami, ['one', 'two words'], 'one|two words / a (b) ☎ / false')).toBe('SUCCESS')
    const ready = ami.waitFor('UserEvent', { where: (event) => event.get('UserEvent') === 'AGIReady', timeoutMs: 20_000 })
    const hungUp = run(ami, ['hangup'], 'told of the hangup')
    const channel = (await ready).getAll('Channel').find((name) => name.endsWith(';1')) ?? ''
    await ami.sendAction('Hangup', { Channel: channel.replace(';1', ';2'), Cause: 16 })
    expect(await hungUp).toBe('HANGUP')
  }, 60_000)

  it('gets its own answers, whatever a library or a child process prints to stdout', async (context) => {
    const problem = place(
      releaseOf(server).root,
      `import { execFileSync } from 'node:child_process'
      console.log('a library greets\\nin two lines')
      process.stdout.write('and a half … ')
      await runAGI(async (agi) => {
        const seen = []
        for (const name of ['ONE', 'TWO', 'ONE', 'TWO']) {
          execFileSync('/bin/echo', ['a child prints\\ntwo lines'], { stdio: ['ignore', 'inherit', 'inherit'] })
          seen.push(await agi.getVariable(name))
        }
        await agi.setVariable('MARK', seen.join('|'))
      })`,
    )
    if (problem !== undefined) context.skip(problem)
    const ami = await loggedIn(server)
    for (let round = 0; round < 5; round += 1) expect(await run(ami, [], '1|2|1|2')).toBeDefined()
  }, 60_000)

  it('hears the caller by EAGI, until the call ends', async (context) => {
    const problem = place(
      releaseOf(server).root,
      `await runAGI(async (agi) => {
        let frames = 0
        let loudest = 0
        for await (const frame of agi.audio) {
          frames += 1
          loudest = Math.max(loudest, Buffer.from(frame).readInt16LE(100))
          if (frames === 50) break
        }
        // What comes later is heard by another loop.
        const more = (async () => { for await (const frame of agi.audio) frames += frame.length === 320 ? 1 : 1000 })()
        await agi.waitForDigit(500)
        const heard = frames > 60 && frames < 1000 && loudest > 1000
        await agi.hangup()
        await more
        await agi.setVariable('MARK', heard ? 'heard' : frames + ' frames, ' + loudest)
      })`,
    )
    if (problem !== undefined) context.skip(problem)
    const ami = await loggedIn(server)
    expect(await run(ami, [], 'heard', 'enhanced', 'talks')).toBe('HANGUP')
  }, 60_000)
})
