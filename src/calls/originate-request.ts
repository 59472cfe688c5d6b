import type { ActionParameters } from '../ami/messages/typed-names.js'
import type { Variables } from '../ami/protocol/variables.js'
import { quote } from '../core/checks.js'
import {
  abortSignal,
  anyObject,
  checkOptions,
  either,
  flag,
  listOf,
  milliseconds,
  type OptionsShape,
  text,
  wholeNumber,
} from '../core/options.js'

/** Whom to call, and how. */
export interface OriginateCommon {
  /** Technology and resource: `PJSIP/100`, `Local/200@default`. */
  readonly channel: string
  /** Whom the called party sees, as Asterisk writes callers: `"Ann" <100>`, `Ann <100>`, `100` or `Ann`; 255 bytes at the most. */
  readonly callerId?: string | undefined
  /** `Account`, for the call's records. */
  readonly account?: string | undefined
  /** In the order of preference: `['ulaw', 'alaw']`. */
  readonly codecs?: readonly string[] | undefined
  /** Counts early media as an answer. @default false */
  readonly earlyMedia?: boolean | undefined
  /** How long it may ring, in ms. @default 30_000 */
  readonly timeoutMs?: number | undefined
  /**
   * Channel variables; escaped so that Asterisk reads back exactly what is given. A name that ends in `)`, such as `CHANNEL(language)`, is a
   * dialplan function that Asterisk runs: do not build names from the text of others.
   */
  readonly variables?: Variables | undefined
  /** Takes the call back while it is not written yet. Afterwards use `hangup()`. */
  readonly signal?: AbortSignal | undefined
}

/** A call that goes to a place in the dialplan when it is answered. */
export interface OriginateToExtension extends OriginateCommon {
  readonly context: string
  readonly exten: string
  /** A number or a label. @default 1 */
  readonly priority?: number | string | undefined
  readonly application?: undefined
  readonly data?: undefined
}

/** A call that runs an application of the dialplan when it is answered. */
export interface OriginateToApplication extends OriginateCommon {
  readonly application: string
  /**
   * The application's arguments as it reads them: it parts them at commas, and may evaluate or run what they hold. Nothing is escaped here: do
   * not build it from the text of others.
   */
  readonly data?: string | undefined
  readonly context?: undefined
  readonly exten?: undefined
  readonly priority?: undefined
}

/**
 * Whom to call, and what the call runs when it is answered: `context`, `exten` and `priority`, or an `application` with its `data`. Never both, and
 * never neither: Asterisk would drop the call.
 */
export type OriginateRequest = OriginateToExtension | OriginateToApplication

const SHAPE: OptionsShape<OriginateRequest> = {
  channel: text,
  context: text,
  exten: text,
  priority: either(wholeNumber(1), text),
  application: text,
  data: text,
  callerId: text,
  account: text,
  codecs: listOf(text),
  earlyMedia: flag,
  timeoutMs: milliseconds(),
  variables: anyObject,
  signal: abortSignal,
}

/** `Timeout` of Originate where none is given (`main/manager.c`). */
export const ORIGINATE_TIMEOUT_MS = 30_000

/** Of larger ones Asterisk reads the last 32 bits (tried on 16.28 and 22.10). */
const LARGEST_NUMBER = 2 ** 31 - 1

/** The parameters of the Originate. @throws TypeError or RangeError that says what is wrong and what to do. */
export function originateParameters(request: OriginateRequest): ActionParameters<'Originate'> {
  checkOptions(request, SHAPE)
  const { channel, context, exten, application, data, codecs, timeoutMs = ORIGINATE_TIMEOUT_MS } = request
  if (typeof channel !== 'string' || !/^[^/]+\/./s.test(channel)) {
    throw new TypeError(`channel must be a technology and a resource, as in PJSIP/100, not ${quote(channel)}`)
  }
  if (application === undefined && (exten === undefined || context === undefined)) {
    throw new TypeError('a call needs context and exten, or an application; otherwise Asterisk drops it when it is answered')
  }
  if (application !== undefined && (exten ?? context ?? request.priority) !== undefined) {
    throw new TypeError('a call runs either an application or context, exten and priority; give one of them')
  }
  if (application === undefined && data !== undefined) throw new TypeError('data belongs to an application, and none is given')
  for (const codec of codecs ?? []) {
    if (!/^!?\w[\w.:-]*$/.test(codec))
      throw new TypeError(`each of codecs must be the name of one, as in ulaw, not ${quote(codec)}`)
  }
  if (timeoutMs > LARGEST_NUMBER)
    throw new RangeError(
      `timeoutMs must be ${LARGEST_NUMBER} at the most: Asterisk reads larger times as others, and has none that never ends`,
    )
  return {
    Channel: channel,
    Context: context,
    Exten: exten,
    Priority: application === undefined ? checkedPriority(request.priority ?? 1) : undefined,
    Application: application,
    Data: data,
    CallerID: request.callerId,
    Account: request.account,
    Codecs: codecs?.join(','),
    EarlyMedia: request.earlyMedia,
    Timeout: Math.ceil(timeoutMs),
    Async: true,
  }
}

/** A priority of the dialplan. @throws TypeError for what Asterisk would read as another one. */
export function checkedPriority(priority: number | string): number | string {
  // Of a text that begins like a number, it reads the number and no more.
  const isNumber = typeof priority === 'number' || /^[1-9]\d*$/.test(priority)
  const isRight = isNumber
    ? Number.isInteger(Number(priority)) && Number(priority) > 0 && Number(priority) <= LARGEST_NUMBER
    : /^[^\s\d+-].*$/.test(priority)
  if (!isRight) throw new TypeError(`priority must be a number above 0 or a label, not ${quote(priority)}`)
  return priority
}
