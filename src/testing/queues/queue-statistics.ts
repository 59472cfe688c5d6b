import type { HeaderPairs } from '../handlers.js'

/** What the calls of a queue add up to, as `apps/app_queue.c` counts it. */
export class QueueStatistics {
  readonly #serviceLevelSeconds: number
  /** Averages that lean on the latest calls, in seconds. */
  holdTime = 0
  talkTime = 0
  #completed = 0
  #completedInTime = 0
  #abandoned = 0
  #abandonedInTime = 0

  constructor(serviceLevelMs: number) {
    this.#serviceLevelSeconds = Math.floor(serviceLevelMs / 1000)
  }

  /** A caller is connected after so many seconds. */
  connected(seconds: number): void {
    this.holdTime = averaged(this.holdTime, seconds, false)
  }

  completed(holdSeconds: number, talkSeconds: number): void {
    this.talkTime = averaged(this.talkTime, talkSeconds, this.#completed === 0)
    this.#completed += 1
    if (holdSeconds <= this.#serviceLevelSeconds) this.#completedInTime += 1
  }

  abandoned(holdSeconds: number): void {
    this.#abandoned += 1
    if (holdSeconds <= this.#serviceLevelSeconds) this.#abandonedInTime += 1
  }

  reset(): void {
    this.holdTime = 0
    this.talkTime = 0
    this.#completed = 0
    this.#completedInTime = 0
    this.#abandoned = 0
    this.#abandonedInTime = 0
  }

  headers(): HeaderPairs {
    return [
      ['Holdtime', this.holdTime],
      ['TalkTime', this.talkTime],
      ['Completed', this.#completed],
      ['Abandoned', this.#abandoned],
    ]
  }

  serviceLevelHeaders(): HeaderPairs {
    return [
      ['ServicelevelPerf', share(this.#completedInTime, this.#completed)],
      ['ServicelevelPerf2', share(this.#completedInTime + this.#abandonedInTime, this.#completed + this.#abandoned)],
    ]
  }
}

function averaged(before: number, seconds: number, isFirst: boolean): number {
  return isFirst ? seconds : (before * 3 + seconds) >> 2
}

function share(part: number, whole: number): string {
  return (whole === 0 ? 0 : (100 * part) / whole).toFixed(1)
}
