/** V8 keeps a cut-out of this length or more as a view of the whole text it came from. */
const SLICE_KEEPS_WHOLE_TEXT = 13
const SPACE = 32

/**
 * The header lines of one message: ordered, repeatable, looked up without regard to case, spelt as they came.
 *
 * Made from the message's text and read from it on demand: a value is cut out when asked for. A header
 * called `__proto__` or `constructor` is one like any other.
 */
export class HeaderFields implements Iterable<readonly [name: string, value: string]> {
  readonly #text: string
  /** Three numbers a header: where its name starts, where the colon is, where the line ends. */
  readonly #lines: number[] = []
  #unparsed: string[] | undefined

  /** @param text lines that end in CR LF, with or without the empty line that ends the message. */
  constructor(text: string) {
    this.#text = text
    const lines = this.#lines
    const length = text.length
    let colon = -1
    let parenthesis = -1
    for (let start = 0; start < length; ) {
      let end = text.indexOf('\r\n', start)
      if (end < 0) end = length
      if (colon < start) {
        colon = text.indexOf(':', start)
        if (colon < 0) colon = length
      }
      if (parenthesis < start) {
        parenthesis = text.indexOf('(', start)
        if (parenthesis < 0) parenthesis = length
      }
      if (colon < end) {
        lines.push(start, parenthesis < colon ? closedName(text, start, colon, end) : colon, end)
      } else if (end > start && !isBlank(text, start, end)) {
        this.#unparsed ??= []
        this.#unparsed.push(detached(text.slice(start, end)))
      }
      start = end + 2
    }
  }

  /** How many headers there are, repeated ones counted each. */
  get size(): number {
    return this.#lines.length / 3
  }

  /** The lines without a colon, as they came. */
  get unparsed(): readonly string[] {
    return this.#unparsed ?? []
  }

  /** The value of the first header with this name, in any case. */
  get(name: string): string | undefined {
    const line = this.#find(name, 0)
    return line < 0 ? undefined : this.#value(line)
  }

  has(name: string): boolean {
    return this.#find(name, 0) >= 0
  }

  /** The values of all headers with this name, in any case, in order. */
  getAll(name: string): string[] {
    const values: string[] = []
    for (let line = this.#find(name, 0); line >= 0; line = this.#find(name, line + 3)) values.push(this.#value(line))
    return values
  }

  *[Symbol.iterator](): Generator<readonly [name: string, value: string]> {
    for (let line = 0; line < this.#lines.length; line += 3) yield [this.#name(line), this.#value(line)]
  }

  /** Each name with its first value, as a plain object. */
  toObject(): Record<string, string> {
    const object: Record<string, string> = {}
    const lines = this.#lines
    const text = this.#text
    for (let line = 0; line < lines.length; line += 3) {
      const name = text.slice(lines[line], lines[line + 1])
      if (name === '__proto__') {
        if (!Object.hasOwn(object, name)) define(object, name, this.#value(line))
      } else if (object[name] === undefined || !Object.hasOwn(object, name)) {
        object[name] = this.#value(line)
      }
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

  #find(name: string, from: number): number {
    const lines = this.#lines
    const text = this.#text
    const length = name.length
    for (let line = from; line < lines.length; line += 3) {
      const start = lines[line] as number
      if ((lines[line + 1] as number) - start !== length) continue
      if (text.startsWith(name, start)) return line
      if (text.slice(start, start + length).toLowerCase() === name.toLowerCase()) return line
    }
    return -1
  }

  #name(line: number): string {
    return detached(this.#text.slice(this.#lines[line], this.#lines[line + 1]))
  }

  #value(line: number): string {
    const colon = this.#lines[line + 1] as number
    // The server writes one space; a value may begin with more of them.
    const start = this.#text.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1
    return detached(this.#text.slice(start, this.#lines[line + 2]))
  }
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

function isBlank(text: string, start: number, end: number): boolean {
  return end - start === 1 && (text[start] === '\n' || text[start] === '\r')
}

/** The same text without the message it was cut from, so that a kept value keeps nothing else alive. */
function detached(value: string): string {
  return value.length < SLICE_KEEPS_WHOLE_TEXT ? value : ` ${value}`.slice(1)
}

/** Sets an own property, whatever its name. */
function define<T>(object: Record<string, T>, name: string, value: T): void {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true })
}
