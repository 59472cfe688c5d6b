import { asciiBytes, startsWith } from '../../core/ascii.js'

const CR = 13
const LF = 10
/** Response, on old servers Privilege, ActionID. */
const MOST_LINES = 3
/** What these lines take at the most, with an ActionID of 64 bytes. */
const MOST_BYTES = 256

const ACTION_ID = asciiBytes('ActionID: ')
const FOLLOWS = asciiBytes('Response: Follows\r\n')

/** Where the ActionID lies in the first lines of a response, whole or not; undefined where there is none, or it has not come. */
export function actionIdIn(bytes: Uint8Array, start: number, end: number): Uint8Array | undefined {
  const until = Math.min(end, start + MOST_BYTES)
  let line = start
  for (let count = 1; count <= MOST_LINES; count += 1) {
    let lineEnd = line
    while (lineEnd < until && bytes[lineEnd] !== LF) lineEnd += 1
    if (lineEnd >= until || bytes[lineEnd - 1] !== CR) return undefined
    if (startsWith(bytes, line, lineEnd, ACTION_ID)) return bytes.subarray(line + ACTION_ID.length, lineEnd - 1)
    line = lineEnd + 1
  }
  return undefined
}

/** Whether a response has the form in which Asterisk up to 13 answered a Command. */
export function isFollows(bytes: Uint8Array, start: number, end: number): boolean {
  return startsWith(bytes, start, end, FOLLOWS)
}

/** Whether a server with this version of AMI may answer so: Asterisk 13 has 2.10, 14 has 3.0. */
export function outputMayFollow(apiVersion: string): boolean {
  return /^[0-2]\./.test(apiVersion)
}
