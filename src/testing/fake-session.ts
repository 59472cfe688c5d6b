import { md5Hex } from '../ami/client/md5.js'
import type { AMIAction } from '../ami/protocol/action-reader.js'
import { listShape } from '../ami/protocol/list-actions.js'
import { AMIServerProtocol, type ServerHeaders } from '../ami/protocol/server-protocol.js'
import { quote } from '../core/checks.js'
import type { Clock } from '../core/clock.js'
import { deferred } from '../core/deferred.js'
import { type TextCodec, textCodec } from '../core/text-codec.js'
import type { Transport } from '../core/transport.js'
import { type Account, ANYBODY } from './account.js'
import { ClassSet } from './class-set.js'
import { EventFilters } from './event-filters.js'
import {
  type ActionHandler,
  action,
  delay,
  type FakeClient,
  FakeEvent,
  FakeResponse,
  failure,
  headerPairs,
  type ListPart,
  type Reply,
  success,
} from './handlers.js'
import { listCompletion, listMessage } from './list-texts.js'
import type { Playback } from './recording/playback.js'

/** What a session needs from its fake. */
export interface FakeServer {
  readonly version: 16 | 22
  readonly greeting: string
  readonly encoding: string
  readonly clock: Clock
  readonly loginFailureDelayMs: number
  readonly shuttingDown: boolean
  account(name: string): Account | undefined
  readonly hasAccounts: boolean
  isLoggedIn(name: string): boolean
  /** What a recording says in the sessions' place, if there is one. */
  playback(): Playback | undefined
  /** Answers an action. `own`: what answers it in this session, if none of the test's handlers does. */
  reply(action: AMIAction, client: FakeClient, own: readonly ActionHandler[]): Reply | Promise<Reply>
  /** An action came that is refused, whoever would have answered it. */
  refused(action: AMIAction, client: FakeClient): void
  handlerFailed(action: AMIAction, error: unknown): void
  loggedIn(user: string): void
  /** What Asterisk says to whoever has logged in. */
  welcome(session: FakeSession, user: string): void
  ended(session: FakeSession): void
}

/** What works before the login. */
const BEFORE_LOGIN: ReadonlySet<string> = new Set(['challenge', 'login', 'logoff'])

const NO_ACCOUNTS = 'Authentication failed: the fake has no users: new FakeAsterisk({ users })'

/** One client's connection to the fake. It works on one action after the other, and buffers events meanwhile, as Asterisk does. */
export class FakeSession extends AMIServerProtocol {
  readonly #server: FakeServer
  readonly #codec: TextCodec
  readonly #challenge = String(Math.floor(Math.random() * 900_000_000) + 100_000_000)
  readonly #queue: AMIAction[] = []
  #working = false
  #bufferedEvents: Uint8Array[] = []
  #username: string | undefined
  #account: Account = ANYBODY
  #mask = ClassSet.ofMask('on')
  readonly #filters: EventFilters
  #isConnected = true
  /** Ends a WaitEvent. */
  #wake: () => void = () => undefined
  readonly #client: FakeClient
  readonly #playback: Playback | undefined
  /** What this session answers by itself. */
  readonly #own: readonly ActionHandler[]

  constructor(server: FakeServer) {
    const playback = server.playback()
    super({ greeting: playback?.greeting ?? server.greeting, encoding: server.encoding })
    this.#playback = playback
    this.#server = server
    this.#codec = textCodec(server.encoding)
    this.#filters = new EventFilters(server.version)
    const session = this
    this.#client = {
      get username() {
        return session.#username ?? ''
      },
      respond: (action, { type, headers }) => this.#respond(action, type, headers),
      emit: (name, headers = []) => this.sendEvent(name, headers),
      disconnect: () => {
        this.close()
        return undefined
      },
    }
    this.#own = [
      action('Challenge', (request) => this.#sendChallenge(request)),
      action('Login', (request) => this.#login(request)),
      action('Logoff', (request, client) => {
        client.respond(request, new FakeResponse('Goodbye', { Message: 'Thanks for all the fish.' }))
        return client.disconnect()
      }),
      // A recording has its own answers to what comes later.
      ...(playback === undefined
        ? [
            action('Events', (request) => this.#setMask(request)),
            action('Filter', (request) => this.#filters.add(request)),
            action('WaitEvent', (request) => this.#waitForEvent(request)),
          ]
        : []),
    ]
  }

  /** The account that is logged in. */
  get username(): string | undefined {
    return this.#username
  }

  /** Plays its part of a recording anew, as far as there is one. */
  rewind(): void {
    this.#playback?.rewind()
  }

  override connectionMade(transport: Transport): void {
    super.connectionMade(transport)
    this.#playback?.start({
      sendRaw: (bytes) => this.sendRaw(bytes),
      close: () => this.close(),
      loggedIn: (username) => this.#loggedIn(username, ANYBODY),
    })
  }

  override actionReceived(action: AMIAction): void {
    this.#queue.push(action)
    this.#wake()
    if (!this.#working) void this.#work()
  }

  override connectionLost(error?: Error): void {
    super.connectionLost(error)
    this.#isConnected = false
    this.#wake()
    this.#playback?.stop()
    this.#server.ended(this)
  }

  /** Sends an event if the session may and wants to see it, after the action at hand. */
  notify(name: string, privilege: string, lines: readonly (readonly [string, unknown])[]): void {
    if (!this.#sees(privilege)) return
    const bytes = this.eventBytes(name, [['Privilege', privilege], ...lines])
    if (!this.#filters.isEmpty && !this.#filters.pass(name, this.#codec.decode(bytes))) return
    // What is encoded shares its array with what is encoded next.
    if (this.#working) this.#bufferedEvents.push(new Uint8Array(bytes))
    else this.sendRaw(bytes)
    this.#wake()
  }

  #sees(privilege: string): boolean {
    const classes = privilege
      .toLowerCase()
      .split(',')
      .filter((each) => each !== 'all' && each !== '')
    return this.#username !== undefined && this.#account.maySee(classes) && this.#mask.hasAll(classes)
  }

  async #work(): Promise<void> {
    this.#working = true
    for (let action = this.#queue.shift(); action !== undefined && this.#isConnected; action = this.#queue.shift()) {
      const working = this.#handle(action)
      // An answer that is there at once is written at once.
      if (working !== undefined) await working
      this.#sendBuffered()
    }
    this.#working = false
  }

  #sendBuffered(): void {
    for (const bytes of this.#bufferedEvents.splice(0)) this.sendRaw(bytes)
  }

  #handle(action: AMIAction): Promise<void> | undefined {
    const refusal = this.#refusalOf(action)
    if (refusal === undefined) return this.#run(action)
    this.#server.refused(action, this.#client)
    return this.#respond(action, 'Error', { Message: refusal })
  }

  /** Why Asterisk refuses an action before it looks further, in the order in which it does. */
  #refusalOf({ name }: AMIAction): string | undefined {
    if (this.#server.shuttingDown) return 'Asterisk is shutting down'
    const isAllowed = this.#username === undefined ? BEFORE_LOGIN.has(name.toLowerCase()) : this.#account.mayRun(name)
    return isAllowed ? undefined : 'Permission denied'
  }

  #run(action: AMIAction): Promise<void> | undefined {
    const failed = (error: unknown) => {
      this.#server.handlerFailed(action, error)
      this.#respond(action, 'Error', { Message: `The fake's handler of ${action.name} threw` })
    }
    try {
      const reply = this.#server.reply(action, this.#client, [...(this.#playback?.handlers ?? []), ...this.#own])
      const answered = reply instanceof Promise ? reply.then((late) => this.#answer(action, late)) : this.#answer(action, reply)
      return answered?.catch(failed)
    } catch (error) {
      failed(error)
      return undefined
    }
  }

  #answer(action: AMIAction, reply: Reply): Promise<void> | undefined {
    if (reply === undefined) return undefined
    if (reply instanceof FakeResponse) return this.#answerOnce(action, reply)
    return this.#sendList(action, reply)
  }

  #answerOnce(action: AMIAction, { type, headers }: FakeResponse): undefined {
    this.#respond(action, type, headers)
    if (action.name.toLowerCase() !== 'login' || this.#username !== undefined) return
    if (type === 'Success') this.#welcome(action)
    else this.close()
  }

  async #sendList(action: AMIAction, parts: Exclude<Reply, FakeResponse | undefined>): Promise<void> {
    const shape = listShape(action.name)
    const announced = !shape?.unannounced
    const iterator = iteratorOf(parts)
    let items = 0
    let started = false
    const start = (headers: readonly (readonly [string, unknown])[]) => {
      started = true
      const own = headers.some(([name]) => name.toLowerCase() === 'message')
        ? []
        : [['Message', listMessage(action.name)] as const]
      this.#respond(action, 'Success', [...(announced ? [['EventList', 'start'] as const] : []), ...own, ...headers])
    }
    for (;;) {
      const next = await iterator.next()
      if (!this.#isConnected) {
        await iterator.return?.()
        return
      }
      const part = next.value
      if (next.done) {
        if (!started) start([])
        if (shape?.single !== undefined && !announced) return
        const counted = announced ? [['EventList', 'Complete'] as const, ['ListItems', items] as const] : []
        const extra = typeof part === 'object' && part !== null ? headerPairs(part as ServerHeaders) : []
        this.sendEvent(shape?.completion ?? listCompletion(action.name), [...counted, ...extra], action.actionId)
        return
      }
      if (part instanceof FakeResponse) {
        if (part.type !== 'Success') {
          this.#respond(action, part.type, part.headers)
          return
        }
        start(headerPairs(part.headers))
      } else if (part instanceof FakeEvent) {
        if (!started) start([])
        items += 1
        this.sendEvent(part.name, part.headers, action.actionId)
      }
    }
  }

  #sendChallenge(action: AMIAction): FakeResponse {
    const isMD5 = action.get('AuthType')?.toLowerCase() === 'md5'
    return isMD5 ? success({ Challenge: this.#challenge }) : failure('Must specify AuthType')
  }

  #login(action: AMIAction): FakeResponse | Promise<FakeResponse> {
    if (this.#username !== undefined) return success('Already authenticated')
    // Asterisk compares the name without regard to case.
    const name = (action.get('Username') ?? '').toLowerCase()
    const account = this.#server.account(name)
    if (!this.#server.hasAccounts) return this.#refuse(NO_ACCOUNTS)
    if (account === undefined || !this.#isRight(action, account.secret)) return this.#refuse('Authentication failed')
    if (!account.allowsMultipleLogin && this.#server.isLoggedIn(name)) return this.#refuse('Login Already In Use')
    return success('Authentication accepted')
  }

  #welcome(login: AMIAction): void {
    const username = login.get('Username') ?? ''
    const mask = login.get('Events')
    if (mask !== undefined) this.#mask = ClassSet.ofMask(mask)
    this.#loggedIn(username, this.#server.account(username.toLowerCase()) ?? ANYBODY)
    this.#server.welcome(this, username)
  }

  #loggedIn(username: string, account: Account): void {
    this.#username = username.toLowerCase()
    this.#account = account
    this.#server.loggedIn(username)
  }

  #isRight(action: AMIAction, secret: string): boolean {
    if (action.get('AuthType')?.toLowerCase() !== 'md5') return action.get('Secret') === secret
    const bytes = this.#codec.encode(this.#challenge + secret)
    return bytes !== undefined && action.get('Key') === md5Hex(bytes)
  }

  async #refuse(message: string): Promise<FakeResponse> {
    const { loginFailureDelayMs } = this.#server
    if (loginFailureDelayMs > 0) await delay(loginFailureDelayMs)
    return failure(message)
  }

  #setMask(action: AMIAction): FakeResponse {
    const mask = action.get('EventMask') ?? ''
    if (mask === '') return failure('Invalid event mask')
    this.#mask = ClassSet.ofMask(mask)
    return success({ Events: this.#mask.isEmpty ? 'Off' : 'On' })
  }

  /** Until an event or another action comes, or the time is over; without a time, for ever. */
  async #waitForEvent(action: AMIAction): Promise<undefined> {
    const seconds = Number.parseInt(action.get('Timeout') ?? '', 10)
    if (this.#bufferedEvents.length === 0 && this.#queue.length === 0 && seconds !== 0) {
      const over = deferred<void>()
      this.#wake = over.resolve
      const cancel = seconds > 0 ? this.#server.clock.after(seconds * 1000, over.resolve) : () => undefined
      await over.promise
      cancel()
    }
    this.#respond(action, 'Success', { Message: 'Waiting for Event completed.' })
    this.#sendBuffered()
    this.sendEvent('WaitEventComplete', [], action.actionId)
  }

  #respond(action: AMIAction, type: string, headers: ServerHeaders): undefined {
    this.sendResponse(type, action.actionId, headers)
  }
}

function iteratorOf(
  parts: Exclude<Reply, FakeResponse | undefined>,
): Iterator<ListPart, unknown> | AsyncIterator<ListPart, unknown> {
  if (typeof parts === 'object' && Symbol.asyncIterator in parts) return parts[Symbol.asyncIterator]()
  if (typeof parts === 'object' && Symbol.iterator in parts) return parts[Symbol.iterator]()
  const what = parts as unknown
  throw new TypeError(
    `A resolver returns success(…), failure(…), a list of event(…), or nothing, not ${what instanceof FakeEvent ? 'a single event(…)' : quote(what)}`,
  )
}
