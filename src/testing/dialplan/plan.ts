import { quote } from '../../core/checks.js'
import { checkOptions, either, flag, listOf, milliseconds, section, text, wholeNumber } from '../../core/options.js'
import { compareSpecificity, fitsPattern, isPattern } from './extension-pattern.js'
import { parseStep, type Step, seconds, step } from './step.js'

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
  | {
      /** Puts the caller into a queue, as the application Queue does. */
      readonly queue: string
      /** How long the caller waits there. @default until somebody answers or the caller hangs up */
      readonly timeoutMs?: number | undefined
      /** Answers the caller before. @default false */
      readonly answerFirst?: boolean | undefined
    }
  | {
      /** Has a script answer the caller, as the application AGI does: `agi://127.0.0.1:4573/ivr`, or `agi:async` for an AsyncAGIExecutor. */
      readonly agi: string
    }
  | {
      /** Answers, and puts the caller into a conference of that name, as the application ConfBridge does. */
      readonly conference: string
    }
  | {
      /** Several applications, one after another, as extensions.conf has them: `['Answer()', 'Queue(support,,,,20)', 'Hangup()']`. */
      readonly steps: readonly string[]
    }

/** What happens time after time: the first entry at the first call, the next at the next one; the last from then on. */
export type DialplanSequence = readonly [DialplanEntry, ...DialplanEntry[]]

/**
 * A dialplan: extensions, and telephones of the same names. A name that begins with `_` is a pattern, as in extensions.conf: `_9X.`. An extension is
 * in the context `default` and in each one that the plan names: `200@sales` is in the context `sales` only.
 */
export type Dialplan = Readonly<Record<string, DialplanEntry | DialplanSequence>>

/** What a telephone does when it is called. */
export type Telephone =
  | { readonly kind: 'answer'; readonly afterMs: number; readonly talkMs: number; readonly cause: number | undefined }
  | { readonly kind: Exclude<Ending, 'answer' | 'invalid'> }

/** What an entry is: the steps of an extension, and what a telephone of that name does, if there is one. */
interface Place {
  readonly steps: readonly Step[]
  readonly telephone?: Telephone | undefined
}

const ANSWER_SHAPE = { answer: section({ afterMs: milliseconds(0), talkMs: milliseconds(0), cause: wholeNumber(0, 127) }) }
const QUEUE_SHAPE = { queue: text, timeoutMs: milliseconds(), answerFirst: flag }
const AGI_SHAPE = { agi: text }
const CONFERENCE_SHAPE = { conference: text }
const STEPS_SHAPE = { steps: listOf(text) }
const DIAL_SHAPE = { dial: either(text, listOf(text)), timeoutMs: milliseconds(), answerFirst: flag }

const ENDINGS: readonly string[] = ['answer', 'busy', 'congestion', 'reject', 'noanswer', 'invalid']
/** How long a call may ring unless said otherwise, as Originate does it. */
export const RING_MS = 30_000
const TALK_MS = 300
const ANSWER: Telephone = { kind: 'answer', afterMs: 0, talkMs: TALK_MS, cause: undefined }
export const NORMAL_CLEARING = 16
const REJECTED = 21

/** The extensions and telephones of a dialplan. */
export class Plan {
  readonly #entries: ReadonlyMap<string, (Place | undefined)[]>
  readonly #patterns: readonly string[]
  readonly #contexts = new Set(['default'])
  readonly #telephones = new Set<string>()

  /** @throws TypeError or RangeError that names a wrong entry. */
  constructor(plan: Dialplan) {
    this.#entries = new Map(
      Object.entries(plan).map(([exten, entry]) => [exten, asList(entry).map((each) => placeOf(exten, each))] as const),
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

  /** A test says that there is such a telephone; unless the plan says otherwise, it rings and no more. */
  addTelephone(name: string): void {
    this.#telephones.add(name)
  }

  /** What happens at an extension of a context; undefined when it is not there. */
  extension(exten: string, context: string): readonly Step[] | undefined {
    if (!this.#contexts.has(context)) return undefined
    return this.#at(exten, context)?.[0]?.steps
  }

  /** The same for a call that is made there now: the next one may find something else. */
  takeExtension(exten: string, context: string): readonly Step[] | undefined {
    const found = this.extension(exten, context)
    passOn(this.#at(exten, context))
    return found
  }

  hasTelephone(name: string): boolean {
    const entries = this.#find(name, '')
    return entries === undefined ? this.#telephones.has(name) : entries[0]?.telephone !== undefined
  }

  /** What a telephone that is called now does; undefined when it is not there. */
  takeTelephone(name: string): Telephone | undefined {
    const entries = this.#find(name, '')
    if (entries === undefined) return this.#telephones.has(name) ? { kind: 'noanswer' } : undefined
    const found = entries[0]?.telephone
    passOn(entries)
    return found
  }

  #at(exten: string, context: string): (Place | undefined)[] | undefined {
    return this.#find(exten, `@${context}`) ?? this.#find(exten, '')
  }

  #find(exten: string, suffix: string): (Place | undefined)[] | undefined {
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
function passOn(entries: (Place | undefined)[] | undefined): void {
  if (entries !== undefined && entries.length > 1) entries.shift()
}

/** What an entry is; undefined when there is nothing at its name. */
function placeOf(exten: string, entry: DialplanEntry): Place | undefined {
  if (entry === 'invalid') return undefined
  if (typeof entry === 'string' && ENDINGS.includes(entry)) return ofTelephone(entry === 'answer' ? ANSWER : { kind: entry })
  if (typeof entry === 'object') {
    const path = `dialplan.${exten}`
    if ('answer' in entry) {
      checkOptions(entry, ANSWER_SHAPE, path)
      const { afterMs = 0, talkMs = TALK_MS, cause } = entry.answer
      return ofTelephone({ kind: 'answer', afterMs, talkMs, cause })
    }
    if ('dial' in entry) {
      checkOptions(entry, DIAL_SHAPE, path)
      const { dial, timeoutMs = RING_MS, answerFirst } = entry
      return called(step('Dial', `${destinations(exten, dial).join('&')},${seconds(timeoutMs)}`), answerFirst)
    }
    if ('queue' in entry) {
      checkOptions(entry, QUEUE_SHAPE, path)
      const { queue, timeoutMs, answerFirst } = entry
      return called(step('Queue', timeoutMs === undefined ? queue : `${queue},,,,${seconds(timeoutMs)}`), answerFirst)
    }
    if ('agi' in entry) {
      checkOptions(entry, AGI_SHAPE, path)
      return called(step('AGI', scriptOf(exten, entry.agi)))
    }
    if ('conference' in entry) {
      checkOptions(entry, CONFERENCE_SHAPE, path)
      return called(step('ConfBridge', entry.conference), true)
    }
    if ('steps' in entry) {
      checkOptions(entry, STEPS_SHAPE, path)
      return { steps: entry.steps.map(parseStep) }
    }
  }
  throw new TypeError(
    `extension ${exten} of the dialplan must be one of ${ENDINGS.join(', ')}, { answer: { afterMs, talkMs } }, { dial: 'PJSIP/200' }, { queue: 'support' }, { agi: 'agi://…' }, { conference: 'room' } or { steps: ['Answer()'] }, not ${JSON.stringify(entry)}`,
  )
}

/** A telephone, and the extension that does the same. */
function ofTelephone(telephone: Telephone): Place {
  return { steps: stepsOf(telephone), telephone }
}

/** An extension whose caller is connected with others by an application. */
function called(application: Step, answerFirst = false): Place {
  return { steps: [...(answerFirst ? [step('Answer')] : []), application, step('Hangup')] }
}

/** What an extension is that does what a telephone does. */
function stepsOf(telephone: Telephone): readonly Step[] {
  switch (telephone.kind) {
    case 'answer': {
      const { afterMs, talkMs, cause = NORMAL_CLEARING } = telephone
      const rings = afterMs > 0 ? [step('Ringing'), step('Wait', seconds(afterMs))] : []
      return [...rings, step('Answer'), step('Wait', seconds(talkMs)), step('Hangup', String(cause))]
    }
    case 'noanswer':
      return [step('Ringing'), step('Wait', seconds(Number.POSITIVE_INFINITY))]
    case 'busy':
      return [step('Busy')]
    case 'congestion':
      return [step('Congestion')]
    case 'reject':
      return [step('Hangup', String(REJECTED))]
    default:
      return telephone satisfies never
  }
}

/** What AGI is given. @throws TypeError for what is no script that the fake can reach. */
function scriptOf(exten: string, agi: string): string {
  if (/^agi:(\/\/[^,]+|async)(,|$)/i.test(agi)) return agi
  throw new TypeError(
    `agi of extension ${exten} of the dialplan must be 'agi://host:port/path' or 'agi:async', with arguments behind commas, not ${quote(agi)}`,
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
