import { EventEmitter } from 'eventemitter3'
import type { AMIEvent } from '../messages/event.js'
import type { AMIProtocol } from '../protocol/protocol.js'

type Sink = (event: AMIEvent) => void

/** Events that wait until it is known what the hole before them was. More than this many do not wait. */
const MAX_HELD = 10_000

/** Who wants the events of one name. */
interface Route {
  readonly name: string
  sinks: readonly Sink[]
}

/**
 * Spreads the events of one connection after the other to streams and listeners, which outlive them. The protocol is
 * only told of names that somebody wants, so that it need not decode the others.
 */
export class EventHub {
  readonly #routes = new Map<string, Route>()
  /** Sinks that want every event. */
  #anySinks: readonly Sink[] = []
  /** Called at once, also while events are held. */
  readonly #watchers = new EventEmitter()
  readonly #listeners = new EventEmitter()
  /** What keeps the listeners of a name subscribed, while there are any. */
  readonly #feeds = new Map<string, () => void>()
  readonly #reportError: (error: unknown) => void
  #protocol: AMIProtocol | undefined
  #held: AMIEvent[] | undefined
  #heldTooMany: () => void = () => undefined

  constructor(reportError: (error: unknown) => void) {
    this.#reportError = reportError
  }

  /** From now on events come from this protocol. */
  attach(protocol: AMIProtocol): void {
    this.#protocol = protocol
    for (const route of this.#routes.values()) this.#register(protocol, route)
    if (this.#anySinks.length > 0) this.#registerAny(protocol)
  }

  detach(): void {
    this.#protocol = undefined
  }

  /** Holds events back until `release`; `tooMany` is called when they become too many to hold. */
  hold(tooMany: () => void): void {
    this.#held = []
    this.#heldTooMany = tooMany
  }

  /** Hands on what was held. */
  release(): void {
    const held = this.#held
    this.#held = undefined
    if (held !== undefined) for (const event of held) this.#deliver(event)
  }

  /** Calls `fn` for each event of a name before anybody else sees it. For the client's own needs. */
  watch(name: string, fn: Sink): void {
    this.#watchers.on(name, fn)
    this.#open(name)
  }

  /** Hands events of these names, or all, to a sink until the returned function is called. */
  subscribe(names: readonly string[] | undefined, sink: Sink): () => void {
    if (names === undefined) {
      this.#anySinks = [...this.#anySinks, sink]
      if (this.#anySinks.length === 1 && this.#protocol !== undefined) this.#registerAny(this.#protocol)
      return () => {
        this.#anySinks = this.#anySinks.filter((each) => each !== sink)
        if (this.#anySinks.length === 0) this.#protocol?.unregisterEventHandler('*')
      }
    }
    // A name given twice is one subscription.
    const routes = [...new Set(names.map((name) => this.#open(name)))]
    for (const route of routes) route.sinks = [...route.sinks, sink]
    return () => {
      for (const route of routes) {
        route.sinks = route.sinks.filter((each) => each !== sink)
        this.#closeUnused(route)
      }
    }
  }

  /** Calls a user's listener for each event of a name, or of all. One that throws or rejects is reported and harms nobody. */
  listen(name: string, fn: (event: AMIEvent) => unknown): () => void {
    const key = name === '*' ? name : name.toLowerCase()
    const guarded = (event: AMIEvent) => {
      try {
        const result = fn(event)
        if (result instanceof Promise) result.catch(this.#reportError)
      } catch (error) {
        this.#reportError(error)
      }
    }
    this.#listeners.on(key, guarded)
    if (!this.#feeds.has(key)) {
      this.#feeds.set(
        key,
        this.subscribe(name === '*' ? undefined : [name], (event) => this.#listeners.emit(key, event)),
      )
    }
    return () => {
      this.#listeners.off(key, guarded)
      if (this.#listeners.listenerCount(key) > 0) return
      this.#feeds.get(key)?.()
      this.#feeds.delete(key)
    }
  }

  #open(name: string): Route {
    const key = name.toLowerCase()
    let route = this.#routes.get(key)
    if (route === undefined) {
      route = { name, sinks: [] }
      this.#routes.set(key, route)
      if (this.#protocol !== undefined) this.#register(this.#protocol, route)
    }
    return route
  }

  #closeUnused(route: Route): void {
    if (route.sinks.length > 0 || this.#watchers.listenerCount(route.name) > 0) return
    this.#routes.delete(route.name.toLowerCase())
    this.#protocol?.unregisterEventHandler(route.name)
  }

  #register(protocol: AMIProtocol, route: Route): void {
    protocol.registerEventHandler(route.name, (event) => this.#dispatch(event, route))
  }

  #registerAny(protocol: AMIProtocol): void {
    protocol.registerEventHandler('*', (event) => this.#dispatch(event, undefined))
  }

  #dispatch(event: AMIEvent, route: Route | undefined): void {
    if (route !== undefined && this.#watchers.listenerCount(route.name) > 0) this.#watchers.emit(route.name, event)
    if (this.#held === undefined) {
      this.#spread(event, route)
      return
    }
    this.#held.push(event)
    if (this.#held.length > MAX_HELD) this.#heldTooMany()
  }

  #deliver(event: AMIEvent): void {
    this.#spread(event, this.#routes.get(event.name.toLowerCase()))
  }

  #spread(event: AMIEvent, route: Route | undefined): void {
    if (route !== undefined) for (const sink of route.sinks) sink(event)
    for (const sink of this.#anySinks) sink(event)
  }
}
