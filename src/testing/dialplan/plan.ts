import { checkOptions, flag, milliseconds, section, text, wholeNumber } from '../../core/options.js'

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
        /** The Q.850 cause it hangs up with. @default 16 */
        readonly cause?: number | undefined
      }
    }
  | {
      /** Calls another, as the application Dial does: `PJSIP/200`, `Local/200@default`. */
      readonly dial: string
      /** How long it may ring. @default 30_000 */
      readonly timeoutMs?: number | undefined
      /** Answers its own caller before it calls, as an automatic attendant does. @default false */
      readonly answerFirst?: boolean | undefined
    }

/** A dialplan: extensions, in whatever context, and telephones of the same names. */
export type Dialplan = Readonly<Record<string, DialplanEntry>>

/** An entry with all it leaves out. */
export type Behaviour =
  | { readonly kind: 'answer'; readonly afterMs: number; readonly talkMs: number; readonly cause: number }
  | { readonly kind: 'dial'; readonly to: string; readonly timeoutMs: number; readonly answerFirst: boolean }
  | { readonly kind: Exclude<Ending, 'answer'> }

const ANSWER_SHAPE = { answer: section({ afterMs: milliseconds(0), talkMs: milliseconds(0), cause: wholeNumber(0, 127) }) }
const DIAL_SHAPE = { dial: text, timeoutMs: milliseconds(), answerFirst: flag }

const ENDINGS: readonly string[] = ['answer', 'busy', 'congestion', 'reject', 'noanswer', 'invalid']
/** How long a call may ring unless said otherwise, as Originate does it. */
export const RING_MS = 30_000
const TALK_MS = 300
export const NORMAL_CLEARING = 16

/** @throws TypeError or RangeError that names the entry which cannot be. */
export function behaviours(plan: Dialplan): ReadonlyMap<string, Behaviour> {
  return new Map(Object.entries(plan).map(([exten, entry]) => [exten, behaviour(exten, entry)]))
}

function behaviour(exten: string, entry: DialplanEntry): Behaviour {
  if (typeof entry === 'object' && 'answer' in entry) {
    checkOptions(entry, ANSWER_SHAPE, `dialplan.${exten}`)
    const { afterMs = 0, talkMs = TALK_MS, cause = NORMAL_CLEARING } = entry.answer
    return { kind: 'answer', afterMs, talkMs, cause }
  }
  if (typeof entry === 'object' && 'dial' in entry && /^[^/]+\/./.test(entry.dial)) {
    checkOptions(entry, DIAL_SHAPE, `dialplan.${exten}`)
    const { dial, timeoutMs = RING_MS, answerFirst = false } = entry
    return { kind: 'dial', to: dial, timeoutMs, answerFirst }
  }
  if (entry === 'answer') return { kind: entry, afterMs: 0, talkMs: TALK_MS, cause: NORMAL_CLEARING }
  if (typeof entry === 'string' && ENDINGS.includes(entry)) return { kind: entry }
  throw new TypeError(
    `extension ${exten} of the dialplan must be one of ${ENDINGS.join(', ')}, { answer: { afterMs, talkMs } } or { dial: 'PJSIP/200' }, not ${JSON.stringify(entry)}`,
  )
}
