import { type AMIAction, AMIServerProtocol, type AMIServerProtocolOptions, type ServerHeaders } from 'obelus-asterisk/protocol'
import { describe, expect, it } from 'vitest'
import { answersOf } from '../../support/protocol-case.js'
import { RecordingProtocol } from '../../support/recording-protocol.js'
import { bytesOf, waysToSplit } from '../../support/splits.js'

class RecordingServer extends AMIServerProtocol {
  readonly actions: AMIAction[] = []
  written: number[] = []
  closed = false

  constructor(options?: AMIServerProtocolOptions) {
    super(options)
    this.connectionMade({
      write: (data) => this.written.push(...data),
      close: () => {
        this.closed = true
      },
    })
  }

  /** What was written since the last time. */
  take(): string {
    return new TextDecoder().decode(Uint8Array.from(this.written.splice(0)))
  }

  override actionReceived(action: AMIAction): void {
    this.actions.push(action)
  }
}

describe('AMIServerProtocol', () => {
  it('greets with one line and no blank one', () => {
    expect(new RecordingServer().take()).toBe('Asterisk Call Manager/11.0.0\r\n')
    expect(new RecordingServer({ greeting: 'Asterisk Call Manager/5.0.4' }).take()).toBe('Asterisk Call Manager/5.0.4\r\n')
  })

  for (const [what, headers, lines] of [
    ['an object', { Message: 'm', N: 1, Empty: '', Gone: undefined }, 'Message: m\r\nN: 1\r\nEmpty: \r\n'],
    ['an object whose array repeats a header', { Output: ['a', '', 'b'] }, 'Output: a\r\nOutput: \r\nOutput: b\r\n'],
    [
      'pairs in order',
      [
        ['B', 1],
        ['A', 2],
        ['B', 3],
      ],
      'B: 1\r\nA: 2\r\nB: 3\r\n',
    ],
    ['a Map', new Map([['A', 'x']]), 'A: x\r\n'],
    ['a value with raw newlines', { Message: 'No Contacts found\n' }, 'Message: No Contacts found\n\r\n'],
  ] as [string, ServerHeaders, string][]) {
    it(`response and event with ${what}`, () => {
      const server = new RecordingServer()
      server.take()
      server.sendResponse('Success', 'a b', headers)
      expect(server.take()).toBe(`Response: Success\r\nActionID: a b\r\n${lines}\r\n`)
      server.sendEvent('Hangup', headers)
      expect(server.take()).toBe(`Event: Hangup\r\n${lines}\r\n`)
    })
  }

  it('without an ActionID in the request there is none in the answer', () => {
    const server = new RecordingServer()
    server.take()
    server.sendResponse('Error', '', { Message: 'm' })
    expect(server.take()).toBe('Response: Error\r\nMessage: m\r\n\r\n')
    server.sendEvent('Status', {}, 'L1')
    expect(server.take()).toBe('Event: Status\r\nActionID: L1\r\n\r\n')
  })

  for (const { name, chunks } of waysToSplit(bytesOf('Action: Ping\nactionid: 1\n\n\r\nAction: X\r\n\r\n'))) {
    it(`reads actions and refuses what is not one (${name})`, () => {
      const server = new RecordingServer()
      server.take()
      for (const chunk of chunks) server.dataReceived(chunk)
      expect(server.actions.map((action) => [action.name, action.actionId])).toEqual([
        ['Ping', '1'],
        ['X', ''],
      ])
      expect(server.take()).toBe('Response: Error\r\nMessage: Missing action in request\r\n\r\n')
    })
  }

  it('sends bytes as they are, writes in its encoding and refuses what that lacks', () => {
    const server = new RecordingServer({ encoding: 'latin1' })
    server.take()
    server.sendRaw(Uint8Array.of(1, 255))
    server.sendEvent('X', { A: 'é' })
    expect(server.written).toEqual([1, 255, ...Buffer.from('Event: X\r\nA: é\r\n\r\n', 'latin1')])
    expect(() => server.sendEvent('X', { A: '€' })).toThrow(RangeError)
  })

  it('closes its transport, and is silent once the connection is lost', () => {
    const server = new RecordingServer()
    server.close()
    expect(server.closed).toBe(true)
    server.take()
    server.connectionLost()
    server.sendEvent('X')
    server.sendRaw(bytesOf('x'))
    expect(server.take()).toBe('')
  })

  it('and the client side understand each other without any I/O', () => {
    const server = new RecordingServer()
    const client = new RecordingProtocol()
    const exchange = () => {
      for (const bytes of client.written.splice(0)) server.dataReceived(bytes)
      client.dataReceived(Uint8Array.from(server.written.splice(0)))
    }
    const { results } = answersOf(client.sendAction('Status', { Channel: 'x' }, { A: 'a,b' }))
    exchange()
    const [action] = server.actions
    expect([action?.name, action?.get('Channel'), action?.variables.get('A')]).toEqual(['Status', 'x', 'a,b'])
    const id = action?.actionId ?? ''
    server.sendResponse('Success', id, { EventList: 'start' })
    server.sendEvent('Status', { N: 1 }, id)
    server.sendEvent('Hangup')
    server.sendEvent('StatusComplete', { EventList: 'Complete' }, id)
    exchange()
    expect(results.map((result) => [result.events.length, result.completion?.name])).toEqual([[1, 'StatusComplete']])
    expect(client.events.map((event) => event.name)).toEqual(['Hangup'])
  })
})
