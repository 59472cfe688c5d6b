import { asciiBytes, startsWith } from '../../core/ascii.js'

const LF = 10
const [P, S, T] = [80, 83, 84]
const [ZERO, NINE] = [48, 57]
const NAME = asciiBytes('SequenceNumber: ')
/** No class is shorter, so that many bytes of `Privilege: …` and `Timestamp: …` hold no end of a line. */
const LEAST_OF_A_LINE = 'Privilege: log'.length

/**
 * The server's number of an event; undefined where it has none. With `debug = on` in manager.conf Asterisk counts all events of the server, and every
 * session gets the same numbers. It stands behind `Privilege`, and behind `Timestamp` with `timestampevents` (`main/manager.c`, verified on 16.28 and 22.10).
 *
 * @param from where the event's name ends; @param end where the event does.
 */
export function eventNumber(bytes: Uint8Array, from: number, end: number): number | undefined {
  // Looked for in every event, wanted or not: no more is read than must be.
  let at = from + 2
  if (bytes[at] === P) at = nextLine(bytes, at, end)
  if (bytes[at] === T) at = nextLine(bytes, at, end)
  return bytes[at] === S && startsWith(bytes, at, end, NAME) ? digits(bytes, at + NAME.length, end) : undefined
}

function nextLine(bytes: Uint8Array, from: number, end: number): number {
  let at = from + LEAST_OF_A_LINE
  while (at < end && bytes[at] !== LF) at += 1
  return at + 1
}

function digits(bytes: Uint8Array, from: number, end: number): number | undefined {
  let number = 0
  let at = from
  for (; at < end; at += 1) {
    const byte = bytes[at] as number
    if (byte < ZERO || byte > NINE) break
    number = number * 10 + (byte - ZERO)
  }
  return at === from || !Number.isSafeInteger(number) ? undefined : number
}
