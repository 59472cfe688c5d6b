/** The last calls that ended, by the ids of their channels. */
export class EndedCalls<Call> {
  readonly #limit: number
  readonly #idsOf = new Map<Call, readonly string[]>()
  readonly #byId = new Map<string, Call>()

  constructor(limit: number) {
    this.#limit = limit
  }

  get(id: string): Call | undefined {
    return this.#byId.get(id)
  }

  /** Keeps a call, and lets go of the oldest one when there are too many. */
  keep(call: Call, ids: readonly string[]): void {
    this.#idsOf.set(call, ids)
    for (const id of ids) this.#byId.set(id, call)
    const [oldest] = this.#idsOf.keys()
    if (this.#idsOf.size <= this.#limit || oldest === undefined) return
    for (const id of this.#idsOf.get(oldest) ?? []) if (this.#byId.get(id) === oldest) this.#byId.delete(id)
    this.#idsOf.delete(oldest)
  }
}
