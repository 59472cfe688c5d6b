import { type TracedMessage, trace } from 'obelus-asterisk'
import { describe, expect, it } from 'vitest'
import { client, servers } from './target.js'

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
