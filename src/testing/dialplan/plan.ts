import { quote } from '../../core/checks.js'
import { checkOptions, either, flag, listOf, milliseconds, section, text, wholeNumber } from '../../core/options.js'
import { compareSpecificity, fitsPattern, isPattern } from './extension-pattern.js'

/**
 * What happens at an extension, or at a telephone of that name:
 *
 * | word | an extension | a telephone |
 * |---|---|---|
 * | `answer` | Answer, 300 ms, Hangup(16) | rings, answers, hangs up after 300 ms |
 * | `busy` | Busy | refuses with cause 17 |
 * | `congestion` | Congestion | refuses with cause 34 |
 * | `reject` | Hangup(21) | refuses with cause 21 |
 * | `noanswer` | Ringing, and no more | rings, and no more |
 * | `invalid` | there is none | there is none |
 */
export type Ending = 'answer' | 'busy' | 'congestion' | 'reject' | 'noanswer' | 'invalid'

/** An entry of a dialplan. */
export type DialplanEntry =
  | Ending
  | {
      readonly answer: {
        /** How long it rings before it answers. @default 0 */
        readonly afterMs?: number | undefined
        /** How long it talks before it hangs up; Infinity leaves that to others. @default 300 */
        readonly talkMs?: number | undefined
        /** The Q.850 cause it hangs up with; a telephone says it in the BYE. @default 16 of an extension; a telephone says none */
        readonly cause?: number | undefined
      }
    }
  | {
      /** Calls another, or several at once, as the application Dial does: `PJSIP/200`, `Local/200@default`, `PJSIP/0301@trunk`. */
      readonly dial: string | readonly string[]
      /** How long it may ring. @default 30_000 */
      readonly timeoutMs?: number | undefined
      /** Answers its own caller before it calls, as an automatic attendant does. @default false */
      readonly answerFirst?: boolean | undefined
    }

/** What happens time after time: the first entry at the first call, the next at the next one; the last from then on. */
export type DialplanSequence = readonly [DialplanEntry, ...DialplanEntry[]]

/**
 * A dialplan: extensions, and telephones of the same names. A name that begins with `_` is a pattern, as in extensions.conf: `_9X.`. An extension is
 * in the context `default` and in each one that the plan names: `200@sales` is in the context `sales` only.
 */
export type Dialplan = Readonly<Record<string, DialplanEntry | DialplanSequence>>

/** An entry with all it leaves out. */
export type Behaviour =
  | { readonly kind: 'answer'; readonly afterMs: number; readonly talkMs: number; readonly cause: number | undefined }
  | { readonly kind: 'dial'; readonly to: readonly string[]; readonly timeoutMs: number; readonly answerFirst: boolean }
  | { readonly kind: Exclude<Ending, 'answer' | 'invalid'> }
  | { readonly kind: 'invalid' }

/** What an extension or a telephone that is there does. */
export type Reachable = Exclude<Behaviour, { readonly kind: 'invalid' }>

const ANSWER_SHAPE = { answer: section({ afterMs: milliseconds(0), talkMs: milliseconds(0), cause: wholeNumber(0, 127) }) }
const DIAL_SHAPE = { dial: either(text, listOf(text)), timeoutMs: milliseconds(), answerFirst: flag }

const ENDINGS: readonly string[] = ['answer', 'busy', 'congestion', 'reject', 'noanswer', 'invalid']
/** How long a call may ring unless said otherwise, as Originate does it. */
export const RING_MS = 30_000
const TALK_MS = 300
export const NORMAL_CLEARING = 16

/** The extensions and telephones of a dialplan. */
export class Plan {
  readonly #entries: ReadonlyMap<string, Behaviour[]>
  readonly #patterns: readonly string[]
  readonly #contexts = new Set(['default'])

  /** @throws TypeError or RangeError that names a wrong entry. */
  constructor(plan: Dialplan) {
    this.#entries = new Map(
      Object.entries(plan).map(([exten, entry]) => [exten, asList(entry).map((each) => behaviour(exten, each))] as const),
    )
    this.#patterns = [...this.#entries.keys()].filter(isPattern).sort(compareSpecificity)
    for (const name of this.#entries.keys()) {
      const context = name.split('@')[1]
      if (context !== undefined) this.#contexts.add(context)
    }
  }

  /** A test says that there is such a context. */
  addContext(context: string): void {
    this.#contexts.add(context)
  }

  hasContext(context: string): boolean {
    return this.#contexts.has(context)
  }

  /** What happens at an extension of a context; undefined when it is not there. */
  extension(exten: string, context: string): Reachable | undefined {
    if (!this.#contexts.has(context)) return undefined
    return reachable(this.#at(exten, context)?.[0])
  }

  /** The same for a call that is made there now: the next one may find something else. */
  takeExtension(exten: string, context: string): Reachable | undefined {
    const found = this.extension(exten, context)
    passOn(this.#at(exten, context))
    return found
  }

  /** What a telephone that is called now does; undefined when it is not there. */
  takeTelephone(name: string): Exclude<Reachable, { readonly kind: 'dial' }> | undefined {
    const entries = this.#find(name, '')
    const found = reachable(entries?.[0])
    passOn(entries)
    return found?.kind === 'dial' ? undefined : found
  }

  #at(exten: string, context: string): Behaviour[] | undefined {
    return this.#find(exten, `@${context}`) ?? this.#find(exten, '')
  }

  #find(exten: string, suffix: string): Behaviour[] | undefined {
    const name = `${exten}${suffix}`
    const exact = isPattern(name) ? undefined : this.#entries.get(name)
    if (exact !== undefined) return exact
    const pattern = this.#patterns.find((each) => {
      const [own = '', context] = each.split('@')
      return (context === undefined ? '' : `@${context}`) === suffix && fitsPattern(own, exten)
    })
    return pattern === undefined ? undefined : this.#entries.get(pattern)
  }
}

function asList(entry: DialplanEntry | DialplanSequence): readonly DialplanEntry[] {
  return Array.isArray(entry) ? (entry as DialplanSequence) : [entry as DialplanEntry]
}

/** Goes on to the next of a sequence; the last one stays. */
function passOn(entries: Behaviour[] | undefined): void {
  if (entries !== undefined && entries.length > 1) entries.shift()
}

function reachable(behaviour: Behaviour | undefined): Reachable | undefined {
  return behaviour?.kind === 'invalid' ? undefined : behaviour
}

function behaviour(exten: string, entry: DialplanEntry): Behaviour {
  if (typeof entry === 'object' && 'answer' in entry) {
    checkOptions(entry, ANSWER_SHAPE, `dialplan.${exten}`)
    const { afterMs = 0, talkMs = TALK_MS, cause } = entry.answer
    return { kind: 'answer', afterMs, talkMs, cause }
  }
  if (typeof entry === 'object' && 'dial' in entry) {
    checkOptions(entry, DIAL_SHAPE, `dialplan.${exten}`)
    const { dial, timeoutMs = RING_MS, answerFirst = false } = entry
    return { kind: 'dial', to: destinations(exten, dial), timeoutMs, answerFirst }
  }
  if (entry === 'answer') return { kind: entry, afterMs: 0, talkMs: TALK_MS, cause: undefined }
  if (typeof entry === 'string' && ENDINGS.includes(entry)) return { kind: entry as Exclude<Ending, 'answer'> }
  throw new TypeError(
    `extension ${exten} of the dialplan must be one of ${ENDINGS.join(', ')}, { answer: { afterMs, talkMs } } or { dial: 'PJSIP/200' }, not ${JSON.stringify(entry)}`,
  )
}

/** The destinations of a Dial. @throws TypeError for one that no Dial of the fake could reach. */
function destinations(exten: string, dial: string | readonly string[]): readonly string[] {
  const all = typeof dial === 'string' ? dial.split('&') : dial
  for (const each of all) {
    if (each.includes(','))
      throw new TypeError(
        `dial of extension ${exten} of the dialplan is a destination, without time and options: { dial: 'PJSIP/200', timeoutMs: 20_000 }, not ${quote(each)}`,
      )
    if (!/^[^/&]+\/[^&]+$/.test(each))
      throw new TypeError(
        `dial of extension ${exten} of the dialplan must be technology and resource, such as 'PJSIP/200', not ${quote(each)}`,
      )
  }
  if (all.length === 0) throw new TypeError(`dial of extension ${exten} of the dialplan names nobody`)
  return all
}
