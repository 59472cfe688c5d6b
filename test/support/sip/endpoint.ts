import { randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { SIPMessage } from './message.js'

export interface Address {
  readonly host: string
  readonly port: number
}

/** How long a request is repeated while no answer comes (timer T1 of RFC 3261, doubled each time), and when it is given up. */
const REPEAT_MS = 500
const GIVE_UP_MS = 16_000
/** How many answers are kept, for requests that come twice. */
const KEPT_ANSWERS = 200

/** SIP over UDP: sends requests until they are answered, and answers a repeated request as before. */
export class SIPEndpoint {
  readonly #socket: Socket
  readonly #server: Address
  readonly #answers = new Map<string, SIPMessage | undefined>()
  readonly #transactions = new Map<string, (response: SIPMessage) => void>()
  readonly #timers = new Set<NodeJS.Timeout>()
  /** A request that was not seen before, or an ACK. */
  onRequest: (request: SIPMessage) => void = () => undefined
  /** A final answer to an INVITE again: its ACK was lost. */
  onRepeatedAnswer: (response: SIPMessage) => void = () => undefined

  private constructor(socket: Socket, server: Address) {
    this.#socket = socket
    this.#server = server
    socket.on('message', (bytes) => this.#received(bytes))
    // An ICMP refusal from a server that restarts: the request is repeated anyway.
    socket.on('error', () => undefined)
  }

  static async open(own: Address, server: Address): Promise<SIPEndpoint> {
    const socket = createSocket('udp4')
    socket.bind(own.port, own.host)
    await once(socket, 'listening')
    return new SIPEndpoint(socket, server)
  }

  get address(): Address {
    const { address, port } = this.#socket.address()
    return { host: address, port }
  }

  get server(): Address {
    return this.#server
  }

  /** A `Via` with a new branch. */
  via(): string {
    const { host, port } = this.address
    return `SIP/2.0/UDP ${host}:${port};branch=z9hG4bK${randomBytes(8).toString('hex')};rport`
  }

  /** Sends a request, again until something comes back; `answered` gets every answer. The returned function ends the repeating. */
  request(request: SIPMessage, answered: (response: SIPMessage) => void): void {
    const key = keyOf(request)
    const text = request.toString()
    const began = Date.now()
    let timer: NodeJS.Timeout | undefined
    const send = (afterMs: number) => {
      this.#sendText(text)
      if (Date.now() - began > GIVE_UP_MS) return
      timer = setTimeout(() => send(Math.min(afterMs * 2, 4_000)), afterMs)
      this.#timers.add(timer)
    }
    const stop = () => {
      clearTimeout(timer)
      if (timer !== undefined) this.#timers.delete(timer)
    }
    this.#transactions.set(key, (response) => {
      stop()
      if ((response.status ?? 0) >= 200) this.#transactions.delete(key)
      answered(response)
    })
    send(REPEAT_MS)
  }

  /** Answers a request; the same answer goes out when the request comes again. */
  answer(request: SIPMessage, response: SIPMessage): void {
    this.#answers.set(keyOf(request), response)
    if (this.#answers.size > KEPT_ANSWERS) this.#answers.delete(this.#answers.keys().next().value as string)
    this.send(response)
  }

  /** Sends without expecting anything: an ACK. */
  send(message: SIPMessage): void {
    this.#sendText(message.toString())
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#socket.close()
  }

  #sendText(text: string): void {
    this.#socket.send(Buffer.from(text, 'latin1'), this.#server.port, this.#server.host)
  }

  #received(bytes: Buffer): void {
    // A keep-alive is an empty line.
    if (bytes.length < 8) return
    const message = SIPMessage.parse(bytes.toString('latin1'))
    const key = keyOf(message)
    if (message.status !== undefined) {
      const transaction = this.#transactions.get(key)
      if (transaction !== undefined) transaction(message)
      else if (message.method === 'INVITE' && message.status >= 200) this.onRepeatedAnswer(message)
      return
    }
    if (message.method !== 'ACK') {
      if (this.#answers.has(key)) {
        const before = this.#answers.get(key)
        if (before !== undefined) this.send(before)
        return
      }
      this.#answers.set(key, undefined)
    }
    this.onRequest(message)
  }
}

function keyOf(message: SIPMessage): string {
  return `${message.branch} ${message.method}`
}
