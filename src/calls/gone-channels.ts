/** Channels whose hangup is remembered while no list of the server's channels is on its way. */
const REMEMBERED = 2_000

/**
 * The `Uniqueid`s of channels that hung up not long ago. What is said behind their hangup makes no channel: a busy server says some things
 * late (a queue, AgentComplete), and a list that was begun before shows them still.
 */
export class GoneChannels {
  /** Two generations: when the younger one is full, the older one is forgotten. */
  #young = new Set<string>()
  #old = new Set<string>()
  /** Whether nothing is forgotten, as what is not known may be older than what was forgotten. */
  keepsAll = false

  has(uniqueId: string): boolean {
    return this.#young.has(uniqueId) || this.#old.has(uniqueId)
  }

  add(uniqueId: string): void {
    if (!this.keepsAll && this.#young.size >= REMEMBERED / 2) {
      this.#old = this.#young
      this.#young = new Set()
    }
    this.#young.add(uniqueId)
  }

  /** A new channel may be given an id that was another's. */
  delete(uniqueId: string): void {
    this.#young.delete(uniqueId)
    this.#old.delete(uniqueId)
  }
}
