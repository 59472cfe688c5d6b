export type Header = readonly [name: string, value: string]

/** A SIP request or response (RFC 3261), as a small user agent needs it. */
export class SIPMessage {
  /** `INVITE sip:100@… SIP/2.0` or `SIP/2.0 200 OK`. */
  readonly startLine: string
  readonly headers: readonly Header[]
  readonly body: string

  constructor(startLine: string, headers: readonly Header[], body = '') {
    this.startLine = startLine
    this.headers = headers
    this.body = body
  }

  static parse(text: string): SIPMessage {
    const end = text.indexOf('\r\n\r\n')
    if (end < 0) throw new Error(`A SIP message without an empty line: ${JSON.stringify(text.slice(0, 80))}`)
    const [startLine = '', ...lines] = text.slice(0, end).split('\r\n')
    const headers = lines.map((line): Header => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
    })
    return new SIPMessage(startLine, headers, text.slice(end + 4))
  }

  get(name: string): string {
    return this.getAll(name)[0] ?? ''
  }

  getAll(name: string): string[] {
    return this.headers.filter(([each]) => each.toLowerCase() === name.toLowerCase()).map(([, value]) => value)
  }

  /** Undefined for a request. */
  get status(): number | undefined {
    return this.startLine.startsWith('SIP/2.0 ') ? Number(this.startLine.split(' ')[1]) : undefined
  }

  /** Of a response, that of its request. */
  get method(): string {
    return this.get('CSeq').split(' ')[1] ?? ''
  }

  get cseq(): number {
    return Number(this.get('CSeq').split(' ')[0])
  }

  get uri(): string {
    return this.startLine.split(' ')[1] ?? ''
  }

  get callId(): string {
    return this.get('Call-ID')
  }

  /** What names the transaction; the ACK of a refusal has that of its INVITE. */
  get branch(): string {
    return /branch=([^;,\s]+)/.exec(this.get('Via'))?.[1] ?? ''
  }

  toString(): string {
    const length: Header = ['Content-Length', String(Buffer.byteLength(this.body, 'latin1'))]
    return [this.startLine, ...[...this.headers, length].map(([name, value]) => `${name}: ${value}`), '', this.body].join('\r\n')
  }
}

/** The answer to a request, with what an answer repeats of it. */
export function answerTo(
  request: SIPMessage,
  status: number,
  reason: string,
  { tag, headers = [], body = '' }: { readonly tag?: string; readonly headers?: readonly Header[]; readonly body?: string } = {},
): SIPMessage {
  const to = request.get('To')
  const repeated = request.headers.filter(([name]) => /^(via|record-route|from|call-id|cseq)$/i.test(name))
  const tagged = tag === undefined || status === 100 || tagOf(to) !== '' ? to : `${to};tag=${tag}`
  return new SIPMessage(`SIP/2.0 ${status} ${reason}`, [...repeated, ['To', tagged], ...headers], body)
}

export function tagOf(value: string): string {
  return /;tag=([^;>\s]+)/.exec(value)?.[1] ?? ''
}

export function uriOf(value: string): string {
  return /<([^>]+)>/.exec(value)?.[1] ?? value.split(';')[0]?.trim() ?? ''
}

/** `200` of `sip:200@127.0.0.1:5060`. */
export function userOf(uri: string): string {
  return /^sips?:([^@;]+)@/.exec(uri)?.[1] ?? ''
}
