import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { PseudoTerminal } from '../support/pseudo-terminal.js'
import { controls, loggedIn, NOT_OURS, servers } from './target.js'

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const run = promisify(execFile)

describe.each(servers)('obelus at a terminal, with $name', (server) => {
  const AMI_URL = `ami://${server.username}:${server.secret}@${server.host}:${server.port}`

  it('events and calls --follow go on through a restart of the server, and say so', async (ctx) => {
    if (server.version === undefined) return ctx.skip(NOT_OURS)
    const events = new PseudoTerminal(['events', 'UserEvent', 'Hangup'], { AMI_URL, TERM: 'xterm' })
    const calls = new PseudoTerminal(['calls', '--follow'], { AMI_URL, NO_COLOR: '1' })
    await Promise.all([events.shows(/Ctrl-C ends/), calls.shows(/Ctrl-C ends/)])
    const ami = await loggedIn(server)
    const mark = async (text: string) => {
      await ami.sendAction('UserEvent', { UserEvent: text })
      await ami.sendAction('Originate', { Channel: 'Local/answer@default', Application: 'Wait', Data: 1, Async: true })
    }
    await mark('Before')
    await Promise.all([events.shows(/=\S*Before/), calls.shows(/ ended .*\r\n/)])
    await controls(server).stop()
    await Promise.all([events.shows(/-- connection lost: /), calls.shows(/-- connection lost: /)])
    await controls(server).start()
    await Promise.all([events.shows(/-- connected again/), calls.shows(/-- connected again/)])
    const [, callsBefore = ''] = /([\s\S]*)-- connected again/.exec(calls.screen) ?? []
    await mark('After')
    await events.shows(/=\S*After/)
    await calls.shows(new RegExp(`^[\\s\\S]{${callsBefore.length}}[\\s\\S]*connected again[\\s\\S]* ended .*\\r\\n`))
    for (const terminal of [events, calls]) {
      expect(terminal.screen).toMatch(/-- events are missing from \S+ to \S+: there was no connection; Asterisk was restarted/)
      terminal.type('\u0003')
      expect(await terminal.ended()).toBe(0)
      expect(terminal.screen).not.toContain(server.secret)
    }
    expect(events.screen).toContain('\u001b[36mUserEvent\u001b[0m')
    expect(calls.screen).not.toContain('\u001b[3')
  }, 60_000)

  it.runIf(existsSync('/dev/full'))('a disk that is full is a failure', async () => {
    const child = spawn('sh', ['-c', `exec node ${main} command 'core show version' > /dev/full`], {
      env: { ...process.env, AMI_URL },
    })
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
    expect(said).toMatch(/^obelus: the output cannot be written: ENOSPC.*\n$/)
    expect(code).toBe(1)
  })

  it('a reader that has read enough ends it quietly, and what is no terminal gets no colours', async () => {
    const { stdout, stderr } = await run('sh', ['-c', `node ${main} action ListCommands | head -n 2`], {
      env: { ...process.env, AMI_URL },
    })
    expect(stdout).toMatch(/^Response: Success\n.+\n$/)
    expect(stderr).toBe('')
    const listening = spawn('sh', ['-c', `node ${main} events UserEvent | head -n 1; echo over`], {
      env: { ...process.env, AMI_URL },
    })
    let out = ''
    let err = ''
    listening.stdout.on('data', (bytes) => {
      out += bytes
    })
    const ready = new Promise<void>((resolve) =>
      listening.stderr.on('data', (bytes) => {
        err += bytes
        if (err.includes('Ctrl-C ends')) resolve()
      }),
    )
    await ready
    const ami = await loggedIn(server)
    // The second one finds that nobody reads any more.
    const again = setInterval(() => void ami.sendAction('UserEvent', { UserEvent: 'Here' }), 50)
    await once(listening, 'close')
    clearInterval(again)
    expect(out).toMatch(/^[\d:.]+ UserEvent UserEvent=Here.*\nover\n$/)
    expect(err).toBe('-- listening to UserEvent; Ctrl-C ends\n')
  })
})

describe('completion', () => {
  it.each([
    ['ev', ['events']],
    ['call --w', ['--wait']],
    ['events --', ['--where', '--json', '--url', '--ca', '--help']],
  ])('a real bash completes "obelus %s"', async (line, expected) => {
    const words = ['obelus', ...line.split(' ')].map((word) => `'${word}'`)
    const { stdout } = await run('bash', [
      '-c',
      `source <(node "$0" completion bash); COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}
      "$(complete -p obelus | sed 's/.*-F \\([^ ]*\\) .*/\\1/')"; printf '%s\\n' "\${COMPREPLY[@]}"`,
      main,
    ])
    expect(stdout.trim().split('\n')).toEqual(expected)
  })

  it.each([
    ['ev', 'events:'],
    ['call --w', '--wait'],
    ['doctor --fast', '--fastagi'],
  ])('a real zsh is offered what completes "obelus %s"', async (line, expected) => {
    if (!(await hasZsh())) {
      console.log('zsh is not installed on this machine: its completion is not tried')
      return
    }
    const words = ['obelus', ...line.split(' ')]
    // What zsh's own functions would offer is printed.
    const script = `compdef() { }; compadd() { print -rl -- "$@" }; _files() { }; _describe() { print -rl -- "\${(@P)2}" }
source <(node '${main}' completion zsh); words=(${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length}; _obelus`
    const { stdout } = await run('zsh', ['-f', '-c', script])
    expect(stdout).toMatch(new RegExp(`^${expected}`, 'm'))
  })
})

async function hasZsh(): Promise<boolean> {
  return run('zsh', ['--version']).then(
    () => true,
    () => false,
  )
}
