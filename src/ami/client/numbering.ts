import type { EventOrigin } from '../messages/event.js'
import type { AMIResponse } from '../messages/response.js'
import { EventNumbers, type LostEvents } from './event-numbers.js'

/** What a session asks of its server when the first number comes. */
export interface NumberingHost {
  /** When Asterisk was started, as CoreStatus says; rejects where the account may not ask. */
  coreStatus(): Promise<AMIResponse>
  /** The account's own section of manager.conf; rejects where the account may not read it. */
  managerConf(): Promise<AMIResponse>
  /** Whether the session asked for all events: by its mask, and without filters. */
  asksForAll(): boolean
  readonly now: () => number
}

/**
 * The numbers that the server gives to its events, as one session sees them. Whether a missing one is lost is known only where nothing keeps events from the
 * session: neither mask nor filter of its own, nor rights nor filters of its account, which manager.conf tells to those who may read it.
 */
export class Numbering implements EventOrigin {
  readonly numbers = new EventNumbers()
  readonly #host: NumberingHost
  readonly #username: string
  #epoch: string | undefined
  #mayAll = false
  #hasAsked = false

  constructor(username: string, host: NumberingHost) {
    this.#username = username
    this.#host = host
  }

  /** When the server was started, by its own clock; undefined until it has said so. */
  get epoch(): string | undefined {
    return this.#epoch
  }

  /** Whether every event of the server comes to this session, as far as is known. */
  get seesAll(): boolean {
    return this.#mayAll && this.#host.asksForAll()
  }

  /** A number has come. Gives the events that are lost. */
  came(number: number): LostEvents | undefined {
    if (!this.#hasAsked) {
      this.#hasAsked = true
      void this.#ask()
    }
    const lost = this.numbers.came(number, this.#host.now)
    return lost !== undefined && this.seesAll ? lost : undefined
  }

  async #ask(): Promise<void> {
    const [status, conf] = await Promise.all([
      this.#host.coreStatus().catch(() => undefined),
      this.#host.asksForAll() ? this.#host.managerConf().catch(() => undefined) : undefined,
    ])
    this.#epoch = status && epochOf(status)
    this.#mayAll = conf !== undefined && mayHearAll(conf, this.#username)
  }
}

/**
 * How many events at least were missed between two sessions; undefined where nothing can be known.
 *
 * @param restarted whether Asterisk was started anew between them, where it does not say when it was.
 */
export function missedBetween(
  before: Numbering | undefined,
  after: Numbering | undefined,
  restarted: boolean | undefined,
): number | undefined {
  const first = after?.numbers.first
  if (before === undefined || after === undefined || first === undefined || before.numbers.first === undefined) return undefined
  if (!before.seesAll || !after.seesAll) return undefined
  const { next, missing } = before.numbers
  const areKnown = before.epoch !== undefined && after.epoch !== undefined
  const isAnew = areKnown ? before.epoch !== after.epoch : restarted
  // Numbers begin at 0 with Asterisk. What the old one told at the end nobody knows.
  if (isAnew === true || first < next) return first + missing
  return isAnew === undefined ? undefined : first - next + missing
}

/** Digits only, as an id has a colon behind it: `20261127190102`. */
function epochOf(status: AMIResponse): string | undefined {
  const text = `${status.get('CoreStartupDate') ?? ''}${status.get('CoreStartupTime') ?? ''}`.replace(/\D/g, '')
  return text === '' ? undefined : text
}

/** Whether the account of that name reads all classes, and has no filter (GetConfig, verified on 16 and 22). */
function mayHearAll(conf: AMIResponse, username: string): boolean {
  const lines: string[] = []
  let isOwn = false
  for (const [name, value] of conf.entries()) {
    if (/^Category-\d+$/i.test(name)) isOwn = value === username
    else if (isOwn && /^Line-\d+-\d+$/i.test(name)) lines.push(value)
  }
  const settings = lines
    .map((line) => /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line))
    .map((match) => [match?.[1]?.toLowerCase(), match?.[2]] as const)
  const reads = settings.filter(([name]) => name === 'read').at(-1)?.[1]
  return reads?.toLowerCase() === 'all' && !settings.some(([name]) => name === 'eventfilter')
}
