/** V8 keeps a cut-out of this length or more as a view of the whole text it came from. */
const SLICE_KEEPS_WHOLE_TEXT = 13
const LF = 10
const SPACE = 32
const COLON = 58

/**
 * The header lines of one message: ordered, repeatable, looked up without regard to case, spelt as they came.
 *
 * Made from the message's text and read from it on demand: nothing is looked for or cut out before it is asked for. A header
 * called `__proto__` or `constructor` is one like any other.
 */
export class HeaderFields implements Iterable<readonly [name: string, value: string]> {
  readonly #text: string

  /** @param text lines that end in CR LF, with or without the empty line that ends the message. */
  constructor(text: string) {
    this.#text = text
  }

  /** How many headers there are, repeated ones counted each. */
  get size(): number {
    let size = 0
    for (const _ of this) size += 1
    return size
  }

  /** Whether there are lines without a colon. */
  get hasUnparsed(): boolean {
    const text = this.#text
    for (let start = 0; start < text.length; ) {
      const end = lineEnd(text, start)
      const colon = text.indexOf(':', start)
      // Nearly always the empty line at the end is what is left when the colons are used up.
      if (colon < 0 || colon > end) return text.length - start > 2 && this.unparsed.length > 0
      start = end + 2
    }
    return false
  }

  /** The lines without a colon, as they came. */
  get unparsed(): readonly string[] {
    const text = this.#text
    const lines: string[] = []
    for (let start = 0; start < text.length; ) {
      const end = lineEnd(text, start)
      const line = text.slice(start, end)
      if (!line.includes(':') && line !== '' && line !== '\n' && line !== '\r') lines.push(detached(line))
      start = end + 2
    }
    return lines
  }

  /** The value of the first header with this name, in any case. */
  get(name: string): string | undefined {
    const start = this.#find(name, 0)
    return start < 0 ? undefined : valueAt(this.#text, start + name.length, lineEnd(this.#text, start))
  }

  has(name: string): boolean {
    return this.#find(name, 0) >= 0
  }

  /** The values of all headers with this name, in any case, in order. */
  getAll(name: string): string[] {
    const values: string[] = []
    for (let start = this.#find(name, 0); start >= 0; ) {
      const end = lineEnd(this.#text, start)
      values.push(valueAt(this.#text, start + name.length, end))
      start = this.#find(name, end + 2)
    }
    return values
  }

  *[Symbol.iterator](): Generator<readonly [name: string, value: string]> {
    const text = this.#text
    for (let start = 0; start < text.length; ) {
      const end = lineEnd(text, start)
      const colon = nameEnd(text, start, end)
      if (colon >= 0) yield [detached(text.slice(start, colon)), valueAt(text, colon, end)]
      start = end + 2
    }
  }

  /** Each name with its first value, as a plain object. */
  toObject(): Record<string, string> {
    const object: Record<string, string> = {}
    const text = this.#text
    const { length } = text
    // Where the next colon and the next parenthesis are, each looked for once: a name that holds a parenthesis may hold a colon
    // too.
    let nextColon = -1
    let parenthesis = -1
    generation = (generation + 1) | 0
    for (let start = 0; start < length; ) {
      let end = text.indexOf('\r', start)
      if (end < 0 || text.charCodeAt(end + 1) !== LF) end = lineEnd(text, start)
      if (nextColon < start) nextColon = indexOrEnd(text, ':', start)
      if (parenthesis < start) parenthesis = indexOrEnd(text, '(', start)
      if (nextColon < end) {
        const colon = parenthesis < nextColon ? closedName(text, start, nextColon, end) : nextColon
        const name = text.slice(start, colon)
        const slot = slotOf(text, start, colon)
        if (name === '__proto__' || (seenIn[slot] === generation && Object.hasOwn(object, name))) {
          if (!Object.hasOwn(object, name)) define(object, name, valueAt(text, colon, end))
        } else {
          seenIn[slot] = generation
          object[name] = valueAt(text, colon, end)
        }
      }
      start = end + 2
    }
    return object
  }

  /** Each name with its value, or with the list of its values where it is repeated: nothing is lost. */
  toJSON(): Record<string, string | string[]> {
    const values = new Map<string, string | string[]>()
    for (const [name, value] of this) {
      const before = values.get(name)
      if (before === undefined) values.set(name, value)
      else if (typeof before === 'string') values.set(name, [before, value])
      else before.push(value)
    }
    const object: Record<string, string | string[]> = {}
    for (const [name, value] of values) define(object, name, value)
    return object
  }

  /** Where the next line with this name begins, from the line at `from` on; -1 if there is none. */
  #find(name: string, from: number): number {
    const text = this.#text
    const length = name.length
    const plain = !name.includes(':') && !name.includes('(')
    for (let start = from; start < text.length; start = lineEnd(text, start) + 2) {
      if (text.charCodeAt(start + length) !== COLON || !isNamed(text, start, name)) continue
      if (plain || nameEnd(text, start, lineEnd(text, start)) === start + length) return start
    }
    return -1
  }
}

/**
 * Tells the first name of a message from one that may be repeated: in which generation a slot was used last. To ask the object
 * for each name, or for all of them at the end, would double the cost of making it (measured).
 */
const seenIn = new Int32Array(1024)
let generation = 0

/** Equal names have the same slot; others seldom do. */
function slotOf(text: string, start: number, end: number): number {
  if (start === end) return 0
  const middle = start + ((end - start) >> 1)
  const mixed = Math.imul(text.charCodeAt(start), 31) + Math.imul(text.charCodeAt(middle), 7) + text.charCodeAt(end - 1)
  return (Math.imul(mixed, 37) + (end - start)) & 1023
}

/** Where the next such character is; where there is none, behind the end. */
function indexOrEnd(text: string, character: string, start: number): number {
  const at = text.indexOf(character, start)
  return at < 0 ? text.length : at
}

/** Where the line ends: at its CR LF, or with the text. */
function lineEnd(text: string, start: number): number {
  let end = text.indexOf('\r', start)
  while (end >= 0 && text.charCodeAt(end + 1) !== LF) end = text.indexOf('\r', end + 1)
  return end < 0 ? text.length : end
}

/** Where the name of the line ends: at its colon; -1 if there is none. */
function nameEnd(text: string, start: number, end: number): number {
  const colon = text.slice(start, end).indexOf(':')
  return colon < 0 ? -1 : closedName(text, start, start + colon, end)
}

/** Whether the text goes on with this name, in any case. */
function isNamed(text: string, start: number, name: string): boolean {
  if (text.startsWith(name, start)) return true
  // Bit 0x20 parts upper from lower case, so most other names are told by their first letter.
  if (((text.charCodeAt(start) ^ name.charCodeAt(0)) & ~0x20) !== 0) return false
  return text.slice(start, start + name.length).toLowerCase() === name.toLowerCase()
}

function valueAt(text: string, colon: number, end: number): string {
  // The server writes one space; a value may begin with more of them.
  return detached(text.slice(text.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1, end))
}

/**
 * Where the name ends that has a parenthesis before its first colon: in `ChanVariable(Local/a:b@c-1;1): X=1` the channel's
 * name has a colon of its own.
 */
function closedName(text: string, start: number, colon: number, end: number): number {
  const opened = text.slice(start, colon).lastIndexOf('(')
  if (opened < 0 || text.slice(start + opened, colon).includes(')')) return colon
  const closed = text.slice(colon, end).indexOf('): ')
  return closed < 0 ? colon : colon + closed + 1
}

/** The same text without the message it was cut from, so that a kept value keeps nothing else alive. */
function detached(value: string): string {
  return value.length < SLICE_KEEPS_WHOLE_TEXT ? value : ` ${value}`.slice(1)
}

/** Sets an own property, whatever its name. */
function define<T>(object: Record<string, T>, name: string, value: T): void {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true })
}
