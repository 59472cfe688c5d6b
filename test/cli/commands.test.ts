import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { action, event, FakeAsterisk, FakeResponse, failure, success } from 'obelus-asterisk/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { COMMANDS } from '../../src/cli/command-table.js'
import { Typed, typed } from '../support/terminal.js'

const SECRET = 'a-secret-of-ours'

/** Whom 100 calls at 300 is 200, who talks for a moment. */
const OFFICE = {
  100: { answer: { talkMs: Number.POSITIVE_INFINITY } },
  101: 'busy',
  200: { answer: { talkMs: 30 } },
  300: { dial: 'PJSIP/200' },
} as const

async function server(): Promise<{ pbx: FakeAsterisk; url: string; env: { AMI_URL: string } }> {
  const pbx = new FakeAsterisk(
    { users: { crm: SECRET } },
    action('QueueStatus', async function* () {
      yield event('QueueParams', { Queue: 'support', Max: 0 })
      yield event('QueueMember', { Queue: 'support', Name: 'Ann' })
    }),
    action(
      'Command',
      () => new FakeResponse('Success', { Message: 'Command output follows', Output: ['one', '  two\u001b[2J'] }),
    ),
    action('Setvar', (request) => (request.getAll('Variable').length === 2 ? success('Variable Set') : failure('No variable'))),
  )
  pbx.dialplan(OFFICE)
  const { port } = await pbx.listen()
  onTestFinished(() => pbx.close().catch(() => undefined))
  const url = `ami://crm:${SECRET}@127.0.0.1:${port}`
  return { pbx, url, env: { AMI_URL: url } }
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'obelus-'))
  onTestFinished(() => rmSync(made, { recursive: true }))
  return made
}

describe('obelus', () => {
  it('says on one screen what there is, and what each command takes, with an example', async () => {
    const { code, out } = await typed(['--help'])
    expect(code).toBe(0)
    for (const name of Object.keys(COMMANDS)) expect(out).toMatch(new RegExp(`^  ${name} `, 'm'))
    for (const name of Object.keys(COMMANDS)) {
      const help = await typed([name, '--help'])
      expect(help.code).toBe(0)
      expect(help.out.split('\n').length).toBeLessThan(25)
      expect(help.out.split('\n').filter((line) => line.length > 80)).toEqual([])
      expect(help.out).toMatch(/^Examples?:\n {2}.*\bobelus /m)
    }
    expect((await typed(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it.each([
    [['evnets'], 2, /There is no command "evnets"; did you mean "events"\?/],
    [['events', '--jsno'], 2, /There is no option "--jsno"; did you mean "--json"\?/],
    [['events', '--where'], 2, /--where <value>' argument missing/],
    [['events'], 2, /No server is named: give a URL/],
    [['events', `http://crm:${SECRET}@pbx`], 2, /must begin with ami:\/\/, amis:\/\/, ws:\/\/ or wss:\/\/, not http:\/\//],
    [['doctor', `pbx:${SECRET}@pbx`], 2, /"…@pbx" is one argument too many; a URL is written ami:\/\/username:secret@host/],
    [['events', `crm:${SECRET}@pbx`], 2, /"…@pbx" is no name of an event; a URL is written ami:\/\/username:secret@host/],
    [['replay', `ami:/crm:${SECRET}@pbx`], 1, /ENOENT: no such file/],
    [['record', `ami:/crm:${SECRET}@pbx`, 'ami://a:b@127.0.0.1:1'], 1, /ENOENT: no such file/],
    [['command', `crm:${SECRET}@pbx core restart now`], 2, /No server is named/],
    [['call', 'a', 'b', 'ami://a:b@127.0.0.1:1'], 2, /CHANNEL must be a technology and a resource, as in PJSIP\/100, not "a"/],
    [['events', 'ami://crm@pbx'], 2, /url has no secret/],
    [
      ['events', '--where', 'Queue', 'ami://a:b@127.0.0.1:1'],
      2,
      /--where takes Header=value, Header!=value or Header~pattern, not "Queue"/,
    ],
    [['events', '--where', 'Queue~(', 'ami://a:b@127.0.0.1:1'], 2, /--where: Invalid regular expression/],
    [
      ['events', `ami://a:${SECRET}@127.0.0.1:1`],
      1,
      /No connection to 127\.0\.0\.1:1: connect ECONNREFUSED.*\nobelus doctor says more/,
    ],
    [['action', `ami://a:${SECRET}@127.0.0.1:1`], 2, /NAME is missing/],
    [['action', 'Ping', 'Header', 'ami://a:b@127.0.0.1:1'], 2, /a header is written Header=Value, not "Header"/],
    [['call', 'PJSIP/100', 'ami://a:b@127.0.0.1:1'], 2, /EXTENSION is missing/],
    [['call', 'PJSIP/1', 'b', '--timeout', 'long'], 2, /--timeout must be a number from 1 to 2147483, not "long"/],
    [['call', 'PJSIP/1', 'b', '--timeout', '9999999'], 2, /--timeout must be a number from 1 to 2147483, not "9999999"/],
    [['record', '/nowhere/file', '--seconds', '9999999'], 2, /--seconds must be a number from 0 to 2147483, not "9999999"/],
    [['conf'], 2, /--for is missing: calls, live, asyncagi, filters/],
    [['conf', '--for', 'cals'], 2, /--for does not know "cals"; did you mean calls\? It takes calls/],
    [
      ['conf', '--for', 'calls', '--permit', 'pbx'],
      2,
      /--permit takes an address or a network such as 10\.0\.0\.0\/24, not "pbx"/,
    ],
    [['completion', 'fish'], 2, /there is a completion for bash and for zsh/],
    [['replay', '/nowhere/file'], 1, /ENOENT: no such file/],
    [['doctor', '--fastagi', 'http://x'], 2, /--fastagi takes an address such as agi:\/\//],
  ])('%j: one line that says what and what to do', async (args, code, message) => {
    const result = await typed(args)
    expect(result.err).toMatch(message)
    expect(result).toMatchObject({ code, out: '' })
    expect(result.err).not.toContain(SECRET)
    expect(result.err.trimEnd().split('\n').length).toBeLessThanOrEqual(2)
  })

  it('a wrong secret and a name that the manager does not know', async () => {
    const { url } = await server()
    const refused = await typed(['command', 'core show channels', url.replace(SECRET, 'wrong')])
    expect(refused).toMatchObject({ code: 1, out: '' })
    expect(refused.err).toContain('refused the login of "crm"')
    const unknown = await typed(['action', 'QueueStatsu', url])
    expect(unknown).toMatchObject({ code: 1, out: '' })
    expect(unknown.err).toContain('did you mean QueueStatus?')
  })
})

describe('events', () => {
  it('prints those of a name that fit, without secrets, and logs off at Ctrl-C', async () => {
    const { pbx, env } = await server()
    const command = new Typed(['events', 'QueueCallerJoin', 'VarSet', '--where', 'Queue=support'], { env })
    await command.stderr.shows(/Ctrl-C ends/)
    pbx.emit('QueueCallerJoin', { Queue: 'sales', Position: 1 })
    pbx.emit('QueueCallerJoin', { Queue: 'support', Position: 2, CallerIDName: 'Ann\u001b[2J Bee' })
    await command.stdout.shows(/\n/)
    command.interrupt()
    expect(await command.code).toBe(0)
    expect(command.stdout.lines).toEqual([
      expect.stringMatching(
        /^\d\d:\d\d:\d\d\.\d{3} QueueCallerJoin Queue=support Position=2 CallerIDName="Ann\\\\u\{1b\}\[2J Bee"$/,
      ),
    ])
    await pbx.waitForAction('Logoff')
  })

  it('for programs one object a line, gaps too; secrets are gone', async () => {
    const { pbx, env } = await server()
    const command = new Typed(['events', 'VarSet', '--json'], { env })
    await command.stderr.shows(/Ctrl-C ends/)
    pbx.emit('VarSet', { Variable: 'USER_PASSWORD', Value: SECRET, Channel: 'PJSIP/1' })
    await command.stdout.shows(/\n/)
    pbx.restart()
    await command.stderr.shows(/connection lost/)
    await command.stderr.shows(/connected again/)
    pbx.emit('VarSet', { Variable: 'A', Value: 'b' })
    await command.stdout.shows(/"A"/)
    command.interrupt()
    expect(await command.code).toBe(0)
    const [first, gap, second] = command.stdout.lines.map((line) => JSON.parse(line))
    expect(first).toMatchObject({ name: 'VarSet', headers: { Variable: 'USER_PASSWORD', Value: '…', Channel: 'PJSIP/1' } })
    expect(gap.gap).toMatchObject({ reason: 'disconnect', dropped: 0 })
    expect(second).toMatchObject({ name: 'VarSet', headers: { Variable: 'A', Value: 'b' } })
  })

  it('says when a name is none of the documentation', async () => {
    const { env } = await server()
    const command = new Typed(['events', 'Hagnup'], { env })
    await command.stderr.shows(/has no event "Hagnup"; did you mean Hangup\?\n.*Ctrl-C ends/)
    command.interrupt()
    expect(await command.code).toBe(0)
  })

  it('colours are for terminals only, and not with NO_COLOR', async () => {
    const { pbx, env } = await server()
    const first = async (more: object, isTTY: boolean) => {
      const command = new Typed(['events', 'Reload'], { env: { ...env, ...more }, isTTY })
      await command.stderr.shows(/Ctrl-C ends/)
      pbx.emit('Reload', { Module: 'All' })
      const line = await command.stdout.shows(/.*\n/)
      command.interrupt()
      await command.code
      return line
    }
    expect(await first({}, true)).toContain('\u001b[36mReload\u001b[0m')
    expect(await first({ NO_COLOR: '1' }, true)).not.toContain('\u001b')
    expect(await first({ TERM: 'dumb' }, true)).not.toContain('\u001b')
    expect(await first({}, false)).not.toContain('\u001b')
  })
})

describe('action and command', () => {
  it('prints the answer, and the items of a list', async () => {
    const { url } = await server()
    const { code, out } = await typed(['action', 'QueueStatus', url])
    expect(code).toBe(0)
    expect(out).toContain('Response: Success\n')
    expect(out).toContain('\n\nEvent: QueueParams\nQueue: support\n')
    expect(out).toContain('\n\nEvent: QueueMember\nQueue: support\nName: Ann\n')
    const json = await typed(['action', 'QueueStatus', url, '--json'])
    expect(JSON.parse(json.out)).toMatchObject({ type: 'success', events: [{ name: 'QueueParams' }, { name: 'QueueMember' }] })
  })

  it('repeats a header that stands twice', async () => {
    const { url } = await server()
    expect(await typed(['action', 'Setvar', 'Variable=a', 'Variable=b', url])).toMatchObject({ code: 0 })
    const refused = await typed(['action', 'Setvar', 'Variable=a', url])
    expect(refused).toMatchObject({ code: 1, out: '' })
    expect(refused.err).toContain('Action Setvar failed: No variable')
  })

  it('asks before what ends calls, unless it is told that it may', async () => {
    const { pbx, env } = await server()
    pbx.use(action('Hangup', () => success('Channel Hungup')))
    const args = ['action', 'Hangup', 'Channel=PJSIP/1']
    expect((await typed(args, { env })).err).toContain(
      'Hangup can end calls, and nobody is there to be asked; --yes says that it may',
    )
    expect(await typed(args, { env, answer: false })).toMatchObject({ code: 2, out: '' })
    expect(pbx.actions('Hangup')).toEqual([])
    expect(await typed(args, { env, answer: true })).toMatchObject({ code: 0 })
    expect(await typed([...args, '--yes'], { env })).toMatchObject({ code: 0 })
    expect(pbx.actions('Hangup')).toHaveLength(2)
    expect((await typed(['action', 'reload'], { env })).code).toBe(2)
    for (const line of ['core restart now', 'core reload', 'reload', 'module refresh res_agi.so'])
      expect((await typed(['command', line], { env })).code).toBe(2)
    expect((await typed(['action', 'Command', 'command=module unload res_agi.so'], { env })).code).toBe(2)
    expect(pbx.actions('Command')).toEqual([])
  })

  it('prints what the console said, and nothing that a terminal obeys', async () => {
    const { env } = await server()
    expect(await typed(['command', 'core', 'show', 'channels'], { env })).toEqual({
      code: 0,
      out: 'one\n  two\\u{1b}[2J\n',
      err: '',
    })
    expect(JSON.parse((await typed(['command', 'core show channels', '--json'], { env })).out)).toEqual(['one', '  two\u001b[2J'])
  })
})

describe('calls and call', () => {
  it('lists the calls that live', async () => {
    const { pbx, env } = await server()
    expect(await typed(['calls'], { env })).toMatchObject({ code: 0, out: 'no calls\n' })
    pbx.dialplan({ ...OFFICE, 200: { answer: { talkMs: 60_000 } } })
    pbx.incomingCall({ from: '"Ann" <0301234>', to: '300' })
    const { out } = await typed(['calls'], { env })
    expect(out).toMatch(/^SINCE +STATUS +DIRECTION +CALL +PARTIES\n\S+ +(ringing|up|bridged) +unknown +\S+ -> \S+ +\S+/)
    expect(JSON.parse((await typed(['calls', '--json'], { env })).out)).toMatchObject({ version: 1, direction: 'unknown' })
  })

  it('follows what happens to all calls', async () => {
    const { env, url } = await server()
    const following = new Typed(['calls', '--follow'], { env })
    await following.stderr.shows(/Ctrl-C ends/)
    expect(await typed(['call', 'PJSIP/100', '300@default', url])).toMatchObject({ code: 0, out: 'Asterisk calls PJSIP/100\n' })
    await following.stdout.shows(/ ended .*\n/)
    following.interrupt()
    expect(await following.code).toBe(0)
    expect(following.stdout.text).toMatch(/\d PJSIP\/100 -> \S+ bridged/)
  })

  it('a call that is waited for exits by its outcome', async () => {
    const { env } = await server()
    const talked = await typed(['call', 'PJSIP/100', '300', '--wait'], { env })
    expect(talked.code).toBe(0)
    expect(talked.out).toMatch(/ dialingStarted /)
    expect(talked.out).toMatch(/\nthey talked\n$/)
    const busy = await typed(['call', 'PJSIP/101', '300', '--wait'], { env })
    expect(busy.code).toBe(1)
    expect(busy.out).toMatch(/they did not talk: nobody answered the first call; busy\n$/)
    const json = await typed(['call', 'PJSIP/101', '300', '--wait', '--json'], { env })
    expect(JSON.parse(json.out.trimEnd().split('\n').at(-1) as string)).toMatchObject({
      version: 1,
      outcome: { result: 'failed' },
    })
  })

  it('Ctrl-C hangs up', async () => {
    const { pbx, env } = await server()
    pbx.dialplan({ ...OFFICE, 200: { answer: { talkMs: 60_000 } } })
    const command = new Typed(['call', 'PJSIP/100', '300', '--wait'], { env })
    await command.stdout.shows(/bridged/)
    command.interrupt()
    expect(await command.code).toBe(0)
    expect(command.stdout.text).toMatch(/they talked\n$/)
    expect(command.stderr.text).toBe('-- hanging up\n')
  })
})

describe('record and replay', () => {
  it('writes what the server said when it ends, and plays it', async () => {
    const { pbx, env } = await server()
    const file = join(folder(), 'session.ami')
    pbx.on('login', () => pbx.emit('Reload', { Module: 'All', Status: 0 }))
    const recording = new Typed(['record', file], { env })
    await recording.stderr.shows(/Ctrl-C ends/)
    expect(existsSync(file)).toBe(false)
    recording.interrupt()
    expect(await recording.code).toBe(0)
    expect(readdirSync(join(file, '..'))).toEqual(['session.ami'])
    expect(readFileSync(file, 'utf8')).toContain('Event: Reload')
    expect(readFileSync(file, 'utf8')).not.toContain(SECRET)
    expect((await typed(['record', file], { env })).err).toContain('is there already; --force writes over it')

    const playing = new Typed(['replay', file, '--port', '0'])
    const [, at] = /127\.0\.0\.1:(\d+)/.exec(await playing.stdout.shows(/127\.0\.0\.1:\d+/)) ?? []
    const listening = new Typed(['events', 'Reload', `ami://any:any@127.0.0.1:${at}`])
    await listening.stdout.shows(/Reload Module=All/)
    listening.interrupt()
    await listening.code
    playing.interrupt()
    expect(await playing.code).toBe(0)
  })

  it('leaves nothing behind when there is no server, and says at once when the file cannot be written', async () => {
    const file = join(folder(), 'session.ami')
    expect(await typed(['record', file, 'ami://a:b@127.0.0.1:1'])).toMatchObject({ code: 1 })
    expect(readdirSync(join(file, '..'))).toEqual([])
    expect((await typed(['record', '/nowhere/session.ami', 'ami://a:b@127.0.0.1:1'])).err).toMatch(/ENOENT/)
  })
})

describe('conf and completion', () => {
  it('prints an account with the least rights, each line explained', async () => {
    const { code, out } = await typed([
      'conf',
      '--for',
      'calls',
      '--name',
      'crm',
      '--permit',
      '10.0.0.5',
      '--permit',
      '10.1.0.0/16',
      '--numbered',
    ])
    expect(code).toBe(0)
    expect(out).toMatch(/^\[crm\]$/m)
    expect(out).toMatch(/^debug = on$/m)
    expect(out).toMatch(/^timestampevents = yes$/m)
    expect(out).toMatch(/^secret = [\w-]{43}$/m)
    expect(out).toMatch(/^permit = 10\.0\.0\.5\/32\npermit = 10\.1\.0\.0\/16$/m)
    expect(out).toMatch(/^read = call,agent,system$/m)
    expect(out).toMatch(/^write = originate,call,reporting$/m)
    expect((await typed(['conf', '--for', 'calls'])).out).not.toMatch(/debug/)
    const lines = out.split('\n')
    for (const [at, line] of lines.entries())
      if (/^(secret|deny|read|write|writetimeout|timestampevents|debug) =/.test(line))
        expect(lines[at - 1], line).toMatch(/^;|^deny/)
    expect((await typed(['conf', '--for', 'calls'])).out).not.toBe((await typed(['conf', '--for', 'calls'])).out)
  })

  it.each(['bash', 'zsh'])('completes in %s', async (shell) => {
    const { code, out } = await typed(['completion', shell])
    expect(code).toBe(0)
    for (const name of Object.keys(COMMANDS)) expect(out).toContain(name)
    expect(out).toMatch(/events\) .*--where --json/)
  })
})
