import type { IncomingMessage, ServerResponse } from 'node:http'
import { CallManager } from '../calls/call-manager.js'
import { asError } from '../core/errors.js'
import { checkOptions, flag, line, listOf, type OptionKind, type OptionsShape, required } from '../core/options.js'
import { LiveModel } from '../live/live-model.js'
import { Actions } from './actions.js'
import { boardFiles } from './board-files.js'
import { readBody } from './body.js'
import { EventReader } from './event-reader.js'
import { FailureLimit } from './failure-limit.js'
import { Feed } from './feed.js'
import { HTTPError } from './http-error.js'
import { Sessions } from './sessions.js'
import { type GatewayToken, Tokens, type Visitor } from './token.js'

export interface GatewayOptions {
  /** What is shown. */
  readonly live: LiveModel
  /** The calls that are shown, and made. @default none */
  readonly calls?: CallManager | undefined
  /** Who may come in. At least one. */
  readonly tokens: readonly GatewayToken[]
  /** Where what is dialled by `POST /api/calls` is looked for in the dialplan. @default no calls can be made */
  readonly context?: string | undefined
  /** The path that all others stand behind, as in `/pbx/`. @default '/' */
  readonly basePath?: string | undefined
  /** Whether a proxy stands before it: then the client's address is the last of `X-Forwarded-For`, and `X-Forwarded-Proto` says whether it is TLS. @default false */
  readonly behindProxy?: boolean | undefined
  /** Other origins whose pages may act by their session, as in `https://board.example`. @default its own only */
  readonly origins?: readonly string[] | undefined
  /** Is told of what failed unexpectedly while a request was answered. @default a warning of the process */
  readonly onError?: ((error: Error) => void) | undefined
}

const aModel: OptionKind = { expected: 'a LiveModel', accepts: (value) => value instanceof LiveModel }
const aManager: OptionKind = { expected: 'a CallManager', accepts: (value) => value instanceof CallManager }
const aList: OptionKind = { expected: 'a list of tokens', accepts: Array.isArray, isSecret: true }
const aFunction: OptionKind = { expected: 'a function', accepts: (value) => typeof value === 'function' }
const aPath: OptionKind = {
  expected: "a path between slashes, as in '/pbx/'",
  accepts: (value) => typeof value === 'string' && /^\/(?:[\w.-]+\/)*$/.test(value),
}

const SHAPE: OptionsShape<GatewayOptions> = {
  live: required(aModel),
  calls: aManager,
  tokens: required(aList),
  context: line,
  basePath: aPath,
  behindProxy: flag,
  origins: listOf(line),
  onError: aFunction,
}

const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
}

type Handle = (visitor: Visitor, parts: readonly string[], request: IncomingMessage) => Promise<object>

/**
 * The PBX for browsers and other languages, over HTTP: `http.createServer(gateway.handler).listen(8080)`. What there is, is in the guide beside this file.
 * Nobody reads or does more than the token shown says.
 */
export class Gateway implements AsyncDisposable {
  readonly #live: LiveModel
  readonly #tokens: Tokens
  readonly #feed: Feed
  readonly #actions: Actions
  readonly #sessions = new Sessions()
  readonly #failures = new FailureLimit()
  readonly #readers = new Set<EventReader>()
  readonly #basePath: string
  readonly #behindProxy: boolean
  readonly #origins: readonly string[]
  readonly #onError: (error: Error) => void
  readonly #watch: NodeJS.Timeout
  readonly #posts: readonly { readonly path: RegExp; readonly handle: Handle }[]
  readonly #files = boardFiles()
  #isClosed = false

  /** @throws TypeError or RangeError that names a wrong option; for a token that is missing or shorter than 32 characters, without the token. */
  constructor(options: GatewayOptions) {
    checkOptions(options, SHAPE)
    const { live, calls, tokens, context, basePath = '/', behindProxy = false, origins = [] } = options
    this.#live = live
    this.#tokens = new Tokens(tokens)
    this.#feed = new Feed(live, calls)
    this.#actions = new Actions(live, calls, context)
    this.#basePath = basePath
    this.#behindProxy = behindProxy
    this.#origins = origins
    this.#onError = options.onError ?? ((error) => process.emitWarning(error))
    this.#watch = setInterval(() => this.#feed.checkComplete(), 1_000)
    this.#watch.unref()
    const actions = this.#actions
    this.#posts = [
      { path: /^calls$/, handle: async (visitor, _, request) => actions.call(visitor, await readBody(request)) },
      { path: /^calls\/([^/]+)\/hangup$/, handle: (visitor, [id = '']) => actions.hangUp(visitor, id) },
      {
        path: /^calls\/([^/]+)\/transfer$/,
        handle: async (visitor, [id = ''], request) => actions.transfer(visitor, id, await readBody(request)),
      },
      {
        path: /^members\/([^/]+)\/([^/]+)\/pause$/,
        handle: async (visitor, [queue = '', device = ''], request) =>
          actions.pause(visitor, queue, device, await readBody(request)),
      },
      {
        path: /^members\/([^/]+)\/([^/]+)\/unpause$/,
        handle: (visitor, [queue = '', device = '']) => actions.unpause(visitor, queue, device),
      },
    ]
  }

  /** Answers a request; for `http.createServer`, or behind a router that leaves the path as it is. */
  readonly handler = (request: IncomingMessage, response: ServerResponse): void => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
    this.#answer(request, response).catch((error: unknown) => this.#refuse(response, error))
  }

  /** Ends the streams of its readers, and answers no more. The model, the calls and the server are somebody else's to close. Idempotent. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    clearInterval(this.#watch)
    this.#feed.close()
    for (const reader of this.#readers) reader.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = this.#pathOf(request)
    if (this.#isClosed) throw new HTTPError(503, 'The gateway is closed')
    if (path === 'healthz') return this.#health(request, response)
    const file = this.#files.get(path)
    if (file !== undefined) {
      only(request, 'GET')
      response.writeHead(200, { 'Content-Type': file.type, 'Content-Security-Policy': file.policy })
      response.end(file.body)
      return
    }
    if (!path.startsWith('api/')) throw new HTTPError(404, 'There is nothing here')
    const what = path.slice('api/'.length)
    if (what === 'session') return this.#session(request, response)
    const visitor = this.#visitor(request)
    if (what === 'state' || what === 'changes' || what === 'me') {
      only(request, 'GET')
      if (what === 'state') json(response, 200, this.#feed.state(visitor.scope))
      else if (what === 'me') json(response, 200, visitor)
      else this.#read(visitor, request, response)
      return
    }
    for (const { path: form, handle } of this.#posts) {
      const parts = form.exec(what)
      if (parts === null) continue
      only(request, 'POST')
      this.#checkOrigin(request)
      json(response, what === 'calls' ? 202 : 200, await handle(visitor, parts.slice(1).map(decoded), request))
      return
    }
    throw new HTTPError(404, 'There is nothing here')
  }

  /** The path without what it stands behind and without the query, which has no secret in it. */
  #pathOf({ url = '/' }: IncomingMessage): string {
    const path = url.split('?', 1)[0] ?? '/'
    if (!path.startsWith(this.#basePath)) throw new HTTPError(404, 'There is nothing here')
    return path.slice(this.#basePath.length)
  }

  #health(request: IncomingMessage, response: ServerResponse): void {
    only(request, 'GET')
    const { isComplete } = this.#live
    json(response, isComplete ? 200 : 503, { isComplete })
  }

  #read(visitor: Visitor, request: IncomingMessage, response: ServerResponse): void {
    const from = request.headers['last-event-id']
    const reader: EventReader = new EventReader(
      this.#feed,
      visitor.scope,
      response,
      typeof from === 'string' ? from : undefined,
      () => this.#readers.delete(reader),
    )
    this.#readers.add(reader)
  }

  /** A page shows its token once, and has a cookie from then on. */
  async #session(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#checkOrigin(request)
    if (request.method === 'DELETE') {
      response.setHeader('Set-Cookie', this.#sessions.close(request.headers.cookie, this.#basePath))
      json(response, 200, {})
      return
    }
    only(request, 'POST', 'POST, DELETE')
    this.#checkFailures(request)
    const { token } = await readBody(request)
    const visitor = typeof token === 'string' ? this.#tokens.visitor(token) : undefined
    if (visitor === undefined) throw this.#failed(request)
    const isSecure = this.#behindProxy ? request.headers['x-forwarded-proto'] === 'https' : 'encrypted' in request.socket
    response.setHeader('Set-Cookie', this.#sessions.open(visitor, this.#basePath, isSecure, Date.now()))
    json(response, 200, visitor)
  }

  #visitor(request: IncomingMessage): Visitor {
    this.#checkFailures(request)
    const { authorization, cookie } = request.headers
    const bearer = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1]
    const visitor = bearer === undefined ? this.#sessions.find(cookie, Date.now()) : this.#tokens.visitor(bearer)
    if (visitor !== undefined) return visitor
    // Who shows nothing has not failed: a page asks before it has a session.
    if (authorization === undefined && cookie === undefined) throw unauthorized()
    throw this.#failed(request)
  }

  #checkFailures(request: IncomingMessage): void {
    const waitMs = this.#failures.waitMs(this.#addressOf(request), Date.now())
    if (waitMs > 0) throw new HTTPError(429, 'Too many wrong tokens', { 'Retry-After': String(Math.ceil(waitMs / 1000)) })
  }

  #failed(request: IncomingMessage): HTTPError {
    this.#failures.failed(this.#addressOf(request), Date.now())
    return unauthorized()
  }

  #addressOf({ headers, socket }: IncomingMessage): string {
    const forwarded = this.#behindProxy ? [headers['x-forwarded-for']].flat().join(',').split(',').at(-1)?.trim() : undefined
    return forwarded || (socket.remoteAddress ?? '')
  }

  /** A page of another site could act by the cookie of one who is logged in here. What is no page has no Origin. */
  #checkOrigin({ headers }: IncomingMessage): void {
    const { origin, host } = headers
    if (origin === undefined || this.#origins.includes(origin)) return
    let from: string | undefined
    try {
      from = new URL(origin).host
    } catch {
      from = undefined
    }
    if (from !== host) throw new HTTPError(403, 'This page may not do that here')
  }

  #refuse(response: ServerResponse, error: unknown): void {
    if (!(error instanceof HTTPError)) this.#onError(asError(error))
    if (response.headersSent) {
      response.destroy()
      return
    }
    const known = error instanceof HTTPError ? error : new HTTPError(502, asError(error).message)
    for (const [name, value] of Object.entries(known.headers)) response.setHeader(name, value)
    // What has not been read of the body is not waited for.
    if (known.status === 413 || known.status === 408) response.setHeader('Connection', 'close')
    json(response, known.status, { error: known.message })
  }
}

function unauthorized(): HTTPError {
  return new HTTPError(401, 'A token is needed', { 'WWW-Authenticate': 'Bearer' })
}

function only(request: IncomingMessage, method: string, allowed = method): void {
  if (request.method !== method) throw new HTTPError(405, `Only ${allowed} is known here`, { Allow: allowed })
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new HTTPError(400, 'The path is not percent-encoded')
  }
}

function json(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' })
  response.end(JSON.stringify(value))
}
