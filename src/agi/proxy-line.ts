import { printable } from '../core/printable.js'
import { AGIProtocolError } from './errors.js'

/** The longest line of version 1, CR LF and all (PROXY protocol, section 2.1). */
const LONGEST = 107
const LF = 10
const LINE = /^PROXY (?:UNKNOWN(?: .*)?|TCP[46] ([0-9a-fA-F.:]+) [0-9a-fA-F.:]+ \d{1,5} \d{1,5})\r$/

/** What a proxy says of a connection before its peer speaks. */
export interface ProxiedPeer {
  /** Undefined where the proxy does not know it. */
  readonly address: string | undefined
  /** What came behind the line. */
  readonly rest: Uint8Array
}

/** Reads the line by which a proxy tells whom it speaks for: PROXY protocol, version 1. */
export class ProxyLine {
  #line = ''

  /** Undefined while it is not complete. @throws AGIProtocolError when it is none. */
  read(data: Uint8Array): ProxiedPeer | undefined {
    const end = data.indexOf(LF)
    this.#line += String.fromCharCode(...data.subarray(0, end < 0 ? LONGEST : Math.min(end, LONGEST)))
    if (end < 0 && this.#line.length < LONGEST && 'PROXY '.startsWith(this.#line.slice(0, 6))) return undefined
    const match = LINE.exec(this.#line)
    if (match === null || end < 0)
      throw new AGIProtocolError(`A proxy should have said whom it speaks for; it begins with "${printable(this.#line, 80)}"`)
    return { address: match[1], rest: data.subarray(end + 1) }
  }
}
