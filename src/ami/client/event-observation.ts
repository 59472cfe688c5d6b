import type { ObservedPoint } from '../../core/observer.js'
import type { EventHub } from './event-hub.js'

/** Hands every event to those who watch the program, while there are any: without them no event is decoded for it. */
export class EventObservation {
  readonly #hub: EventHub
  readonly #point: ObservedPoint
  readonly #peer: string
  #stop: (() => void) | undefined

  constructor(hub: EventHub, point: ObservedPoint, peer: string) {
    this.#hub = hub
    this.#point = point
    this.#peer = peer
  }

  /** Whether somebody watches has to be asked: before bytes are read, so that it costs nothing for each event. */
  look(): void {
    if (this.#point.isWatched === (this.#stop !== undefined)) return
    this.#stop?.()
    this.#stop = this.#point.isWatched
      ? this.#hub.subscribe(undefined, (event) => this.#point.tell({ peer: this.#peer, event }))
      : undefined
  }
}
