import { randomBytes } from 'node:crypto'
import type { Facts } from '../facts.js'
import { digest } from './digest.js'
import type { SIPEndpoint } from './endpoint.js'
import { answerTo, type Header, SIPMessage, tagOf, uriOf, userOf } from './message.js'
import { answeredDirection, type MediaDirection, mediaAddress, sdp } from './sdp.js'
import type { Voice } from './voice.js'

export type SIPCallState = 'calling' | 'ringing' | 'up' | 'over'

/** What a call needs from the phone that has it. */
export interface SIPCallOwner {
  readonly endpoint: SIPEndpoint
  readonly facts: Facts
  /** The name and password for a challenge. */
  readonly user: string
  readonly password: string
  /** The value of `Contact`. */
  readonly contact: string
}

const ALLOW: Header = ['Allow', 'INVITE, ACK, BYE, CANCEL, OPTIONS, REFER, NOTIFY, INFO, UPDATE']
const SDP: Header = ['Content-Type', 'application/sdp']

/** One call of a phone, from the INVITE to its end, on either side. */
export class SIPCall {
  readonly #owner: SIPCallOwner
  readonly #localTag = randomBytes(6).toString('hex')
  readonly #localUri: string
  readonly #localName: string
  readonly #remoteUri: string
  /** The INVITE that came, or that was sent last. */
  #invite: SIPMessage | undefined
  #remoteTag = ''
  /** Where requests go. */
  #target: string
  #cseq = 0
  #sdpVersion = 0
  #state: SIPCallState = 'calling'
  #onHold = false
  #status: number | undefined
  #referred: string | undefined
  readonly callId: string
  readonly isIncoming: boolean
  readonly voice: Voice
  /** What was dialled, and by which number, as far as this side knows. */
  readonly dialed: string
  readonly from: string

  private constructor(
    owner: SIPCallOwner,
    voice: Voice,
    facts: {
      readonly callId: string
      readonly localUri: string
      readonly localName: string
      readonly remoteUri: string
      readonly target: string
      readonly dialed: string
      readonly isIncoming: boolean
    },
  ) {
    this.#owner = owner
    this.voice = voice
    this.callId = facts.callId
    this.#localUri = facts.localUri
    this.#localName = facts.localName
    this.#remoteUri = facts.remoteUri
    this.#target = facts.target
    this.dialed = facts.dialed
    this.from = userOf(facts.isIncoming ? facts.remoteUri : facts.localUri)
    this.isIncoming = facts.isIncoming
  }

  /** Calls a number, as `from`. */
  static place(
    owner: SIPCallOwner,
    voice: Voice,
    number: string,
    from: { readonly number: string; readonly name: string },
  ): SIPCall {
    const { host, port } = owner.endpoint.server
    const target = `sip:${number}@${host}:${port}`
    const call = new SIPCall(owner, voice, {
      callId: randomBytes(10).toString('hex'),
      localUri: `sip:${from.number}@${owner.endpoint.address.host}`,
      localName: from.name,
      remoteUri: target,
      target,
      dialed: number,
      isIncoming: false,
    })
    call.#sendInvite([])
    return call
  }

  /** Takes the INVITE of a call that comes in. */
  static receive(owner: SIPCallOwner, voice: Voice, invite: SIPMessage): SIPCall {
    const call = new SIPCall(owner, voice, {
      callId: invite.callId,
      localUri: uriOf(invite.get('To')),
      localName: '',
      remoteUri: uriOf(invite.get('From')),
      target: uriOf(invite.get('Contact')),
      dialed: userOf(invite.uri),
      isIncoming: true,
    })
    call.#remoteTag = tagOf(invite.get('From'))
    call.#invite = invite
    return call
  }

  get state(): SIPCallState {
    return this.#state
  }

  /** The status that ended it before it was up: 486, 487 … */
  get status(): number | undefined {
    return this.#status
  }

  /** Whether the other side was put on hold by this one. */
  get isOnHold(): boolean {
    return this.#onHold
  }

  /** What the server last said of a transfer: `SIP/2.0 200 OK`. */
  get referred(): string | undefined {
    return this.#referred
  }

  /** Resolves when the call has come this far. @throws Error when it is over before. */
  async until(state: SIPCallState): Promise<void> {
    const order: readonly SIPCallState[] = ['calling', 'ringing', 'up', 'over']
    const look = () => {
      if (this.#state === 'over' && state !== 'over') throw new Error(`${this} was over (${this.#status}) before it was ${state}`)
      return order.indexOf(this.#state) >= order.indexOf(state) || undefined
    }
    await this.#owner.facts.until(look, `${this} is ${state}`)
  }

  ring(): void {
    if (this.#state !== 'calling') return
    this.#answerInvite(180, 'Ringing')
    this.#to('ringing')
  }

  answer(): void {
    if (this.#state !== 'calling' && this.#state !== 'ringing') return
    const invite = this.#invite as SIPMessage
    this.#answerInvite(200, 'OK', [SDP, ALLOW], this.#sdp('sendrecv'))
    this.#listenTo(invite.body)
    this.#to('up')
  }

  /** Refuses an incoming call: busy, unless another status is given. */
  refuse(status = 486, reason = 'Busy Here', headers: readonly Header[] = []): void {
    this.#answerInvite(status, reason, headers)
    this.#over(status)
  }

  /** Sends the caller to another number (302). */
  forward(number: string): void {
    const { host, port } = this.#owner.endpoint.server
    this.refuse(302, 'Moved Temporarily', [['Contact', `<sip:${number}@${host}:${port}>`]])
  }

  /** Ends it, as the phone's hook does: takes the call back, refuses it, or says BYE. */
  hangUp(): void {
    if (this.#state === 'over') return
    if (this.#state === 'up') {
      this.#request('BYE', [], '', () => undefined)
      this.#over(undefined)
    } else if (this.isIncoming) this.refuse(603, 'Decline')
    else this.#cancel()
  }

  async hold(): Promise<void> {
    await this.#reinvite('sendonly')
    this.#onHold = true
  }

  async unhold(): Promise<void> {
    await this.#reinvite('sendrecv')
    this.#onHold = false
  }

  /** Presses digits by INFO, as trunks do; `voice.press` sends them as RFC 2833. Asterisk has each sound for as long as it says. */
  async pressByInfo(digits: string): Promise<void> {
    const type: Header = ['Content-Type', 'application/dtmf-relay']
    for (const digit of digits) {
      await this.#asked('INFO', [type], `Signal=${digit}\r\nDuration=100\r\n`)
      await this.voice.frames(15)
    }
  }

  /** Transfers the other side to a number, and hangs up when that is done. @throws Error when the server does not do it. */
  async transfer(number: string): Promise<void> {
    const { host, port } = this.#owner.endpoint.server
    await this.#refer(`sip:${number}@${host}:${port}`)
  }

  /** Connects the other side with that of another call of this phone, and hangs up. @throws Error when the server does not do it. */
  async transferTo(other: SIPCall): Promise<void> {
    const { host, port } = this.#owner.endpoint.server
    const replaces = encodeURIComponent(`${other.callId};to-tag=${other.#remoteTag};from-tag=${other.#localTag}`)
    await this.#refer(`sip:${userOf(other.#remoteUri)}@${host}:${port}?Replaces=${replaces}`)
  }

  /** A request of this call, from the other side. */
  received(request: SIPMessage): void {
    const ok = (headers: readonly Header[] = [], body = '') => this.#answer(request, 200, 'OK', headers, body)
    switch (request.method) {
      case 'ACK':
        return
      case 'BYE':
        ok()
        this.#over(undefined)
        return
      case 'CANCEL':
        ok()
        if (this.#state === 'up' || this.#state === 'over') return
        this.#answerInvite(487, 'Request Terminated')
        this.#over(487)
        return
      case 'INVITE':
      case 'UPDATE':
        this.#target = uriOf(request.get('Contact')) || this.#target
        if (request.body === '')
          ok(request.method === 'INVITE' ? [SDP] : [], request.method === 'INVITE' ? this.#sdp('sendrecv') : '')
        else {
          this.#listenTo(request.body)
          ok([SDP], this.#sdp(answeredDirection(request.body)))
        }
        return
      case 'NOTIFY':
        this.#referred = request.body.split('\r\n')[0] ?? ''
        ok()
        this.#owner.facts.changed()
        return
      default:
        ok()
    }
  }

  /** Acknowledges a final answer to an INVITE, once more if it comes again. */
  acknowledge(response: SIPMessage): void {
    const headers = this.#headers('ACK', response.cseq).map(
      (header): Header => (header[0] === 'To' ? ['To', response.get('To')] : header),
    )
    if ((response.status ?? 0) < 300) {
      this.#owner.endpoint.send(new SIPMessage(`ACK ${uriOf(response.get('Contact')) || this.#target} SIP/2.0`, headers))
      return
    }
    // The ACK of a refusal belongs to the INVITE's transaction.
    const via: Header = ['Via', response.get('Via').replace(/;(received|rport)(=[^;]*)?/g, '')]
    this.#owner.endpoint.send(new SIPMessage(`ACK ${this.#target} SIP/2.0`, [via, ...headers.filter(([name]) => name !== 'Via')]))
  }

  toString(): string {
    return `the call of ${this.#owner.user} ${this.isIncoming ? 'from' : 'to'} ${userOf(this.#remoteUri)}`
  }

  #to(state: SIPCallState): void {
    this.#state = state
    this.#owner.facts.changed()
  }

  #over(status: number | undefined): void {
    if (this.#state === 'over') return
    this.#status = status
    this.voice.close()
    this.#to('over')
  }

  #listenTo(body: string): void {
    const peer = mediaAddress(body)
    if (peer !== undefined && this.#state !== 'over') this.voice.sendTo(peer)
  }

  #sdp(direction: MediaDirection): string {
    this.#sdpVersion += 1
    return sdp({ host: this.#owner.endpoint.address.host, port: this.voice.port }, direction, this.#sdpVersion)
  }

  #answer(request: SIPMessage, status: number, reason: string, headers: readonly Header[] = [], body = ''): void {
    const own = headers.some(([name]) => name === 'Contact') ? headers : [['Contact', this.#owner.contact] as const, ...headers]
    this.#owner.endpoint.answer(request, answerTo(request, status, reason, { tag: this.#localTag, headers: own, body }))
  }

  #answerInvite(status: number, reason: string, headers: readonly Header[] = [], body = ''): void {
    this.#answer(this.#invite as SIPMessage, status, reason, headers, body)
  }

  #headers(method: string, cseq: number): Header[] {
    const name = this.#localName === '' ? '' : `"${this.#localName}" `
    return [
      ['Via', this.#owner.endpoint.via()],
      ['Max-Forwards', '70'],
      ['From', `${name}<${this.#localUri}>;tag=${this.#localTag}`],
      ['To', `<${this.#remoteUri}>${this.#remoteTag === '' ? '' : `;tag=${this.#remoteTag}`}`],
      ['Call-ID', this.callId],
      ['CSeq', `${cseq} ${method}`],
      ['Contact', this.#owner.contact],
    ]
  }

  #request(method: string, headers: readonly Header[], body: string, answered: (response: SIPMessage) => void): void {
    this.#cseq += 1
    const request = new SIPMessage(`${method} ${this.#target} SIP/2.0`, [...this.#headers(method, this.#cseq), ...headers], body)
    this.#owner.endpoint.request(request, answered)
  }

  /** Sends a request within the call and resolves with its final answer. */
  async #asked(method: string, headers: readonly Header[], body = ''): Promise<SIPMessage> {
    let final: SIPMessage | undefined
    this.#request(method, headers, body, (response) => {
      if ((response.status ?? 0) < 200) return
      final = response
      this.#owner.facts.changed()
    })
    const response = await this.#owner.facts.until(() => final, `${this}: an answer to ${method}`)
    if ((response.status ?? 0) >= 300) throw new Error(`${this}: ${method} was answered by ${response.startLine}`)
    return response
  }

  async #reinvite(direction: MediaDirection): Promise<void> {
    const response = await this.#asked('INVITE', [SDP, ALLOW], this.#sdp(direction))
    this.acknowledge(response)
    this.#listenTo(response.body)
  }

  async #refer(uri: string): Promise<void> {
    this.#referred = undefined
    await this.#asked('REFER', [
      ['Refer-To', `<${uri}>`],
      ['Referred-By', `<${this.#localUri}>`],
    ])
    const done = () => this.#state === 'over' || /^SIP\/2\.0 [2-6]/.test(this.#referred ?? '') || undefined
    await this.#owner.facts.until(done, `${this} is transferred`)
    if (/^SIP\/2\.0 [3-6]/.test(this.#referred ?? '')) throw new Error(`${this} was not transferred: ${this.#referred}`)
    this.hangUp()
  }

  #sendInvite(authorization: readonly Header[]): void {
    this.#cseq += 1
    const headers = [...this.#headers('INVITE', this.#cseq), ...authorization, ALLOW, ['Supported', 'replaces'] as const, SDP]
    const invite = new SIPMessage(`INVITE ${this.#target} SIP/2.0`, headers, this.#sdp('sendrecv'))
    this.#invite = invite
    this.#owner.endpoint.request(invite, (response) => this.#inviteAnswered(response, authorization.length > 0))
  }

  #inviteAnswered(response: SIPMessage, wasAuthorized: boolean): void {
    const status = response.status ?? 0
    if (status === 100) return
    if (status < 200) {
      this.#remoteTag = tagOf(response.get('To'))
      if (this.#state === 'calling') this.#to('ringing')
      return
    }
    this.acknowledge(response)
    if (status < 300) {
      this.#remoteTag = tagOf(response.get('To'))
      this.#target = uriOf(response.get('Contact')) || this.#target
      if (this.#state === 'over') return
      this.#listenTo(response.body)
      this.#to('up')
      return
    }
    if ((status === 401 || status === 407) && !wasAuthorized) {
      this.#remoteTag = ''
      const [asks, answers] =
        status === 401 ? ['WWW-Authenticate', 'Authorization'] : ['Proxy-Authenticate', 'Proxy-Authorization']
      const { user, password } = this.#owner
      this.#sendInvite([[answers as string, digest(response.get(asks as string), user, password, 'INVITE', this.#target)]])
    } else this.#over(status)
  }

  #cancel(): void {
    const invite = this.#invite as SIPMessage
    const copied = invite.headers
      .filter(([name]) => /^(via|max-forwards|from|to|call-id)$/i.test(name))
      .concat([['CSeq', `${invite.cseq} CANCEL`]])
    this.#owner.endpoint.request(new SIPMessage(`CANCEL ${invite.uri} SIP/2.0`, copied), () => undefined)
  }
}
