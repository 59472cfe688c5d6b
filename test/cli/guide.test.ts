import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { action, event, FakeAsterisk, FakeResponse } from 'obelus-asterisk/testing'
import { expect, it, onTestFinished } from 'vitest'
import { Typed } from '../support/terminal.js'

const guide = fileURLToPath(new URL('../../src/cli/README.md', import.meta.url))

/** A screen as the guide has it: what differs from run to run is the same. */
function settled(text: string, port: number): string {
  return text
    .replaceAll(`127.0.0.1:${port}`, '127.0.0.1:5038')
    .replaceAll(/\d\d:\d\d:\d\d\.\d{3}/g, '12:00:00.000')
    .replaceAll(/secret = [\w-]{43}/g, 'secret = (43 letters and digits, by chance)')
    .replaceAll(/\(\d+\.\d ms\)/g, '(0.3 ms)')
}

it('the guide shows what the commands print (UPDATE_GUIDE=1 writes it)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'obelus-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const pbx = new FakeAsterisk(
    { users: { crm: 's3cret' }, unhandled: 'bypass' },
    action('QueueStatus', async function* () {
      yield event('QueueMember', { Queue: 'support', Name: 'Ann', Location: 'PJSIP/100', Status: 1 })
    }),
    action(
      'Command',
      () => new FakeResponse('Success', { Message: 'Command output follows', Output: ['System uptime: 3 weeks, 2 days'] }),
    ),
  )
  pbx.dialplan({
    100: { answer: { talkMs: Number.POSITIVE_INFINITY } },
    200: { answer: { talkMs: 30 } },
    201: { answer: { talkMs: 60_000 } },
    300: { dial: 'PJSIP/200' },
    301: { dial: 'PJSIP/201' },
  })
  const { port } = await pbx.listen()
  onTestFinished(() => pbx.close())
  const env = { AMI_URL: `ami://crm:s3cret@127.0.0.1:${port}` }
  const screens = new Map<string, string>()
  const shown = (typed: Typed, line: string) => `$ ${line}\n${settled(typed.stderr.text + typed.stdout.text, port).trimEnd()}`
  const show = async (name: string, line: string, args: readonly string[], given = env) => {
    const typed = new Typed(args, { env: given })
    await typed.code
    screens.set(name, shown(typed, line))
  }
  /** One that runs until Ctrl-C; `until` happens in between. */
  const showUntil = async (name: string, line: string, args: readonly string[], until: (typed: Typed) => Promise<unknown>) => {
    const typed = new Typed(args, { env })
    await Promise.race([typed.stderr.shows(/Ctrl-C ends/), typed.stdout.shows(/Ctrl-C ends/)])
    await until(typed)
    typed.interrupt()
    await typed.code
    screens.set(name, shown(typed, line).replaceAll(`${folder}/`, ''))
  }
  await show('help', 'obelus --help', ['--help'])
  await show('doctor', 'obelus doctor', ['doctor'], { AMI_URL: env.AMI_URL.replace('s3cret', 'wrong') })
  await show('conf', 'obelus conf --for calls --name crm --permit 10.0.0.5', [
    'conf',
    '--for',
    'calls',
    '--name',
    'crm',
    '--permit',
    '10.0.0.5',
  ])
  await showUntil(
    'events',
    'obelus events QueueCallerJoin --where Queue=support',
    ['events', 'QueueCallerJoin', '--where', 'Queue=support'],
    (typed) => {
      pbx.emit('QueueCallerJoin', {
        Channel: 'PJSIP/trunk-00000001',
        CallerIDNum: '0301234',
        Queue: 'support',
        Position: 1,
        Count: 1,
      })
      return typed.stdout.shows(/\n/)
    },
  )
  await show('action', 'obelus action QueueStatus Queue=support', ['action', 'QueueStatus', 'Queue=support'])
  await show('command', "obelus command 'core show uptime'", ['command', 'core show uptime'])
  await showUntil('follow', 'obelus calls --follow', ['calls', '--follow'], async (typed) => {
    await show('call', 'obelus call PJSIP/100 300@default --wait', ['call', 'PJSIP/100', '300@default', '--wait'])
    await typed.stdout.shows(/ ended .*\n/)
  })
  // Who is in a call may be known a moment later.
  screens.set('follow', (screens.get('follow') ?? '').replaceAll(/\S+ -> \S+/g, 'PJSIP/100 -> PJSIP/200'))
  const watching = new Typed(['calls', '--follow'], { env })
  await watching.stderr.shows(/Ctrl-C ends/)
  const caller = pbx.incomingCall({ from: '"Ann" <0301234>', to: '301' })
  await watching.stdout.shows(/bridged/)
  await show('calls', 'obelus calls', ['calls'])
  watching.interrupt()
  caller.hangup()
  await watching.code
  const file = join(folder, 'monday.ami')
  await showUntil('record', 'obelus record monday.ami', ['record', file], async () => undefined)
  await showUntil('replay', 'obelus replay monday.ami', ['replay', file, '--port', '0'], async () => undefined)
  screens.set('replay', (screens.get('replay') ?? '').replace(/127\.0\.0\.1:\d+/, '127.0.0.1:5038'))

  const before = readFileSync(guide, 'utf8')
  const after = before.replace(/<!-- screen: (\w+) -->\n(?:\n```console\n[\s\S]*?\n```\n)?/g, (_, name: string) => {
    const screen = screens.get(name)
    if (screen === undefined) throw new Error(`The guide wants a screen of ${name}`)
    screens.delete(name)
    return `<!-- screen: ${name} -->\n\n\`\`\`console\n${screen}\n\`\`\`\n`
  })
  expect([...screens.keys()]).toEqual([])
  if (process.env.UPDATE_GUIDE) writeFileSync(guide, after)
  expect(after).toBe(before)
}, 60_000)
