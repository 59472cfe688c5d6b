import { createHash, timingSafeEqual } from 'node:crypto'
import { checkOptions, line, listOf, type OptionsShape, oneOf, required } from '../core/options.js'
import { Scope } from './scope.js'

/** What somebody may do. */
export type Permission = 'call' | 'hangup' | 'transfer' | 'pause'

/** Who may come, and what for. */
export interface GatewayToken {
  /** At least 32 characters, that nobody can guess. */
  readonly token: string
  /** What it may read: `queues/support`, `queues/*`, `calls`, `endpoints`, `*`. Members and callers come with their queue. */
  readonly read: readonly string[]
  /** The device that it acts for, as in `PJSIP/200`: then it calls from there, and acts on the calls and members of that device only. @default anybody's */
  readonly as?: string | undefined
  /** @default nothing */
  readonly may?: readonly Permission[] | undefined
}

const LEAST_LENGTH = 32

const SHAPE: OptionsShape<GatewayToken> = {
  token: { ...required(line), isSecret: true },
  read: required(listOf(line)),
  as: line,
  may: listOf(oneOf('call', 'hangup', 'transfer', 'pause')),
}

/** Somebody who has shown a token. */
export class Visitor {
  readonly scope: Scope
  readonly as: string | undefined
  readonly #may: ReadonlySet<Permission>

  constructor({ read, as, may = [] }: GatewayToken) {
    this.scope = new Scope(read)
    this.as = as
    this.#may = new Set(may)
  }

  may(what: Permission): boolean {
    return this.#may.has(what)
  }

  toJSON(): object {
    return { as: this.as ?? null, may: [...this.#may], read: JSON.parse(this.scope.key) }
  }
}

/** The tokens that are known. */
export class Tokens {
  readonly #visitors: readonly { readonly digest: Buffer; readonly visitor: Visitor }[]

  /** @throws TypeError or RangeError for a token that is missing, too short, there twice, or has a wrong option; never with the token in it. */
  constructor(tokens: readonly GatewayToken[]) {
    if (!Array.isArray(tokens) || tokens.length === 0)
      throw new TypeError('tokens: there must be at least one, or nobody can come in')
    this.#visitors = tokens.map((each, at) => {
      const path = `tokens[${at}]`
      if (typeof each?.token !== 'string' || each.token.length < LEAST_LENGTH)
        throw new RangeError(
          `${path}.token must have at least ${LEAST_LENGTH} characters; what is missing in the environment is none`,
        )
      checkOptions(each, SHAPE, path)
      return { digest: digestOf(each.token), visitor: new Visitor(each) }
    })
    const digests = this.#visitors.map(({ digest }) => digest.toString('hex'))
    if (new Set(digests).size < digests.length) throw new RangeError('tokens: the same token is there twice')
  }

  /** Whose a token is. Takes as long for a wrong one as for a right one. */
  visitor(token: string): Visitor | undefined {
    const digest = digestOf(token)
    let found: Visitor | undefined
    for (const each of this.#visitors) if (timingSafeEqual(each.digest, digest)) found = each.visitor
    return found
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
