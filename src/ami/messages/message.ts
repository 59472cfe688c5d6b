import type { HeaderFields } from '../../core/header-fields.js'
import type { ChannelPrefix, OpenHeaders, Unlisted } from './typed-names.js'

/** How Node, Deno and Bun print an object. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom')

/** What responses, events and (on a server's side) actions have in common: headers. */
export abstract class AMIMessage<Headers extends object = OpenHeaders> {
  readonly #fields: HeaderFields
  #object: Headers | undefined

  /** @internal */
  constructor(fields: HeaderFields) {
    this.#fields = fields
  }

  /** The value of the first header with this name, in any case; undefined if there is none. */
  get<This extends { readonly headers: object }, Name extends (keyof This['headers'] & string) | Unlisted>(
    this: This,
    name: Name,
  ): Name extends keyof This['headers'] ? This['headers'][Name] : string | undefined
  get(name: string): string | undefined {
    return this.#fields.get(name)
  }

  /** The values of all headers with this name, in any case, in order. */
  getAll<This extends { readonly headers: object }>(this: This, name: (keyof This['headers'] & string) | Unlisted): string[]
  getAll(name: string): string[] {
    return this.#fields.getAll(name)
  }

  /** Name and value of each header, in order, repeated ones too. */
  entries(): Iterable<readonly [name: string, value: string]> {
    return this.#fields
  }

  /**
   * Each header's first value by its name as it was sent; a plain object, made on first use.
   * `getAll`, `entries` and `toJSON` have what is repeated.
   */
  get headers(): Headers {
    this.#object ??= this.#fields.toObject() as Headers
    return this.#object
  }

  /** Lines without a colon, as they came; `toJSON` has them where there are any. */
  get unparsedLines(): readonly string[] {
    return this.#fields.unparsed
  }

  /**
   * The variables in `Variable: name=value` and `ChanVariable: name=value` headers, with or without a prefix (`DestChanVariable`)
   * or a channel (`ChanVariable(PJSIP/a-1)`). The first value of a name counts: where the message tells of several channels that
   * is the first channel's, and `variablesOf` has the others'.
   */
  get variables(): Map<string, string> {
    const variables: string[] = []
    for (const [name, pair] of this.#fields) if (isVariableHeader(name) && pair.includes('=')) variables.push(pair)
    return firstValues(variables)
  }

  /**
   * The variables of the channel whose headers have this prefix, in `<prefix>ChanVariable: name=value` headers (`channelvars` in
   * manager.conf): `Dest` of a dialled channel, `Transferee`, `LocalTwo`; empty text for the channel whose headers have none.
   */
  variablesOf<This extends { readonly headers: object }>(
    this: This,
    prefix: ChannelPrefix<This['headers']> | Unlisted,
  ): Map<string, string>
  variablesOf(prefix: string): Map<string, string> {
    return firstValues(this.#fields.getAll(`${prefix}ChanVariable`))
  }

  /**
   * The variables of the channel with this name (`channelvars` in manager.conf), in `ChanVariable(<channel>): name=value`
   * headers, as OriginateResponse has them, or in those with the prefix that the channel's other headers have.
   */
  chanVariables(channel: string): Map<string, string> {
    const named = this.#fields.getAll(`ChanVariable(${channel})`)
    const prefixed = [...this.#fields]
      .filter(([name, value]) => value === channel && name.endsWith('Channel'))
      .flatMap(([name]) => this.#fields.getAll(`${name.slice(0, -'Channel'.length)}ChanVariable`))
    return firstValues([...named, ...prefixed])
  }

  /** A plain object of all of it, for JSON. */
  abstract toJSON(): object

  /** `console.log` shows what `toJSON` does. */
  [INSPECT](_depth: number, options: object, inspect: (value: object, options: object) => string): string {
    return `${this.constructor.name} ${inspect(this.toJSON(), options)}`
  }

  /** All headers, repeated ones as lists. */
  protected headersToJSON(): Record<string, string | string[]> {
    return this.#fields.toJSON()
  }

  /** All lines: the headers, and the lines without a colon where there are any. */
  protected linesToJSON(): { headers: Record<string, string | string[]>; unparsedLines?: readonly string[] } {
    const headers = this.headersToJSON()
    const { unparsedLines } = this
    return unparsedLines.length === 0 ? { headers } : { headers, unparsedLines }
  }
}

/** `name=value` pairs as a Map; the first value of a name counts. */
function firstValues(pairs: readonly string[]): Map<string, string> {
  const values = new Map<string, string>()
  for (const pair of pairs) {
    const equals = pair.indexOf('=')
    const name = equals < 0 ? pair : pair.slice(0, equals)
    if (!values.has(name)) values.set(name, equals < 0 ? '' : pair.slice(equals + 1))
  }
  return values
}

function isVariableHeader(name: string): boolean {
  const lower = name.toLowerCase()
  const parenthesis = lower.indexOf('(')
  const plain = parenthesis < 0 ? lower : lower.slice(0, parenthesis)
  return plain === 'variable' || plain.endsWith('chanvariable')
}
