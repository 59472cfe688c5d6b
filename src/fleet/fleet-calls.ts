import type { ManagerConnection } from '../ami/client/manager-connection.js'
import { isUsable } from '../ami/client/status.js'
import type { Call } from '../calls/call.js'
import { CallManager, type CallManagerOptions, type ClickToCallOptions } from '../calls/call-manager.js'
import type { OriginateRequest } from '../calls/originate-request.js'
import { quote } from '../core/checks.js'
import { type FleetFeed, mergedOver } from './fleet-feed.js'
import type { FleetStream, MergedStream } from './fleet-stream.js'

/** A PBX, as it is asked for a call. */
export interface CallPlace {
  readonly pbx: string
  readonly isOnline: boolean
  /** How many calls it has, those that wait for their turn included. */
  readonly calls: number
}

/**
 * Where a call is begun: `'leastBusy'`, the PBX that is online and has the fewest calls; a name; or a function that gives a rank, of which the lowest is taken
 * (`Infinity`: not there).
 */
export type On = 'leastBusy' | string | ((place: CallPlace) => number)

/** A call, and the PBX that has it. */
export interface FleetCall {
  readonly pbx: string
  readonly call: Call
}

/** The calls of several PBXs: a CallManager for each. */
export class FleetCalls implements Disposable {
  readonly #fleet: FleetFeed
  readonly #options: CallManagerOptions
  readonly #places = new Map<string, { readonly ami: ManagerConnection; readonly calls: CallManager }>()
  readonly #streams = new Set<MergedStream<FleetCall>>()
  readonly #stop: () => void

  /** @internal */
  constructor(fleet: FleetFeed, options: CallManagerOptions) {
    this.#fleet = fleet
    this.#options = options
    this.#stop = fleet.follow({
      added: (name, ami) => this.#places.set(name, { ami, calls: new CallManager(ami, this.#options) }),
      removed: (name) => {
        this.#places.get(name)?.calls.close()
        this.#places.delete(name)
      },
      closed: () => this.close(),
    })
  }

  /**
   * The CallManager of a PBX.
   *
   * @throws RangeError when there is none of that name.
   */
  get(pbx: string): CallManager {
    const place = this.#places.get(pbx)
    if (place === undefined)
      throw new RangeError(`There is no PBX ${quote(pbx)}; known are ${[...this.#places.keys()].join(', ')}`)
    return place.calls
  }

  /** The calls that have not ended, of all PBXs. */
  get trackedCalls(): readonly FleetCall[] {
    return [...this.#places].flatMap(([pbx, { calls }]) => calls.trackedCalls.map((call) => ({ pbx, call })))
  }

  /**
   * Starts a call on one of the PBXs. It is never begun anew on another: what became of it is in its outcome.
   *
   * @throws RangeError when there is no such PBX, or none at all; as `CallManager.originate`.
   */
  originate({ on = 'leastBusy', ...request }: OriginateRequest & { readonly on?: On | undefined }): Call {
    return this.get(this.#choose(on)).originate(request as OriginateRequest)
  }

  /** The same of `CallManager.clickToCall`. @throws as `originate`. */
  clickToCall(
    from: string,
    to: string,
    { on = 'leastBusy', ...options }: ClickToCallOptions & { readonly on?: On | undefined },
  ): Call {
    return this.get(this.#choose(on)).clickToCall(from, to, options as ClickToCallOptions)
  }

  /** Every call of every PBX that begins from now on. */
  all(): FleetStream<FleetCall> {
    return this.#merge((calls) => calls.all())
  }

  /** Every call from outside that begins from now on, as `CallManager.incoming` has it. */
  incoming(): FleetStream<FleetCall> {
    return this.#merge((calls) => calls.incoming())
  }

  /** Follows no calls any more. The PBXs and their calls live on. Idempotent. */
  close(): void {
    this.#stop()
    for (const stream of [...this.#streams]) stream.close()
    for (const { calls } of this.#places.values()) calls.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #merge(open: (calls: CallManager) => AsyncIterableIterator<Call> & { close(): void }): FleetStream<FleetCall> {
    const stream = mergedOver<FleetCall>(this.#fleet, (pbx) => {
      const calls = open(this.get(pbx))
      return {
        next: async () => {
          const result = await calls.next()
          return result.done ? result : { value: { pbx, call: result.value }, done: false }
        },
        close: () => calls.close(),
      }
    })
    this.#streams.add(stream)
    return stream
  }

  #choose(on: On): string {
    if (typeof on === 'string' && on !== 'leastBusy') return on
    const rank = typeof on === 'function' ? on : leastBusy
    let best: { readonly pbx: string; readonly rank: number } | undefined
    for (const [pbx, { ami, calls }] of this.#places) {
      const place = { pbx, isOnline: isUsable(ami.status), calls: calls.trackedCalls.length + calls.queuedCalls.length }
      const own = rank(place)
      if (own < (best?.rank ?? Number.POSITIVE_INFINITY)) best = { pbx, rank: own }
    }
    if (best === undefined) throw new RangeError('There is no PBX for the call: none is in the fleet, or none is wanted')
    return best.pbx
  }
}

/** One that is away is taken only where all are: the call waits for its connection then. */
function leastBusy({ isOnline, calls }: CallPlace): number {
  return isOnline ? calls : Number.MAX_SAFE_INTEGER
}
