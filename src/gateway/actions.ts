import type { Call } from '../calls/call.js'
import type { CallManager } from '../calls/call-manager.js'
import type { LiveModel } from '../live/live-model.js'
import type { Member } from '../live/member.js'
import { HTTPError } from './http-error.js'
import type { Permission, Visitor } from './token.js'

/** A number or name that can be dialled; nothing that the dialplan would evaluate. */
const EXTENSION = /^[\w*#+.-]{1,64}$/
const DEVICE = /^\w+\/[\w@.+-]{1,64}$/

type Body = Readonly<Record<string, unknown>>

/** What visitors do, each only what its token says. */
export class Actions {
  readonly #live: LiveModel
  readonly #calls: CallManager | undefined
  readonly #context: string | undefined

  /** @param context where what is dialled is looked for; without it nobody can call. */
  constructor(live: LiveModel, calls: CallManager | undefined, context: string | undefined) {
    this.#live = live
    this.#calls = calls
    this.#context = context
  }

  /** Click to call: answers at once, or with `wait` when the call is over. */
  async call(visitor: Visitor, body: Body): Promise<object> {
    need(visitor, 'call')
    if (this.#calls === undefined || this.#context === undefined)
      throw new HTTPError(501, 'This gateway makes no calls: it needs the options calls and context')
    const from = text(body, 'from', DEVICE, visitor.as)
    const to = text(body, 'to', EXTENSION)
    if (visitor.as !== undefined && from !== visitor.as) throw new HTTPError(403, `This token calls from ${visitor.as} only`)
    const call = this.#calls.clickToCall(from, to, { context: this.#context })
    if (body.wait !== true) return { id: call.id }
    const outcome = await call.ended()
    return { id: call.id, outcome: (call.toJSON() as { readonly outcome: unknown }).outcome, talked: outcome.talked }
  }

  async hangUp(visitor: Visitor, id: string): Promise<object> {
    need(visitor, 'hangup')
    await this.#callOf(visitor, id).hangup()
    return {}
  }

  async transfer(visitor: Visitor, id: string, body: Body): Promise<object> {
    need(visitor, 'transfer')
    await this.#callOf(visitor, id).transfer(text(body, 'to', EXTENSION))
    return {}
  }

  async pause(visitor: Visitor, queue: string, device: string, body: Body): Promise<object> {
    const { reason } = body
    if (reason !== undefined && (typeof reason !== 'string' || reason.length > 79))
      throw new HTTPError(400, 'reason must be text of at most 79 characters')
    await this.#member(visitor, queue, device).pause(reason ?? '')
    return {}
  }

  async unpause(visitor: Visitor, queue: string, device: string): Promise<object> {
    await this.#member(visitor, queue, device).unpause()
    return {}
  }

  /** What the visitor may not know of is not there. */
  #callOf(visitor: Visitor, id: string): Call {
    const call = this.#calls?.of(id)
    const isOwn = visitor.as === undefined || call?.parties.some(({ endpoint }) => endpoint === visitor.as) === true
    if (call === undefined || !isOwn || (visitor.as === undefined && !visitor.scope.reads('calls', id, null)))
      throw new HTTPError(404, 'There is no such call')
    return call
  }

  #member(visitor: Visitor, queue: string, device: string): Member {
    need(visitor, 'pause')
    if (visitor.as !== undefined && device !== visitor.as) throw new HTTPError(403, `This token acts for ${visitor.as} only`)
    const found = this.#live.queues.get(queue)?.members.get(device)
    if (found === undefined || !visitor.scope.reads('queues', queue, null)) throw new HTTPError(404, 'There is no such member')
    return found
  }
}

function need(visitor: Visitor, what: Permission): void {
  if (!visitor.may(what)) throw new HTTPError(403, `This token may not ${what}`)
}

function text(body: Body, name: string, form: RegExp, instead?: string): string {
  const value = body[name] ?? instead
  if (typeof value !== 'string' || !form.test(value)) throw new HTTPError(400, `${name} must be like ${form.source}`)
  return value
}
