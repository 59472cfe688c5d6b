/** What a class in brackets holds, `[[:alpha:]]`, as JavaScript writes it. */
const CLASSES: ReadonlyMap<string, string> = new Map([
  ['alnum', '0-9A-Za-z'],
  ['alpha', 'A-Za-z'],
  ['blank', ' \\t'],
  ['cntrl', '\\x00-\\x1f\\x7f'],
  ['digit', '0-9'],
  ['graph', '!-~'],
  ['lower', 'a-z'],
  ['print', ' -~'],
  ['punct', '!-\\/:-@\\[-`\\{-~'],
  ['space', ' \\t-\\r'],
  ['upper', 'A-Z'],
  ['xdigit', '0-9A-Fa-f'],
])
/** What a backslash makes of a letter; of all others it makes the letter itself. */
const ESCAPES: Readonly<Record<string, string>> = {
  w: '\\w',
  W: '\\W',
  s: '[ \\t-\\r]',
  S: '[^ \\t-\\r]',
}
const ANCHORS: Readonly<Record<string, string>> = {
  b: '\\b',
  B: '\\B',
  '<': '\\b(?=\\w)',
  '>': '\\b(?<=\\w)',
  '`': '^',
  "'": '$',
}
const MOST_REPETITIONS = 32_767

/**
 * A POSIX extended regular expression as JavaScript's, with glibc's rules of what is one (`regcomp` with `REG_EXTENDED`).
 *
 * @throws SyntaxError for what glibc does not compile.
 */
export function posixPattern(text: string): RegExp {
  return new RegExp(new PatternReader(text).read(), 'su')
}

class PatternReader {
  readonly #text: string
  #at = 0
  #groups = 0
  /** The groups that are closed: only these can be referred to. */
  readonly #closed = new Set<number>()

  constructor(text: string) {
    this.#text = text
  }

  read(): string {
    return this.#alternatives(0)
  }

  #alternatives(depth: number): string {
    let pattern = ''
    while (this.#at < this.#text.length) {
      const character = this.#take()
      if (character === ')' && depth > 0) return pattern
      if (character === '|') pattern += '|'
      else if (character === '^' || character === '$') pattern += character
      else if (character === '\\' && ANCHORS[this.#next] !== undefined) pattern += ANCHORS[this.#take()]
      else pattern += this.#repeated(this.#one(character, depth))
    }
    if (depth > 0) throw new SyntaxError('a parenthesis is not closed')
    return pattern
  }

  #one(character: string, depth: number): string {
    switch (character) {
      case '*':
      case '+':
      case '?':
      case '{':
        throw new SyntaxError('there is nothing to repeat')
      case '.':
        return '.'
      case '[':
        return this.#bracket()
      case '(':
        return this.#group(depth)
      case '\\':
        return this.#escaped()
      default:
        return literal(character)
    }
  }

  #group(depth: number): string {
    this.#groups += 1
    const group = this.#groups
    const inner = this.#alternatives(depth + 1)
    this.#closed.add(group)
    return `(${inner})`
  }

  #escaped(): string {
    if (this.#at === this.#text.length) throw new SyntaxError('a backslash is the last character')
    const character = this.#take()
    if (/[1-9]/.test(character)) {
      if (!this.#closed.has(Number(character))) throw new SyntaxError('there is no such group')
      return `\\${character}(?:)`
    }
    return ESCAPES[character] ?? literal(character)
  }

  #repeated(one: string): string {
    let pattern = one
    for (;;) {
      if (/[*+?]/.test(this.#next)) pattern = `(?:${pattern})${this.#take()}`
      else if (this.#next === '{') pattern = `(?:${pattern})${this.#interval()}`
      else return pattern
    }
  }

  #interval(): string {
    const [all, least = '', comma, most = ''] = /^\{(\d*)(,?)(\d*)\}/.exec(this.#text.slice(this.#at)) ?? []
    if (all === undefined || (least === '' && comma === '')) throw new SyntaxError('braces hold one or two numbers')
    this.#at += all.length
    const [from, to] = [Number(least), most === '' ? Number(least) : Number(most)]
    if (from > MOST_REPETITIONS || to > MOST_REPETITIONS || to < from) throw new SyntaxError('no such repetitions')
    return comma === '' ? `{${from}}` : most === '' ? `{${from},}` : `{${from},${to}}`
  }

  /** Characters in brackets; a backslash is one of them, and so is a `]` that comes first. */
  #bracket(): string {
    const isNegated = this.#next === '^'
    if (isNegated) this.#at += 1
    let set = ''
    for (let isFirst = true; isFirst || this.#next !== ']'; isFirst = false) {
      const start = this.#element(isFirst)
      if (this.#next !== '-' || this.#text[this.#at + 1] === ']') {
        set += start.set
        continue
      }
      this.#at += 1
      const end = this.#element(true)
      if (start.character === undefined || end.character === undefined || start.character > end.character)
        throw new SyntaxError('a range ends before it begins')
      set += `${start.set}-${end.set}`
    }
    this.#at += 1
    return `[${isNegated ? '^' : ''}${set}]`
  }

  /** One member of what is in brackets. `takesHyphen`: a hyphen here is a character like others. */
  #element(takesHyphen: boolean): { readonly set: string; readonly character?: string } {
    if (this.#at >= this.#text.length) throw new SyntaxError('a bracket is not closed')
    const character = this.#take()
    const kind = this.#next
    if (character === '[' && (kind === ':' || kind === '=' || kind === '.')) return this.#named(kind)
    if (character === '-' && !takesHyphen && this.#next !== ']') throw new SyntaxError('a hyphen stands between ranges')
    return { set: literalInSet(character), character }
  }

  /** `[:alpha:]`, `[=a=]` or `[.a.]`. */
  #named(kind: ':' | '=' | '.'): { readonly set: string; readonly character?: string } {
    const end = this.#text.indexOf(`${kind}]`, this.#at + 1)
    if (end < 0) throw new SyntaxError('a bracket is not closed')
    const name = this.#text.slice(this.#at + 1, end)
    this.#at = end + 2
    if (kind !== ':') {
      if (name.length !== 1) throw new SyntaxError('there is no such character')
      return kind === '.' ? { set: literalInSet(name), character: name } : { set: literalInSet(name) }
    }
    const set = CLASSES.get(name)
    if (set === undefined) throw new SyntaxError('there is no such class')
    return { set }
  }

  get #next(): string {
    return this.#text.charAt(this.#at)
  }

  #take(): string {
    this.#at += 1
    return this.#text.charAt(this.#at - 1)
  }
}

function literal(character: string): string {
  return character.replace(/[$()*+./?[\\\]^{|}]/, '\\$&')
}

function literalInSet(character: string): string {
  return character.replace(/[\\\]^[-]/, '\\$&')
}
