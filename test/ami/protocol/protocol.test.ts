import {
  ActionError,
  type AMIEvent,
  AMIProtocol,
  ConnectionLostError,
  InvalidActionError,
  type PendingAction,
  ProtocolError,
  type Transport,
} from 'obelus-asterisk/protocol'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/testing/random.js'
import { answersOf, feedChunks, inEveryWay, refusalOf } from '../../support/protocol-case.js'
import { GREETING, RecordingProtocol } from '../../support/recording-protocol.js'
import { bytesOf, waysToSplit } from '../../support/splits.js'

function online(options: ConstructorParameters<typeof RecordingProtocol>[0] = {}): RecordingProtocol {
  const protocol = new RecordingProtocol(options)
  protocol.feed(GREETING)
  return protocol
}

const names = (events: readonly AMIEvent[] | undefined) => events?.map((event) => event.name)

describe('AMIProtocol', () => {
  const stream = `${GREETING}Event: Hangup\r\nPrivilege: call,all\r\nChannel: PJSIP/a-1\r\nCause-txt:  two spaces \r\n\r\n\r\nEvent: Other\r\nX: a\nb\r\n\n`
  for (const { name, chunks } of waysToSplit(bytesOf(stream))) {
    it(`gives the same messages from bytes that come ${name}`, () => {
      const protocol = new RecordingProtocol()
      for (const chunk of chunks) protocol.dataReceived(chunk)
      expect(protocol.greetings).toEqual([['Asterisk Call Manager', '11.0.0']])
      expect(protocol.events.map((event) => event.toJSON())).toEqual([
        {
          name: 'Hangup',
          headers: { Event: 'Hangup', Privilege: 'call,all', Channel: 'PJSIP/a-1', 'Cause-txt': ' two spaces ' },
        },
        { name: 'Other', headers: { Event: 'Other', X: 'a\nb' } },
      ])
    })
  }
})

describe('answers', () => {
  it('10 000 actions in flight each get their own answer, in whatever order', () => {
    const protocol = online()
    const got = new Map<number, string | undefined>()
    const ids = Array.from({ length: 10_000 }, (_, number) => {
      const pending = protocol.sendAction('Ping')
      pending.onResult = (response) => got.set(number, response.get('Number'))
      return { number, id: pending.actionId }
    })
    expect(new Set(ids.map(({ id }) => id)).size).toBe(10_000)
    const random = seededRandom(7)
    const shuffled = ids.map((each) => ({ ...each, at: random() })).sort((a, b) => a.at - b.at)
    for (const { number, id } of shuffled) protocol.feed(`Response: Success\r\nActionID: ${id}\r\nNumber: ${number}\r\n\r\n`)
    expect([...got].every(([number, told]) => told === String(number))).toBe(true)
    expect(got.size).toBe(10_000)
    expect(protocol.unmatched).toEqual([])
  })

  for (const [what, given, echoed] of [
    ['text', 'mine', 'mine'],
    ['a number', 42, '42'],
    ['the number 0', 0, '0'],
    ['inner and trailing spaces', 'a b  ', 'a b  '],
    ['a colon', 'a:b', 'a:b'],
    ['other than ASCII', 'é', 'é'],
    ['__proto__', '__proto__', '__proto__'],
  ] as const) {
    inEveryWay(
      `an ActionID of ${what} settles its own action`,
      `Response: Success\r\nActionID: ${echoed}\r\nPing: Pong\r\n\r\n`,
      (protocol, feed) => {
        const other = answersOf(protocol.sendAction('Ping'))
        const own = protocol.sendAction('Ping', { ActionID: given })
        expect(own.actionId).toBe(echoed)
        const { results, errors } = answersOf(own)
        expect(own.done).toBe(false)
        feed()
        expect(results.map((result) => result.get('Ping'))).toEqual(['Pong'])
        expect(errors).toEqual([])
        expect(own.done).toBe(true)
        expect(other).toEqual({ results: [], errors: [] })
      },
    )
  }

  it('an ActionID that is waiting for its answer is refused, and free again afterwards', () => {
    const protocol = online()
    const first = answersOf(protocol.sendAction('Ping', { ActionID: 'x' }))
    const written = protocol.writtenText
    expect(() => protocol.sendAction('Ping', { ActionID: 'x' })).toThrow(InvalidActionError)
    expect(protocol.writtenText).toBe(written)
    protocol.feed('Response: Success\r\nActionID: x\r\nN: 1\r\n\r\n')
    const second = answersOf(protocol.sendAction('Ping', { ActionID: 'x' }))
    protocol.feed('Response: Success\r\nActionID: x\r\nN: 2\r\n\r\n')
    expect([first, second].map(({ results }) => results.map((result) => result.get('N')))).toEqual([['1'], ['2']])
  })

  inEveryWay(
    'of three responses to one action (ModuleLoad) the first counts and the others are dropped',
    [1, 2, 3].map((n) => `Response: Error\r\nActionID: m\r\nMessage: no ${n}\r\n\r\n`).join(''),
    (protocol, feed) => {
      const answers = answersOf(protocol.sendAction('ModuleLoad', { ActionID: 'm' }))
      feed()
      expect(answers.errors.map((error) => error.message)).toEqual(['Action ModuleLoad failed: no 1'])
      expect(protocol.unmatched).toEqual([])
      expect(protocol.late).toEqual([])
    },
  )

  inEveryWay(
    'an action with no response (IAXnetstats) leaves the others their answers',
    '\r\nResponse: Success\r\nActionID: p\r\nPing: Pong\r\n\r\n',
    (protocol, feed) => {
      const netstats = answersOf(protocol.sendAction('IAXnetstats', { ActionID: 'n' }))
      const ping = answersOf(protocol.sendAction('Ping', { ActionID: 'p' }))
      feed()
      expect(netstats).toEqual({ results: [], errors: [] })
      expect(ping.results).toHaveLength(1)
    },
  )

  inEveryWay(
    'an answer without ActionID goes to the hook and settles nothing',
    'Response: Error\r\nMessage: Missing action in request\r\n\r\nResponse: Success\r\nActionID: a\r\n\r\n',
    (protocol, feed) => {
      const answers = answersOf(protocol.sendAction('Ping', { ActionID: 'a' }))
      feed()
      expect(protocol.unmatched.map((response) => [response.type, response.message])).toEqual([
        ['error', 'Missing action in request'],
      ])
      expect(answers.results).toHaveLength(1)
      expect(answers.errors).toEqual([])
      expect(protocol.failure).toBeUndefined()
    },
  )

  inEveryWay(
    'fault: a forged response with a guessed ActionID settles no action',
    'Response: Success\r\nActionID: 1\r\n\r\nResponse: Success\r\nActionID: 1-000000000000000000000000\r\n\r\n',
    (protocol, feed) => {
      const answers = answersOf(protocol.sendAction('Ping'))
      feed()
      expect(answers).toEqual({ results: [], errors: [] })
      expect(protocol.unmatched).toHaveLength(2)
    },
  )

  inEveryWay(
    'fault: a forged event with the ActionID of an action settles nothing and stays an event',
    'Event: UserEvent\r\nActionID: a\r\nResponse: Success\r\nEventList: Complete\r\n\r\nResponse: Success\r\nActionID: a\r\nN: 1\r\n\r\n',
    (protocol, feed) => {
      const answers = answersOf(protocol.sendAction('Ping', { ActionID: 'a' }))
      feed()
      expect(names(protocol.events)).toEqual(['UserEvent'])
      expect(answers.results.map((result) => result.get('N'))).toEqual(['1'])
    },
  )

  inEveryWay(
    'events with the ActionID of another client stay events, also while a list is open',
    'Response: Success\r\nActionID: mine\r\nEventList: start\r\n\r\n' +
      'Event: OriginateResponse\r\nPrivilege: call,all\r\nActionID: theirs\r\nResponse: Success\r\n\r\n' +
      'Event: UserEvent\r\nPrivilege: user,all\r\nActionID: theirs\r\nEventList: Complete\r\n\r\n' +
      'Event: Status\r\nActionID: mine\r\n\r\n' +
      'Event: StatusComplete\r\nActionID: mine\r\nEventList: Complete\r\n\r\n',
    (protocol, feed) => {
      const { results } = answersOf(protocol.sendAction('Status', { ActionID: 'mine' }))
      feed()
      expect(names(protocol.events)).toEqual(['OriginateResponse', 'UserEvent'])
      expect(results.map((result) => names(result.events))).toEqual([['Status']])
    },
  )

  it('two hundred pipelined actions are answered in order, events between them', () => {
    const protocol = online()
    const order: string[] = []
    protocol.registerEventHandler('Tick', (event) => order.push(`event ${event.get('N')}`))
    let stream = ''
    for (let n = 0; n < 200; n += 1) {
      protocol.sendAction('Ping', { ActionID: `p${n}` }).onResult = () => order.push(`answer ${n}`)
      stream += `Response: Success\r\nActionID: p${n}\r\n\r\nEvent: Tick\r\nN: ${n}\r\n\r\n`
    }
    protocol.feed(stream)
    expect(order).toEqual(Array.from({ length: 200 }, (_, n) => [`answer ${n}`, `event ${n}`]).flat())
  })

  it('"Command output follows" and "will follow" in a Message open no list', () => {
    const protocol = online()
    const command = answersOf(protocol.sendAction('Command', { ActionID: 'c', Command: 'core show uptime' }))
    const other = answersOf(protocol.sendAction('Reload', { ActionID: 'o' }))
    protocol.feed('Response: Success\r\nActionID: c\r\nMessage: Command output follows\r\nOutput: x\r\n\r\n')
    protocol.feed('Response: Success\r\nActionID: o\r\nMessage: A list will follow\r\n\r\n')
    expect(command.results.map((result) => result.output)).toEqual([['x']])
    expect(other.results).toHaveLength(1)
  })

  it('an answer that comes while the action is being written settles it', () => {
    const protocol = new AMIProtocol()
    const transport: Transport = {
      write: (data) => {
        const [, id] = /ActionID: (.*)\r\n/.exec(new TextDecoder().decode(data)) ?? []
        protocol.dataReceived(bytesOf(`Response: Success\r\nActionID: ${id}\r\n\r\n`))
      },
      close: () => undefined,
    }
    protocol.connectionMade(transport)
    protocol.dataReceived(bytesOf(GREETING))
    const pending = protocol.sendAction('Ping')
    expect(pending.done).toBe(true)
    expect(answersOf(pending).results).toHaveLength(1)
  })
})

describe('lists', () => {
  const start = 'Response: Success\r\nActionID: L\r\nEventList: start\r\nMessage: will follow\r\n\r\n'
  const item = (n: number) => `Event: Status\r\nPrivilege: Call\r\nN: ${n}\r\nActionID: L\r\n\r\n`
  const complete = 'Event: StatusComplete\r\nActionID: L\r\nEventList: Complete\r\nListItems: 2\r\nItems: 2\r\n\r\n'

  inEveryWay('response, items and completion are one answer', start + item(1) + item(2) + complete, (protocol, feed) => {
    const pending = protocol.sendAction('Status', { ActionID: 'L' })
    const answers = answersOf(pending)
    feed()
    expect(answers.errors).toEqual([])
    expect(answers.results).toHaveLength(1)
    expect(answers.results[0]?.message).toBe('will follow')
    expect(answers.results[0]?.events.map((event) => event.get('N'))).toEqual(['1', '2'])
    expect(answers.results[0]?.completion?.get('Items')).toBe('2')
    expect(protocol.events).toEqual([])
  })

  it('the list is open until its Complete', () => {
    const protocol = online()
    const pending = protocol.sendAction('Status', { ActionID: 'L' })
    protocol.feed(start)
    expect(pending.done).toBe(false)
    protocol.feed(item(1))
    expect([pending.done, pending.keptItems]).toEqual([false, 1])
    protocol.feed(complete)
    expect(pending.done).toBe(true)
  })

  it('items come as they arrive to whoever takes them, and are not kept', () => {
    const protocol = online()
    const pending = protocol.sendAction('Status', { ActionID: 'L' })
    const taken: (string | undefined)[] = []
    pending.onItem = (event) => taken.push(event.get('N'))
    const { results } = answersOf(pending)
    protocol.feed(start + item(1))
    expect(taken).toEqual(['1'])
    protocol.feed(item(2) + complete)
    expect(taken).toEqual(['1', '2'])
    expect(pending.keptItems).toBe(0)
    expect(results.map((result) => [result.events, result.completion?.name])).toEqual([[[], 'StatusComplete']])
  })

  for (const [word, completeWord] of [
    ['start', 'Complete'],
    ['Start', 'complete'],
    ['START', 'COMPLETE'],
  ]) {
    inEveryWay(
      `EventList ${word} and ${completeWord} in any case (FAXSessions), for an action that no table knows`,
      `Response: Success\r\nActionID: L\r\nEventList: ${word}\r\n\r\nEvent: Odd\r\nActionID: L\r\n\r\nEvent: AnyName\r\nActionID: L\r\nEventList: ${completeWord}\r\n\r\n`,
      (protocol, feed) => {
        const { results } = answersOf(protocol.sendAction('VendorList', { ActionID: 'L' }))
        feed()
        expect(results.map((result) => [names(result.events), result.completion?.name])).toEqual([[['Odd'], 'AnyName']])
      },
    )
  }

  inEveryWay(
    'items named like spontaneous events are told from them by the ActionID',
    'Event: DeviceStateChange\r\nPrivilege: call,all\r\nDevice: before\r\n\r\n' +
      start +
      'Event: DeviceStateChange\r\nActionID: L\r\nDevice: item\r\n\r\n' +
      'Event: DeviceStateChange\r\nPrivilege: call,all\r\nDevice: between\r\n\r\n' +
      'Event: DeviceStateListComplete\r\nActionID: L\r\nEventList: Complete\r\n\r\n' +
      'Event: DeviceStateChange\r\nPrivilege: call,all\r\nDevice: after\r\n\r\n',
    (protocol, feed) => {
      const { results } = answersOf(protocol.sendAction('DeviceStateList', { ActionID: 'L' }))
      feed()
      expect(results.map((result) => result.events.map((event) => event.get('Device')))).toEqual([['item']])
      expect(protocol.events.map((event) => event.get('Device'))).toEqual(['before', 'between', 'after'])
    },
  )

  inEveryWay(
    'an item that is named like a completion is an item: only EventList tells',
    `${start}Event: StatusComplete\r\nActionID: L\r\nN: 1\r\n\r\n${complete}`,
    (protocol, feed) => {
      const { results } = answersOf(protocol.sendAction('Status', { ActionID: 'L' }))
      feed()
      expect(results.map((result) => [names(result.events), result.completion?.get('Items')])).toEqual([
        [['StatusComplete'], '2'],
      ])
    },
  )

  inEveryWay(
    'items of IAXpeers carry no ActionID and are taken by their place',
    'Response: Success\r\nActionID: L\r\nEventList: start\r\n\r\n' +
      'Event: PeerEntry\r\nObjectName: a\r\n\r\nEvent: Other\r\nPrivilege: system,all\r\n\r\nEvent: PeerEntry\r\nObjectName: b\r\n\r\n' +
      'Event: PeerlistComplete\r\nActionID: L\r\nEventList: Complete\r\nListItems: 2\r\n\r\nEvent: PeerEntry\r\nObjectName: c\r\n\r\n',
    (protocol, feed) => {
      const { results } = answersOf(protocol.sendAction('IAXpeers', { ActionID: 'L' }))
      feed()
      expect(results.map((result) => result.events.map((event) => event.get('ObjectName')))).toEqual([['a', 'b']])
      expect(names(protocol.events)).toEqual(['Other', 'PeerEntry'])
    },
  )

  for (const action of ['FAXStats', 'FAXSession', 'DBGet']) {
    const event = action === 'DBGet' ? 'DBGetResponse' : action
    inEveryWay(
      `${action} without EventList is answered with its one event`,
      `Response: Success\r\nActionID: L\r\n\r\nEvent: ${event}\r\nVal: 1\r\nActionID: L\r\n\r\nEvent: ${event}\r\nVal: 2\r\n\r\n`,
      (protocol, feed) => {
        const { results } = answersOf(protocol.sendAction(action, { ActionID: 'L' }))
        feed()
        expect(results.map((result) => [result.events.map((each) => each.get('Val')), result.completion])).toEqual([
          [['1'], undefined],
        ])
        expect(protocol.events.map((each) => each.get('Val'))).toEqual(['2'])
      },
      { greeting: action === 'DBGet' ? 'Asterisk Call Manager/1.1\r\n' : GREETING },
    )
  }

  inEveryWay(
    'an announced DBGet is answered with its event and its completion',
    'Response: Success\r\nActionID: L\r\nEventList: start\r\n\r\nEvent: DBGetResponse\r\nVal: 1\r\nActionID: L\r\n\r\n' +
      'Event: DBGetComplete\r\nActionID: L\r\nEventList: Complete\r\nListItems: 1\r\n\r\n',
    (protocol, feed) => {
      const { results } = answersOf(protocol.sendAction('DBGet', { ActionID: 'L' }))
      feed()
      expect(results.map((result) => [names(result.events), result.completion?.name])).toEqual([
        [['DBGetResponse'], 'DBGetComplete'],
      ])
    },
  )

  inEveryWay(
    'a release that announces no lists is known by the table of old actions',
    'Response: Success\r\nActionID: L\r\nMessage: Channel status will follow\r\n\r\n' +
      'Event: Status\r\nActionID: L\r\n\r\nEvent: StatusComplete\r\nActionID: L\r\nItems: 1\r\n\r\n',
    (protocol, feed) => {
      const { results } = answersOf(protocol.sendAction('status', { ActionID: 'L' }))
      feed()
      expect(results.map((result) => [names(result.events), result.completion?.name])).toEqual([[['Status'], 'StatusComplete']])
    },
    { greeting: 'Asterisk Call Manager/1.1\r\n' },
  )

  inEveryWay(
    'a success without EventList is the whole answer on a release that announces lists (VoicemailUsersList without users)',
    'Response: Success\r\nActionID: L\r\nMessage: There are no voicemail users currently defined.\r\n\r\n',
    (protocol, feed) => {
      const { results } = answersOf(protocol.sendAction('VoicemailUsersList', { ActionID: 'L' }))
      feed()
      expect(results.map((result) => result.events)).toEqual([[]])
    },
  )

  inEveryWay(
    'an error means that no items follow',
    'Response: Error\r\nActionID: L\r\nMessage: No active conferences.\r\n\r\nEvent: Free\r\nActionID: L\r\n\r\n',
    (protocol, feed) => {
      const answers = answersOf(protocol.sendAction('ConfbridgeListRooms', { ActionID: 'L' }))
      feed()
      expect(refusalOf(answers).response.message).toBe('No active conferences.')
      expect(refusalOf(answers).action).toBe('ConfbridgeListRooms')
      expect(names(protocol.events)).toEqual(['Free'])
    },
  )

  inEveryWay(
    'fault: EventList cancelled refuses the action, without the items',
    `${start}${item(1)}Event: StatusComplete\r\nActionID: L\r\nEventList: cancelled\r\n\r\n${item(2)}`,
    (protocol, feed) => {
      const answers = answersOf(protocol.sendAction('Status', { ActionID: 'L' }))
      feed()
      expect(answers.results).toEqual([])
      expect(answers.errors.map((error) => error.message)).toEqual(['Action Status failed: Asterisk cancelled its list'])
      expect(protocol.events.map((event) => event.get('N'))).toEqual(['2'])
    },
  )

  inEveryWay('fault: a list cut in the middle is lost, its items not returned as complete', start + item(1), (protocol, feed) => {
    const answers = answersOf(protocol.sendAction('Status', { ActionID: 'L' }))
    feed()
    expect(answers).toEqual({ results: [], errors: [] })
    protocol.connectionLost()
    expect(answers.results).toEqual([])
    expect(answers.errors.map((error) => error instanceof ConnectionLostError && error.sent)).toEqual(['maybe'])
  })

  it('fault: a list whose Complete never comes can be abandoned; what comes later is dropped and the next list is whole', () => {
    const protocol = online()
    const first = protocol.sendAction('Status', { ActionID: 'L' })
    const firstAnswers = answersOf(first)
    protocol.feed(start + item(1))
    protocol.abandonAction(first)
    const second = answersOf(protocol.sendAction('Status', { ActionID: 'M' }))
    protocol.feed(item(2))
    protocol.feed((start + item(3) + complete).replaceAll('ActionID: L', 'ActionID: M'))
    protocol.feed(complete)
    expect(second.results.map((result) => result.events.map((event) => event.get('N')))).toEqual([['3']])
    expect(firstAnswers.results).toEqual([])
    expect(protocol.events).toEqual([])
  })

  it('an error after an open list ends it: what came is no answer', () => {
    const protocol = online()
    const { results, errors } = answersOf(protocol.sendAction('Status', { ActionID: 'L' }))
    protocol.feed(`${start}${item(1)}Response: Error\r\nActionID: L\r\nMessage: broke off\r\n\r\n`)
    expect(errors.map((error) => error.message)).toEqual(['Action Status failed: broke off'])
    expect(results).toEqual([])
  })

  it('a second success to an open list changes nothing', () => {
    const protocol = online()
    const { results, errors } = answersOf(protocol.sendAction('Status', { ActionID: 'L' }))
    protocol.feed(`${start}Response: Success\r\nActionID: L\r\nMessage: late\r\n\r\n${item(1)}${complete}`)
    expect(errors).toEqual([])
    expect(results.map((result) => result.events.length)).toEqual([1])
    expect(protocol.unmatched).toEqual([])
  })

  it('two open lists do not mix', () => {
    const protocol = online()
    const first = answersOf(protocol.sendAction('Status', { ActionID: 'L' }))
    const second = answersOf(protocol.sendAction('Status', { ActionID: 'M' }))
    const other = (text: string) => text.replaceAll('ActionID: L', 'ActionID: M')
    protocol.feed(start + other(start) + item(1) + other(item(2)) + other(complete) + item(3) + complete)
    const numbers = [first, second].map(({ results }) => results[0]?.events.map((event) => event.get('N')))
    expect(numbers).toEqual([['1', '3'], ['2']])
  })

  it('a list beyond the limit rejects its action, and the connection goes on behind it', () => {
    const protocol = online({ limits: { maxListEvents: 2 }, peer: 'pbx:5038' })
    const answers = answersOf(protocol.sendAction('Status', { ActionID: 'L' }))
    const ping = answersOf(protocol.sendAction('Ping', { ActionID: 'p' }))
    protocol.feed(start + item(1) + item(2))
    expect(answers.errors).toEqual([])
    protocol.feed(item(3))
    expect(answers.errors).toHaveLength(1)
    expect(answers.errors[0]).toBeInstanceOf(ProtocolError)
    expect(answers.errors[0]?.message).toBe(
      'pbx:5038: the list of Status has more than 2 events (limits.maxListEvents): 3 came so far',
    )
    protocol.feed(`${item(4)}${complete}Response: Success\r\nActionID: p\r\n\r\n${item(5)}`)
    expect(answers.results).toEqual([])
    expect(ping.results).toHaveLength(1)
    expect([protocol.failure, protocol.closed, protocol.late, protocol.unmatched]).toEqual([undefined, false, [], []])
    expect(protocol.events.map((event) => event.get('N'))).toEqual(['5'])
  })
})

describe('late answers', () => {
  inEveryWay(
    'fault: an answer to an abandoned action is dropped and counted, and the next action gets its own',
    'Response: Success\r\nActionID: a\r\nN: 1\r\n\r\nResponse: Success\r\nActionID: b\r\nN: 2\r\n\r\n',
    (protocol, feed) => {
      const abandoned = protocol.sendAction('Ping', { ActionID: 'a' })
      const answers = answersOf(abandoned)
      protocol.abandonAction(abandoned)
      expect(abandoned.abandoned).toBe(true)
      const next = answersOf(protocol.sendAction('Ping', { ActionID: 'b' }))
      feed()
      expect(protocol.late.map((response) => response.get('N'))).toEqual(['1'])
      expect(next.results.map((response) => response.get('N'))).toEqual(['2'])
      expect(protocol.unmatched).toEqual([])
      expect(answers).toEqual({ results: [], errors: [] })
    },
  )

  inEveryWay(
    'fault: a late refusal is dropped and counted',
    'Response: Error\r\nActionID: a\r\nMessage: late\r\n\r\n',
    (protocol, feed) => {
      const abandoned = protocol.sendAction('Ping', { ActionID: 'a' })
      const answers = answersOf(abandoned)
      protocol.abandonAction(abandoned)
      feed()
      expect(protocol.late.map((response) => response.message)).toEqual(['late'])
      expect(answers).toEqual({ results: [], errors: [] })
    },
  )

  it('fault: a late list is dropped whole, its items become no events', () => {
    const protocol = online()
    const abandoned = protocol.sendAction('Status', { ActionID: 'L' })
    protocol.abandonAction(abandoned)
    protocol.feed('Response: Success\r\nActionID: L\r\nEventList: start\r\n\r\nEvent: Status\r\nActionID: L\r\n\r\n')
    expect([protocol.late.length, protocol.events.length, abandoned.keptItems]).toEqual([1, 0, 0])
    protocol.feed('Event: StatusComplete\r\nActionID: L\r\nEventList: Complete\r\n\r\nEvent: Free\r\n\r\n')
    expect(protocol.late).toHaveLength(1)
    expect(names(protocol.events)).toEqual(['Free'])
  })

  it('the ActionID of an abandoned action stays in use until its answer has come', () => {
    const protocol = online()
    protocol.abandonAction(protocol.sendAction('Ping', { ActionID: 'a' }))
    expect(() => protocol.sendAction('Ping', { ActionID: 'a' })).toThrow(InvalidActionError)
    protocol.feed('Response: Success\r\nActionID: a\r\n\r\n')
    expect(() => protocol.sendAction('Ping', { ActionID: 'a' })).not.toThrow()
  })

  it('abandoning an answered action changes nothing', () => {
    const protocol = online()
    const pending = protocol.sendAction('Ping', { ActionID: 'a' })
    protocol.feed('Response: Success\r\nActionID: a\r\n\r\n')
    protocol.abandonAction(pending)
    expect(pending.abandoned).toBe(false)
    expect(answersOf(pending).results).toHaveLength(1)
  })
})

describe('the end of the connection', () => {
  it('every action that waits is settled, once, by the loss of the connection', () => {
    const protocol = online({ peer: 'pbx:5038' })
    const all = Array.from({ length: 20 }, () => answersOf(protocol.sendAction('Originate')))
    const cause = new Error('read ECONNRESET')
    protocol.connectionLost(cause)
    protocol.connectionLost(new Error('again'))
    for (const { results, errors } of all) {
      expect(results).toEqual([])
      expect(errors).toHaveLength(1)
      expect(errors[0]).toBeInstanceOf(ConnectionLostError)
      expect(errors[0]).toMatchObject({ sent: 'maybe', cause, code: 'CONNECTION_LOST' })
      expect(errors[0]?.message).toContain('pbx:5038')
    }
  })

  it('an action on a lost or unmade connection is refused as not sent, and nothing is written', () => {
    const lost = online()
    lost.connectionLost()
    const unmade = new AMIProtocol()
    for (const protocol of [lost, unmade]) {
      const { errors } = answersOf(protocol.sendAction('Ping'))
      expect(errors.map((error) => error instanceof ConnectionLostError && error.sent)).toEqual(['no'])
    }
    expect(lost.written).toEqual([])
  })

  it('an action after a failure of the protocol is refused with the failure as its cause', () => {
    const protocol = new RecordingProtocol()
    protocol.feed('HTTP/1.1 200 OK\r\n')
    const { errors } = answersOf(protocol.sendAction('Ping'))
    expect(errors).toMatchObject([{ sent: 'no', cause: protocol.failure }])
  })

  it('an action sent from the exception of another is refused at once', () => {
    const protocol = online()
    const errors: Error[] = []
    protocol.sendAction('Ping').onException = () => {
      protocol.sendAction('Ping').onException = (error) => errors.push(error)
    }
    protocol.connectionLost()
    expect(errors.map((error) => error instanceof ConnectionLostError && error.sent)).toEqual(['no'])
  })

  it('an event handler that ends the connection gets no more events, not even from the same chunk', () => {
    const protocol = online()
    const seen: string[] = []
    protocol.registerEventHandler('*', (event) => {
      seen.push(event.name)
      protocol.connectionLost()
    })
    protocol.feed('Event: A\r\n\r\nEvent: B\r\n\r\n')
    expect(seen).toEqual(['A'])
  })

  it('Shutdown is an event like any other', () => {
    const protocol = online()
    protocol.feed('Event: Shutdown\r\nPrivilege: system,all\r\nShutdown: Cleanly\r\nRestart: False\r\n\r\n')
    expect(names(protocol.events)).toEqual(['Shutdown'])
    expect(protocol.closed).toBe(false)
  })
})

describe('event handlers', () => {
  it('get events by name in any case, spelt as Asterisk sent them', () => {
    const protocol = online()
    const seen: string[] = []
    protocol.registerEventHandler('NewExten', (event) => seen.push(event.name))
    protocol.feed(
      'Event: Newexten\r\n\r\nEvent: NewExten\r\n\r\nEvent: NEWEXTEN\r\n\r\nEvent: NewExte\r\n\r\nEvent: NewExtenX\r\n\r\n',
    )
    expect(seen).toEqual(['Newexten', 'NewExten', 'NEWEXTEN'])
    expect(names(protocol.events)).toEqual(['NewExte', 'NewExtenX'])
  })

  it('unknown events reach the handler of all other names, with all their headers', () => {
    const protocol = online()
    const seen: string[] = []
    protocol.registerEventHandler('Hangup', () => seen.push('registered'))
    protocol.registerEventHandler('*', (event) => seen.push(JSON.stringify(event)))
    protocol.feed('Event: Hangup\r\n\r\nEvent: VendorThing\r\nX-New: 1\r\nTenantid: t\r\n\r\n')
    expect(seen).toEqual(['registered', '{"name":"VendorThing","headers":{"Event":"VendorThing","X-New":"1","Tenantid":"t"}}'])
    expect(protocol.events).toEqual([])
    expect(protocol.malformed).toEqual([])
  })

  it('can be replaced and taken away', () => {
    const protocol = online()
    const seen: string[] = []
    protocol.registerEventHandler('A', () => seen.push('first'))
    protocol.registerEventHandler('a', () => seen.push('second'))
    protocol.feed('Event: A\r\n\r\n')
    protocol.unregisterEventHandler('A')
    protocol.feed('Event: A\r\n\r\n')
    protocol.registerEventHandler('*', () => seen.push('any'))
    protocol.feed('Event: A\r\n\r\n')
    protocol.unregisterEventHandler('*')
    protocol.feed('Event: A\r\n\r\n')
    expect(seen).toEqual(['second', 'any'])
    expect(protocol.events).toHaveLength(2)
  })

  const failure = new Error('from a callback')
  const fail = () => {
    throw failure
  }

  for (const [what, prepare] of [
    ['an event handler', (protocol: RecordingProtocol) => protocol.registerEventHandler('A', fail)],
    ['the handler of all events', (protocol: RecordingProtocol) => protocol.registerEventHandler('*', fail)],
    [
      'onResult',
      (protocol: RecordingProtocol) => Object.assign(protocol.sendAction('Ping', { ActionID: 'ok' }), { onResult: fail }),
    ],
    [
      'onException',
      (protocol: RecordingProtocol) => Object.assign(protocol.sendAction('Ping', { ActionID: 'bad' }), { onException: fail }),
    ],
    [
      'onItem',
      (protocol: RecordingProtocol) => Object.assign(protocol.sendAction('Status', { ActionID: 'L' }), { onItem: fail }),
    ],
    ['greetingReceived', (protocol: RecordingProtocol) => Object.assign(protocol, { greetingReceived: fail })],
    ['unmatchedResponseReceived', (protocol: RecordingProtocol) => Object.assign(protocol, { unmatchedResponseReceived: fail })],
    ['unknownMessageReceived', (protocol: RecordingProtocol) => Object.assign(protocol, { unknownMessageReceived: fail })],
    ['malformedLineReceived', (protocol: RecordingProtocol) => Object.assign(protocol, { malformedLineReceived: fail })],
    [
      'lateResponseReceived',
      (protocol: RecordingProtocol) => {
        Object.assign(protocol, { lateResponseReceived: fail })
        protocol.abandonAction(protocol.sendAction('Ping', { ActionID: 'late' }))
      },
    ],
  ] as const) {
    inEveryWay(
      `${what} that throws is reported once, and the stream goes on`,
      'Event: A\r\n\r\n' +
        'Response: Success\r\nActionID: ok\r\n\r\nResponse: Error\r\nActionID: bad\r\n\r\nResponse: Success\r\nActionID: late\r\n\r\n' +
        'Response: Success\r\nActionID: L\r\nEventList: start\r\n\r\nEvent: Status\r\nActionID: L\r\n\r\n' +
        'Event: StatusComplete\r\nActionID: L\r\nEventList: Complete\r\n\r\n' +
        'unknown: x\r\n\r\nResponse: Error\r\nMessage: unmatched\r\n\r\nResponse: Success\r\nActionID: last\r\nno colon\r\n\r\n',
      (protocol, feed) => {
        const own = ['ok', 'bad', 'L', 'late']
        prepare(protocol)
        const sent = own.filter((id) => protocol.writtenText.includes(`ActionID: ${id}\r\n`))
        for (const id of own.filter((each) => !sent.includes(each))) protocol.sendAction('Status', { ActionID: id })
        const last = answersOf(protocol.sendAction('Ping', { ActionID: 'last' }))
        feed()
        expect(protocol.callbackErrors).toEqual([failure])
        expect(last.results).toHaveLength(1)
        expect(protocol.failure).toBeUndefined()
        expect(protocol.closed).toBe(false)
      },
    )
  }

  it('a throwing exception callback does not keep the other actions from being settled', () => {
    const protocol = online()
    protocol.sendAction('Ping').onException = fail
    const others = [1, 2, 3].map(() => answersOf(protocol.sendAction('Ping')))
    protocol.connectionLost()
    expect(others.map(({ errors }) => errors.length)).toEqual([1, 1, 1])
    expect(protocol.callbackErrors).toEqual([failure])
  })
})

describe('refusals', () => {
  it('the error holds the action and the whole answer, not what was sent', () => {
    const protocol = online()
    const answers = answersOf(protocol.sendAction('Login', { ActionID: 'l', Username: 'u', Secret: 'top-secret' }))
    protocol.feed('Response: Error\r\nActionID: l\r\nMessage: Authentication failed\r\n\r\n')
    const error: ActionError = refusalOf(answers)
    expect(error).toBeInstanceOf(ActionError)
    expect([error.name, error.code, error.action, error.response.type]).toEqual([
      'ActionError',
      'ACTION_FAILED',
      'Login',
      'error',
    ])
    expect(error.message).toBe('Action Login failed: Authentication failed')
    expect(JSON.stringify([error, error.message, error.stack])).not.toContain('top-secret')
  })

  it('a refusal without words says so', () => {
    const protocol = online()
    const pending: PendingAction = protocol.sendAction('X', { ActionID: 'x' })
    const answers = answersOf(pending)
    protocol.feed('Response: Error\r\nActionID: x\r\n\r\n')
    expect(refusalOf(answers).message).toBe('Action X failed: no reason given')
  })

  it('an action that cannot be written throws, writes nothing and leaves the protocol as it was', () => {
    const protocol = online()
    expect(() => protocol.sendAction('Ping', { X: 'a\r\nAction: Reload' })).toThrow(InvalidActionError)
    expect(protocol.written).toEqual([])
    const { results } = answersOf(protocol.sendAction('Ping', { ActionID: 'p' }))
    feedChunks(protocol, [bytesOf('Response: Success\r\nActionID: p\r\n\r\n')])
    expect(results).toHaveLength(1)
  })
})
