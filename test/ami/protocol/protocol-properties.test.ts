import fc from 'fast-check'
import { type AMIEvent, type AMIResponse, ProtocolError } from 'obelus-asterisk/protocol'
import { describe, expect, it } from 'vitest'
import { feedChunks } from '../../support/protocol-case.js'
import { GREETING, RecordingProtocol } from '../../support/recording-protocol.js'
import { bytesOf } from '../../support/splits.js'

interface Message {
  readonly kind: 'Event' | 'Response'
  readonly name: string
  readonly headers: readonly (readonly [string, string])[]
  readonly end: string
}

const word = fc.string({ unit: fc.constantFrom(...'abcXYZ09-_'), minLength: 1, maxLength: 8 })
const headerName = fc.oneof(word, fc.constantFrom('__proto__', 'constructor', 'ActionID', 'Response', 'Event', 'Variable', ''))
const value = fc
  .string({ unit: fc.constantFrom(...'ab: =,"\\\n\r\té€😀('), maxLength: 20 })
  .filter((text) => !text.includes('\r\n') && !text.endsWith('\r'))
const message: fc.Arbitrary<Message> = fc.record({
  kind: fc.constantFrom('Event' as const, 'Response' as const),
  name: word,
  headers: fc.array(fc.tuple(headerName, value), { maxLength: 6 }),
  end: fc.constantFrom('\r\n', '\n', '\r\n\r\n', '\r\n\n'),
})
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 })

function written(messages: readonly Message[]): string {
  return messages
    .map(
      ({ kind, name, headers, end }) =>
        `${kind}: ${name}\r\n${headers.map(([header, text]) => `${header}: ${text}\r\n`).join('')}${end}`,
    )
    .join('')
}

function cut(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = 0, step = 0; at < bytes.length; step += 1) {
    const length = lengths[step % lengths.length] as number
    chunks.push(bytes.slice(at, at + length))
    at += length
  }
  return chunks
}

class OrderedProtocol extends RecordingProtocol {
  readonly all: { kind: string; headers: (readonly [string, string])[] }[] = []

  override unhandledEventReceived(event: AMIEvent): void {
    this.all.push({ kind: 'Event', headers: [...event.entries()] })
  }

  override unmatchedResponseReceived(response: AMIResponse): void {
    this.all.push({ kind: 'Response', headers: [...response.entries()] })
  }
}

describe('properties of the protocol', () => {
  it('fault: random messages, cut at random, come as they were sent', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), sizes, (messages, lengths) => {
        const protocol = new OrderedProtocol()
        feedChunks(protocol, cut(bytesOf(GREETING + written(messages)), lengths))
        expect(protocol.all).toEqual(messages.map(({ kind, name, headers }) => ({ kind, headers: [[kind, name], ...headers] })))
        expect(protocol.unknown).toEqual([])
        expect(protocol.malformed).toEqual([])
        expect(protocol.failure).toBeUndefined()
      }),
      { numRuns: 500, interruptAfterTimeLimit: 4000 },
    )
  })

  const fragment = fc.constantFrom(
    ...['\r', '\n', '\r\n', '\r\n\r\n', ':', ': ', 'Event: A', 'Response: Success', 'Response: Follows\r\n', '--END COMMAND--'],
    ...[
      'EventList: start',
      'EventList: Complete',
      'ActionID: L',
      'ActionID: C',
      'Response: Follows\r\nActionID: C\r\n',
      'Response: Success\r\nActionID: C\r\n',
      '--END COMMAND--\r\n\r\n',
      'Output: x',
      'ChanVariable(a:b): c=d',
      'x',
      ' ',
      'é',
      '__proto__: x',
    ],
  )
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.array(fragment, { maxLength: 60 }).map((parts) => bytesOf(parts.join(''))),
  )

  it('fault: random bytes give messages or a ProtocolError, nothing else, and the same however they are cut', () => {
    fc.assert(
      fc.property(noise, sizes, fc.constantFrom('', GREETING, 'Asterisk Call Manager/2.10.6\r\n'), (bytes, lengths, greeting) => {
        const stream = new Uint8Array([...bytesOf(greeting), ...bytes])
        const limits = { maxHeaders: 20, maxLineBytes: 60, maxMessageBytes: 300, maxOutputBytes: 350, maxListEvents: 3 }
        const tell = (chunks: readonly Uint8Array[]) => {
          const protocol = new OrderedProtocol({ limits })
          const outcomes: unknown[] = []
          for (const [name, ActionID] of [
            ['Status', 'L'],
            ['Command', 'C'],
          ] as const) {
            const pending = protocol.sendAction(name, { ActionID })
            pending.onResult = (response) => outcomes.push([name, response.toJSON()])
            pending.onException = (error) => outcomes.push([name, error.name])
          }
          feedChunks(protocol, chunks)
          expect(protocol.callbackErrors).toEqual([])
          expect(protocol.closed).toBe(protocol.failure !== undefined)
          if (protocol.failure !== undefined) expect(protocol.failure).toBeInstanceOf(ProtocolError)
          const { all, unknown, malformed, greetings } = protocol
          // How much of a message came until it was too large depends on the pieces.
          const failure = protocol.failure?.message.replace(/\d+ came so far/, '')
          return { all, unknown, malformed, greetings, failure, outcomes }
        }
        expect(tell(cut(stream, lengths))).toEqual(tell([stream]))
      }),
      { numRuns: 1500, interruptAfterTimeLimit: 6000 },
    )
  })

  it('fault: one byte in forty corrupted throws nothing, and a good message after a blank line is read', () => {
    const good = 'Event: Good\r\nN: 1\r\n\r\n'
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 8 }),
        fc.infiniteStream(fc.tuple(fc.nat(39), fc.nat(255))),
        sizes,
        (messages, faults, lengths) => {
          const bytes = bytesOf(written(messages))
          for (let at = 0; at < bytes.length; at += 1) {
            const [chance, byte] = faults.next().value as [number, number]
            if (chance === 0) bytes[at] = byte
          }
          const protocol = new OrderedProtocol()
          feedChunks(protocol, cut(new Uint8Array([...bytesOf(GREETING), ...bytes, ...bytesOf(`\r\n\r\n${good}`)]), lengths))
          expect(protocol.failure).toBeUndefined()
          expect(protocol.callbackErrors).toEqual([])
          expect(protocol.all.at(-1)).toEqual({
            kind: 'Event',
            headers: [
              ['Event', 'Good'],
              ['N', '1'],
            ],
          })
        },
      ),
      { numRuns: 300, interruptAfterTimeLimit: 4000 },
    )
  })
})
