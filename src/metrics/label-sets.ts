import type { Labels } from './family.js'

/** What stands in place of labels when there are too many. */
const OTHER = 'other'

/** What is kept for each set of labels. Beyond so many sets all others are one, so that no peer can fill the memory with names. */
export class LabelSets<Kept> implements Iterable<readonly [Labels, Kept]> {
  readonly #most: number
  readonly #make: () => Kept
  readonly #sets = new Map<string, readonly [Labels, Kept]>()

  constructor(most: number, make: () => Kept) {
    this.#most = most
    this.#make = make
  }

  of(labels: Labels): Kept {
    const found = this.#sets.get(keyOf(labels))
    if (found !== undefined) return found[1]
    if (this.#sets.size < this.#most) return this.#add(labels)
    const other = Object.fromEntries(Object.keys(labels).map((name) => [name, OTHER]))
    return this.#sets.get(keyOf(other))?.[1] ?? this.#add(other)
  }

  [Symbol.iterator](): Iterator<readonly [Labels, Kept]> {
    return this.#sets.values()
  }

  #add(labels: Labels): Kept {
    const kept = this.#make()
    this.#sets.set(keyOf(labels), [labels, kept])
    return kept
  }
}

function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels))
}
