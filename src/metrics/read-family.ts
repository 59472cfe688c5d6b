import type { Family, Labels, Sample } from './family.js'

/** Values that somebody else has: they are asked for when they are read. Counters that Asterisk keeps are so too. */
export class ReadFamily implements Family {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
  readonly #read: () => Iterable<readonly [labels: Labels, value: number]>

  constructor(
    type: 'counter' | 'gauge',
    name: string,
    help: string,
    read: () => Iterable<readonly [labels: Labels, value: number]>,
  ) {
    this.type = type
    this.name = name
    this.help = help
    this.#read = read
  }

  samples(): readonly Sample[] {
    return Array.from(this.#read(), ([labels, value]) => ({ suffix: '', labels, value }))
  }
}
