import type { Clock } from '../../core/clock.js'
import { Gap } from '../../core/gap.js'
import type { ClientDiagnostics } from './client-events.js'
import type { EventHub } from './event-hub.js'
import type { Keeper } from './keeper.js'
import { missedBetween, type Numbering } from './numbering.js'
import type { ServerStart } from './server-start.js'

/** What an outage needs to know of the session before it, or after it. */
interface Witness {
  /** When its last message came. */
  readonly lastSignOfLife: number
  readonly serverStart: ServerStart | undefined
  /** The numbers of its events, where they are looked at. */
  readonly numbering: Numbering | undefined
}

interface Outage extends Witness {
  /** Asterisk said that it shuts down. */
  readonly shutdown: boolean
}

/** The times in which events were missed: each is told as one gap, before the first event after it. */
export class Outages {
  readonly #clock: Clock
  readonly #hub: EventHub
  readonly #diagnostics: ClientDiagnostics
  #outage: Outage | undefined
  #shutdownSeen = false
  readonly #keeper: Keeper | undefined

  constructor(clock: Clock, hub: EventHub, diagnostics: ClientDiagnostics, keeper: Keeper | undefined) {
    this.#clock = clock
    this.#hub = hub
    this.#diagnostics = diagnostics
    this.#keeper = keeper
    hub.watch('Shutdown', () => {
      this.#shutdownSeen = true
    })
  }

  /** Events are about to come again. What the outage was is known only after the login; until then they are kept back. */
  connected(): void {
    this.#shutdownSeen = false
    if (this.#outage !== undefined) this.#hub.keepBack(() => this.end(undefined))
  }

  /** A session that was logged in has ended. One that brought no events to anybody leaves the outage before it as it is: one hole. */
  begin({ lastSignOfLife, serverStart, numbering }: Witness): void {
    const shutdown = this.#shutdownSeen
    if (this.#outage === undefined || this.#hub.keepsEvents) {
      this.end(undefined)
      this.#outage = { lastSignOfLife, serverStart, numbering, shutdown }
    } else if (shutdown) this.#outage = { ...this.#outage, shutdown }
  }

  /** Tells of the outage, if there is one, then lets the events go that were kept back behind it. */
  end(session: Witness | undefined): void {
    const outage = this.#outage
    if (outage === undefined) return
    this.#outage = undefined
    const restarted = outage.shutdown ? true : session?.serverStart?.isRestartAfter(outage.serverStart, outage.lastSignOfLife)
    const [from, to] = [new Date(outage.lastSignOfLife), new Date(this.#clock.now())]
    const missed = () => missedBetween(outage.numbering, session?.numbering, restarted)
    const isExact = this.#keeper?.stoodSince(outage.lastSignOfLife)
    this.#diagnostics.tell('gap', new Gap({ reason: 'disconnect', from, to, restarted, missed, isExact }))
    this.#hub.release()
  }
}
