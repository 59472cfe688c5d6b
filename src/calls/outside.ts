import { either, listOf, type OptionKind, type OptionsShape } from '../core/options.js'
import { endpointOf } from './party.js'

/** Where a call comes from and goes to, seen from the PBX. */
export type CallDirection = 'inbound' | 'outbound' | 'internal' | 'unknown'

/** What is outside the PBX. */
export interface OutsideOptions {
  /**
   * The endpoints that lead outside, by technology and resource, as in `PJSIP/trunk`; or expressions that match them.
   *
   * @default none: whether a call leaves the PBX is not known
   */
  readonly trunks?: readonly (string | RegExp)[] | undefined
  /** The dialplan contexts in which calls from outside begin, as in `from-trunk`. @default none */
  readonly inboundContexts?: readonly string[] | undefined
}

const name: OptionKind = { expected: 'a name', accepts: (value) => typeof value === 'string' && value !== '' }
const expression: OptionKind = { expected: 'a regular expression', accepts: (value) => value instanceof RegExp }

export const OUTSIDE_SHAPE: OptionsShape<OutsideOptions> = {
  trunks: listOf(either(name, expression)),
  inboundContexts: listOf(name),
}

/** Tells outside from inside, as far as the options say what is outside. */
export class Outside {
  readonly #trunks: readonly (string | RegExp)[]
  readonly #contexts: ReadonlySet<string>

  constructor({ trunks = [], inboundContexts = [] }: OutsideOptions) {
    this.#trunks = trunks
    this.#contexts = new Set(inboundContexts)
  }

  /** Whether anything is known of what is outside. */
  get isKnown(): boolean {
    return this.#trunks.length > 0 || this.#contexts.size > 0
  }

  /** Whether a channel, by its name, leads outside. */
  isTrunk(channel: string): boolean {
    const endpoint = endpointOf(channel)
    return this.#trunks.some((trunk) => (typeof trunk === 'string' ? trunk === endpoint : endpoint.search(trunk) >= 0))
  }

  /** A call that a device began, in this context. */
  ofCaller(channel: string, context: string | undefined): CallDirection {
    if (this.isTrunk(channel) || (context !== undefined && this.#contexts.has(context))) return 'inbound'
    return this.ofNobody()
  }

  /** A call of which no device is known yet that is outside. */
  ofNobody(): CallDirection {
    return this.#trunks.length > 0 ? 'internal' : 'unknown'
  }
}
