/** What happens at one moment, for those who watch all of a program. */
export interface ObservedPoint {
  /** Whether anybody watches: ask before facts are made. */
  readonly isWatched: boolean
  tell(facts: object): void
}

/** What takes time, for those who watch all of a program. */
export interface ObservedOperation {
  /** Whether anybody watches: ask before facts are made. */
  readonly isWatched: boolean
  /** Runs it, and tells of its start, its end and its failure. Settles as it does. */
  watch<T>(facts: object, run: () => Promise<T>): Promise<T>
}

/**
 * Who watches what every client, script and call of a program does. A runtime that has a place for that, as Node.js has
 * `diagnostics_channel`, gives it to what it makes; on to calls and scripts it goes by the connection that they run on.
 */
export interface Observer {
  readonly action: ObservedOperation
  readonly agiCommand: ObservedOperation
  readonly event: ObservedPoint
  readonly status: ObservedPoint
  readonly gap: ObservedPoint
  readonly call: ObservedPoint
}
