import type { ManagerConnection } from '../ami/client/manager-connection.js'
import type { ConnectionStatus } from '../ami/client/status.js'
import type { Clock } from '../core/clock.js'
import { asError } from '../core/errors.js'
import { AMIClient, type AMIClientOptions, type AMIClientURLOptions } from '../node/ami-client.js'

/** How a PBX is reached: a URL, the options of a client, or a connection that somebody else logs in and closes. */
export type FleetTarget = string | URL | AMIClientOptions | AMIClientURLOptions | ManagerConnection

/** The states of a first attempt that has come to nothing yet, and neither failed. */
const ON_THE_WAY: readonly ConnectionStatus['state'][] = ['idle', 'connecting', 'authenticating', 'booting']

/** One PBX of a fleet. A client of its own is kept logged in; somebody else's connection is used as it is. */
export class FleetMember {
  readonly name: string
  readonly ami: ManagerConnection
  readonly #own: AMIClient | undefined
  readonly #clock: Clock
  readonly #retryMs: number
  readonly #refused: (error: Error) => void
  #cancelRetry: () => void = () => undefined
  #isClosed = false

  /**
   * @param refused is told each time when a client gave up.
   * @throws as the client's constructor.
   */
  constructor(name: string, target: FleetTarget, clock: Clock, retryMs: number, refused: (error: Error) => void) {
    this.name = name
    this.#clock = clock
    this.#retryMs = retryMs
    this.#refused = refused
    this.#own = isConnection(target) ? undefined : new AMIClient(target)
    this.ami = this.#own ?? (target as ManagerConnection)
    const own = this.#own
    if (own === undefined) return
    own.on('status', (status) => this.#statusChanged(status))
    void this.#login(own)
  }

  /** Whether the connection is the fleet's to log in and to close. */
  get isOwn(): boolean {
    return this.#own !== undefined
  }

  get status(): ConnectionStatus {
    return this.ami.status
  }

  /** Resolves when the PBX is online, or could not be reached once. */
  tried(): Promise<void> {
    if (!ON_THE_WAY.includes(this.status.state)) return Promise.resolve()
    return new Promise((resolve) => {
      const stop = this.ami.on('status', ({ state }) => {
        if (ON_THE_WAY.includes(state)) return
        stop()
        resolve()
      })
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancelRetry()
    await this.#own?.close()
  }

  /** Whoever cannot log in tells it by its status. */
  async #login(own: AMIClient): Promise<void> {
    await own.login({ timeoutMs: Number.POSITIVE_INFINITY }).catch(() => undefined)
  }

  #statusChanged(status: ConnectionStatus): void {
    if (status.state !== 'failed' || this.#isClosed) return
    this.#refused(asError(status.reason))
    this.#cancelRetry = this.#clock.after(this.#retryMs, () => {
      if (this.#own !== undefined && !this.#isClosed) void this.#login(this.#own)
    })
  }
}

function isConnection(target: FleetTarget): target is ManagerConnection {
  return typeof target === 'object' && 'sendAction' in target
}
