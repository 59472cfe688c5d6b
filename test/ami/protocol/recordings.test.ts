import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ActionError, type AMIEvent, type AMIResponse, AMIServerProtocol, type Transport } from 'obelus-asterisk/protocol'
import { describe, expect, it } from 'vitest'
import { md5Hex } from '../../../src/ami/client/md5.js'
import { ActionReader, type AMIAction, type ReadAction } from '../../../src/ami/protocol/action-reader.js'
import { answersOf, feedChunks, latin1Bytes, refusalOf } from '../../support/protocol-case.js'
import { GREETING, RecordingProtocol } from '../../support/recording-protocol.js'
import { bytesOf, waysToSplit } from '../../support/splits.js'

type Pair = readonly [name: string, value: string]
interface Message {
  readonly kind: string
  readonly headers: Pair[]
  readonly unparsed: string[]
}

const folder = (version: number) => fileURLToPath(new URL(`../../fixtures/ami-${version}/`, import.meta.url))
const recordings = [16, 22].flatMap((version) =>
  readdirSync(folder(version))
    .filter((file) => file.endsWith('.ami'))
    .map((file) => ({ name: `ami-${version}/${file.slice(0, -4)}`, version, action: /^list-(\w+)/.exec(file)?.[1] })),
)

function recorded(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url)), 'latin1')
}

/** Recordings that do not show the login begin without a greeting. */
function withGreeting(text: string): string {
  return text.startsWith('Asterisk Call Manager/') ? text : GREETING + text
}

/** The plainest reading there can be: the whole text, cut at every blank line and every line end. */
function naiveParse(text: string): Message[] {
  const messages: Message[] = []
  for (const block of text.slice(text.indexOf('\r\n') + 2).split('\r\n\r\n')) {
    const message: Message = { kind: /^(\w+):/.exec(block.trimStart())?.[1] ?? 'none', headers: [], unparsed: [] }
    for (const line of block.split('\r\n').filter((each) => each !== '')) {
      const [, name, value] = /^(\w*ChanVariable\(.*?\)|[^:]*): ?(.*)$/s.exec(line) ?? []
      if (name === undefined || value === undefined) message.unparsed.push(line)
      else message.headers.push([name, value])
    }
    if (message.headers.length + message.unparsed.length > 0) messages.push(message)
  }
  return messages
}

const naiveRecording = (name: string) => naiveParse(withGreeting(recorded(`${name}.ami`)))

/** Notes all messages in one list, in the order in which they come. */
class OrderedProtocol extends RecordingProtocol {
  readonly messages: Message[] = []

  constructor() {
    super({ encoding: 'latin1' })
  }

  override unhandledEventReceived(event: AMIEvent): void {
    this.#note('Event', event)
  }

  override unmatchedResponseReceived(response: AMIResponse): void {
    this.#note('Response', response)
  }

  #note(kind: string, message: AMIEvent | AMIResponse): void {
    this.messages.push({ kind, headers: [...message.entries()], unparsed: [...message.unparsedLines] })
  }
}

function headersOf(events: readonly AMIEvent[]): Pair[][] {
  return events.map((event) => [...event.entries()])
}

describe('recordings of real servers', () => {
  it('are all here', () => {
    expect(recordings.filter(({ version }) => version === 16)).toHaveLength(64)
    expect(recordings.filter(({ version }) => version === 22)).toHaveLength(86)
  })

  for (const { name } of recordings) {
    const text = withGreeting(recorded(`${name}.ami`))
    const expected = naiveParse(text)
    for (const { name: way, chunks } of waysToSplit(latin1Bytes(text))) {
      it(`${name} gives the same messages as a naive parser (${way})`, () => {
        const protocol = new OrderedProtocol()
        feedChunks(protocol, chunks)
        expect(protocol.messages).toEqual(expected)
        expect(protocol.greetings).toHaveLength(1)
        expect(protocol.unknown).toEqual([])
        expect(protocol.callbackErrors).toEqual([])
        expect(protocol.failure).toBeUndefined()
      })
    }
  }

  it('hold 3713 messages together', () => {
    const count = recordings.reduce((sum, { name }) => sum + naiveRecording(name).length, 0)
    expect(count).toBe(3713)
  })
})

describe('recorded lists', () => {
  for (const { name, action } of recordings) {
    if (action === undefined) continue
    const [response, ...events] = naiveRecording(name)
    const single = action === 'FAXStats'
    for (const { name: way, chunks } of waysToSplit(latin1Bytes(withGreeting(recorded(`${name}.ami`))))) {
      it(`${name} settles its action with items and completion (${way})`, () => {
        const protocol = new OrderedProtocol()
        const answers = answersOf(protocol.sendAction(action, { ActionID: 'L1' }))
        feedChunks(protocol, chunks)
        expect(answers.errors).toEqual([])
        expect(answers.results).toHaveLength(1)
        const [result] = answers.results as [AMIResponse]
        const items = events.filter((event) => event.kind === 'Event')
        const completion = single ? undefined : items.pop()
        expect([...result.entries()]).toEqual(response?.headers)
        expect(headersOf(result.events)).toEqual(items.map((item) => item.headers))
        expect(result.completion && [...result.completion.entries()]).toEqual(completion?.headers)
        expect(protocol.messages).toEqual([])
      })
    }
  }

  it('PJSIPShowEndpoint keeps its items of several names in order', () => {
    const protocol = new RecordingProtocol()
    const answers = answersOf(protocol.sendAction('PJSIPShowEndpoint', { ActionID: 'L1' }))
    protocol.feed(GREETING + recorded('ami-22/list-PJSIPShowEndpoint.ami'))
    const [result] = answers.results
    expect(result?.events.map((event) => event.name)).toEqual([
      'EndpointDetail',
      'AorDetail',
      'ContactStatusDetail',
      'IdentifyDetail',
    ])
    expect(result?.completion?.name).toBe('EndpointDetailComplete')
  })

  it('ListItems is not trusted (16 says 1 for an empty DBGetTree)', () => {
    const protocol = new RecordingProtocol()
    const answers = answersOf(protocol.sendAction('DBGetTree', { ActionID: 'L1' }))
    protocol.feed(GREETING + recorded('ami-16/list-DBGetTree-empty.ami'))
    expect(answers.results[0]?.events).toEqual([])
    expect(answers.results[0]?.completion?.get('ListItems')).toBe('1')
  })
})

describe('recorded answers', () => {
  function replay(name: string, actions: readonly (readonly [action: string, actionId: string])[]) {
    const protocol = new RecordingProtocol({ encoding: 'latin1' })
    const answers = actions.map(([action, actionId]) => answersOf(protocol.sendAction(action, { ActionID: actionId })))
    protocol.dataReceived(latin1Bytes(withGreeting(recorded(name))))
    return { protocol, answers }
  }

  for (const { version, uptime } of [
    { version: 16, uptime: 12 },
    { version: 22, uptime: 59 },
  ]) {
    it(`ami-${version}/hostile-responses settles what can be settled and goes on`, () => {
      const { protocol, answers } = replay(`ami-${version}/hostile-responses.ami`, [
        ['Getvar', 'h-1'],
        ['Setvar', 'h-2'],
        ['Getvar', 'h-3'],
        ['PJSIPShowContacts', 'h-4'],
        ['QueueRule', 'h-5'],
        ['ModuleLoad', 'h-6'],
        ['IAXnetstats', 'h-7'],
        ['Ping', 'h-8'],
      ])
      expect(answers.map(({ results }) => results.length)).toEqual([1, 1, 1, 0, 1, 0, 0, 1])
      expect(answers.map(({ errors }) => errors.length)).toEqual([0, 0, 0, 1, 0, 1, 0, 0])
      expect(answers[0]?.results[0]?.get('Value')).toBe('a')
      expect(answers[0]?.results[0]?.get('Bogus')).toBe('x')
      expect(protocol.events.map((event) => event.toJSON())).toEqual([{ name: 'Fake', headers: { Event: 'Fake', X: 'y' } }])
      expect(answers[2]?.results[0]?.get('Value')).toBe('\xff\xe9 caf\xc3\xa9')
      expect(refusalOf(answers[3]).response.message).toBe('No Contacts found')
      expect(refusalOf(answers[3]).response.get('Message')).toBe('No Contacts found\n')
      expect(refusalOf(answers[5]).response.message).toBe('Incomplete ModuleLoad action.')
      expect(answers[7]?.results[0]?.get('Ping')).toBe('Pong')
      expect(protocol.unmatched).toEqual([])
      expect(protocol.unknown).toEqual([])
    })

    it(`ami-${version}/errors refuses by ActionID, and hands on the two answers that have none`, () => {
      const ids = ['e-1', 'e-2', 'e-3', 'e-4', 'e-5', 'e-6', 'e-7', 'e-8', 'e-9']
      const { protocol, answers } = replay(
        `ami-${version}/errors.ami`,
        ids.map((id) => ['Ping', id]),
      )
      const refusals = answers.slice(0, 8).map((each) => refusalOf(each).response.message)
      expect(refusals).toEqual([
        'Permission denied',
        'Invalid/unknown command: NoSuchAction. Use Action: ListCommands to show available commands.',
        'Missing action in request',
        'No variable specified',
        'Failed to parse message: line too long',
        'Failed to parse message: line too long',
        'Too many lines in message or allocation failure',
        'Invalid event mask',
      ])
      expect(answers[8]?.results[0]?.get('Ping')).toBe('Pong')
      expect(protocol.unmatched.map((response) => response.message)).toEqual([
        'Missing action in request',
        'Missing action in request',
      ])
    })

    it(`ami-${version}/command keeps the output, of a refused command too`, () => {
      const { answers } = replay(
        `ami-${version}/command.ami`,
        [0, 1, 2, 3, 4, 5, 6].map((number) => ['Command', `cmd-${number}`]),
      )
      const output = answers.map((each) => (each.results[0] ?? refusalOf(each).response).output)
      expect(output).toEqual([
        [`System uptime: ${uptime} seconds`, `Last reload: ${uptime} seconds`],
        ["No such command 'nosuch command' (type 'core show help nosuch command' for other possible commands)"],
        [
          'Module                         Description                              Use Count  Status      Support Level',
          '0 modules loaded',
        ],
        [],
        ["No such command 'stop now' (type 'core show help stop now' for other possible commands)"],
        [],
        ['0 results found.'],
      ])
      expect(answers.map(({ errors }) => errors.map((error) => error instanceof ActionError))).toEqual([
        [],
        [true],
        [],
        [true],
        [true],
        [true],
        [],
      ])
    })

    it(`ami-${version}/waitevent ends at its own completion; another client's event stays an event`, () => {
      const { protocol, answers } = replay(`ami-${version}/waitevent.ami`, [['WaitEvent', 'we-1']])
      expect(answers[0]?.results[0]?.completion?.name).toBe('WaitEventComplete')
      expect(answers[0]?.results[0]?.events).toEqual([])
      const [event] = protocol.events
      expect(event?.get('ActionID')).toBe('other-client')
      expect(event?.getAll('Key')).toEqual(['v', 'v2'])
      expect(event?.get('Empty')).toBe('')
      expect(protocol.events).toHaveLength(1)
    })

    it(`ami-${version}/login-md5 was answered with the lower-case MD5 of challenge and secret`, () => {
      const challenge = /Challenge: (\d+)\r\n/.exec(recorded(`ami-${version}/login-md5.ami`))?.[1]
      const key = /Key: (.*)\r\n/.exec(recorded(`ami-${version}/login-md5.sent`))?.[1]
      expect(md5Hex(bytesOf(`${challenge}s3cret`))).toBe(key)
    })

    it(`ami-${version}/login-noread-logoff ends with Goodbye`, () => {
      const { protocol, answers } = replay(`ami-${version}/login-noread-logoff.ami`, [
        ['Ping', 'p-1'],
        ['Logoff', 'p-2'],
      ])
      expect(answers[0]?.results[0]?.type).toBe('success')
      expect(answers[1]?.results[0]?.type).toBe('goodbye')
      expect(answers[1]?.results[0]?.message).toBe('Thanks for all the fish.')
      expect(protocol.unmatched.map((response) => response.message)).toEqual(['Authentication accepted'])
    })

    it(`ami-${version}/call-originate-no-device is an event, its Response header a header`, () => {
      const { protocol, answers } = replay(`ami-${version}/call-originate-no-device.ami`, [
        ['Originate', 'originate-no-device-1'],
      ])
      expect(answers[0]).toEqual({ results: [], errors: [] })
      const [event] = protocol.events
      expect(event?.name).toBe('OriginateResponse')
      expect(event?.get('Response')).toBe('Failure')
      expect(event?.get('Reason')).toBe('0')
      expect(event?.get('Uniqueid')).toBe('preassigned-1')
    })
  }

  it('events-decorated keeps ChanVariable keys with the channel, and headers in odd places', () => {
    const { protocol } = replay('ami-22/events-decorated.ami', [])
    const [first] = protocol.events
    expect([...(first?.entries() ?? [])].slice(0, 9).map(([name]) => name)).toEqual([
      'Event',
      'Privilege',
      'Timestamp',
      'SequenceNumber',
      'File',
      'Line',
      'Func',
      'SystemName',
      'Channel',
    ])
    const originate = protocol.events.find((event) => event.name === 'OriginateResponse')
    expect(originate?.getAll('ChanVariable(Local/answer@default-00000000;1)')).toEqual(["FOO=it's x", 'CHANNEL(state)=Up'])
  })
})

describe('recordings of what clients sent', () => {
  const sent = recordings
    .map(({ name }) => name)
    .filter((name) => readdirSync(folder(Number(name.slice(4, 6)))).includes(`${name.slice(7)}.sent`))

  function read(chunks: readonly Uint8Array[]): ReadAction[] {
    const messages: ReadAction[] = []
    const reader = new ActionReader(
      (bytes) => Buffer.from(bytes).toString('latin1'),
      (message) => messages.push(message),
    )
    for (const chunk of chunks) reader.push(chunk)
    return messages
  }

  const tooLong = 'Failed to parse message: line too long'
  const missing = 'Missing action in request'

  it('are all here', () => expect(sent).toHaveLength(23))

  for (const name of sent.filter((each) => !each.endsWith('/errors'))) {
    const text = recorded(`${name}.sent`)
    for (const { name: way, chunks } of waysToSplit(latin1Bytes(text))) {
      it(`${name} is read header by header (${way})`, () => {
        const expected = naiveParse(GREETING + text).map(({ headers }) =>
          headers.map(([header, value]) => [header, value.replace(/^ +/, '')]),
        )
        expect(expected.length).toBeGreaterThan(0)
        expect(read(chunks).map((message) => (message.kind === 'action' ? [...message.action.entries()] : message))).toEqual(
          expected,
        )
      })
    }
  }

  for (const version of [16, 22]) {
    for (const { name: way, chunks } of waysToSplit(latin1Bytes(recorded(`ami-${version}/errors.sent`)))) {
      it(`ami-${version}/errors is refused where Asterisk refused it (${way})`, () => {
        const messages = read(chunks).map((message) =>
          message.kind === 'action' ? [message.action.name, message.action.actionId] : [message.message, message.actionId],
        )
        expect(messages).toEqual([
          ['Command', 'e-1'],
          ['NoSuchAction', 'e-2'],
          [missing, 'e-3'],
          [missing, ''],
          ['Getvar', 'e-4'],
          [tooLong, 'e-5'],
          [missing, ''],
          [tooLong, 'e-6'],
          ['Too many lines in message or allocation failure', 'e-7'],
          ['Events', 'e-8'],
          ['Ping', 'e-9'],
        ])
      })

      it(`the server's side writes ami-${version}/errors byte for byte (${way})`, () => {
        const answers = new Map([
          ['Command', 'Permission denied'],
          ['NoSuchAction', 'Invalid/unknown command: NoSuchAction. Use Action: ListCommands to show available commands.'],
          ['Getvar', 'No variable specified'],
          ['Events', 'Invalid event mask'],
        ])
        let written = ''
        class Server extends AMIServerProtocol {
          override actionReceived(action: AMIAction): void {
            const refusal = answers.get(action.name)
            if (refusal !== undefined) this.sendResponse('Error', action.actionId, { Message: refusal })
            else this.sendResponse('Success', action.actionId, { Ping: 'Pong', Timestamp: 'T' })
          }
        }
        const server = new Server()
        const transport: Transport = { write: (data) => (written += new TextDecoder().decode(data)), close: () => undefined }
        server.connectionMade(transport)
        feedChunks(server, chunks)
        expect(written).toBe(GREETING + recorded(`ami-${version}/errors.ami`).replace(/Timestamp: [\d.]+/, 'Timestamp: T'))
      })
    }
  }
})
