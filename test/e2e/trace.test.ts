import { FastAGIServer, type TracedMessage, trace } from 'obelus-asterisk'
import { describe, expect, it } from 'vitest'
import { client, loggedIn, servers } from './target.js'

describe.each(servers)('a trace of a client of $name', (server) => {
  it.each(['md5', 'plaintext'] as const)(
    'has both directions and every message of a session with a %s login, and no secret',
    async (authType) => {
      const ami = client(server, { authType })
      const messages: TracedMessage[] = []
      trace(ami, (message) => messages.push(message), { format: 'object' })
      await ami.login()
      const list = await ami.sendAction('CoreShowChannels')
      await ami.sendAction('DBPut', { Family: 'obelus', Key: 'pin', Val: '471147' })
      const stored = await ami.sendAction('DBGet', { Family: 'obelus', Key: 'pin' })
      expect(await ami.command('database get obelus pin')).toContain('Value: 471147')
      await ami.sendAction('DBDel', { Family: 'obelus', Key: 'pin' })
      await ami.close()

      const first = messages.map(({ direction, lines }) => `${direction} ${lines[0]?.split('/')[0]}`)
      expect(first[0]).toBe('received Asterisk Call Manager')
      expect(first.slice(-2)).toEqual(['sent Action: Logoff', 'received Response: Goodbye'])
      const sent = messages.filter(({ direction }) => direction === 'sent')
      const answers = messages.filter(({ lines }) => lines[0]?.startsWith('Response: '))
      expect(answers).toHaveLength(sent.length)
      const items = messages.filter(({ lines }) => lines[0] === 'Event: CoreShowChannel')
      expect(items).toHaveLength(list.events.length)
      expect(stored.events).toHaveLength(1)

      const text = messages.flatMap(({ lines }) => lines).join('\n')
      expect(text).not.toContain(server.secret)
      expect(text).not.toContain('471147')
      expect(text).toContain(authType === 'md5' ? 'Key: …' : 'Secret: …')
    },
  )
})

describe.each(servers)('a trace of AGI on $name', (server) => {
  it('has the environment, each command and each answer, and no secret', async () => {
    const ami = await loggedIn(server)
    await using agi = new FastAGIServer({ port: 0 })
    const messages: TracedMessage[] = []
    trace(agi, (message) => messages.push(message), { format: 'object' })
    const over = new Promise((resolve) => agi.on('ended', resolve))
    agi.route('trace', async (session) => {
      await session.setVariable('USER_PASSWORD', 'hunter2')
      await session.getVariable('USER_PASSWORD')
      await session.setVariable('ORDER', '17')
      await session.getVariable('ORDER')
      await session.streamFile('no-such-file').catch(() => undefined)
    })
    const { port } = await agi.listen()
    const Data = `agi://127.0.0.1:${port}/trace`
    await ami.sendAction('Originate', { Channel: 'Local/answer@default', Application: 'AGI', Data, Async: true })
    await over
    expect(messages[0]?.lines).toContain('agi_network_script: trace')
    expect(messages.slice(1).map(({ direction, lines }) => `${direction} ${lines.join('\n')}`)).toEqual([
      'sent SET VARIABLE "USER_PASSWORD" …',
      'received 200 result=… (…)',
      'sent GET VARIABLE "USER_PASSWORD"',
      'received 200 result=… (…)',
      'sent SET VARIABLE "ORDER" "17"',
      'received 200 result=1',
      'sent GET VARIABLE "ORDER"',
      'received 200 result=1 (17)',
      'sent STREAM FILE "no-such-file" ""',
      'received 200 result=-1 endpos=0',
    ])
  })
})
