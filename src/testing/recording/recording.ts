import { oneLine } from '../../core/checks.js'
import { joined } from '../../core/joined.js'
import { redactLines, redactText } from '../../core/redaction.js'
import { RecordingError } from '../errors.js'

/** Something that was recorded of a connection. */
export interface RecordedItem {
  /** The first connection is 1, the next 2. */
  readonly connection: number
  /** `<` came from the server, `>` from the client, `=` is the connection's. */
  readonly direction: '<' | '>' | '='
  /** Milliseconds since the recording began. */
  readonly atMs: number
  /** The lines of a message, or `open`, `closed` (by the client), `lost` and `late` with the ActionID of an answer that came too late. Bytes that are no UTF-8 are `\xHH`. */
  readonly lines: readonly string[]
}

const TITLE = '# AMI recording 1'

/** A recording as text: a line of direction and time, the message, an empty line. */
export function printRecording(items: readonly RecordedItem[]): string {
  const parts = items.map(({ connection, direction, atMs, lines }) => {
    const ofConnection = connection === 1 ? '' : ` link ${connection}`
    return `${direction} ${Math.round(atMs)}${ofConnection}\n${lines.join('\n')}\n`
  })
  return [`${TITLE}\n`, ...parts].join('\n')
}

/** @throws RecordingError that says which line is wrong. */
export function parseRecording(text: string): RecordedItem[] {
  const lines = text.split(/\r?\n/)
  if (lines[0] !== TITLE) throw new RecordingError(`This is no recording: its first line is ${shown(lines[0])}, not ${TITLE}`)
  const items: RecordedItem[] = []
  for (let at = 1; at < lines.length; at += 1) {
    if (lines[at] === '') continue
    const head = /^([<>=]) (\d+)(?: link (\d+))?$/.exec(lines[at] ?? '')
    if (head === null)
      throw new RecordingError(`Line ${at + 1} of the recording is neither < nor > nor = with a time: ${shown(lines[at])}`)
    const message: string[] = []
    for (at += 1; at < lines.length && lines[at] !== ''; at += 1) message.push(lines[at] ?? '')
    items.push({
      connection: Number(head[3] ?? 1),
      direction: head[1] as RecordedItem['direction'],
      atMs: Number(head[2]),
      lines: message,
    })
  }
  return items
}

/** A line of what may be any file, such as one of settings. */
function shown(line = ''): string {
  return `"${oneLine(redactText(line))}"`
}

/** The lines of a message, without secrets. */
export function linesOf(message: Uint8Array): string[] {
  const { text, isPlain } = decoded(message)
  // Secrets first: escapes would part their names from their values.
  return redactLines(text.split('\r\n').filter((line) => line !== '')).map((line) => escaped(line, isPlain))
}

/** A message of these lines, as it was on the wire. */
export function messageOf(lines: readonly string[], end = '\r\n\r\n'): Uint8Array {
  return textToBytes(`${lines.join('\\x0d\\x0a')}${end.replaceAll('\r\n', '\\x0d\\x0a')}`)
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

const ESCAPE = /(\\x[0-9a-f]{2})/
const BACKSLASH = 92
const isPrintable = (code: number) => code >= 32 && code !== 127 && code !== BACKSLASH
/** A byte that is no UTF-8 is a character up to 255; what stands for a secret is above. */
const isPrintableByte = (code: number) => isPrintable(code) && (code < 127 || code > 255)

/** A message as text, and which of its characters need no escape. */
function decoded(bytes: Uint8Array): { readonly text: string; readonly isPlain: (code: number) => boolean } {
  try {
    return { text: decoder.decode(bytes), isPlain: isPrintable }
  } catch {
    return { text: Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''), isPlain: isPrintableByte }
  }
}

/** Control characters, backslashes and bytes that are no UTF-8 become `\xHH`. */
function escaped(line: string, isPlain: (code: number) => boolean): string {
  return Array.from(line, (character) => {
    const code = character.charCodeAt(0)
    return isPlain(code) ? character : `\\x${code.toString(16).padStart(2, '0')}`
  }).join('')
}

function textToBytes(text: string): Uint8Array {
  const encoded = text
    .split(ESCAPE)
    .map((part) => (ESCAPE.test(part) ? Uint8Array.of(Number.parseInt(part.slice(2), 16)) : encoder.encode(part)))
  return joined(encoded)
}
