import type { Family, Labels, Sample } from './family.js'
import { LabelSets } from './label-sets.js'

interface Distribution {
  /** Of each bound, how many were at most so long and longer than the bound before. */
  readonly counts: number[]
  sum: number
  count: number
}

/** How long things take, in seconds. */
export class Histogram implements Family {
  readonly type = 'histogram' as const
  readonly name: string
  readonly help: string
  readonly #bounds: readonly number[]
  readonly #distributions: LabelSets<Distribution>

  /** @param bounds in seconds, the smallest first. @param most as `LabelSets`. */
  constructor(name: string, help: string, bounds: readonly number[], most: number) {
    this.name = name
    this.help = help
    this.#bounds = bounds
    this.#distributions = new LabelSets(most, () => ({ counts: bounds.map(() => 0), sum: 0, count: 0 }))
  }

  observe(labels: Labels, ms: number): void {
    const seconds = ms / 1000
    const distribution = this.#distributions.of(labels)
    const at = this.#bounds.findIndex((bound) => seconds <= bound)
    if (at >= 0) distribution.counts[at] = (distribution.counts[at] ?? 0) + 1
    distribution.sum += seconds
    distribution.count += 1
  }

  samples(): readonly Sample[] {
    return [...this.#distributions].flatMap(([labels, { counts, sum, count }]) => {
      let upTo = 0
      const buckets = this.#bounds.map((bound, at) => {
        upTo += counts[at] ?? 0
        return { suffix: '_bucket', labels: { ...labels, le: String(bound) }, value: upTo }
      })
      return [
        ...buckets,
        { suffix: '_bucket', labels: { ...labels, le: '+Inf' }, value: count },
        { suffix: '_sum', labels, value: sum },
        { suffix: '_count', labels, value: count },
      ]
    })
  }
}
