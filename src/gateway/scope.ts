import type { Area } from '../live/state/records.js'

/** What a token may read: an area, as `calls` or `endpoints`; one thing of it, as `queues/support`; or all, as `queues/*` or `*`. */
export class Scope {
  /** Equal for scopes that read the same: what is encoded for one is right for the other. */
  readonly key: string
  readonly #patterns: readonly { readonly area: string; readonly name: string }[]

  /** @throws TypeError for a pattern of no area that there is. */
  constructor(read: readonly string[]) {
    this.#patterns = read.map(patternOf)
    this.key = JSON.stringify([...new Set(read)].sort())
  }

  /** Whether all of an area, or something of it, may be read. */
  reads(area: GatewayArea, key: string, record: unknown): boolean {
    // Members and callers are of their queue.
    const owner = record as { readonly queue?: unknown } | null
    const isOfQueue = area === 'members' || area === 'callers'
    const [wanted, name] = isOfQueue ? ['queues', String(owner?.queue ?? '')] : [area, key]
    return this.#patterns.some((each) => (each.area === '*' || each.area === wanted) && (each.name === '*' || each.name === name))
  }
}

export type GatewayArea = Area | 'calls'

/** What `read` may name; members and callers come with their queue. */
const READABLE: readonly string[] = [
  '*',
  'queues',
  'endpoints',
  'deviceStates',
  'bridges',
  'parkingLots',
  'parkedCalls',
  'conferences',
  'participants',
  'mailboxes',
  'calls',
]

function patternOf(text: string): { readonly area: string; readonly name: string } {
  const [area = '', ...rest] = String(text).split('/')
  if (!READABLE.includes(area))
    throw new TypeError(
      `tokens: read has ${JSON.stringify(text)}; there are ${READABLE.join(', ')}, each with or without a name behind a slash`,
    )
  return { area, name: rest.length === 0 ? '*' : rest.join('/') }
}
