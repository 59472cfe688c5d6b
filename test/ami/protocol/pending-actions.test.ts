import { AMIProtocol, type Transport } from 'obelus-asterisk/protocol'
import { describe, expect, it } from 'vitest'
import { answersOf } from '../../support/protocol-case.js'
import { GREETING, RecordingProtocol } from '../../support/recording-protocol.js'
import { bytesOf } from '../../support/splits.js'

const transport: Transport = { write: () => undefined, close: () => undefined }

/** A protocol without hooks: an event that no handler is registered for is wanted by nobody. */
function plainProtocol(): AMIProtocol {
  const protocol = new AMIProtocol()
  protocol.connectionMade(transport)
  protocol.dataReceived(bytesOf(GREETING))
  return protocol
}

function recordingProtocol(): RecordingProtocol {
  const protocol = new RecordingProtocol()
  protocol.feed(GREETING)
  return protocol
}

const opened = (id: string) => bytesOf(`Response: Success\r\nActionID: ${id}\r\nEventList: start\r\n\r\n`)
const completed = (id: string) => bytesOf(`Event: StatusComplete\r\nActionID: ${id}\r\nEventList: Complete\r\n\r\n`)

describe('actions that were given up', () => {
  it('are remembered in bounded room: an answer to one of the last 1,000 is late, to an earlier one it is as any other', () => {
    const protocol = recordingProtocol()
    for (let number = 0; number < 5_000; number += 1) {
      protocol.abandonAction(protocol.sendAction('IAXnetstats', { ActionID: `given-up-${number}` }))
    }
    for (let number = 0; number < 5_000; number += 1) protocol.feed(`Response: Success\r\nActionID: given-up-${number}\r\n\r\n`)
    expect(protocol.late.map((response) => response.get('ActionID'))).toEqual(
      Array.from({ length: 1_000 }, (_, index) => `given-up-${4_000 + index}`),
    )
    expect(protocol.unmatched.length).toBeGreaterThan(3_000)
  })

  it('give their ActionIDs back once they are not remembered', () => {
    const protocol = recordingProtocol()
    for (let number = 0; number <= 1_000; number += 1) {
      protocol.abandonAction(protocol.sendAction('IAXnetstats', { ActionID: `given-up-${number}` }))
    }
    const { results } = answersOf(protocol.sendAction('Ping', { ActionID: 'given-up-0' }))
    protocol.feed('Response: Success\r\nActionID: given-up-0\r\n\r\n')
    expect(results).toHaveLength(1)
  })

  it('given up twice, or once answered, are remembered once or not at all', () => {
    const protocol = recordingProtocol()
    const pending = protocol.sendAction('Ping', { ActionID: 'twice' })
    protocol.abandonAction(pending)
    protocol.abandonAction(pending)
    protocol.feed('Response: Success\r\nActionID: twice\r\n\r\n')
    protocol.abandonAction(pending)
    expect(protocol.late).toHaveLength(1)
    expect(answersOf(protocol.sendAction('Ping', { ActionID: 'twice' })).errors).toEqual([])
  })
})

describe('lists that were given up', () => {
  it.each(['before', 'after'])('let go of the items they held, given up %s they open', (when) => {
    const protocol = recordingProtocol()
    const list = protocol.sendAction('Status', { ActionID: 'L' })
    if (when === 'before') protocol.abandonAction(list)
    protocol.dataReceived(opened('L'))
    protocol.feed('Event: Status\r\nActionID: L\r\n\r\n')
    if (when === 'after') protocol.abandonAction(list)
    protocol.feed('Event: Status\r\nActionID: L\r\n\r\n')
    expect(list.keptItems).toBe(0)
    expect(protocol.events).toEqual([])
    protocol.dataReceived(completed('L'))
    protocol.feed('Event: Status\r\nActionID: L\r\n\r\n')
    expect(protocol.events).toHaveLength(1)
  })

  it('end with their completion although nobody wants their events', () => {
    const protocol = plainProtocol()
    protocol.abandonAction(protocol.sendAction('Status', { ActionID: 'L' }))
    protocol.dataReceived(opened('L'))
    protocol.dataReceived(completed('L'))
    expect(() => protocol.sendAction('Status', { ActionID: 'L' })).not.toThrow()
  })

  it('of items without ActionID do not take those of the next list', () => {
    const protocol = recordingProtocol()
    protocol.abandonAction(protocol.sendAction('IAXpeers', { ActionID: 'given-up' }))
    const { results } = answersOf(protocol.sendAction('IAXpeers', { ActionID: 'L' }))
    protocol.dataReceived(opened('given-up'))
    protocol.dataReceived(opened('L'))
    protocol.feed('Event: PeerEntry\r\nObjectName: a\r\n\r\n')
    protocol.feed('Event: PeerlistComplete\r\nActionID: L\r\nEventList: Complete\r\n\r\n')
    expect(results.map(({ events }) => events.map((event) => event.get('ObjectName')))).toEqual([['a']])
  })

  it.each([
    ['that nobody wants', undefined],
    ['that somebody wants', () => undefined],
  ])('do not slow the events %s, 500 of them', (_, handler) => {
    const event =
      'Event: Newexten\r\nPrivilege: dialplan,all\r\nChannel: PJSIP/a-1\r\nContext: default\r\nExtension: 100\r\nPriority: 1\r\n' +
      'Application: Dial\r\nAppData: PJSIP/b\r\nUniqueid: 1.1\r\nLinkedid: 1.1\r\n\r\n'
    const events = bytesOf(event.repeat(1_000))
    const protocol = plainProtocol()
    if (handler !== undefined) protocol.registerEventHandler('*', handler)
    for (let number = 0; number < 500; number += 1) {
      const list = protocol.sendAction('QueueStatus', { ActionID: `list-${number}` })
      protocol.dataReceived(opened(list.actionId))
      protocol.abandonAction(list)
    }
    // Two hundred times slower, this is more than a test may take.
    for (let round = 0; round < 300; round += 1) protocol.dataReceived(events)
  })
})
