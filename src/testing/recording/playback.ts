import type { AMIAction } from '../../ami/protocol/action-reader.js'
import type { Clock } from '../../core/clock.js'
import { soon } from '../../core/microtask.js'
import { type Complete, listOf, numberFrom, type OptionsShape, text } from '../../core/options.js'
import { redactHeaders } from '../../core/redaction.js'
import type { ActionHandler } from '../handlers.js'
import { Timeline } from '../timeline.js'
import type { RecordedAction, RecordedConnection, RecordedStep } from './recorded-connection.js'
import { isIdHeader, TodaysIds } from './recorded-ids.js'
import { messageOf } from './recording.js'

// As it was before a test replaced it.
const { setTimeout: ownSetTimeout } = globalThis

/** How a recording is played. */
export interface PlaybackOptions {
  /**
   * How much slower than it was: 1 is real time, 0 no time. Only in real time does the program's own time fit: with less, it has a moment where time
   * had passed, but timers of its own end too late. @default 0
   */
  readonly scale?: number | undefined
  /** Headers of actions that may differ from the recording, such as a file name with the date. ActionID, ChannelId and secrets always may. */
  readonly ignoreHeaders?: readonly string[] | undefined
}

export const PLAYBACK_SHAPE: OptionsShape<PlaybackOptions> = { scale: numberFrom(0), ignoreHeaders: listOf(text) }

/** Where the server's part is said. */
export interface PlaybackStage {
  sendRaw(bytes: Uint8Array): void
  close(): void
  /** The recorded login was accepted. */
  loggedIn(username: string): void
}

/**
 * Plays the server's part of one recorded connection. Each action is answered as its like was; what came unasked comes when the actions
 * before it have come; and what can be said is said in the recording's order.
 */
export class Playback {
  readonly greeting: string
  #stage: PlaybackStage | undefined
  readonly #clock: Clock
  readonly #scale: number
  readonly #mayDiffer: ReadonlySet<string>
  readonly #actions: readonly RecordedAction[]
  readonly #steps: readonly RecordedStep[]
  /** What no action came for yet. */
  #open: readonly RecordedHandler[] = []
  /** The steps that wait for an action, and for how many actions a step waits. */
  readonly #waiting = new Map<RecordedAction, RecordedStep[]>()
  readonly #missing = new Map<RecordedStep, number>()
  #due: RecordedStep[] = []
  readonly #ids: TodaysIds
  readonly #timeline: Timeline
  #username = ''

  constructor({ greeting, actions, steps }: RecordedConnection, options: Complete<PlaybackOptions>, clock: Clock) {
    this.greeting = greeting
    this.#clock = clock
    this.#timeline = new Timeline(clock)
    this.#scale = options.scale
    this.#mayDiffer = new Set(['action', ...options.ignoreHeaders.map((name) => name.toLowerCase())])
    this.#actions = actions
    this.#steps = steps
    this.#ids = new TodaysIds(actions.map(({ action }) => action))
    for (const action of actions) this.#waiting.set(action, [])
    for (const step of steps) for (const action of step.after) this.#waiting.get(action)?.push(step)
    this.rewind()
  }

  /** What is left to be answered, in the recording's order. */
  get handlers(): readonly ActionHandler[] {
    return this.#open
  }

  /** Begins with what came before any action. */
  start(stage: PlaybackStage): void {
    this.#stage = stage
    for (const step of this.#steps) if (step.after.length === 0) this.#later(step)
  }

  /** Nothing more is said. */
  stop(): void {
    this.#timeline.clear()
    this.#stage = undefined
  }

  /** Every action of the recording can be answered again. What came before any action is not said again. */
  rewind(): void {
    this.#timeline.clear()
    this.#due = []
    this.#ids.forget()
    this.#open = this.#actions.map((recorded) => this.#handlerOf(recorded))
    for (const step of this.#steps) this.#missing.set(step, step.after.length)
  }

  #handlerOf(recorded: RecordedAction): RecordedHandler {
    const { name } = recorded.action
    const headers = this.#comparable(recorded.action)
    const values = headers.map(([header, value]) => `${header}: ${value}`)
    const differs = (action: AMIAction) => this.#differences(recorded.action, headers, action)
    const fits = (action: AMIAction) => OF_ANY_ACCOUNT.has(name.toLowerCase()) || differs(action).length === 0
    const handler: RecordedHandler = {
      recorded,
      name,
      label: values.length === 0 ? name : `${name} with ${values.join(', ')}`,
      isOnce: true,
      matches: (action) => action.name.toLowerCase() === name.toLowerCase() && fits(action),
      differs,
      resolve: (action) => {
        this.#answer(handler, action)
        return undefined
      },
    }
    return handler
  }

  #answer(handler: RecordedHandler, action: AMIAction): void {
    this.#open = this.#open.filter((each) => each !== handler)
    this.#ids.learn(handler.recorded.action, action)
    if (action.name.toLowerCase() === 'login') this.#username = action.get('Username') ?? ''
    for (const step of this.#waiting.get(handler.recorded) ?? []) {
      const missing = (this.#missing.get(step) ?? 0) - 1
      this.#missing.set(step, missing)
      if (missing === 0) this.#later(step)
    }
  }

  #later(step: RecordedStep): void {
    const ms = step.afterMs * this.#scale
    if (ms > 0) {
      this.#timeline.put(this.#clock.now() + ms, () => this.#queue(step))
      return
    }
    this.#queue(step)
  }

  #queue(step: RecordedStep): void {
    // Actions that came together are answered in the recording's order, with what came between them.
    const isPlaying = this.#due.length > 0
    this.#due.splice(this.#due.findLastIndex(({ order }) => order < step.order) + 1, 0, step)
    if (!isPlaying) soon(() => void this.#playDue())
  }

  async #playDue(): Promise<void> {
    let playedMs = Number.POSITIVE_INFINITY
    for (let [next] = this.#due; next !== undefined && this.#stage !== undefined; [next] = this.#due) {
      const passedMs = next.atMs - playedMs
      if (passedMs >= 1) {
        // What took time in the recording takes hardly any now, but the program still has its turn, such as to listen when the login is done.
        await new Promise((resolve) => ownSetTimeout(resolve, Math.min(passedMs, TURN_MS)))
        playedMs = Number.POSITIVE_INFINITY
      } else {
        this.#due.shift()
        this.#play(next)
        playedMs = next.atMs
      }
    }
  }

  #play({ lines, after: [action] }: RecordedStep): void {
    if (lines === undefined) {
      this.#stage?.close()
      return
    }
    this.#stage?.sendRaw(messageOf(lines.map((line) => this.#ids.inLine(line))))
    const isLogin = action?.action.name.toLowerCase() === 'login' && /^Response: *Success/i.test(lines[0] ?? '')
    if (isLogin) this.#stage?.loggedIn(this.#username)
  }

  /** The headers that count, without secrets: what was removed from the recording is not compared. */
  #comparable(action: AMIAction): readonly Header[] {
    return redactHeaders(action.entries()).filter(([name]) => !isIdHeader(name) && !this.#mayDiffer.has(name.toLowerCase()))
  }

  /** What an action has otherwise than the recorded one. */
  #differences(recorded: AMIAction, headers: readonly Header[], action: AMIAction): string[] {
    const today = this.#comparable(action)
    const rest = [...today]
    const differences = new Map<string, string>()
    for (const [name, before] of headers) {
      const value = this.#ids.inValue(before, recorded, action)
      const at = rest.findIndex((header) => isNamed(header, name) && header[1] === value)
      if (at >= 0) rest.splice(at, 1)
      else {
        const found = today.find((header) => isNamed(header, name))?.[1]
        differences.set(name.toLowerCase(), `${name} is ${asText(found)}, not ${JSON.stringify(value)}`)
      }
    }
    for (const [name, value] of rest)
      if (!differences.has(name.toLowerCase()))
        differences.set(name.toLowerCase(), `${name} is ${asText(value)}, and was not there`)
    return [...differences.values()]
  }
}

/** Actions that are answered as their like was, whoever logs in today. */
const OF_ANY_ACCOUNT: ReadonlySet<string> = new Set(['challenge', 'login', 'logoff'])

/** How long what is written takes to the program at the other end of a socket, and what it writes then, at the most. */
const TURN_MS = 2

type Header = readonly [name: string, value: string]

interface RecordedHandler extends ActionHandler {
  readonly recorded: RecordedAction
}

function asText(value: string | undefined): string {
  return value === undefined ? 'missing' : JSON.stringify(value)
}

function isNamed(header: Header, name: string): boolean {
  return header[0].toLowerCase() === name.toLowerCase()
}
