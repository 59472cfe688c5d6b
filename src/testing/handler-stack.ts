import type { AMIAction } from '../ami/protocol/action-reader.js'
import { listShape } from '../ami/protocol/list-actions.js'
import { ACTION_CLASSES } from '../catalog/action-classes.js'
import type { ActionHandler } from './handlers.js'
import { nearestHandler } from './nearest.js'
import { type UnhandledAction, UnhandledActionError } from './unhandled-action-error.js'

/** What every session answers by itself: a handler by a function, which does not name it, is not asked. */
const ONLY_BY_NAME: ReadonlySet<string> = new Set(['challenge', 'login', 'logoff', 'events'])

/** A test's handlers: in which order they are asked, which of them were, and what none of them answered. */
export class HandlerStack {
  readonly #initial: readonly ActionHandler[]
  #handlers: readonly ActionHandler[]
  readonly #used = new Map<ActionHandler, number>()
  #unhandled: UnhandledAction[] = []
  /** Whoever was asked for the last of them. */
  #asked: readonly ActionHandler[] = []

  constructor(initial: readonly ActionHandler[]) {
    this.#initial = initial
    this.#handlers = initial
  }

  /** In the order in which they are asked. */
  get handlers(): readonly ActionHandler[] {
    return this.#handlers
  }

  /** Those that no action came for. */
  get unused(): readonly ActionHandler[] {
    return this.#handlers.filter((handler) => !this.#used.has(handler))
  }

  /** The actions that no handler answered. */
  get unhandled(): readonly AMIAction[] {
    return this.#unhandled.map(({ action }) => action)
  }

  /** What says that there are such actions. */
  get error(): UnhandledActionError | undefined {
    const handled = this.#asked.map(({ label }) => label)
    return this.#unhandled.length === 0 ? undefined : UnhandledActionError.of(this.#unhandled, handled)
  }

  /** Puts handlers before the others. */
  use(...handlers: ActionHandler[]): void {
    this.#handlers = [...handlers, ...this.#handlers]
  }

  /** Goes back to the first handlers, none of them used, and nothing unhandled. */
  reset(): void {
    this.#handlers = this.#initial
    this.#used.clear()
    this.#unhandled = []
    this.#asked = []
  }

  /** The first that answers an action, of these handlers and then of others; from now on it counts as used. */
  take(action: AMIAction, others: readonly ActionHandler[]): ActionHandler | undefined {
    const isNamed = ONLY_BY_NAME.has(action.name.toLowerCase())
    const own = isNamed ? this.#handlers.filter(({ name }) => name !== '*') : this.#handlers
    const handler = [...own, ...others].find((each) => !this.#isUsedUp(each) && each.matches(action))
    if (handler !== undefined) this.#used.set(handler, (this.#used.get(handler) ?? 0) + 1)
    return handler
  }

  /** Notes that none answers an action. Returns what says so, with the nearest. */
  addUnhandled(action: AMIAction, others: readonly ActionHandler[]): string {
    this.#asked = [...this.#handlers, ...others]
    const nearest = nearestHandler(action, this.#asked, (handler) => this.#isUsedUp(handler))
    // Commands are told apart by their text: the nearest one is seldom what was meant.
    const isCommand = action.name.toLowerCase() === 'command'
    const advice = [nearest, nearest === '' || isCommand ? adviceFor(action) : ''].filter((each) => each !== '')
    const description = [JSON.stringify(action), ...advice].join('\n    ')
    this.#unhandled.push({ action, description })
    return description
  }

  #isUsedUp(handler: ActionHandler): boolean {
    const times = handler.isOnce ? 1 : (handler.times ?? Number.POSITIVE_INFINITY)
    return (this.#used.get(handler) ?? 0) >= times
  }
}

/** What a handler of an action that Asterisk has would look like. */
function adviceFor(action: AMIAction): string {
  const { name } = action
  const known = Object.keys(ACTION_CLASSES).find((each) => each.toLowerCase() === name.toLowerCase())
  if (known === undefined) return ''
  if (known === 'Command') return `A handler looks like this: command('${action.get('Command') ?? ''}', 'its output')`
  const completion = listShape(known)?.completion
  const reply = completion === undefined ? 'success()' : '[event(…)]'
  return `Asterisk has this action, the fake does not; a handler looks like this: action('${known}', () => ${reply})`
}
