import type { Call } from '../calls/call.js'
import type { CallManager } from '../calls/call-manager.js'
import type { CallRecord } from '../calls/call-record.js'

/** Is told of each change of each call: as it is now; undefined when it is over. */
type CallListener = (id: string, record: CallRecord | undefined, cause: string) => void

/** The calls of a CallManager, from their beginning, or from now on, to their end. */
export class FollowedCalls {
  readonly #changed: CallListener
  readonly #all: ReturnType<CallManager['all']>
  #isClosed = false

  constructor(calls: CallManager, changed: CallListener) {
    this.#changed = changed
    this.#all = calls.all()
    for (const call of calls.trackedCalls) void this.#follow(call)
    void this.#followNew()
  }

  close(): void {
    this.#isClosed = true
    this.#all.close()
  }

  async #followNew(): Promise<void> {
    for await (const call of this.#all) void this.#follow(call)
  }

  async #follow(call: Call): Promise<void> {
    for await (const { event } of call) {
      if (this.#isClosed) return
      this.#changed(call.id, call.toJSON(), event?.name ?? 'read')
    }
    if (!this.#isClosed) this.#changed(call.id, undefined, 'ended')
  }
}
