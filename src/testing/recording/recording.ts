import { withoutSecrets } from './secrets.js'

/** Something that was recorded of a link. */
export interface RecordedItem {
  /** The first link is 1, the next 2. */
  readonly link: number
  /** `<` came from the server, `>` from the client, `=` is the link's. */
  readonly direction: '<' | '>' | '='
  /** Milliseconds since the recording began. */
  readonly atMs: number
  /** The lines of a message, or `open`, `closed` (by the client) and `lost`. Bytes that are no UTF-8 are `\xHH`. */
  readonly lines: readonly string[]
}

const TITLE = '# AMI recording 1'

/** A recording as text: a line of direction and time, the message, an empty line. */
export function printRecording(items: readonly RecordedItem[]): string {
  const parts = items.map(({ link, direction, atMs, lines }) => {
    const ofLink = link === 1 ? '' : ` link ${link}`
    return `${direction} ${Math.round(atMs)}${ofLink}\n${lines.join('\n')}\n`
  })
  return [`${TITLE}\n`, ...parts].join('\n')
}

/** @throws SyntaxError that says which line is wrong. */
export function parseRecording(text: string): RecordedItem[] {
  const lines = text.split(/\r?\n/)
  if (lines[0] !== TITLE)
    throw new SyntaxError(`This is no recording: its first line is ${JSON.stringify(lines[0])}, not ${TITLE}`)
  const items: RecordedItem[] = []
  for (let at = 1; at < lines.length; at += 1) {
    if (lines[at] === '') continue
    const head = /^([<>=]) (\d+)(?: link (\d+))?$/.exec(lines[at] ?? '')
    if (head === null)
      throw new SyntaxError(`Line ${at + 1} of the recording is neither < nor > nor = with a time: ${JSON.stringify(lines[at])}`)
    const message: string[] = []
    for (at += 1; at < lines.length && lines[at] !== ''; at += 1) message.push(lines[at] ?? '')
    items.push({
      link: Number(head[3] ?? 1),
      direction: head[1] as RecordedItem['direction'],
      atMs: Number(head[2]),
      lines: message,
    })
  }
  return items
}

/** The lines of a message, without secrets. */
export function linesOf(message: Uint8Array): string[] {
  const lines = bytesToText(message).split('\\x0d\\x0a')
  return withoutSecrets(lines.filter((line) => line !== ''))
}

/** A message of these lines, as it was on the wire. */
export function messageOf(lines: readonly string[], end = '\r\n\r\n'): Uint8Array {
  return textToBytes(`${lines.join('\\x0d\\x0a')}${end.replaceAll('\r\n', '\\x0d\\x0a')}`)
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()
const escaped = (byte: number) => `\\x${byte.toString(16).padStart(2, '0')}`

const ESCAPE = /(\\x[0-9a-f]{2})/
const BACKSLASH = 92
const isPlain = (code: number) => code >= 32 && code !== 127 && code !== BACKSLASH

/** Text as it is; control characters, backslashes and what is no UTF-8 as `\xHH`. */
function bytesToText(bytes: Uint8Array): string {
  let text: string
  try {
    text = decoder.decode(bytes)
  } catch {
    return Array.from(bytes, (byte) => (isPlain(byte) && byte < 127 ? String.fromCharCode(byte) : escaped(byte))).join('')
  }
  return Array.from(text, (character) => (isPlain(character.charCodeAt(0)) ? character : escaped(character.charCodeAt(0)))).join(
    '',
  )
}

function textToBytes(text: string): Uint8Array {
  const encoded = text
    .split(ESCAPE)
    .map((part) => (ESCAPE.test(part) ? Uint8Array.of(Number.parseInt(part.slice(2), 16)) : encoder.encode(part)))
  const bytes = new Uint8Array(encoded.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of encoded) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
