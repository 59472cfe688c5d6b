/** The classes of events and actions by their bits, in the order of `EVENT_FLAG_*` (`include/asterisk/manager.h`). */
const CLASSES =
  'system call log verbose command agent user config dtmf reporting cdr dialplan originate agi cc aoc test security message'.split(
    ' ',
  )
const ON = ['on', 'yes', 'true', 'y', 't']
const OFF = ['off', 'no', 'false', 'n', 'f']

/** Some of the classes of events and actions, written as Asterisk reads them (verified on 16.28 and 22.10). */
export class ClassSet {
  readonly #classes: ReadonlySet<string>

  private constructor(classes: Iterable<string>) {
    this.#classes = new Set(classes)
  }

  /**
   * `read` and `write` of manager.conf: classes parted by commas, without blanks, or `all`; words it does not know count as nothing. Of each word
   * but the last one the beginning is enough: `c,x` are all classes that begin with c.
   */
  static ofRights(text: string): ClassSet {
    const words = text.split(',')
    const last = words.pop() ?? ''
    const has = (name: string) => name === last || words.some((word) => name.startsWith(word))
    return new ClassSet(has('all') ? CLASSES : CLASSES.filter(has))
  }

  /** The mask of Login and Events: on, off, a number of bits, or as rights are written. */
  static ofMask(text: string): ClassSet {
    const word = text.toLowerCase()
    if (ON.includes(word)) return new ClassSet(CLASSES)
    if (OFF.includes(word)) return new ClassSet([])
    if (/^\d+$/.test(text)) return new ClassSet(CLASSES.filter((_, bit) => (Number(text) >> bit) & 1))
    return ClassSet.ofRights(text)
  }

  /** As Asterisk prints them. */
  toString(): string {
    if (this.#classes.size === 0) return '<none>'
    return [...this.#classes, ...(this.#classes.size === CLASSES.length ? ['all'] : [])].join(',')
  }

  get isEmpty(): boolean {
    return this.#classes.size === 0
  }

  hasAny(names: readonly string[]): boolean {
    return names.some((name) => this.#classes.has(name))
  }

  hasAll(names: readonly string[]): boolean {
    return names.every((name) => this.#classes.has(name))
  }
}
