import { CLAIM_VARIABLE, ownerIn } from '../../agi/async-agi-claim.js'
import type { AMIAction } from '../../ami/protocol/action-reader.js'

/** Headers whose values the client chose by chance. */
const ID_HEADERS: ReadonlySet<string> = new Set(['actionid', 'channelid', 'otherchannelid', 'commandid'])

/** Shorter ids can be in a text by chance. */
const MIN_ID_IN_TEXT = 5

export function isIdHeader(name: string): boolean {
  return ID_HEADERS.has(name.toLowerCase())
}

/** The ids that an action brought into the world. */
export function idsOf(action: AMIAction): string[] {
  const owner = ownerIn(action.get('Command') ?? '')
  const ids = [...action.entries()].filter(([name]) => isIdHeader(name)).map(([, id]) => id)
  return owner === undefined ? ids : [...ids, owner]
}

/** Whether an action comes when it is time for it: what else is said does not wait for it. */
export function isKeepAlive(action: AMIAction): boolean {
  const name = action.name.toLowerCase()
  return name === 'ping' || (name === 'setvar' && (action.get('Variable') ?? '').startsWith(CLAIM_VARIABLE))
}

/** Finds ids wherever they are in a text. */
export function idPattern(ids: Iterable<string>): RegExp {
  const found = [...new Set(ids)].filter((id) => id.length >= MIN_ID_IN_TEXT).sort((one, two) => two.length - one.length)
  // Without any it finds nothing.
  return new RegExp(found.map((id) => id.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|') || '(?!)', 'g')
}

/** The ids of a recording, and what they are today. */
export class TodaysIds {
  readonly #today = new Map<string, string>()
  readonly #pattern: RegExp

  constructor(recorded: readonly AMIAction[]) {
    this.#pattern = idPattern(recorded.flatMap(idsOf))
  }

  /** This action of today is that of the recording. */
  learn(recorded: AMIAction, action: AMIAction): void {
    const now = idsOf(action)
    for (const [at, id] of idsOf(recorded).entries()) this.#today.set(id, now[at] ?? '')
  }

  /** Today has not begun. */
  forget(): void {
    this.#today.clear()
  }

  /** A line of the recording with the ids of today. */
  inLine(line: string): string {
    const [, name = '', colon, value = ''] = /^([^:]*)(: *)(.*)$/.exec(line) ?? []
    const id = isIdHeader(name) ? this.#today.get(value) : undefined
    return id === undefined ? this.#replaced(line, this.#today) : `${name}${colon}${id}`
  }

  /** A value of a recorded action as an action of today that is the same would have it: its own ids can be in its own values. */
  inValue(value: string, recorded: AMIAction, action: AMIAction): string {
    const own = new TodaysIds([])
    own.learn(recorded, action)
    return this.#replaced(value, this.#today, own.#today)
  }

  #replaced(text: string, ...maps: readonly ReadonlyMap<string, string>[]): string {
    return text.replaceAll(
      this.#pattern,
      (found) => maps.map((map) => map.get(found)).findLast((id) => id !== undefined) ?? found,
    )
  }
}
