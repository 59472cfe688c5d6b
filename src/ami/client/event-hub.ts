import { EventEmitter } from 'eventemitter3'
import { guarded } from '../../core/listeners.js'
import type { AMIEvent } from '../messages/event.js'
import type { AMIProtocol } from '../protocol/protocol.js'
import type { ClientDiagnostics } from './client-events.js'

type Sink = (event: AMIEvent) => void

/** Events that wait until it is known what the hole before them was. More than this many do not wait. */
const MAX_KEPT = 10_000

/** Who wants the events of one name. */
interface Route {
  readonly name: string
  readonly sinks: Sinks
}

/** Sinks, in their order. Adding and deleting one costs the same however many there are. */
class Sinks {
  readonly #all = new Set<Sink>()
  /** Those that a round goes through: whoever is added during one waits for the next. */
  #round: readonly Sink[] | undefined

  get isEmpty(): boolean {
    return this.#all.size === 0
  }

  add(sink: Sink): void {
    this.#all.add(sink)
    this.#round = undefined
  }

  delete(sink: Sink): void {
    this.#all.delete(sink)
    this.#round = undefined
  }

  /** Hands an event to each. */
  take(event: AMIEvent): void {
    this.#round ??= [...this.#all]
    const round = this.#round
    for (const sink of round) if (this.#round === round || this.#all.has(sink)) sink(event)
  }
}

/**
 * Spreads the events of one connection after the other to streams and listeners, which outlive them. The protocol is
 * only told of names that somebody wants, so that it need not decode the others.
 */
export class EventHub {
  readonly #routes = new Map<string, Route>()
  /** Sinks that want every event. */
  readonly #anySinks = new Sinks()
  /** Called at once, also while events are kept back. */
  readonly #watchers = new EventEmitter()
  readonly #diagnostics: ClientDiagnostics
  #protocol: AMIProtocol | undefined
  /** Undefined while events are handed on at once. */
  #kept: AMIEvent[] | undefined
  #keptTooMany: () => void = () => undefined

  constructor(diagnostics: ClientDiagnostics) {
    this.#diagnostics = diagnostics
  }

  /** From now on events come from this protocol. */
  attach(protocol: AMIProtocol): void {
    this.#protocol = protocol
    for (const route of this.#routes.values()) this.#register(protocol, route)
    if (!this.#anySinks.isEmpty) this.#registerAny(protocol)
  }

  detach(): void {
    this.#protocol = undefined
  }

  /** Keeps events back until `release`; `tooMany` is called when they become too many to keep. */
  keepBack(tooMany: () => void): void {
    this.#kept = []
    this.#keptTooMany = tooMany
  }

  /** Whether events are kept back. */
  get keepsEvents(): boolean {
    return this.#kept !== undefined && this.#kept.length > 0
  }

  /** Hands on what was kept back. */
  release(): void {
    const kept = this.#kept
    this.#kept = undefined
    if (kept !== undefined) for (const event of kept) this.#deliver(event)
  }

  /** Calls `fn` for each event of a name before anybody else sees it. For the client's own needs. */
  watch(name: string, fn: Sink): void {
    this.#watchers.on(name, fn)
    this.#open(name)
  }

  /** Hands events of these names, or all, to a sink until the returned function is called. */
  subscribe(names: readonly string[] | undefined, sink: Sink): () => void {
    if (names === undefined) {
      this.#anySinks.add(sink)
      if (this.#protocol !== undefined) this.#registerAny(this.#protocol)
      return () => {
        this.#anySinks.delete(sink)
        if (this.#anySinks.isEmpty) this.#protocol?.unregisterEventHandler('*')
      }
    }
    // A name given twice is one subscription.
    const routes = [...new Set(names.map((name) => this.#open(name)))]
    for (const route of routes) route.sinks.add(sink)
    return () => {
      for (const route of routes) {
        route.sinks.delete(sink)
        this.#closeUnused(route)
      }
    }
  }

  /** Calls a user's listener for each event of a name, or of all. One that throws or rejects is reported and harms nobody. */
  listen(name: string, fn: (event: AMIEvent) => unknown): () => void {
    return this.subscribe(
      name === '*' ? undefined : [name],
      guarded(fn, (error) => this.#diagnostics.report(error)),
    )
  }

  #open(name: string): Route {
    const key = name.toLowerCase()
    let route = this.#routes.get(key)
    if (route === undefined) {
      route = { name, sinks: new Sinks() }
      this.#routes.set(key, route)
      if (this.#protocol !== undefined) this.#register(this.#protocol, route)
    }
    return route
  }

  #closeUnused(route: Route): void {
    const key = route.name.toLowerCase()
    if (!route.sinks.isEmpty || this.#watchers.listenerCount(route.name) > 0 || this.#routes.get(key) !== route) return
    this.#routes.delete(key)
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
    if (this.#kept === undefined) {
      this.#spread(event, route)
      return
    }
    if (this.#isWanted(route)) this.#kept.push(event)
    if (this.#kept.length > MAX_KEPT) this.#keptTooMany()
  }

  #isWanted(route: Route | undefined): boolean {
    return !this.#anySinks.isEmpty || (route !== undefined && !route.sinks.isEmpty)
  }

  #deliver(event: AMIEvent): void {
    this.#spread(event, this.#routes.get(event.name.toLowerCase()))
  }

  #spread(event: AMIEvent, route: Route | undefined): void {
    route?.sinks.take(event)
    this.#anySinks.take(event)
  }
}
