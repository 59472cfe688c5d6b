import { EVENT_CLASSES } from '../catalog/event-classes.js'

const CLASS_BY_EVENT = new Map(
  Object.entries(EVENT_CLASSES).flatMap(([name, events]) => events.map((event) => [event.toLowerCase(), name] as const)),
)

/** The class of an event; `user` for one that is not known. */
export function eventClass(event: string): string {
  return CLASS_BY_EVENT.get(event.toLowerCase()) ?? 'user'
}

/** The classes by their bits, in the order of `EVENT_FLAG_*` (`include/asterisk/manager.h`). */
const CLASSES =
  'system call log verbose command agent user config dtmf reporting cdr dialplan originate agi cc aoc test security message'.split(
    ' ',
  )

/** Which event classes a session wants, or an account may see. */
export class EventMask {
  readonly #classes: ReadonlySet<string>

  private constructor(classes: Iterable<string>) {
    this.#classes = new Set(classes)
  }

  /** Reads a mask as Asterisk does: on, off, a number of bits, or classes parted by commas; words it does not know count as nothing. */
  static parse(text: string): EventMask {
    const word = text.toLowerCase()
    if (['on', 'yes', 'true', 'all'].includes(word)) return new EventMask(CLASSES)
    if (['off', 'no', 'false', 'none', '0'].includes(word)) return new EventMask([])
    if (/^\d+$/.test(text)) return new EventMask(CLASSES.filter((_, bit) => (Number(text) >> bit) & 1))
    const words = text.split(',')
    return words.includes('all') ? new EventMask(CLASSES) : new EventMask(words.filter((each) => CLASSES.includes(each)))
  }

  get isOff(): boolean {
    return this.#classes.size === 0
  }

  /** Whether an event with this `Privilege` passes: it needs every class named there. */
  allows(privilege: string): boolean {
    return privilege
      .toLowerCase()
      .split(',')
      .every((each) => each === 'all' || each === '' || this.#classes.has(each))
  }
}
