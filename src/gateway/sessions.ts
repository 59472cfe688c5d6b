import { randomBytes } from 'node:crypto'
import type { Visitor } from './token.js'

const LIFE_MS = 12 * 60 * 60 * 1000
const MOST_SESSIONS = 10_000
const NAME = 'obelus_session'

/** The sessions of pages, by a cookie that their scripts cannot read. */
export class Sessions {
  readonly #sessions = new Map<string, { readonly visitor: Visitor; readonly until: number }>()

  /** Opens a session; gives its `Set-Cookie`. */
  open(visitor: Visitor, path: string, isSecure: boolean, nowMs: number): string {
    const id = randomBytes(24).toString('base64url')
    const [oldest] = this.#sessions.keys()
    if (oldest !== undefined && this.#sessions.size >= MOST_SESSIONS) this.#sessions.delete(oldest)
    this.#sessions.set(id, { visitor, until: nowMs + LIFE_MS })
    return `${NAME}=${id}; Path=${path}; Max-Age=${LIFE_MS / 1000}; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`
  }

  find(cookies: string | undefined, nowMs: number): Visitor | undefined {
    const id = idIn(cookies)
    const session = id === undefined ? undefined : this.#sessions.get(id)
    if (session === undefined || session.until > nowMs) return session?.visitor
    this.#sessions.delete(id as string)
    return undefined
  }

  /** Ends the session of a cookie; gives what takes the cookie away. */
  close(cookies: string | undefined, path: string): string {
    const id = idIn(cookies)
    if (id !== undefined) this.#sessions.delete(id)
    return `${NAME}=; Path=${path}; Max-Age=0; HttpOnly; SameSite=Strict`
  }
}

function idIn(cookies: string | undefined): string | undefined {
  for (const pair of cookies?.split(';') ?? []) {
    const [name, value] = pair.trim().split('=', 2)
    if (name === NAME) return value
  }
  return undefined
}
