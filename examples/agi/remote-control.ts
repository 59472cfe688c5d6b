import { type AGISession, type AMIClient, AsyncAGIExecutor, isAGIError } from 'obelus-asterisk'

/** What a web page may have a caller hear: a file, or digits. */
export type Order = { readonly play: string } | { readonly digits: string } | { readonly hangup: true }

/** A call that waits for orders. */
interface Desk {
  readonly orders: Order[]
  /** Stops what is heard now. */
  stop: AbortController
  /** Tells that an order came. */
  arrived: () => void
}

/**
 * Calls in `AGI(agi:async)` that a web server drives: each has a mailbox of orders and a stop button. The web request is answered at once; the caller hears
 * one order after the other.
 */
export class RemoteControl {
  readonly #desks = new Map<string, Desk>()
  readonly #executor: AsyncAGIExecutor

  constructor(ami: AMIClient) {
    this.#executor = new AsyncAGIExecutor(ami, (agi) => this.#serve(agi))
  }

  /** The calls that can be given orders, by their unique ids. */
  get calls(): readonly string[] {
    return [...this.#desks.keys()]
  }

  /** Puts an order into the mailbox of a call. False when there is no such call any more. */
  order(uniqueId: string, order: Order): boolean {
    const desk = this.#desks.get(uniqueId)
    desk?.orders.push(order)
    desk?.arrived()
    return desk !== undefined
  }

  /** The stop button: forgets what waits, and stops what is heard now. */
  stop(uniqueId: string): void {
    const desk = this.#desks.get(uniqueId)
    desk?.orders.splice(0)
    desk?.stop.abort()
  }

  close(): Promise<void> {
    return this.#executor.close({ timeoutMs: 5_000 })
  }

  async #serve(agi: AGISession): Promise<void> {
    const desk: Desk = { orders: [], stop: new AbortController(), arrived: () => undefined }
    this.#desks.set(agi.env.uniqueId, desk)
    agi.signal.addEventListener('abort', () => desk.arrived())
    try {
      await agi.answer()
      while (!agi.signal.aborted) {
        const order = desk.orders.shift()
        if (order === undefined) {
          await new Promise<void>((resolve) => {
            desk.arrived = resolve
          })
          continue
        }
        if ('hangup' in order) return await agi.hangup()
        desk.stop = new AbortController()
        const { signal } = desk.stop
        const what = 'play' in order ? order.play : { digits: order.digits }
        await agi.say(what, { signal }).catch((error: unknown) => {
          if (!signal.aborted || isAGIError(error)) throw error
        })
      }
    } finally {
      this.#desks.delete(agi.env.uniqueId)
    }
  }
}
