import { md5Hex } from '../ami/client/md5.js'
import type { AMIAction } from '../ami/protocol/action-reader.js'
import { listShape } from '../ami/protocol/list-actions.js'
import { AMIServerProtocol, type ServerHeaders } from '../ami/protocol/server-protocol.js'
import { quote } from '../core/checks.js'
import { textCodec } from '../core/text-codec.js'
import type { Transport } from '../core/transport.js'
import { EventMask } from './event-class.js'
import {
  type ActionHandler,
  type FakeClient,
  FakeEvent,
  FakeResponse,
  headerPairs,
  type ListPart,
  type Reply,
} from './handlers.js'
import type { Playback } from './recording/playback.js'

/** An account of the fake. */
export interface FakeUser {
  readonly secret: string
  /** The event classes it may see, as in manager.conf. @default 'all' */
  readonly read?: string
  /** Whether it may be logged in twice. @default true */
  readonly allowMultipleLogin?: boolean
}

/** What a session needs from its fake. */
export interface FakeServer {
  readonly greeting: string
  readonly encoding: string
  readonly loginFailureDelayMs: number
  readonly shuttingDown: boolean
  user(name: string): FakeUser | undefined
  isLoggedIn(name: string): boolean
  /** What a recording says in the sessions' place, if there is one. */
  playback(): Playback | undefined
  /** Whether the test itself has a handler for an action that sessions answer otherwise. */
  handles(action: AMIAction): boolean
  /** Answers an action of a session that is logged in. `recorded`: what a recording has for it. */
  reply(action: AMIAction, client: FakeClient, recorded: readonly ActionHandler[] | undefined): Reply | Promise<Reply>
  handlerFailed(action: AMIAction, error: unknown): void
  loggedIn(user: string): void
  /** What Asterisk says to whoever has logged in. */
  welcome(session: FakeSession, user: string): void
  ended(session: FakeSession): void
}

/** What a session answers itself, unless the test has a handler for it. */
const OF_SESSION = new Set(['challenge', 'login', 'logoff', 'events'])

/** One client's connection to the fake. It works on one action after the other, and holds events back meanwhile, as Asterisk does. */
export class FakeSession extends AMIServerProtocol {
  readonly #server: FakeServer
  readonly #challenge = String(Math.floor(Math.random() * 900_000_000) + 100_000_000)
  readonly #queue: AMIAction[] = []
  #working = false
  #heldEvents: Uint8Array[] = []
  #username: string | undefined
  #readable = EventMask.parse('off')
  #wanted = EventMask.parse('on')
  #over = false
  readonly #client: FakeClient
  readonly #playback: Playback | undefined

  constructor(server: FakeServer) {
    const playback = server.playback()
    super({ greeting: playback?.greeting ?? server.greeting, encoding: server.encoding })
    this.#playback = playback
    this.#server = server
    const session = this
    this.#client = {
      get username() {
        return session.#username ?? ''
      },
      respond: (action, { type, headers }) => this.#respond(action, type, headers),
      emit: (name, headers = {}) => this.sendEvent(name, headers),
      disconnect: () => {
        this.close()
        return undefined
      },
    }
  }

  /** The account that is logged in. */
  get username(): string | undefined {
    return this.#username
  }

  override connectionMade(transport: Transport): void {
    super.connectionMade(transport)
    this.#playback?.start({
      sendRaw: (bytes) => this.sendRaw(bytes),
      close: () => this.close(),
      loggedIn: (username) => this.#loggedIn(username, 'all'),
    })
  }

  override actionReceived(action: AMIAction): void {
    this.#queue.push(action)
    if (!this.#working) void this.#work()
  }

  override connectionLost(error?: Error): void {
    super.connectionLost(error)
    this.#over = true
    this.#playback?.stop()
    this.#server.ended(this)
  }

  /** Sends an event if the session may and wants to see it, after the action at hand. */
  notify(name: string, privilege: string, lines: readonly (readonly [string, unknown])[]): void {
    if (!this.sees(privilege)) return
    const bytes = this.eventBytes(name, [['Privilege', privilege], ...lines])
    // What is encoded shares its array with what is encoded next.
    if (this.#working) this.#heldEvents.push(new Uint8Array(bytes))
    else this.sendRaw(bytes)
  }

  sees(privilege: string): boolean {
    return this.#username !== undefined && this.#readable.allows(privilege) && this.#wanted.allows(privilege)
  }

  async #work(): Promise<void> {
    this.#working = true
    for (let action = this.#queue.shift(); action !== undefined && !this.#over; action = this.#queue.shift()) {
      const working = this.#handle(action)
      // An answer that is there at once is written at once.
      if (working !== undefined) await working
      for (const bytes of this.#heldEvents.splice(0)) this.sendRaw(bytes)
    }
    this.#working = false
  }

  #handle(action: AMIAction): Promise<void> | undefined {
    const name = action.name.toLowerCase()
    if (OF_SESSION.has(name)) {
      if (this.#server.handles(action)) return this.#run(action)
      if (name !== 'events' && this.#playback?.plays(action)) return undefined
    }
    if (name === 'challenge') return this.#sendChallenge(action)
    if (name === 'login') return this.#login(action)
    if (this.#server.shuttingDown) return this.#respond(action, 'Error', { Message: 'Asterisk is shutting down' })
    if (name === 'logoff') {
      this.#respond(action, 'Goodbye', { Message: 'Thanks for all the fish.' })
      this.close()
      return undefined
    }
    if (this.#username === undefined) return this.#respond(action, 'Error', { Message: 'Permission denied' })
    if (name === 'events' && this.#playback === undefined) return this.#setMask(action)
    return this.#run(action)
  }

  #run(action: AMIAction): Promise<void> | undefined {
    const failed = (error: unknown) => {
      this.#server.handlerFailed(action, error)
      this.#respond(action, 'Error', { Message: `The fake's handler of ${action.name} threw` })
    }
    try {
      const reply = this.#server.reply(action, this.#client, this.#playback?.handlers)
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
    if (action.name.toLowerCase() !== 'login') return
    // A handler of the test's own has let the client in, or not: then Asterisk closes.
    if (type === 'Success') this.#welcome(action, 'all')
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
        : [['Message', `${action.name} list will follow`] as const]
      this.#respond(action, 'Success', [...(announced ? [['EventList', 'start'] as const] : []), ...own, ...headers])
    }
    for (;;) {
      const next = await iterator.next()
      if (this.#over) {
        await iterator.return?.()
        return
      }
      const part = next.value
      if (next.done) {
        if (!started) start([])
        if (shape?.single !== undefined && !announced) return
        const counted = announced ? [['EventList', 'Complete'] as const, ['ListItems', items] as const] : []
        const extra = typeof part === 'object' && part !== null ? headerPairs(part as ServerHeaders) : []
        this.sendEvent(shape?.completion ?? `${action.name}Complete`, [...counted, ...extra], action.actionId)
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

  #sendChallenge(action: AMIAction): Promise<void> | undefined {
    if (action.get('AuthType')?.toLowerCase() !== 'md5')
      return this.#respond(action, 'Error', { Message: 'Must specify AuthType' })
    return this.#respond(action, 'Success', { Challenge: this.#challenge })
  }

  #login(action: AMIAction): Promise<void> | undefined {
    if (this.#server.shuttingDown) return this.#respond(action, 'Error', { Message: 'Asterisk is shutting down' })
    if (this.#username !== undefined) return this.#respond(action, 'Success', { Message: 'Already authenticated' })
    // Asterisk compares the name without regard to case.
    const name = (action.get('Username') ?? '').toLowerCase()
    const user = this.#server.user(name)
    if (user === undefined || !this.#isRight(action, user.secret)) return this.#refuse(action, 'Authentication failed')
    if (user.allowMultipleLogin === false && this.#server.isLoggedIn(name)) return this.#refuse(action, 'Login Already In Use')
    this.#respond(action, 'Success', { Message: 'Authentication accepted' })
    this.#welcome(action, user.read ?? 'all')
    return undefined
  }

  #welcome(login: AMIAction, read: string): void {
    const username = login.get('Username') ?? ''
    const mask = login.get('Events')
    if (mask !== undefined) this.#wanted = EventMask.parse(mask)
    this.#loggedIn(username, read)
    this.#server.welcome(this, username)
  }

  #loggedIn(username: string, read: string): void {
    this.#username = username.toLowerCase()
    this.#readable = EventMask.parse(read)
    this.#server.loggedIn(username)
  }

  #isRight(action: AMIAction, secret: string): boolean {
    if (action.get('AuthType')?.toLowerCase() !== 'md5') return action.get('Secret') === secret
    const bytes = textCodec(this.#server.encoding).encode(this.#challenge + secret)
    return bytes !== undefined && action.get('Key') === md5Hex(bytes)
  }

  async #refuse(action: AMIAction, message: string): Promise<void> {
    const { loginFailureDelayMs } = this.#server
    if (loginFailureDelayMs > 0) await new Promise((resolve) => setTimeout(resolve, loginFailureDelayMs))
    this.#respond(action, 'Error', { Message: message })
    this.close()
  }

  #setMask(action: AMIAction): Promise<void> | undefined {
    const mask = action.get('EventMask') ?? ''
    if (mask === '') return this.#respond(action, 'Error', { Message: 'Invalid event mask' })
    this.#wanted = EventMask.parse(mask)
    return this.#respond(action, 'Success', { Events: this.#wanted.isOff ? 'Off' : 'On' })
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
