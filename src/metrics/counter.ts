import type { Family, Labels, Sample } from './family.js'
import { LabelSets } from './label-sets.js'

/** Counts what happens, by its labels. */
export class Counter implements Family {
  readonly type = 'counter' as const
  readonly name: string
  readonly help: string
  readonly #counts: LabelSets<{ count: number }>

  /** @param most as `LabelSets`. @param first labels that are there with 0 before anything happens. */
  constructor(name: string, help: string, most: number, first: readonly Labels[] = []) {
    this.name = name
    this.help = help
    this.#counts = new LabelSets(most, () => ({ count: 0 }))
    for (const labels of first) this.#counts.of(labels)
  }

  add(labels: Labels): void {
    this.#counts.of(labels).count += 1
  }

  samples(): readonly Sample[] {
    return [...this.#counts].map(([labels, { count }]) => ({ suffix: '', labels, value: count }))
  }
}
