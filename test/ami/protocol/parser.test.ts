import { type AMIEvent, AMIProtocol, type AMIResponse, ProtocolError } from 'obelus-asterisk/protocol'
import { describe, expect, it } from 'vitest'
import { answersOf, feedChunks, inEveryWay, latin1Bytes } from '../../support/protocol-case.js'
import { GREETING, RecordingProtocol } from '../../support/recording-protocol.js'
import { bytesOf, waysToSplit } from '../../support/splits.js'

type Pairs = (readonly [name: string, value: string])[]

function pairsOf(messages: readonly (AMIEvent | AMIResponse)[]): Pairs[] {
  return messages.map((message) => [...message.entries()])
}

describe('framing', () => {
  inEveryWay(
    'the first message follows the banner without a blank line',
    'Event: FullyBooted\r\nStatus: Fully Booted\r\n\r\n',
    (protocol, feed) => {
      feed()
      expect(protocol.greetings).toEqual([['Asterisk Call Manager', '11.0.0']])
      expect(pairsOf(protocol.events)).toEqual([
        [
          ['Event', 'FullyBooted'],
          ['Status', 'Fully Booted'],
        ],
      ])
    },
  )

  inEveryWay(
    'the first header decides the kind, a later Response or Event header does not',
    'Event: OriginateResponse\r\nActionID: o-1\r\nResponse: Failure\r\nReason: 0\r\n\r\n' +
      'Response: Success\r\nEvent: none\r\nActionID: r-1\r\n\r\n',
    (protocol, feed) => {
      const originate = answersOf(protocol.sendAction('Originate', { ActionID: 'o-1' }))
      const other = answersOf(protocol.sendAction('Getvar', { ActionID: 'r-1' }))
      feed()
      expect(protocol.events.map((event) => [event.name, event.get('Response')])).toEqual([['OriginateResponse', 'Failure']])
      expect(originate).toEqual({ results: [], errors: [] })
      expect(pairsOf(other.results)).toEqual([
        [
          ['Response', 'Success'],
          ['Event', 'none'],
          ['ActionID', 'r-1'],
        ],
      ])
    },
  )

  inEveryWay(
    'a bare LF at the end of Message ends nothing',
    'Response: Error\r\nActionID: a\r\nMessage: No Contacts found\n\r\n\r\nEvent: Next\r\n\r\n',
    (protocol, feed) => {
      const { errors } = answersOf(protocol.sendAction('PJSIPShowContacts', { ActionID: 'a' }))
      feed()
      expect(errors.map((error) => error.message)).toEqual(['Action PJSIPShowContacts failed: No Contacts found'])
      expect(protocol.events.map((event) => event.name)).toEqual(['Next'])
      expect(protocol.unknown).toEqual([])
      expect(protocol.malformed).toEqual([])
    },
  )

  inEveryWay(
    'a bare LF at the end of the Message of a success (Park) ends nothing',
    'Response: Success\r\nActionID: a\r\nMessage: Park successful\n\r\n\r\n',
    (protocol, feed) => {
      const { results } = answersOf(protocol.sendAction('Park', { ActionID: 'a' }))
      feed()
      expect(results.map((result) => [result.message, result.get('Message')])).toEqual([['Park successful', 'Park successful\n']])
    },
  )

  inEveryWay(
    'fault: newlines inside a value stay in it (LF, LF LF, CR)',
    'Event: UserEvent\r\nA: x\ny\r\nB: x\n\ny\r\nC: x\ry\r\nD: \n\r\nE: e\r\n\r\n',
    (protocol, feed) => {
      feed()
      expect(pairsOf(protocol.events)).toEqual([
        [
          ['Event', 'UserEvent'],
          ['A', 'x\ny'],
          ['B', 'x\n\ny'],
          ['C', 'x\ry'],
          ['D', '\n'],
          ['E', 'e'],
        ],
      ])
    },
  )

  inEveryWay(
    'fault: Output that ends in CR CR LF keeps its CR',
    'Response: Success\r\nActionID: a\r\nMessage: Command output follows\r\nOutput: b: c\r\r\nOutput: d\r\r\n\r\n',
    (protocol, feed) => {
      const { results } = answersOf(protocol.sendAction('Command', { ActionID: 'a' }))
      feed()
      expect(results.map((result) => result.output)).toEqual([['b: c\r', 'd\r']])
    },
  )

  inEveryWay(
    'fault: empty messages and blank lines between messages are skipped',
    '\r\n\r\n\r\nEvent: A\r\n\r\n\r\n\r\n\r\nEvent: B\r\n\r\n\r\n',
    (protocol, feed) => {
      feed()
      expect(protocol.events.map((event) => event.name)).toEqual(['A', 'B'])
      expect(protocol.unknown).toEqual([])
    },
  )

  inEveryWay(
    'fault: CR LF LF ends a message (CoreShowChannelMap on 18.19 to 20.x)',
    'Event: CoreShowChannelMapComplete\r\nListItems: 1\r\n\nEvent: B\r\nX: y\r\n\n\r\nEvent: C\r\n\r\n',
    (protocol, feed) => {
      feed()
      expect(pairsOf(protocol.events)).toEqual([
        [
          ['Event', 'CoreShowChannelMapComplete'],
          ['ListItems', '1'],
        ],
        [
          ['Event', 'B'],
          ['X', 'y'],
        ],
        [['Event', 'C']],
      ])
      expect(protocol.malformed).toEqual([])
    },
  )

  inEveryWay(
    'a value with a blank line makes a message of its own, and the next one is read again',
    'Response: Success\r\nActionID: a\r\nValue: a\r\nBogus: x\r\n\r\nno header at all\r\n\r\nEvent: Real\r\n\r\n',
    (protocol, feed) => {
      const { results } = answersOf(protocol.sendAction('Getvar', { ActionID: 'a' }))
      feed()
      expect(results.map((result) => result.get('Value'))).toEqual(['a'])
      expect(protocol.unknown).toEqual(['no header at all\r\n\r\n'])
      expect(protocol.events.map((event) => event.name)).toEqual(['Real'])
      expect(protocol.failure).toBeUndefined()
    },
  )

  it('fault: a half message is never delivered, whatever the byte at which the connection ends', () => {
    const bytes = bytesOf(`${GREETING}Event: A\r\nX: y\r\n\r\nEvent: B\r\nX: y\r\n\r\n`)
    const first = bytesOf(`${GREETING}Event: A\r\nX: y\r\n\r\n`).length
    for (let cut = 0; cut < bytes.length; cut += 1) {
      const protocol = new RecordingProtocol()
      protocol.dataReceived(bytes.slice(0, cut))
      protocol.connectionLost()
      expect(protocol.events).toHaveLength(cut >= first ? 1 : 0)
      expect(protocol.unknown).toEqual([])
    }
  })

  it('a protocol whose connection is gone reads no more, and a new one knows nothing of its half message', () => {
    const old = new RecordingProtocol()
    old.feed(`${GREETING}Event: Half\r\nX: `)
    old.connectionLost()
    old.feed('y\r\n\r\nEvent: B\r\n\r\n')
    expect(old.events).toEqual([])
    const fresh = new RecordingProtocol()
    fresh.feed(`${GREETING}Event: C\r\n\r\n`)
    expect(pairsOf(fresh.events)).toEqual([[['Event', 'C']]])
  })

  it('messages come as soon as their last byte', () => {
    const protocol = new RecordingProtocol()
    protocol.feed(GREETING)
    expect(protocol.greetings).toHaveLength(1)
    protocol.feed('Event: A\r\n\r')
    expect(protocol.events).toHaveLength(0)
    protocol.feed('\n')
    expect(protocol.events).toHaveLength(1)
  })
})

describe('hostile headers', () => {
  inEveryWay(
    'fault: __proto__ and constructor are headers like any other',
    'Event: UserEvent\r\n__proto__: p\r\nconstructor: c\r\n__proto__: q\r\ntoString: t\r\nhasOwnProperty: h\r\n\r\n',
    (protocol, feed) => {
      feed()
      const [event] = protocol.events as [AMIEvent]
      expect(event.get('__proto__')).toBe('p')
      expect(event.getAll('__proto__')).toEqual(['p', 'q'])
      expect(event.get('constructor')).toBe('c')
      expect(event.get('valueOf')).toBeUndefined()
      expect(Object.getPrototypeOf(event.headers)).toBe(Object.prototype)
      expect(Object.entries(event.headers)).toEqual([
        ['Event', 'UserEvent'],
        ['__proto__', 'p'],
        ['constructor', 'c'],
        ['toString', 't'],
        ['hasOwnProperty', 'h'],
      ])
      const json = event.toJSON().headers
      expect(Object.getPrototypeOf(json)).toBe(Object.prototype)
      expect(JSON.stringify(json)).toBe(
        '{"Event":"UserEvent","__proto__":["p","q"],"constructor":"c","toString":"t","hasOwnProperty":"h"}',
      )
      expect(Object.hasOwn(Object.prototype, 'p')).toBe(false)
      expect(({} as Record<string, unknown>).p).toBeUndefined()
    },
  )

  inEveryWay(
    'fault: an empty key, a line without colon, a key alone',
    'Event: UserEvent\r\n: no key\r\nnocolon\r\nEmpty:\r\nSpaced: \r\n--END SMS EVENT--\r\nLast: x\r\n\r\n',
    (protocol, feed) => {
      feed()
      expect(pairsOf(protocol.events)).toEqual([
        [
          ['Event', 'UserEvent'],
          ['', 'no key'],
          ['Empty', ''],
          ['Spaced', ''],
          ['Last', 'x'],
        ],
      ])
      expect(protocol.events[0]?.unparsedLines).toEqual(['nocolon', '--END SMS EVENT--'])
    },
  )

  inEveryWay(
    'lines without colon are reported once a connection and are never fatal',
    'Event: A\r\nfirst\r\nsecond\r\n\r\nEvent: B\r\nthird\r\n\r\nEvent: C\r\n\r\n',
    (protocol, feed) => {
      feed()
      expect(protocol.malformed).toEqual(['first'])
      expect(protocol.events.map((event) => [event.name, event.unparsedLines])).toEqual([
        ['A', ['first', 'second']],
        ['B', ['third']],
        ['C', []],
      ])
    },
  )

  const invalid = latin1Bytes('Event: Newchannel\r\nCallerIDName: caf\xc3\xa9 J\xc3\r\nX: \xff\xfe\r\n\r\nEvent: B\r\n\r\n')

  inEveryWay('fault: invalid UTF-8 becomes replacement characters and the reader goes on', invalid, (protocol, feed) => {
    feed()
    expect(protocol.events.map((event) => event.toJSON())).toEqual([
      { name: 'Newchannel', headers: { Event: 'Newchannel', CallerIDName: 'café J\ufffd', X: '\ufffd\ufffd' } },
      { name: 'B', headers: { Event: 'B' } },
    ])
  })

  inEveryWay(
    'latin1 keeps every byte',
    invalid,
    (protocol, feed) => {
      feed()
      expect(protocol.events[0]?.get('CallerIDName')).toBe('caf\xc3\xa9 J\xc3')
      expect(protocol.events[0]?.get('X')).toBe('\xff\xfe')
    },
    { encoding: 'latin1' },
  )
})

describe('a hostile message', () => {
  it('whose output may always go on is looked through once, not once for each possible end', () => {
    const protocol = new RecordingProtocol()
    protocol.feed('Asterisk Call Manager/2.10.6\r\n')
    protocol.sendAction('Command', { ActionID: 'c' })
    // Each end anew would be minutes, more than a test may take.
    protocol.feed(
      `Response: Follows\r\nActionID: c\r\n${'x'.repeat(400_000)}\r\n${'y'.repeat(400_000)}\r\n${'--END COMMAND--\r\n'.repeat(60_000)}`,
    )
  })
})

describe('progress', () => {
  class WatchedProtocol extends RecordingProtocol {
    progress = 0

    override progressReceived(): void {
      this.progress += 1
    }
  }

  const progressOf = (...chunks: readonly string[]) => {
    const protocol = new WatchedProtocol()
    protocol.sendAction('Command', { ActionID: 'c' })
    protocol.sendAction('GetConfigJSON', { ActionID: 'g' })
    protocol.feed(GREETING)
    return chunks.map((chunk) => {
      const before = protocol.progress
      protocol.feed(chunk)
      return protocol.progress - before
    })
  }

  it.each([
    ['a message that is complete, once a chunk', ['Event: A\r\n\r\nEvent: B\r\n\r\n'], [1]],
    ['a message of no kind', ['what is this\r\n\r\n'], [1]],
    ['not the beginning of a message, but its end', ['Event: A\r\nX: ', 'y', '\r\n', '\r\n'], [0, 0, 0, 1]],
    ['not blank lines', ['\r\n', '\r\n\r\n', '\r'], [0, 0, 0]],
    ['not a response that no action waits for', ['Response: Success\r\nActionID: z\r\n', 'X: ', 'y'], [0, 0, 0]],
    ['not a response without ActionID', ['Response: Success\r\n', 'X: y\r\n', 'X: y\r\n', 'X: y'], [0, 0, 0, 0]],
    [
      "each part of a command's output",
      ['Response: Success\r\nActionID: c\r\nOutput: ', 'x', 'y\r\nOutput: z', '\r\n\r\n'],
      [1, 1, 1, 1],
    ],
    [
      'each part of an answer, once it is known for one',
      ['Respon', 'se: Success\r\nActionID: g', '\r\n', 'JSON: {', '}'],
      [0, 0, 1, 1, 1],
    ],
  ])('is %s', (_, chunks, progress) => expect(progressOf(...chunks)).toEqual(progress))

  it('is the greeting', () => {
    const protocol = new WatchedProtocol()
    protocol.feed('Asterisk Call Manager/')
    expect(protocol.progress).toBe(0)
    protocol.feed('11.0.0\r\n')
    expect(protocol.progress).toBe(1)
  })
})

describe('limits', () => {
  const headers = (count: number) => Array.from({ length: count }, (_, at) => `H${at}: ${at}\r\n`).join('')

  it('fault: 10 000 headers in a message and a line of half a megabyte are taken', () => {
    const protocol = new RecordingProtocol()
    protocol.feed(`${GREETING}Event: Many\r\n${headers(9999)}\r\nEvent: Long\r\nX: ${'x'.repeat(524_285)}\r\n\r\n`)
    const [many, long] = protocol.events as [AMIEvent, AMIEvent]
    expect([...many.entries()]).toHaveLength(10_000)
    expect(many.get('h9998')).toBe('9998')
    expect(long.get('X')).toHaveLength(524_285)
    expect(protocol.failure).toBeUndefined()
  })

  it('186 headers and a line of 5.9 kB are nothing special', () => {
    const protocol = new RecordingProtocol()
    const json = 'j'.repeat(5900)
    const { results } = answersOf(protocol.sendAction('GetConfigJSON', { ActionID: 'a' }))
    protocol.feed(`${GREETING}Response: Success\r\nActionID: a\r\nJSON: ${json}\r\n${headers(183)}\r\n`)
    expect([...(results[0]?.entries() ?? [])]).toHaveLength(186)
    expect(results[0]?.get('JSON')).toBe(json)
  })

  for (const { what, message, limits } of [
    { what: 'fault: 200 000 headers', message: `Event: X\r\n${'a:\r\n'.repeat(200_000)}\r\n`, limits: 'maxHeaders' },
    { what: 'fault: one header over the limit', message: `Event: X\r\n${headers(10_000)}\r\n`, limits: 'maxHeaders' },
    {
      what: 'fault: one byte over the line limit',
      message: `Event: X\r\nX: ${'x'.repeat(524_286)}\r\n\r\n`,
      limits: 'maxLineBytes',
    },
    {
      what: 'fault: a message over 1 MiB',
      message: `Event: X\r\n${`X: ${'x'.repeat(1000)}\r\n`.repeat(1100)}\r\n`,
      limits: 'maxMessageBytes',
    },
    { what: 'fault: 3 MB without an end', message: `Event: X\r\n${'x'.repeat(3_000_000)}`, limits: 'maxMessageBytes' },
  ]) {
    for (const size of [Number.POSITIVE_INFINITY, 65_536, 1460]) {
      it(`${what} ends the connection with a ProtocolError (chunks of ${size} bytes)`, () => {
        const protocol = new RecordingProtocol()
        const { results, errors } = answersOf(protocol.sendAction('Ping'))
        const bytes = bytesOf(GREETING + message)
        const chunks: Uint8Array[] = []
        for (let at = 0; at < bytes.length; at += Math.min(size, bytes.length)) chunks.push(bytes.subarray(at, at + size))
        feedChunks(protocol, chunks)
        expect(protocol.failure).toBeInstanceOf(ProtocolError)
        expect(protocol.failure?.message).toContain(`limits.${limits}`)
        expect(protocol.failure?.retryable).toBe(true)
        expect(protocol.closed).toBe(true)
        expect(protocol.events).toEqual([])
        expect(results).toEqual([])
        expect(errors.map((error) => [error.name, error.cause])).toEqual([['ConnectionLostError', protocol.failure]])
      })
    }
  }

  for (const { what, answer, message } of [
    {
      what: 'headers',
      answer: `Response: Success\r\nActionID: a\r\n${headers(10_000)}\r\n`,
      message: 'the answer of GetConfig has more than 10000 headers (limits.maxHeaders): 10001 came so far',
    },
    {
      what: 'bytes in a line',
      answer: `Response: Success\r\nActionID: a\r\nJSON: ${'x'.repeat(600_000)}\r\n\r\n`,
      message:
        /^the answer of GetConfig has more than 524288 bytes in a line \(limits\.maxLineBytes\): \d+ bytes of line 3 came so far$/,
    },
    {
      what: 'bytes',
      answer: `Response: Success\r\nActionID: a\r\n${`X: ${'x'.repeat(1000)}\r\n`.repeat(1100)}\r\n`,
      message: /^the answer of GetConfig has more than 1048576 bytes \(limits\.maxMessageBytes\): \d+ bytes came so far$/,
    },
  ]) {
    for (const size of [Number.POSITIVE_INFINITY, 65_536, 1460, 100]) {
      it(`an answer of too many ${what} rejects its action only, and what follows it is read (chunks of ${size} bytes)`, () => {
        const protocol = new RecordingProtocol({ peer: 'pbx' })
        const large = answersOf(protocol.sendAction('GetConfig', { ActionID: 'a' }))
        const ping = answersOf(protocol.sendAction('Ping', { ActionID: 'p' }))
        const bytes = bytesOf(`${GREETING}${answer}Event: Next\r\n\r\nResponse: Success\r\nActionID: p\r\n\r\n`)
        const chunks: Uint8Array[] = []
        for (let at = 0; at < bytes.length; at += Math.min(size, bytes.length)) chunks.push(bytes.subarray(at, at + size))
        feedChunks(protocol, chunks)
        expect(large.errors.map((error) => error.name)).toEqual(['ProtocolError'])
        expect(large.errors[0]?.message.replace('pbx: ', '')).toMatch(message)
        expect(ping.results).toHaveLength(1)
        expect(protocol.events.map((event) => event.name)).toEqual(['Next'])
        expect([protocol.failure, protocol.unmatched, protocol.unknown]).toEqual([undefined, [], []])
      })
    }
  }

  it('says of a message beyond a limit what it is, unless it could be anything', () => {
    for (const [first, seen] of [
      ['Event: Vendor', 'It begins with "Event: Vendor"'],
      ['Response: Success', 'It begins with "Response: Success"'],
      ['secret=hunter2', 'It is neither event nor response'],
    ]) {
      const protocol = new RecordingProtocol({ limits: { maxMessageBytes: 100 }, peer: 'pbx' })
      const { errors } = answersOf(protocol.sendAction('Ping', { ActionID: 'p' }))
      protocol.feed(`${GREETING}${first}\r\n${'x'.repeat(100)}`)
      const size = `${first}\r\n`.length + 100
      expect(protocol.failure?.message).toBe(
        `pbx: a message has more than 100 bytes (limits.maxMessageBytes): ${size} came so far. ${seen}`,
      )
      expect(errors.map((error) => error.message)).toEqual([
        expect.stringContaining(`(limits.maxMessageBytes): ${size} came so far`),
      ])
    }
  })

  it('fault: of 3 MB without an end no more than the limit is waited for', () => {
    const protocol = new RecordingProtocol()
    protocol.feed(`${GREETING}Event: X\r\nX: `)
    const chunk = new Uint8Array(65_536).fill(0x78)
    let fed = 0
    for (; !protocol.closed && fed < 3_000_000; fed += chunk.length) protocol.dataReceived(chunk)
    expect(fed).toBeLessThanOrEqual(1_048_576 + 65_536)
  })

  for (const extra of [-1, 0, 1, 2, 3, 4]) {
    const message = 'Event: A\r\nX: yyyyyyyyyyyy\r\n\r\n'
    for (const { name, chunks } of waysToSplit(bytesOf(GREETING + message))) {
      it(`a message ${extra} bytes over the limit is ${extra > 0 ? 'refused' : 'taken'} (${name})`, () => {
        const protocol = new RecordingProtocol({ limits: { maxMessageBytes: message.length - extra } })
        feedChunks(protocol, chunks)
        expect(protocol.events).toHaveLength(extra > 0 ? 0 : 1)
        expect(protocol.failure instanceof ProtocolError).toBe(extra > 0)
      })
    }
  }

  for (const { limit, taken } of [
    { limit: 4, taken: true },
    { limit: 3, taken: true },
    { limit: 2, taken: false },
  ]) {
    for (const end of ['\r\n\r\n', '\r\n\n']) {
      inEveryWay(
        `a message of three headers is ${taken ? 'taken' : 'refused'} when ${limit} are allowed, ending in ${JSON.stringify(end)}`,
        `Event: A\r\nX: 1\r\nY: 2${end}`,
        (protocol, feed) => {
          feed()
          expect(protocol.events).toHaveLength(taken ? 1 : 0)
          expect(protocol.closed).toBe(!taken)
        },
        { limits: { maxHeaders: limit } },
      )
    }
  }

  for (const { limit, taken } of [
    { limit: 8, taken: true },
    { limit: 7, taken: false },
  ]) {
    inEveryWay(
      `a line of eight bytes is ${taken ? 'taken' : 'refused'} when ${limit} are allowed`,
      'Event: A\r\n\r\n',
      (protocol, feed) => {
        feed()
        expect(protocol.events).toHaveLength(taken ? 1 : 0)
        expect(protocol.closed).toBe(!taken)
      },
      { limits: { maxLineBytes: limit } },
    )
  }

  it('after a broken limit nothing more is read, not even from the same chunk', () => {
    const protocol = new RecordingProtocol({ limits: { maxLineBytes: 20 } })
    protocol.feed(`${GREETING}Event: A\r\n\r\nX: ${'x'.repeat(40)}\r\n\r\nEvent: B\r\n\r\n`)
    protocol.feed('Event: C\r\n\r\n')
    expect(protocol.events.map((event) => event.name)).toEqual(['A'])
  })

  for (const [limits, message] of [
    [{ maxHeaders: 0 }, 'limits.maxHeaders must be a whole number above 0, not 0'],
    [{ maxLineBytes: 1.5 }, 'limits.maxLineBytes must be a whole number above 0, not 1.5'],
    [{ maxMessageBytes: Number.NaN }, 'limits.maxMessageBytes must be a whole number above 0, not NaN'],
    [{ maxListEvents: -1 }, 'limits.maxListEvents must be a whole number above 0, not -1'],
    [{ maxOutputBytes: 0 }, 'limits.maxOutputBytes must be a whole number above 0, not 0'],
  ] as const) {
    it(`the limit ${JSON.stringify(limits)} is refused`, () => {
      expect(() => new AMIProtocol({ limits })).toThrow(new RangeError(message))
    })
  }
})

describe('greeting', () => {
  for (const [version, release] of [
    ['2.10.6', '13'],
    ['5.0.4', '16.28'],
    ['11.0.0', '22'],
    ['12.0.0', '23'],
  ]) {
    for (const { name, chunks } of waysToSplit(bytesOf(`Asterisk Call Manager/${version}\r\n`))) {
      it(`the banner of ${release} tells the AMI version ${version} (${name})`, () => {
        const protocol = new RecordingProtocol()
        feedChunks(protocol, chunks)
        expect(protocol.greetings).toEqual([['Asterisk Call Manager', version]])
        expect(protocol.failure).toBeUndefined()
      })
    }
  }

  for (const { peer, line } of [
    { peer: 'an HTTP server', line: 'HTTP/1.1 400 Bad Request\r\n' },
    { peer: 'an SSH server', line: 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n' },
    { peer: 'a mail server', line: '220 mail.example.com ESMTP\r\n' },
    { peer: 'a server with an empty first line', line: '\r\n' },
    { peer: 'a server that greets without a version', line: 'Asterisk Call Manager/\r\n' },
    { peer: 'a server that sends 300 bytes without a line end', line: 'x'.repeat(300) },
  ]) {
    for (const { name, chunks } of waysToSplit(bytesOf(line))) {
      it(`fault: ${peer} is refused for good (${name})`, () => {
        const protocol = new RecordingProtocol({ peer: 'pbx:5038' })
        const { errors } = answersOf(protocol.sendAction('Ping'))
        feedChunks(protocol, chunks)
        expect(protocol.failure).toBeInstanceOf(ProtocolError)
        expect(protocol.failure?.retryable).toBe(false)
        expect(protocol.failure?.message).toMatch(/^pbx:5038/)
        expect(protocol.closed).toBe(true)
        expect(protocol.greetings).toEqual([])
        expect(errors.map((error) => error.cause)).toEqual([protocol.failure])
      })
    }
  }

  it('an end before the banner is no failure of the protocol', () => {
    const protocol = new RecordingProtocol()
    protocol.connectionLost()
    expect(protocol.failure).toBeUndefined()
  })
})
