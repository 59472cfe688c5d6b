import type { AMIAction } from '../../ami/action-reader.js'
import { AMIServerProtocol } from '../../ami/server-protocol.js'
import type { Clock } from '../../core/clock.js'
import { messageOf, type RecordedItem } from './recording.js'

/** An action of a recording, and what the server said between it and the next one. */
interface RecordedAction {
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly said: readonly { readonly afterMs: number; readonly lines: readonly string[] }[]
  isUsed: boolean
}

/** One connection of a recording: the greeting, what came before the first action, and the actions. */
export interface RecordedConnection {
  readonly greeting: string
  readonly actions: readonly RecordedAction[]
}

/** Headers that differ from one run to the next: the client's own ids, and what a login makes of a challenge. */
const OWN = new Set(['actionid', 'channelid', 'otherchannelid', 'commandid', 'secret', 'key', 'username'])
const IDS = new Set(['actionid', 'channelid', 'otherchannelid', 'commandid'])

/** What a replay needs from its fake. */
export interface ReplayHost {
  readonly clock: Clock
  /** How much slower than it was: 1 is real time, 0 no time. */
  readonly scale: number
  received(action: AMIAction): void
  unhandled(action: AMIAction): void
  ended(session: ReplaySession): void
}

/** The connections of a recording. */
export function connectionsOf(items: readonly RecordedItem[]): RecordedConnection[] {
  const connections: RecordedConnection[] = []
  let greeting: string | undefined
  let actions: RecordedAction[] = []
  let said: { afterMs: number; lines: readonly string[] }[] = []
  let since = 0
  for (const { direction, atMs, lines } of items) {
    if (direction === '=' && lines[0] === 'open') {
      greeting = undefined
      actions = []
    } else if (direction === '<' && greeting === undefined) {
      greeting = lines[0] ?? ''
      connections.push({ greeting, actions })
    } else if (direction === '<') said.push({ afterMs: atMs - since, lines })
    else if (direction === '>') {
      said = []
      since = atMs
      actions.push({ headers: lines.map(headerOf), said, isUsed: false })
    }
  }
  return connections
}

/** Plays one connection of a recording: answers actions as they were answered then, with the events that came then. */
export class ReplaySession extends AMIServerProtocol {
  readonly #host: ReplayHost
  readonly #actions: readonly RecordedAction[]
  /** The ids of the recording, and what they are now. */
  readonly #ids = new Map<string, string>()
  /** What cannot be said yet: the action that it answers has not come. */
  #waiting: (readonly string[])[] = []
  readonly #stops = new Set<() => void>()

  constructor(host: ReplayHost, { greeting, actions }: RecordedConnection) {
    super({ greeting })
    this.#host = host
    this.#actions = actions.map((each) => ({ ...each }))
  }

  override actionReceived(action: AMIAction): void {
    this.#host.received(action)
    const recorded = this.#find(action)
    if (recorded === undefined) {
      this.#host.unhandled(action)
      this.sendResponse('Error', action.actionId, { Message: 'The recording has no such action (any more)' })
      return
    }
    recorded.isUsed = true
    for (const [name, value] of recorded.headers) if (IDS.has(name.toLowerCase())) this.#ids.set(value, action.get(name) ?? '')
    const waiting = this.#waiting
    this.#waiting = []
    for (const lines of waiting) this.#say(lines)
    for (const { afterMs, lines } of recorded.said) this.#sayAfter(afterMs * this.#host.scale, lines)
  }

  override connectionLost(error?: Error): void {
    super.connectionLost(error)
    for (const stop of this.#stops) stop()
    this.#host.ended(this)
  }

  /** The next action of this name whose headers fit best. */
  #find(action: AMIAction): RecordedAction | undefined {
    const name = action.name.toLowerCase()
    const open = this.#actions.filter((each) => !each.isUsed && headerValue(each, 'action').toLowerCase() === name)
    const fits = (each: RecordedAction) =>
      each.headers.filter(([header, value]) => OWN.has(header.toLowerCase()) || action.getAll(header).includes(value)).length -
      each.headers.length
    return open.reduce<RecordedAction | undefined>(
      (best, each) => (best === undefined || fits(each) > fits(best) ? each : best),
      undefined,
    )
  }

  #sayAfter(ms: number, lines: readonly string[]): void {
    if (ms <= 0) {
      this.#say(lines)
      return
    }
    const stop = this.#host.clock.after(ms, () => {
      this.#stops.delete(stop)
      this.#say(lines)
    })
    this.#stops.add(stop)
  }

  #say(lines: readonly string[]): void {
    const id = lines.map(headerOf).find(([name]) => name.toLowerCase() === 'actionid')?.[1]
    const isOfLater =
      id !== undefined && !this.#ids.has(id) && this.#actions.some((each) => !each.isUsed && headerValue(each, 'actionid') === id)
    if (isOfLater) {
      this.#waiting.push(lines)
      return
    }
    this.sendRaw(messageOf(lines.map((line) => this.#renewed(line))))
  }

  /** A line with today's ids in place of the recording's. */
  #renewed(line: string): string {
    const [name, value] = headerOf(line)
    const own = IDS.has(name.toLowerCase()) ? this.#ids.get(value) : undefined
    if (own !== undefined) return `${name}: ${own}`
    let renewed = line
    // Elsewhere, such as in a Uniqueid, only what is long enough to be no chance.
    for (const [before, now] of this.#ids)
      if (before.length > 4 && renewed.includes(before)) renewed = renewed.replaceAll(before, now)
    return renewed
  }
}

function headerOf(line: string): readonly [string, string] {
  const colon = line.indexOf(':')
  return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).trim()]
}

function headerValue({ headers }: RecordedAction, name: string): string {
  return headers.find(([header]) => header.toLowerCase() === name)?.[1] ?? ''
}
