import { ActionError, type AMIProtocolOptions, type AMIResponse, type PendingAction } from 'obelus-asterisk/protocol'
import { it } from 'vitest'
import { GREETING, RecordingProtocol } from './recording-protocol.js'
import { bytesOf, waysToSplit } from './splits.js'

/** Feeds chunks one by one and overwrites each afterwards, as an adapter may. */
export function feedChunks(receiver: { dataReceived(data: Uint8Array): void }, chunks: readonly Uint8Array[]): void {
  for (const chunk of chunks) {
    const lent = chunk.slice()
    receiver.dataReceived(lent)
    lent.fill(0x58)
  }
}

/** What a handler was told. */
export interface Answers {
  readonly results: AMIResponse[]
  readonly errors: Error[]
}

/** Notes each result and each exception of an action. */
export function answersOf(pending: PendingAction): Answers {
  const answers: Answers = { results: [], errors: [] }
  pending.onResult = (response) => answers.results.push(response)
  pending.onException = (error) => answers.errors.push(error)
  return answers
}

/**
 * One test for each way in which the stream can be cut, greeting included. `body` gets a fresh protocol and calls
 * `feed` when the stream is to come.
 */
export function inEveryWay(
  title: string,
  stream: string | Uint8Array,
  body: (protocol: RecordingProtocol, feed: () => void) => void,
  { greeting = GREETING, ...options }: AMIProtocolOptions & { readonly greeting?: string } = {},
): void {
  const rest = typeof stream === 'string' ? bytesOf(stream) : stream
  for (const { name, chunks } of waysToSplit(new Uint8Array([...bytesOf(greeting), ...rest]))) {
    it(`${title} (${name})`, () => {
      const protocol = new RecordingProtocol(options)
      body(protocol, () => feedChunks(protocol, chunks))
    })
  }
}

/** Each character as the byte of its code. */
export function latin1Bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

/** The refusal that an action got. */
export function refusalOf(answers: Answers | undefined): ActionError {
  const error = answers?.errors[0]
  if (!(error instanceof ActionError)) throw new Error(`no ActionError but ${String(error)}`)
  return error
}
