import { randomBytes } from 'node:crypto'
import type { Facts } from '../facts.js'
import { SIPCall, type SIPCallOwner } from './call.js'
import { digest } from './digest.js'
import { type Address, SIPEndpoint } from './endpoint.js'
import { answerTo, type Header, SIPMessage, userOf } from './message.js'
import { Voice } from './voice.js'

export interface PhoneOptions {
  /** The name at the server, which is the number too. */
  readonly user: string
  readonly password?: string
  readonly server: Address
  /** Where it listens; any port unless one is given. */
  readonly host?: string
  readonly port?: number
  readonly facts: Facts
}

/** A telephone over SIP and UDP: registers, calls and is called, holds, transfers, presses digits, and sends and hears silence as RTP. */
export class Phone implements SIPCallOwner {
  readonly endpoint: SIPEndpoint
  readonly facts: Facts
  readonly user: string
  readonly password: string
  readonly #calls: SIPCall[] = []
  readonly #registration = randomBytes(8).toString('hex')
  #cseq = 0
  /** Requests are taken one after the other: a CANCEL must find the call that its INVITE made. */
  #taken: Promise<void> = Promise.resolve()
  /** What it does when it is called, with the number that was dialled; rings unless told otherwise. */
  onCall: (call: SIPCall) => void = (call) => call.ring()
  /** The µ-law value of its silence, for a call to or from a number. */
  voiceOf: (number: string) => number

  private constructor(endpoint: SIPEndpoint, { user, password = '', facts }: PhoneOptions, voiceOf: (number: string) => number) {
    this.endpoint = endpoint
    this.user = user
    this.password = password
    this.facts = facts
    this.voiceOf = voiceOf
    endpoint.onRequest = (request) => {
      this.#taken = this.#taken.then(() => this.#received(request))
    }
    endpoint.onRepeatedAnswer = (response) => this.#calls.find(({ callId }) => callId === response.callId)?.acknowledge(response)
  }

  static async open(options: PhoneOptions, voiceOf: (number: string) => number): Promise<Phone> {
    const { host = '127.0.0.1', port = 0, server } = options
    return new Phone(await SIPEndpoint.open({ host, port }, server), options, voiceOf)
  }

  get contact(): string {
    const { host, port } = this.endpoint.address
    return `<sip:${this.user}@${host}:${port}>`
  }

  /** All calls it had, the oldest first. */
  get calls(): readonly SIPCall[] {
    return this.#calls
  }

  /** Registers for an hour; 0 s ends the registration. @throws Error when the server does not take the password. */
  async register(expiresSeconds = 3_600): Promise<void> {
    const first = await this.#register(expiresSeconds, [])
    if (first.status === 200) return
    const { host, port } = this.endpoint.server
    const challenge = first.get('WWW-Authenticate')
    const authorization = digest(challenge, this.user, this.password, 'REGISTER', `sip:${host}:${port}`)
    const second = await this.#register(expiresSeconds, [['Authorization', authorization]])
    if (second.status !== 200) throw new Error(`${this.user} could not register: ${second.startLine}`)
  }

  /** Calls a number. */
  async call(
    number: string,
    from: { readonly number: string; readonly name: string } = { number: this.user, name: '' },
  ): Promise<SIPCall> {
    const voice = await Voice.open(this.endpoint.address.host, this.voiceOf(from.number), this.facts)
    const call = SIPCall.place(this, voice, number, from)
    this.#calls.push(call)
    return call
  }

  /** Forgets calls that are over. */
  forget(): void {
    const live = this.#calls.filter(({ state }) => state !== 'over')
    this.#calls.splice(0, this.#calls.length, ...live)
  }

  close(): void {
    for (const call of this.#calls) if (call.state !== 'over') call.voice.close()
    this.endpoint.close()
  }

  async #register(expiresSeconds: number, headers: readonly Header[]): Promise<SIPMessage> {
    const { host, port } = this.endpoint.server
    this.#cseq += 1
    const request = new SIPMessage(`REGISTER sip:${host}:${port} SIP/2.0`, [
      ['Via', this.endpoint.via()],
      ['Max-Forwards', '70'],
      ['From', `<sip:${this.user}@${host}>;tag=${randomBytes(6).toString('hex')}`],
      ['To', `<sip:${this.user}@${host}>`],
      ['Call-ID', this.#registration],
      ['CSeq', `${this.#cseq} REGISTER`],
      ['Contact', this.contact],
      ['Expires', String(expiresSeconds)],
      ...headers,
    ])
    let final: SIPMessage | undefined
    this.endpoint.request(request, (response) => {
      if ((response.status ?? 0) < 200) return
      final = response
      this.facts.changed()
    })
    return this.facts.until(() => final, `an answer to REGISTER of ${this.user}`)
  }

  async #received(request: SIPMessage): Promise<void> {
    const known = this.#calls.find(({ callId }) => callId === request.callId)
    if (known !== undefined) known.received(request)
    else if (request.method === 'INVITE') await this.#called(request)
    else if (request.method === 'OPTIONS' || request.method === 'NOTIFY')
      this.endpoint.answer(request, answerTo(request, 200, 'OK'))
    else if (request.method !== 'ACK') this.endpoint.answer(request, answerTo(request, 481, 'Call/Transaction Does Not Exist'))
  }

  async #called(invite: SIPMessage): Promise<void> {
    const voice = await Voice.open(this.endpoint.address.host, this.voiceOf(userOf(invite.uri)), this.facts)
    const call = SIPCall.receive(this, voice, invite)
    this.#calls.push(call)
    this.onCall(call)
    this.facts.changed()
  }
}
